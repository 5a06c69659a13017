/** What contracts answer of themselves (Solidity ABI): a text, or a whole number. */
import { tokenLimits } from "./limits.ts";

const wordBytes = 32;

/** @returns null for what is no whole number of 32 bytes */
export function readWhole(answer: Uint8Array): bigint | null {
  if (answer.length !== wordBytes) return null;
  return BigInt(`0x${Buffer.from(answer).toString("hex")}`);
}

/** A string; or bytes32 with zeros behind, as the first tokens answered. null: neither, or empty. */
export function readText(answer: Uint8Array): string | null {
  if (answer.length === wordBytes) return shown(answer);
  const offset = readWhole(answer.subarray(0, wordBytes));
  if (offset === null || offset > BigInt(answer.length - wordBytes)) return null;
  const start = Number(offset) + wordBytes;
  const length = readWhole(answer.subarray(Number(offset), start));
  if (length === null || length > BigInt(answer.length - start)) return null;
  return shown(answer.subarray(start, start + Number(length)));
}

/** Without control characters, which belong into no table; cut where it is longer than any name. */
function shown(bytes: Uint8Array): string | null {
  const text = new TextDecoder()
    .decode(bytes.subarray(0, tokenLimits.textBytesMax))
    .replaceAll(/\p{Cc}|\p{Cf}/gu, "")
    .trim();
  return text === "" ? null : text;
}
