/** The last durations of something, and their percentiles. */
import { edgeLimits } from "../limits.ts";

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export class LatencyWindow {
  total = 0;
  readonly #samples: number[] = [];

  record(milliseconds: number): void {
    this.#samples[this.total % edgeLimits.latencySamplesMax] = milliseconds;
    this.total += 1;
  }

  /** By nearest rank; null while there is nothing to say. */
  percentiles(): Percentiles | null {
    if (this.#samples.length === 0) return null;
    const sorted = Float64Array.from(this.#samples).toSorted();
    const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
    return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
  }
}
