/**
 * Distance from the median in scaled median absolute deviations, over the window before the
 * reading (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC 1993).
 */
import { SortedWindow } from "../sorted-window.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { assertReading, type Expectation, type ExplainingDetector } from "./streaming-detector.ts";

/** Deviations that the expected range reaches to either side. */
const reach = 3.5;
/** A deviation below this share of the level is rounding. */
const relativeFloor = 1e-9;

export class RobustZ implements ExplainingDetector {
  readonly #window = new SortedWindow(limits.window);
  expectation: Expectation | null = null;

  update(_atMs: number, value: number): number {
    assertReading(value);
    this.expectation = null;
    let score = 0;
    if (this.#window.length >= limits.warmUp) {
      const center = this.#window.median();
      const floor = relativeFloor * Math.max(1, Math.abs(center));
      const deviation = Math.max(this.#window.scaledMad(), floor);
      const margin = reach * deviation;
      this.expectation = { expected: center, low: center - margin, high: center + margin };
      score = scoreOfDeviation((value - center) / deviation, reach);
    }
    this.#window.push(value);
    return score;
  }
}
