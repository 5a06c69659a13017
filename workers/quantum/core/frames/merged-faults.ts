/** Faults of equal symptoms as one, by a hash table with open addressing: there are many of them. */
import { type Symptoms, oddChance } from "../stim/model.ts";
import { mechanismsMax } from "./limits.ts";

interface Mergeable extends Symptoms {
  readonly probability: number;
  readonly parts: readonly Symptoms[];
}

export class MergedFaults<Item extends Mergeable> {
  /** Of those with the same symptoms the one with the most parts. */
  readonly faults: Item[] = [];
  /** That an odd number of them happens. */
  readonly probabilities: number[] = [];
  readonly #hashes: number[] = [];
  /** Places of faults, counted from 1; 0 is free. A power of two, at most half full. */
  #slots = new Int32Array(1_024);

  /** @throws RangeError beyond `mechanismsMax` different symptoms */
  add(fault: Item): void {
    const hash = hashOf(fault);
    const slot = this.#find(hash, fault);
    const place = this.#slots[slot]! - 1;
    if (place >= 0) {
      this.probabilities[place] = oddChance(this.probabilities[place]!, fault.probability);
      if (fault.parts.length > this.faults[place]!.parts.length) this.faults[place] = fault;
      return;
    }
    if (this.faults.length >= mechanismsMax) {
      throw new RangeError(`the circuit has more than ${mechanismsMax} error mechanisms`);
    }
    this.faults.push(fault);
    this.probabilities.push(fault.probability);
    this.#hashes.push(hash);
    this.#slots[slot] = this.faults.length;
    if (2 * this.faults.length > this.#slots.length) this.#grow();
  }

  /** The slot of equal symptoms, or the free one where they belong. */
  #find(hash: number, fault: Symptoms): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]! - 1;
      if (place < 0) return slot;
      if (this.#hashes[place] === hash && areEqual(this.faults[place]!, fault)) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (const [place, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }
}

/** FNV-1a over the numbers, its bits mixed at the end (MurmurHash3's finaliser). */
function hashOf({ detectors, observables }: Symptoms): number {
  let hash = 0x811c9dc5 ^ observables;
  for (const detector of detectors) hash = Math.imul(hash ^ detector, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function areEqual(a: Symptoms, b: Symptoms): boolean {
  const [left, right] = [a.detectors, b.detectors];
  if (a.observables !== b.observables || left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
