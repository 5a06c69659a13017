/**
 * The benchmark's own baseline: one less the tail probability of a reading under the normal
 * distribution of the window before it (NAB 1.1, detector "windowedGaussian": 6,400 readings,
 * renewed every 100 once full). It is here because it is deterministic and its scores are
 * published file by file, which makes it the oracle of the scorer.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";
import { normalTail } from "./tail.ts";

export class WindowedGaussian implements StreamingDetector {
  #window: number[] = [];
  #waiting: number[] = [];
  #mean = 0;
  #deviation = 1;

  update(_atMs: number, value: number): number {
    assertReading(value);
    const { gaussianWindow, gaussianStep } = limits;
    const z = Math.abs(value - this.#mean) / this.#deviation;
    const score = this.#window.length === 0 ? 0 : 1 - normalTail(z);
    if (this.#window.length < gaussianWindow) {
      this.#window.push(value);
      this.#renew();
    } else {
      this.#waiting.push(value);
      if (this.#waiting.length === gaussianStep) {
        this.#window = [...this.#window.slice(gaussianStep), ...this.#waiting];
        this.#waiting = [];
        this.#renew();
      }
    }
    return score;
  }

  #renew(): void {
    const count = this.#window.length;
    this.#mean = this.#window.reduce((sum, each) => sum + each, 0) / count;
    const squares = this.#window.reduce((sum, each) => sum + (each - this.#mean) ** 2, 0);
    this.#deviation = Math.sqrt(squares / count) || 1e-6;
  }
}
