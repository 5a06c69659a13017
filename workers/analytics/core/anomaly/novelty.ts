/**
 * How far a value lies outside of everything seen, as a share of the range of what was seen. A
 * value inside the range is no news at all. With it comes a conformal p-value, which holds for
 * exchangeable values whatever their distribution (Vovk, Gammerman and Shafer 2005, chapter 2).
 */
import { SortedWindow } from "../sorted-window.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";

/** A constant past has no range: then this share of the level, or this, takes its place. */
const relativeRangeMin = 1e-3;
const rangeMin = 1e-9;

export interface Judgement {
  /** 0 within the range seen; 1 when a whole range beyond. */
  readonly novelty: number;
  /** Probability that an exchangeable value lies at least this far out, to either side. */
  readonly probability: number;
  readonly low: number;
  readonly high: number;
  readonly middle: number;
}

export class Novelty {
  readonly #seen = new SortedWindow(limits.noveltyWindow);

  get size(): number {
    return this.#seen.length;
  }

  /** Judges a value by those before it, then learns it; null while too few were seen. */
  judge(value: number): Judgement | null {
    const seen = this.#seen;
    const count = seen.length;
    const [low, high] = [seen.smallest(), seen.largest()];
    const middle = seen.median();
    // Ties count as at least as extreme.
    const rank = Math.min(count - seen.rankOf(value), seen.rankAfter(value));
    seen.push(value);
    if (count < limits.noveltyWarmUp) return null;
    const range = high - low || relativeRangeMin * Math.abs(high) || rangeMin;
    const beyond = Math.max(0, value - high, low - value);
    const probability = Math.min(1, (2 * (rank + 1)) / (count + 1));
    return { novelty: beyond / range, probability, low, high, middle };
  }
}
