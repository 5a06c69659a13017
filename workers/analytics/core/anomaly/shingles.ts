/** Overlapping runs of readings as points, for detectors that look at shapes. */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { SlowBaseline } from "./slow-baseline.ts";

export class Shingles {
  readonly #recent: number[] = [];
  readonly #baseline = new SlowBaseline(1 / limits.window);

  /** The newest readings in order, standardised by the past; null before there are enough. */
  push(value: number): Float64Array | null {
    const { count, mean, deviation } = this.#baseline;
    this.#baseline.learn(value);
    this.#recent.push(value);
    if (this.#recent.length > limits.shingle) this.#recent.shift();
    if (this.#recent.length < limits.shingle || count < limits.warmUp) return null;
    return Float64Array.from(this.#recent, (each) => bounded((each - mean) / deviation));
  }
}

/** A constant past makes any step astronomically far; it is far enough at a thousand. */
function bounded(z: number): number {
  return Math.max(-1_000, Math.min(1_000, z));
}
