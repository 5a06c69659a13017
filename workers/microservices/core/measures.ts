/** Latencies and rates in fixed memory. */
import type { Latency } from "../contract.ts";

/** Upper bounds in milliseconds, four a decade from 0.1 ms to 10 s; the last bucket has none. */
const bounds: readonly number[] = Array.from({ length: 21 }, (_, step) => {
  const exact = 0.1 * 10 ** (step / 4);
  return Number(exact.toPrecision(3));
});

export class LatencyHistogram {
  readonly #counts = Array.from({ length: bounds.length + 1 }, () => 0);
  #count = 0;
  #sumMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  record(ms: number): void {
    let bucket = 0;
    while (bucket < bounds.length && ms > bounds[bucket]!) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += ms;
    this.#minMs = Math.min(this.#minMs, ms);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds the counts of another one. */
  add(other: LatencyHistogram): void {
    for (let bucket = 0; bucket <= bounds.length; bucket++) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + (other.#counts[bucket] ?? 0);
    }
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#minMs = Math.min(this.#minMs, other.#minMs);
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  /** Linear within a bucket, from the least to the greatest value seen; null without values. */
  quantile(fraction: number): number | null {
    if (this.#count === 0) return null;
    const rank = fraction * this.#count;
    let below = 0;
    for (let bucket = 0; bucket <= bounds.length; bucket++) {
      const count = this.#counts[bucket] ?? 0;
      if (count > 0 && below + count >= rank) {
        const from = Math.max(bounds[bucket - 1] ?? 0, this.#minMs);
        const to = Math.min(bounds[bucket] ?? this.#maxMs, this.#maxMs);
        return from + (Math.max(to, from) - from) * ((rank - below) / count);
      }
      below += count;
    }
    return this.#maxMs;
  }

  summary(): Latency {
    const known = this.#count > 0;
    return {
      count: this.#count,
      meanMs: known ? this.#sumMs / this.#count : null,
      p50Ms: this.quantile(0.5),
      p90Ms: this.quantile(0.9),
      p99Ms: this.quantile(0.99),
      maxMs: known ? this.#maxMs : null,
      buckets: this.#counts.map((count, bucket) => ({ upToMs: bounds[bucket] ?? null, count })),
    };
  }
}

const windowSeconds = 10;

/** Events a second over the last ten seconds, counted in seconds. */
export class RateWindow {
  readonly #counts = Array.from({ length: windowSeconds }, () => 0);
  #second = 0;

  record(now: number): void {
    this.#advance(now);
    const at = this.#second % windowSeconds;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  perSecond(now: number): number {
    this.#advance(now);
    return this.#counts.reduce((sum, count) => sum + count, 0) / windowSeconds;
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1_000);
    const passed = Math.min(second - this.#second, windowSeconds);
    for (let step = 1; step <= passed; step++) {
      this.#counts[(this.#second + step) % windowSeconds] = 0;
    }
    if (second > this.#second) {
      if (passed === windowSeconds) this.#counts.fill(0);
      this.#second = second;
    }
  }
}
