/**
 * Anomaly likelihood (Lavin and Ahmad, ICMLA 2015, section II): a detector's raw scores over a long
 * window have a mean and a deviation; the likelihood is one less the normal tail of how far the
 * mean of the newest few lies above. A detector that is often surprised must be more so than usual.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import type { StreamingDetector } from "./streaming-detector.ts";
import { normalTail } from "./tail.ts";

/** A tail as small as this scores 1; before that, its leading zeros are counted. */
const smallest = 1e-16;
/** Constant raw scores have no deviation of their own. */
const deviationMin = 1e-4;

export class WithLikelihood implements StreamingDetector {
  readonly #detector: StreamingDetector;
  readonly #scores: number[] = [];
  #sum = 0;
  #squares = 0;

  constructor(detector: StreamingDetector) {
    this.#detector = detector;
  }

  /** The likelihood on the logarithmic scale that the benchmark's own detector reports. */
  update(atMs: number, value: number): number {
    const raw = this.#detector.update(atMs, value);
    this.#scores.push(raw);
    this.#sum += raw;
    this.#squares += raw * raw;
    if (this.#scores.length > limits.likelihoodWindow) {
      const old = this.#scores.shift()!;
      this.#sum -= old;
      this.#squares -= old * old;
    }
    const count = this.#scores.length;
    if (count < limits.warmUp) return 0;
    const mean = this.#sum / count;
    const deviation = Math.sqrt(Math.max(0, this.#squares / count - mean * mean));
    const newest = this.#scores.slice(-limits.likelihoodShort);
    const short = newest.reduce((sum, each) => sum + each, 0) / newest.length;
    const z = (short - mean) / Math.max(deviation, deviationMin);
    if (z <= 0) return 0;
    return Math.log(Math.max(smallest, 2 * normalTail(z))) / Math.log(smallest);
  }
}
