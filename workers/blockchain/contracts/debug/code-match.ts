/** Whether code on the chain is what the compiler made, whatever was filled in later. */
import type { Bytecode, ByteRange } from "../artefact.ts";

/** @param object hexadecimal, where places for libraries count as zeros */
export function bytesOfObject(object: string): Uint8Array {
  const digits = object.replaceAll(/__.{36}__/g, "0".repeat(40));
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/**
 * Where the metadata stand at the end of code: CBOR, and its length in the last two bytes (the
 * compiler's manual, "Encoding of the Metadata Hash"). null when there are none.
 */
export function metadataRange(code: Uint8Array): ByteRange | null {
  if (code.length < 4) return null;
  const length = ((code.at(-2) as number) << 8) | (code.at(-1) as number);
  const start = code.length - length - 2;
  // A map of one to four entries.
  if (length === 0 || start < 0 || ((code[start] as number) & 0xf0) !== 0xa0) return null;
  return { start, length: length + 2 };
}

/** Library code begins with its own address, which is filled in when it is deployed. */
function ownAddress(code: Uint8Array): ByteRange[] {
  const isLibrary = code[0] === 0x73 && code.subarray(1, 21).every((byte) => byte === 0);
  return isLibrary && code[21] === 0x30 ? [{ start: 1, length: 20 }] : [];
}

/** Stretches that a deployment fills in: immutable variables, linked libraries, a library's address. */
export function filledRanges(bytecode: Bytecode, code: Uint8Array): ByteRange[] {
  return [
    ...Object.values(bytecode.links).flat(),
    ...Object.values(bytecode.immutables).flat(),
    ...ownAddress(code),
  ];
}

/**
 * The first byte at which code differs from a template beyond the given stretches, or null. Only as
 * much as the template has is compared.
 */
export function firstDifference(
  template: Uint8Array,
  code: Uint8Array,
  ignored: readonly ByteRange[],
): number | null {
  if (code.length < template.length) return code.length;
  const ranges = ignored.toSorted((one, other) => one.start - other.start);
  let next = 0;
  for (let index = 0; index < template.length; index++) {
    const range = ranges[next];
    if (range !== undefined && index >= range.start) {
      index = Math.max(index, range.start + range.length) - 1;
      next += 1;
      continue;
    }
    if (template[index] !== code[index]) return index;
  }
  return null;
}
