/** Reads protobuf's wire format: https://protobuf.dev/programming-guides/encoding/ */

export type WireType = "varint" | "fixed64" | "bytes" | "fixed32";

const wireTypes: readonly (WireType | null)[] = [
  "varint",
  "fixed64",
  "bytes",
  null,
  null,
  "fixed32",
];
const fieldNumberMax = 536_870_911;
const varintBytesMax = 10;
const text = new TextDecoder("utf-8", { fatal: true });

/** Throws an Error with a sentence wherever the bytes are not well formed. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#place >= this.#bytes.length;
  }

  tag(): { number: number; wireType: WireType } {
    const tag = this.varint();
    const wireType = wireTypes[Number(tag & 7n)];
    const number = Number(tag >> 3n);
    if (number < 1 || number > fieldNumberMax) {
      throw new Error("The protobuf body has a field number out of range.");
    }
    if (wireType === undefined || wireType === null) {
      throw new Error(`The protobuf body has an unknown wire type in field ${number}.`);
    }
    return { number, wireType };
  }

  /** 0 to 2^64 - 1. */
  varint(): bigint {
    let value = 0n;
    for (let index = 0; index < varintBytesMax; index++) {
      const byte = this.#bytes[this.#place];
      if (byte === undefined) throw new Error("The protobuf body ends inside a number.");
      this.#place += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error("The protobuf body has a number of more than 10 bytes.");
  }

  /** int32 or int64: two's complement in 64 bits. */
  integer(): number {
    return Number(BigInt.asIntN(64, this.varint()));
  }

  double(): number {
    this.#require(8);
    const value = this.#view.getFloat64(this.#place, true);
    this.#place += 8;
    return value;
  }

  /** A view of the bytes, not a copy. */
  bytes(): Uint8Array {
    const length = this.varint();
    if (length > BigInt(this.#bytes.length - this.#place)) {
      throw new Error("The protobuf body ends inside a field.");
    }
    const start = this.#place;
    this.#place += Number(length);
    return this.#bytes.subarray(start, this.#place);
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return text.decode(bytes);
    } catch {
      throw new Error("The protobuf body has a string that is not UTF-8.");
    }
  }

  skip(wireType: WireType): void {
    if (wireType === "varint") this.varint();
    else if (wireType === "bytes") this.bytes();
    else {
      const length = wireType === "fixed64" ? 8 : 4;
      this.#require(length);
      this.#place += length;
    }
  }

  #require(length: number): void {
    if (this.#bytes.length - this.#place < length) {
      throw new Error("The protobuf body ends inside a number.");
    }
  }
}
