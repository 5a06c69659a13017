/** The log: entries after the last one that was cut away. */
import type { Entry, Snapshot } from "./types.ts";

export class RaftLog {
  /** Index and term of the last entry that was cut away; 0 and 0 at first. */
  #cutIndex = 0;
  #cutTerm = 0;
  #entries: Entry[] = [];
  /** The first entry that has not been handed to the disk. */
  #unwrittenFrom = 1;
  #stableIndex = 0;
  #changedFrom = Infinity;

  get firstIndex(): number {
    return this.#cutIndex + 1;
  }

  get lastIndex(): number {
    return this.#cutIndex + this.#entries.length;
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#cutTerm;
  }

  /** The last entry known to be durable on this node. */
  get stableIndex(): number {
    return this.#stableIndex;
  }

  /** 0 before the first entry ever; undefined where the log knows nothing. */
  termAt(index: number): number | undefined {
    if (index === this.#cutIndex) return this.#cutTerm;
    return this.#entries[index - this.#cutIndex - 1]?.term;
  }

  entry(index: number): Entry | undefined {
    return this.#entries[index - this.#cutIndex - 1];
  }

  /** Entries from `from` on, at most `max` of them. */
  slice(from: number, max: number): readonly Entry[] {
    const start = from - this.#cutIndex - 1;
    if (start < 0) throw new RangeError(`entry ${from} was cut away`);
    return this.#entries.slice(start, start + max);
  }

  /** Adds entries at the end; their indexes must follow. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.index !== this.lastIndex + 1) {
        throw new Error(`entry ${entry.index} cannot follow entry ${this.lastIndex}`);
      }
      this.#changedFrom = Math.min(this.#changedFrom, entry.index);
      this.#entries.push(entry);
    }
  }

  /** Removes this entry and all after it. */
  truncateFrom(index: number): void {
    if (index < this.firstIndex) throw new Error(`entry ${index} was cut away`);
    this.#entries.length = Math.min(this.#entries.length, index - this.#cutIndex - 1);
    this.#unwrittenFrom = Math.min(this.#unwrittenFrom, index);
    this.#stableIndex = Math.min(this.#stableIndex, index - 1);
    this.#changedFrom = Math.min(this.#changedFrom, index);
  }

  /**
   * The last index up to `index` whose term is at most `term`: the furthest place where two logs can
   * agree when one of them has `term` at `index` (section 5.3, the accelerated backtracking).
   */
  lastIndexWithin(index: number, term: number): number {
    let at = Math.min(index, this.lastIndex);
    while (at > this.#cutIndex && (this.termAt(at) ?? 0) > term) at -= 1;
    return at;
  }

  /** Entries that the disk has not been given, which counts as given with this call. */
  takeUnwritten(): readonly Entry[] {
    if (this.#unwrittenFrom > this.lastIndex) return [];
    const entries = this.slice(this.#unwrittenFrom, Infinity);
    this.#unwrittenFrom = this.lastIndex + 1;
    return entries;
  }

  /** The disk has made durable a log that ended so; nothing of it counts if it was replaced since. */
  markStable(lastIndex: number, lastTerm: number): void {
    if (this.termAt(lastIndex) === lastTerm)
      this.#stableIndex = Math.max(this.#stableIndex, lastIndex);
  }

  /** Forgets entries up to `index`, which a snapshot covers. */
  cutTo(index: number): void {
    const term = this.termAt(index);
    if (term === undefined) throw new Error(`cannot cut the log at unknown entry ${index}`);
    this.#entries = this.#entries.slice(index - this.#cutIndex);
    this.#cutIndex = index;
    this.#cutTerm = term;
    // The journal is written anew with the snapshot, which holds what was not written yet.
    this.#unwrittenFrom = Math.max(this.#unwrittenFrom, index + 1);
  }

  /** Starts over behind a snapshot. */
  reset(snapshot: Snapshot): void {
    this.#entries = [];
    this.#cutIndex = snapshot.lastIndex;
    this.#cutTerm = snapshot.lastTerm;
    this.#unwrittenFrom = snapshot.lastIndex + 1;
    this.#stableIndex = 0;
    this.#changedFrom = snapshot.lastIndex;
  }

  /** The first index that changed since the last call; Infinity for none. For observers. */
  takeChangedFrom(): number {
    const changedFrom = this.#changedFrom;
    this.#changedFrom = Infinity;
    return changedFrom;
  }
}
