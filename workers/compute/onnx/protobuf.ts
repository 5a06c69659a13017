/** The part of the protocol buffers wire format that ONNX needs. */
import { nestingMax } from "./limits.ts";

/** One field: a varint or fixed number, or the bytes of a string, message or packed list. */
export type WireValue = bigint | Uint8Array;

/** All fields of one message, in the order of the file. */
export type WireMessage = ReadonlyMap<number, readonly WireValue[]>;

const text = new TextDecoder("utf-8", { fatal: true });

/** @throws RangeError when the bytes are not a message */
export function readMessage(bytes: Uint8Array, depth = 0): WireMessage {
  if (depth > nestingMax) throw new RangeError("Messages are nested too deep.");
  const fields = new Map<number, WireValue[]>();
  let at = 0;
  const number = (): bigint => {
    const [value, next] = readVarint(bytes, at);
    at = next;
    return value;
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError("A field is longer than its message.");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(number());
    const field = Math.floor(key / 8);
    if (field === 0) throw new RangeError("A field has the number 0.");
    let value: WireValue;
    if (key % 8 === 0) value = number();
    else if (key % 8 === 1) value = take(8);
    else if (key % 8 === 2) value = take(Number(number()));
    else if (key % 8 === 5) value = take(4);
    else throw new RangeError(`Wire type ${key % 8} is not known.`);
    const list = fields.get(field);
    if (list === undefined) fields.set(field, [value]);
    else list.push(value);
  }
  return fields;
}

function readVarint(bytes: Uint8Array, from: number): [bigint, number] {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[from + index];
    if (byte === undefined) throw new RangeError("The file ends within a number.");
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return [value, from + index + 1];
  }
  throw new RangeError("A number has more than ten bytes.");
}

export function messagesOf(message: WireMessage, field: number, depth: number): WireMessage[] {
  return bytesOf(message, field).map((each) => readMessage(each, depth));
}

export function bytesOf(message: WireMessage, field: number): Uint8Array[] {
  return (message.get(field) ?? []).map((each) => {
    if (typeof each === "bigint") throw new RangeError(`Field ${field} is a number.`);
    return each;
  });
}

export function textsOf(message: WireMessage, field: number): string[] {
  return bytesOf(message, field).map((each) => text.decode(each));
}

/** Whole numbers, one by one or packed, as signed 64 bits. */
export function integersOf(message: WireMessage, field: number): bigint[] {
  return (message.get(field) ?? []).flatMap((each) => {
    if (typeof each === "bigint") return [BigInt.asIntN(64, each)];
    const values: bigint[] = [];
    for (let at = 0; at < each.length;) {
      const [value, next] = readVarint(each, at);
      values.push(BigInt.asIntN(64, value));
      at = next;
    }
    return values;
  });
}

/** @throws RangeError beyond 2^53 */
export function safeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large a number.`);
  return number;
}

/** Floats of `width` bytes, one by one or packed. */
export function floatsOf(message: WireMessage, field: number, width: 4 | 8): number[] {
  return bytesOf(message, field).flatMap((each) => {
    if (each.length % width !== 0) throw new RangeError(`Field ${field} is not of floats.`);
    const view = new DataView(each.buffer, each.byteOffset, each.length);
    return Array.from({ length: each.length / width }, (_, index) =>
      width === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
    );
  });
}

/** Writes fields one after the other. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  integer(field: number, value: number | bigint): this {
    this.#parts.push(varint(BigInt(field * 8)), varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  integers(field: number, values: readonly (number | bigint)[]): this {
    for (const value of values) this.integer(field, value);
    return this;
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#parts.push(varint(BigInt(field * 8 + 5)), bytes);
    return this;
  }

  /** Many floats in one field. */
  packedFloats(field: number, values: Float32Array): this {
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => view.setFloat32(index * 4, value, true));
    return this.bytes(field, bytes);
  }

  /** Many whole numbers in one field. */
  packedIntegers(field: number, values: readonly number[]): this {
    const bytes: number[] = [];
    for (const value of values) {
      if (value >= 0 && value < 128) bytes.push(value);
      else for (const byte of varint(BigInt.asUintN(64, BigInt(value)))) bytes.push(byte);
    }
    return this.bytes(field, Uint8Array.from(bytes));
  }

  /** Many texts of which few differ. */
  texts(field: number, values: readonly string[]): this {
    const written = new Map<string, Uint8Array>();
    for (const value of values) {
      let bytes = written.get(value);
      if (bytes === undefined) {
        bytes = new MessageWriter().text(field, value).finish();
        written.set(value, bytes);
      }
      this.#parts.push(bytes);
    }
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(BigInt(field * 8 + 2)), varint(BigInt(value.length)), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}
