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
const deviationStaleShare = 0.01;

export interface NoveltyOptions {
  /** Fewer values than these are no basis for a judgement. */
  readonly warmUp?: number;
  /** So many of the values furthest out, at either end, are no part of the range. */
  readonly ignored?: number;
  /** Values that renewals of the deviation come earlier, so that streams take turns. */
  readonly phase?: number;
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly middle: number;
}

export interface Judgement extends Range {
  /** 0 within the range seen; 1 when a whole range beyond. */
  readonly novelty: number;
  /** Probability that an exchangeable value lies at least this far out, to either side. */
  readonly probability: number;
}

export class Novelty {
  readonly #seen = new SortedWindow(limits.noveltyWindow);
  readonly #warmUp: number;
  readonly #ignored: number;
  readonly #phase: number;
  /** Computing it looks at half of the window, so that it is renewed in steps once that is long. */
  #deviation = Number.NaN;
  #isStale = true;
  #learnt = 0;

  constructor({ warmUp = limits.noveltyWarmUp, ignored = 0, phase = 0 }: NoveltyOptions = {}) {
    this.#phase = phase;
    this.#warmUp = warmUp;
    this.#ignored = ignored;
  }

  get size(): number {
    return this.#seen.length;
  }

  learn(value: number): void {
    this.#seen.push(value);
    this.#learnt += 1;
    const period = 1 + Math.floor(deviationStaleShare * this.#seen.length);
    if ((this.#learnt + this.#phase) % period === 0) this.#isStale = true;
  }

  /** Judges a value by those learnt; null while there are too few. */
  judge(value: number): Judgement | null {
    const seen = this.#seen;
    const count = seen.length;
    if (count < this.#warmUp) return null;
    const rank = Math.min(count - seen.rankOf(value), seen.rankAfter(value));
    const { low, high, middle } = this.range();
    const beyond = Math.max(0, value - high, low - value);
    // Ties count as at least as extreme.
    const probability = Math.min(1, (2 * (rank + 1)) / (count + 1));
    return { novelty: beyond / spanOf(low, high), probability, low, high, middle };
  }

  /** Where values have kept to, and their median; NaN while nothing is learnt. */
  range(): Range {
    const [low, high] = [this.#seen.smallest(this.#ignored), this.#seen.largest(this.#ignored)];
    return { low, high, middle: this.#seen.median() };
  }

  /** Scaled median absolute deviation, but for the newest 1 %; NaN while nothing is learnt. */
  deviation(): number {
    if (this.#isStale) {
      this.#deviation = this.#seen.scaledMad();
      this.#isStale = false;
    }
    return this.#deviation;
  }
}

/** The width of a range, or what stands for it after a constant past. */
export function spanOf(low: number, high: number): number {
  return high - low || relativeRangeMin * Math.abs(high) || rangeMin;
}
