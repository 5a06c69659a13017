/**
 * Seasonal hybrid ESD (Hochenbaum, Vallis and Kejariwal, arXiv:1704.07706): the season and the
 * median are taken out, and the newest residual is held against Rosner's generalised extreme
 * studentised deviate test with median and MAD in place of mean and deviation. As a stream, the
 * season is the median of the readings one and more seasons ago, and the statistic scores a half at
 * the test's critical value for the 5 % level, with the normal quantile for Student's.
 */
import assert from "node:assert/strict";
import { median, normalQuantile, scaledMad } from "../statistics.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { assertReading, type Expectation, type ExplainingDetector } from "./streaming-detector.ts";

const relativeFloor = 1e-9;
const significance = 0.05;
const seasonsCompared = 3;

export class SeasonalHybridEsd implements ExplainingDetector {
  readonly #season: number;
  readonly #history: number[] = [];
  readonly #residuals: number[] = [];
  expectation: Expectation | null = null;

  /** @param season readings in a season, from 2 to `seasonMax`; null without one. */
  constructor(season: number | null) {
    assert(season === null || (season >= 2 && season <= limits.seasonMax));
    this.#season = season ?? 0;
  }

  update(_atMs: number, value: number): number {
    assertReading(value);
    this.expectation = null;
    const seasonal = this.#seasonal();
    this.#history.push(value);
    const keep = Math.max(1, seasonsCompared * this.#season);
    if (this.#history.length > keep) this.#history.shift();
    if (seasonal === null) return 0;
    const residual = value - seasonal;
    const count = this.#residuals.length;
    let score = 0;
    if (count >= limits.warmUp) {
      const center = median(this.#residuals);
      const floor = relativeFloor * Math.max(1, Math.abs(value));
      const deviation = Math.max(scaledMad(this.#residuals, center), floor);
      const expected = seasonal + center;
      const critical = normalQuantile(1 - significance / (2 * count));
      const margin = critical * deviation;
      this.expectation = { expected, low: expected - margin, high: expected + margin };
      score = scoreOfDeviation((residual - center) / deviation, critical);
    }
    this.#residuals.push(residual);
    if (this.#residuals.length > limits.window) this.#residuals.shift();
    return score;
  }

  #seasonal(): number | null {
    if (this.#season === 0) return 0;
    const before = Array.from(
      { length: seasonsCompared },
      (_, i) => this.#history[this.#history.length - this.#season * (i + 1)],
    ).filter((each) => each !== undefined);
    return before.length === 0 ? null : median(before);
  }
}
