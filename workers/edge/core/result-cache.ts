/** One node's cache of results: bounded in entries and bytes, each entry with a time to live. */
import { createHash } from "node:crypto";
import type { EdgeResult } from "../contract.ts";
import { edgeLimits } from "../limits.ts";

interface Entry {
  readonly result: EdgeResult;
  readonly bytes: number;
  readonly until: number;
}

/** Equal keys mean equal questions: SHA-256 over the subject and the exact numbers. */
export function cacheKey(subject: string, data: readonly number[]): string {
  return createHash("sha256")
    .update(subject)
    .update("\0")
    .update(new Uint8Array(Float64Array.from(data).buffer))
    .digest("base64");
}

export class ResultCache {
  hits = 0;
  misses = 0;
  expired = 0;
  evicted = 0;
  bytes = 0;
  readonly #entries = new Map<string, Entry>();

  get entries(): number {
    return this.#entries.size;
  }

  get(key: string, now: number): EdgeResult | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.until > now) {
      this.hits += 1;
      // The last one used is the last one to go.
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      return entry.result;
    }
    this.misses += 1;
    if (entry !== undefined) {
      this.expired += 1;
      this.#remove(key, entry);
    }
    return undefined;
  }

  /** @param bytes size of the result as JSON; one that is larger than the cache is not kept */
  set(key: string, result: EdgeResult, bytes: number, now: number): void {
    if (bytes > edgeLimits.cacheBytesMax) return;
    const previous = this.#entries.get(key);
    if (previous !== undefined) this.#remove(key, previous);
    this.#entries.set(key, { result, bytes, until: now + edgeLimits.cacheTtlMs });
    this.bytes += bytes;
    while (
      this.#entries.size > edgeLimits.cacheEntriesMax ||
      this.bytes > edgeLimits.cacheBytesMax
    ) {
      const oldest = this.#entries.entries().next();
      if (oldest.done) return;
      this.#remove(...oldest.value);
      this.evicted += 1;
    }
  }

  /** Forgets the results; the counters go on. */
  clear(): void {
    this.#entries.clear();
    this.bytes = 0;
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.bytes -= entry.bytes;
  }
}
