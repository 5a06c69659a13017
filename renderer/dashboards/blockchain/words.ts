/** Call data and log data as the ABI lays them out: a selector, and words of 32 bytes. */
const wordDigits = 64;
const selectorDigits = 8;
/** More than this is shown as one piece. */
const wordsMax = 64;

interface Call {
  /** The first four bytes of the hash of the function's signature; null: there is none. */
  readonly selector: string | null;
  readonly words: readonly string[];
  /** What is left over, or everything where there are too many words. */
  readonly rest: string;
}

/** @param data 0x and hexadecimal digits */
export function readCall(data: string): Call {
  const digits = data.slice(2);
  // Whole words after the selector; anything else is no call of the ABI.
  if (digits.length % wordDigits !== selectorDigits) return { selector: null, ...split(digits) };
  const selector = `0x${digits.slice(0, selectorDigits)}`;
  return { selector, ...split(digits.slice(selectorDigits)) };
}

/** @param data 0x and hexadecimal digits */
export function readWords(data: string): Omit<Call, "selector"> {
  return split(data.slice(2));
}

function split(digits: string): Omit<Call, "selector"> {
  const count = Math.floor(digits.length / wordDigits);
  if (count > wordsMax) return { words: [], rest: digits };
  const words = Array.from({ length: count }, (_, place) =>
    digits.slice(place * wordDigits, (place + 1) * wordDigits),
  );
  return { words, rest: digits.slice(count * wordDigits) };
}

/**
 * What a word may mean: an address is a word that begins with 12 zero bytes and is large, a number
 * one that is small. Without the ABI this is a guess, and shown as one.
 */
export function guessWord(
  word: string,
): { readonly kind: "number" | "address"; readonly value: string } | null {
  const value = BigInt(`0x${word}`);
  if (value < 2n ** 64n) return { kind: "number", value: value.toLocaleString("en-US") };
  const fitsAddress = value < 2n ** 160n && value >= 2n ** 128n;
  return fitsAddress ? { kind: "address", value: `0x${word.slice(24)}` } : null;
}
