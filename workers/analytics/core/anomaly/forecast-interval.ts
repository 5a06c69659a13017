/**
 * Interval of the one-step forecast of damped-trend exponential smoothing (Hyndman and
 * Athanasopoulos, "Forecasting: Principles and Practice", chapter 8), with fixed smoothing weights
 * and the deviation of the past one-step errors.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { SlowBaseline } from "./slow-baseline.ts";
import { assertReading, type Expectation, type ExplainingDetector } from "./streaming-detector.ts";

const levelWeight = 0.3;
const trendWeight = 0.05;
const damping = 0.9;
/** Half the width of the 99.7 % interval in deviations. */
const reach = 3;

export class ForecastInterval implements ExplainingDetector {
  readonly #errors = new SlowBaseline(1 / limits.window);
  #level: number | null = null;
  #trend = 0;
  expectation: Expectation | null = null;

  update(_atMs: number, value: number): number {
    assertReading(value);
    this.expectation = null;
    if (this.#level === null) {
      this.#level = value;
      return 0;
    }
    const expected = this.#level + damping * this.#trend;
    const error = value - expected;
    let score = 0;
    if (this.#errors.count >= limits.warmUp) {
      const deviation = Math.max(this.#errors.deviation, 1e-9 * Math.abs(expected));
      const margin = reach * deviation;
      this.expectation = { expected, low: expected - margin, high: expected + margin };
      score = scoreOfDeviation(error / deviation, reach);
    }
    this.#level = expected + levelWeight * error;
    this.#trend = damping * this.#trend + trendWeight * error;
    this.#errors.learn(error);
    return score;
  }
}
