/** A growing piece of little-endian memory, with pointers into itself, that will lie at an address. */
import type { Precision } from "./kernel-step.ts";

export class TableWriter {
  #view = new DataView(new ArrayBuffer(2 ** 16));
  #used = 0;
  readonly #pointers: number[] = [];

  get length(): number {
    return this.#used;
  }

  /** The place of so many further bytes, from this piece's own start, aligned to vectors. */
  reserve(bytes: number): number {
    const at = this.#used;
    this.#used += Math.ceil(bytes / 16) * 16;
    if (this.#used > this.#view.byteLength) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#used)));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  words(at: number, words: readonly number[]): void {
    for (const [place, word] of words.entries()) this.#view.setUint32(at + 4 * place, word, true);
  }

  /** The word there points into this piece. */
  pointer(at: number): void {
    this.#pointers.push(at);
  }

  /** Writes words and returns their place. */
  table(words: readonly number[]): number {
    const at = this.reserve(4 * words.length);
    this.words(at, words);
    return at;
  }

  raw(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    new Uint8Array(this.#view.buffer).set(bytes, at);
    return at;
  }

  /** Complex numbers by lane: a vector of real parts, then one of imaginary parts, for each. */
  vectors(
    vectors: readonly (readonly (readonly [number, number])[])[],
    precision: Precision,
  ): number {
    const at = this.reserve(32 * vectors.length);
    for (const [place, lanes] of vectors.entries()) {
      for (const [lane, [re, im]] of lanes.entries()) {
        const to = at + 32 * place;
        if (precision === "f64") {
          this.#view.setFloat64(to + 8 * lane, re, true);
          this.#view.setFloat64(to + 16 + 8 * lane, im, true);
        } else {
          this.#view.setFloat32(to + 4 * lane, re, true);
          this.#view.setFloat32(to + 16 + 4 * lane, im, true);
        }
      }
    }
    return at;
  }

  /** The whole as it is to lie at this address. */
  movedTo(address: number): Uint8Array {
    for (const at of this.#pointers) {
      this.#view.setUint32(at, this.#view.getUint32(at, true) + address, true);
    }
    this.#pointers.length = 0;
    return new Uint8Array(this.#view.buffer, 0, this.#used);
  }
}
