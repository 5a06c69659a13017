/**
 * Conformal p-values over a sliding window (Laxhammar and Falkman 2013): the share of the past
 * measures of strangeness that are at least the newest one.
 */
import { SortedWindow } from "../sorted-window.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";

export class Conformal {
  readonly #past = new SortedWindow(limits.window);

  /**
   * One less the p-value, or 0 before there is enough past. Scores that no past one reaches go on
   * growing with the distance beyond it, so that records can be told apart.
   */
  score(strangeness: number): number {
    const { length } = this.#past;
    const atLeast = length - this.#past.rankOf(strangeness);
    const largest = this.#past.largest();
    this.#past.push(strangeness);
    if (length < limits.warmUp) return 0;
    if (atLeast > 0) return 1 - (atLeast + 1) / (length + 1);
    const beyond = largest > 0 ? strangeness / largest - 1 : 1;
    return 1 - 1 / ((length + 1) * (1 + Math.max(0, beyond)));
  }
}
