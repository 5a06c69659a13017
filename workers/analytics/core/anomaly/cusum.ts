/**
 * Two-sided cumulative sums of standardised readings (Page, "Continuous Inspection Schemes",
 * Biometrika 1954) with allowance k = 0.5 for a shift of one deviation. The larger sum scores a
 * half at the customary decision interval h = 5.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { SlowBaseline } from "./slow-baseline.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

const allowance = 0.5;
const decision = 5;
/** One wild reading is not a shift: a step is cut off here (Lucas and Crosier 1982). */
const stepMax = 4;
/** Sums beyond this would end an alarm late without saying more. */
const sumMax = 60;

export class Cusum implements StreamingDetector {
  readonly #baseline = new SlowBaseline(1 / limits.window);
  #up = 0;
  #down = 0;

  update(_atMs: number, value: number): number {
    assertReading(value);
    const { count, mean, deviation } = this.#baseline;
    this.#baseline.learn(value);
    if (count < limits.warmUp) return 0;
    const z = Math.max(-stepMax, Math.min(stepMax, (value - mean) / deviation));
    this.#up = Math.min(sumMax, Math.max(0, this.#up + z - allowance));
    this.#down = Math.min(sumMax, Math.max(0, this.#down - z - allowance));
    return scoreOfDeviation(Math.max(this.#up, this.#down), decision);
  }
}
