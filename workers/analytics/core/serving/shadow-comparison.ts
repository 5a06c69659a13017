/** How often a shadow gives what the version in use gives, and how much longer it takes. */
import { comparisonsMax } from "./serving-limits.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

export interface ComparedOutput {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface RowComparison {
  readonly rows: number;
  readonly agreeing: number;
  /** Largest difference of two numbers in the same place. */
  readonly differenceMax: number;
}

/** Relative, or absolute for numbers below one. */
const tolerance = 1e-3;

/**
 * Rows agree when the largest number of each row stands in the same place, where rows have several,
 * and else when the numbers are equal up to a thousandth.
 */
export function compareRows(own: ComparedOutput, other: ComparedOutput): RowComparison {
  const rows = own.shape.length === 0 ? 1 : own.shape[0]!;
  const isSame =
    own.shape.length === other.shape.length &&
    own.shape.every((size, axis) => size === other.shape[axis]);
  if (!isSame || rows === 0) return { rows, agreeing: 0, differenceMax: Infinity };
  const width = own.values.length / rows;
  let agreeing = 0;
  let differenceMax = 0;
  for (let row = 0; row < rows; row++) {
    let [best, otherBest, isClose] = [0, 0, true];
    for (let at = 0; at < width; at++) {
      const [a, b] = [own.values[row * width + at]!, other.values[row * width + at]!];
      const difference = Object.is(a, b) ? 0 : Math.abs(a - b);
      differenceMax = Math.max(differenceMax, Number.isNaN(difference) ? Infinity : difference);
      if (!(difference <= tolerance * Math.max(1, Math.abs(a)))) isClose = false;
      if (a > own.values[row * width + best]!) best = at;
      if (b > other.values[row * width + otherBest]!) otherBest = at;
    }
    if (width > 1 ? best === otherBest : isClose) agreeing += 1;
  }
  return { rows, agreeing, differenceMax };
}

/** Of the newest requests, at most `comparisonsMax`. */
export class ShadowRecord {
  readonly #recent: RowComparison[] = [];
  readonly #own = new LatencyHistogram();
  readonly #shadow = new LatencyHistogram();
  #failures = 0;
  #skipped = 0;

  add(comparison: RowComparison, ownMs: number, shadowMs: number): void {
    this.#recent.push(comparison);
    if (this.#recent.length > comparisonsMax) this.#recent.shift();
    this.#own.record(ownMs);
    this.#shadow.record(shadowMs);
  }

  failed(): void {
    this.#failures += 1;
  }

  /** Not sent, because the machine had enough to do with what is asked. */
  skipped(): void {
    this.#skipped += 1;
  }

  view() {
    const rows = this.#recent.reduce((sum, each) => sum + each.rows, 0);
    const agreeing = this.#recent.reduce((sum, each) => sum + each.agreeing, 0);
    const differenceMax = this.#recent.reduce(
      (most, each) => Math.max(most, each.differenceMax),
      0,
    );
    return {
      requests: this.#own.count,
      rows,
      agreement: rows === 0 ? null : agreeing / rows,
      differenceMax: rows === 0 || !Number.isFinite(differenceMax) ? null : differenceMax,
      failures: this.#failures,
      skipped: this.#skipped,
      ownP50Ms: this.#own.percentile(0.5),
      shadowP50Ms: this.#shadow.percentile(0.5),
      ownP99Ms: this.#own.percentile(0.99),
      shadowP99Ms: this.#shadow.percentile(0.99),
    };
  }
}
