/**
 * The keys that a controller has to look at, each once, in the order in which they came due
 * (client-go util/workqueue: deduplicated, delayed, with a growing pause after failures).
 */
import { strict as assert } from "node:assert";

/** client-go's DefaultControllerRateLimiter: 5 ms, doubled up to 1,000 s. */
const failurePauseFirstMs = 5;
const failurePauseMaxMs = 1_000_000;

export class WorkQueue {
  /** Due now, in order. */
  readonly #ready = new Set<string>();
  readonly #later = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #nextAt = Number.POSITIVE_INFINITY;

  add(key: string): void {
    this.#ready.add(key);
  }

  /** At `at`, unless an earlier time is set already. */
  addAt(key: string, at: number): void {
    const before = this.#later.get(key);
    if (before !== undefined && before <= at) return;
    this.#later.set(key, at);
    this.#nextAt = Math.min(this.#nextAt, at);
  }

  /** Again after a pause that doubles with every failure in a row. */
  retry(key: string, now: number): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAt(key, now + Math.min(failurePauseFirstMs * 2 ** failures, failurePauseMaxMs));
  }

  /** The key was handled: its failures no longer count. */
  done(key: string): void {
    this.#failures.delete(key);
  }

  forget(key: string): void {
    this.#ready.delete(key);
    this.#later.delete(key);
    this.#failures.delete(key);
  }

  /** The next key that is due at `now`; undefined when there is none. */
  take(now: number): string | undefined {
    if (this.#nextAt <= now) this.#ripen(now);
    for (const key of this.#ready) {
      this.#ready.delete(key);
      return key;
    }
    return undefined;
  }

  /** -Infinity while keys wait; Infinity when there are none at all. */
  dueAt(): number {
    return this.#ready.size > 0 ? Number.NEGATIVE_INFINITY : this.#nextAt;
  }

  get size(): number {
    return this.#ready.size + this.#later.size;
  }

  #ripen(now: number): void {
    this.#nextAt = Number.POSITIVE_INFINITY;
    const due: [string, number][] = [];
    for (const [key, at] of this.#later) {
      if (at <= now) due.push([key, at]);
      else this.#nextAt = Math.min(this.#nextAt, at);
    }
    assert(due.length > 0, "The next time is that of a key");
    for (const [key] of due.toSorted(([, left], [, right]) => left - right)) {
      this.#later.delete(key);
      this.#ready.add(key);
    }
  }
}
