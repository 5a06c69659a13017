/** Writes ASN.1 in its distinguished encoding (ITU-T X.690): as much of it as certificates need. */
import { strict as assert } from "node:assert";

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, Buffer.concat(elements));
}

/** Of one element; more would have to be sorted. */
export function setOf(only: Uint8Array): Buffer {
  return element(tags.set, only);
}

export function boolean(value: boolean): Buffer {
  return element(tags.boolean, Buffer.from([value ? 0xff : 0]));
}

/** @param bytes big-endian, without a sign: the number is not negative */
export function integer(bytes: Uint8Array): Buffer {
  assert(bytes.length > 0, "an integer has at least one byte");
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const magnitude = bytes.subarray(start);
  const isNegative = (magnitude[0] ?? 0) >= 0x80;
  return element(tags.integer, isNegative ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude);
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(tags.octetString, bytes);
}

/** @param unusedBits of the last byte */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(tags.bitString, Buffer.concat([Buffer.of(unusedBits), bytes]));
}

export function utf8String(text: string): Buffer {
  return element(tags.utf8String, Buffer.from(text));
}

/** Dotted decimals, such as 2.5.29.17. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number);
  return element(
    tags.objectIdentifier,
    Buffer.from([first * 40 + second, ...arcs].flatMap((arc) => base128(arc))),
  );
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest % 128));
  }
  return bytes;
}

/** Whole seconds; UTCTime until 2049 and GeneralizedTime from then on (RFC 5280 section 4.1.2.5). */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/[-T:]|\.\d+/g, "");
  const isShort = digits < "2050";
  return element(
    isShort ? tags.utcTime : tags.generalizedTime,
    Buffer.from(isShort ? digits.slice(2) : digits),
  );
}

/** `[number]` around elements, or in place of a primitive's own tag. */
export function tagged(number: number, content: Uint8Array, constructed: boolean): Buffer {
  assert(number >= 0 && number < 31);
  return element((constructed ? 0xa0 : 0x80) | number, content);
}
