/**
 * Exponentially weighted moving average chart (Roberts, "Control Chart Tests Based on Geometric
 * Moving Averages", Technometrics 1959). The statistic's deviation is that of a single reading
 * times sqrt(lambda / (2 - lambda)); level and variance are themselves tracked, more slowly.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { SlowBaseline } from "./slow-baseline.ts";
import { assertReading, type Expectation, type ExplainingDetector } from "./streaming-detector.ts";

const lambda = 0.2;
const reach = 3;

export class Ewma implements ExplainingDetector {
  readonly #baseline = new SlowBaseline(1 / limits.window);
  #average = 0;
  /** Of the moving average, not of a single reading. */
  expectation: Expectation | null = null;

  update(_atMs: number, value: number): number {
    assertReading(value);
    this.expectation = null;
    let score = 0;
    const { count, mean, deviation } = this.#baseline;
    this.#average = count === 0 ? value : lambda * value + (1 - lambda) * this.#average;
    if (count >= limits.warmUp) {
      const unit = deviation * Math.sqrt(lambda / (2 - lambda));
      this.expectation = { expected: mean, low: mean - reach * unit, high: mean + reach * unit };
      score = scoreOfDeviation((this.#average - mean) / unit, reach);
    }
    this.#baseline.learn(value);
    return score;
  }
}
