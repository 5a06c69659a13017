/**
 * Seeded chance. xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c),
 * its state filled by SplitMix64 as its authors recommend. Not for secrets.
 */

const mask64 = (1n << 64n) - 1n;

/** SplitMix64 (Steele, Lea and Flood 2014): returns the next state and its output, both 64 bits. */
export function splitMix64(state: bigint): { readonly state: bigint; readonly output: bigint } {
  const next = (state + 0x9e3779b97f4a7c15n) & mask64;
  let mixed = ((next ^ (next >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask64;
  return { state: next, output: mixed ^ (mixed >> 31n) };
}

/** FNV-1a over UTF-16 code units, 64 bits: turns the name of a stream into a number. */
function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n) & mask64;
  }
  return hash;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

export class Random {
  readonly #seed: bigint;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** `seed`: a safe integer or a bigint, taken modulo 2^64. */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
      throw new RangeError(`seed must be an integer within ±(2^53 - 1), not ${seed}`);
    }
    this.#seed = BigInt.asUintN(64, BigInt(seed));
    const first = splitMix64(this.#seed);
    const second = splitMix64(first.state);
    this.#a = Number(first.output & 0xffffffffn) | 0;
    this.#b = Number(first.output >> 32n) | 0;
    this.#c = Number(second.output & 0xffffffffn) | 0;
    this.#d = Number(second.output >> 32n) | 0;
  }

  /** A generator in the given state of four 32-bit words, not all zero: for published vectors. */
  static fromState(words: readonly [number, number, number, number]): Random {
    if (words.every((word) => word === 0)) {
      throw new RangeError("the all-zero state of xoshiro128** yields only zeros");
    }
    const random = new Random(0);
    [random.#a, random.#b, random.#c, random.#d] = words;
    return random;
  }

  /**
   * A stream of its own. It depends on this stream's seed and the name alone, not on how much has
   * been drawn, so a new draw in one place changes nothing elsewhere.
   */
  fork(name: string): Random {
    return new Random(splitMix64(this.#seed ^ fnv1a64(name)).output);
  }

  /** Uniform over 0 .. 2^32 - 1. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** Uniform over the multiples of 2^-53 in [0, 1). */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** Uniform over 0 .. bound - 1, without bias; `bound` is an integer from 1 to 2^32. */
  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new RangeError(`bound must be an integer from 1 to 2^32, not ${bound}`);
    }
    // Rejecting the incomplete last block of the range keeps every remainder equally likely.
    const limit = 0x100000000 - (0x100000000 % bound);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % bound;
  }

  /** Uniform over the integers from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True with the given probability. Draws nothing when the answer is certain. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    if (probability >= 1) return true;
    return this.float() < probability;
  }

  /** Exponentially distributed with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.float());
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("cannot pick from an empty list");
    return item;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = shuffled[last]!;
      shuffled[last] = shuffled[other]!;
      shuffled[other] = kept;
    }
    return shuffled;
  }
}
