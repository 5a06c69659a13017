/**
 * Pauli frames (Rall et al., Phys. Rev. A 99, 062337 (2019); Gidney, Quantum 5, 497 (2021), section
 * 4): of each shot, by which Pauli it differs from a run without noise. 32 shots share a word, so
 * that a Clifford gate is a few exclusive ors for all shots at once.
 */
import { batchWordsMax } from "./limits.ts";
import type { PauliFactor, Plan, Step } from "./plan.ts";
import { RareEvents } from "./rare-events.ts";

/** Chance that is passed in. */
export interface RandomWords {
  /** Uniform over 0 .. 2^32 - 1. */
  uint32(): number;
  /** Uniform over [0, 1). */
  float(): number;
}

export class FrameSampler {
  readonly plan: Plan;
  /** A multiple of 32. */
  readonly shots: number;
  readonly words: number;
  /** By how each measurement differs from the reference: `words` words each. */
  readonly records: Uint32Array;
  /** Which detectors fired, and which observables flipped: `words` words each. */
  readonly detectors: Uint32Array;
  readonly observables: Uint32Array;
  readonly #x: Uint32Array;
  readonly #z: Uint32Array;
  readonly #random: RandomWords;
  readonly #rare: RareEvents;
  /** Shots in which one error of the present chain of correlated errors happened. */
  readonly #chain: Uint32Array;
  #record = 0;
  #detector = 0;

  /** @throws RangeError when a batch needs more memory than the limit */
  constructor(plan: Plan, shots: number, random: RandomWords) {
    this.plan = plan;
    this.words = Math.ceil(shots / 32);
    this.shots = 32 * this.words;
    const rows = 2 * plan.qubits + plan.measurements + plan.detectors + plan.observables;
    if (rows * this.words > batchWordsMax) {
      throw new RangeError(
        `a batch of ${this.shots} shots needs ${rows * this.words} words, more than ${batchWordsMax}`,
      );
    }
    this.#x = new Uint32Array(plan.qubits * this.words);
    this.#z = new Uint32Array(plan.qubits * this.words);
    this.records = new Uint32Array(plan.measurements * this.words);
    this.detectors = new Uint32Array(plan.detectors * this.words);
    this.observables = new Uint32Array(plan.observables * this.words);
    this.#chain = new Uint32Array(this.words);
    this.#random = random;
    this.#rare = new RareEvents(random);
  }

  /** Samples one batch into records, detectors and observables, over those of the last. */
  sample(): void {
    this.#x.fill(0);
    // |0> is unmoved by Z: a random one there makes outcomes random wherever they are.
    this.#fillRandom(this.#z, 0, this.#z.length);
    this.observables.fill(0);
    this.#record = 0;
    this.#detector = 0;
    this.#follow(this.plan.steps);
  }

  #follow(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === "repeat") {
        for (let turn = 0; turn < step.count; turn++) this.#follow(step.body);
      } else this.#carry(step);
    }
  }

  #carry(step: Exclude<Step, { kind: "repeat" }>): void {
    switch (step.kind) {
      case "clifford":
        return this.#clifford(step);
      case "collapse":
        return this.#collapse(step);
      case "noise":
        return this.#noise(step);
      case "detector": {
        const at = this.#detector++ * this.words;
        this.detectors.fill(0, at, at + this.words);
        return this.#addRecords(this.detectors, at, step.back);
      }
      case "observable":
        return this.#addRecords(this.observables, step.observable * this.words, step.back);
      case "product":
        return this.#product(step);
      case "phase":
        return this.#multiply(step.factors, this.#anticommuting(step.factors), 0);
      case "feedback":
        return this.#multiply([step.pauli], this.records, (this.#record - step.back) * this.words);
      case "pad": {
        const at = this.#record++ * this.words;
        this.records.fill(0, at, at + this.words);
        return this.#flipRecords(at, 1, step.flipChance);
      }
      case "correlated":
        return this.#correlated(step);
      default:
        // Coordinates move no frame.
        return undefined;
    }
  }

  #clifford({ width, signless, qubits }: Extract<Step, { kind: "clifford" }>): void {
    const { words } = this;
    const [x, z] = [this.#x, this.#z];
    for (let at = 0; at < qubits.length; at += width) {
      for (const { kind, a, b } of signless) {
        const first = qubits[at + a]! * words;
        if (kind === "cx") {
          const second = qubits[at + b]! * words;
          for (let word = 0; word < words; word++) {
            x[second + word]! ^= x[first + word]!;
            z[first + word]! ^= z[second + word]!;
          }
        } else if (kind === "h") {
          for (let word = first; word < first + words; word++) {
            const kept = x[word]!;
            x[word] = z[word]!;
            z[word] = kept;
          }
        } else for (let word = first; word < first + words; word++) z[word]! ^= x[word]!;
      }
    }
  }

  #collapse(step: Extract<Step, { kind: "collapse" }>): void {
    const { qubits, measures, resets, flipChance } = step;
    const { words, records } = this;
    const [x, z] = [this.#x, this.#z];
    const firstRecord = this.#record * words;
    for (const qubit of qubits) {
      const at = qubit * words;
      if (measures) {
        const record = this.#record++ * words;
        for (let word = 0; word < words; word++) records[record + word] = x[at + word]!;
      }
      if (resets) x.fill(0, at, at + words);
      this.#fillRandom(z, at, at + words);
    }
    if (measures) this.#flipRecords(firstRecord, qubits.length, flipChance);
  }

  #product({ factors, flipChance }: Extract<Step, { kind: "product" }>): void {
    const at = this.#record++ * this.words;
    this.records.set(this.#anticommuting(factors), at);
    this.#flipRecords(at, 1, flipChance);
    const mask = new Uint32Array(this.words);
    this.#fillRandom(mask, 0, this.words);
    this.#multiply(factors, mask, 0);
  }

  /** Shots whose frame anticommutes with the product. */
  #anticommuting(factors: readonly PauliFactor[]): Uint32Array {
    const { words } = this;
    const mask = new Uint32Array(words);
    for (const { qubit, basis } of factors) {
      const at = qubit * words;
      for (let word = 0; word < words; word++) {
        if (basis !== "X") mask[word]! ^= this.#x[at + word]!;
        if (basis !== "Z") mask[word]! ^= this.#z[at + word]!;
      }
    }
    return mask;
  }

  /** Multiplies the product into the frames of the shots of the mask. */
  #multiply(factors: readonly PauliFactor[], mask: Uint32Array, from: number): void {
    const { words } = this;
    for (const { qubit, basis } of factors) {
      const at = qubit * words;
      for (let word = 0; word < words; word++) {
        if (basis !== "Z") this.#x[at + word]! ^= mask[from + word]!;
        if (basis !== "X") this.#z[at + word]! ^= mask[from + word]!;
      }
    }
  }

  #noise({ width, weights, qubits }: Extract<Step, { kind: "noise" }>): void {
    const { words, shots } = this;
    const [x, z] = [this.#x, this.#z];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const places = (qubits.length / width) * shots;
    const pick = this.#picker(weights, total);
    const last = width - 1;
    this.#rare.each(total, places, (place) => {
      // The two qubits' letters as numbers in base 4: I, X, Y, Z.
      const paulis = pick();
      const group = Math.floor(place / shots);
      const shot = place - group * shots;
      const [word, bit] = [shot >> 5, 1 << (shot & 31)];
      for (let part = 0; part < width; part++) {
        const letter = (paulis >> (2 * (last - part))) & 3;
        const at = qubits[group * width + part]! * words + word;
        if (letter === 1 || letter === 2) x[at]! ^= bit;
        if (letter >= 2) z[at]! ^= bit;
      }
    });
  }

  /** Draws a place among the weights, counted from 1. */
  #picker(weights: readonly number[], total: number): () => number {
    const random = this.#random;
    const [first] = weights;
    if (weights.every((weight) => weight === first)) {
      return () => 1 + Math.floor(random.float() * weights.length);
    }
    const single = weights.findIndex((weight) => Math.abs(weight - total) <= 1e-15);
    if (single >= 0) return () => single + 1;
    return () => {
      let left = random.float() * total;
      const at = weights.findIndex((weight) => (left -= weight) < 0);
      return at < 0 ? weights.findLastIndex((weight) => weight > 0) + 1 : at + 1;
    };
  }

  #correlated(step: Extract<Step, { kind: "correlated" }>): void {
    const { factors, chance, otherwise } = step;
    if (!otherwise) this.#chain.fill(0);
    const mask = new Uint32Array(this.words);
    this.#rare.each(chance, this.shots, (shot) => {
      mask[shot >> 5]! |= 1 << (shot & 31);
    });
    for (let word = 0; word < this.words; word++) {
      mask[word]! &= ~this.#chain[word]!;
      this.#chain[word]! |= mask[word]!;
    }
    this.#multiply(factors, mask, 0);
  }

  #addRecords(into: Uint32Array, at: number, back: Int32Array): void {
    const { words, records } = this;
    for (const distance of back) {
      const from = (this.#record - distance) * words;
      for (let word = 0; word < words; word++) into[at + word]! ^= records[from + word]!;
    }
  }

  #flipRecords(at: number, count: number, chance: number): void {
    this.#rare.each(chance, count * this.shots, (place) => {
      this.records[at + (place >> 5)]! ^= 1 << (place & 31);
    });
  }

  #fillRandom(into: Uint32Array, from: number, to: number): void {
    for (let word = from; word < to; word++) into[word] = this.#random.uint32();
  }
}
