/** Alarms as people want them: merged, with a beginning, an end, a severity and a reason. */
import { anomalyDetectionLimits as limits } from "./limits.ts";

type Severity = "minor" | "major" | "critical";

interface Alarm<Reason> {
  readonly firstMs: number;
  readonly lastMs: number;
  /** Readings over the threshold that were merged into it. */
  readonly readings: number;
  readonly peak: number;
  readonly severity: Severity;
  /** Why the peak scored what it did. */
  readonly reason: Reason;
}

/** A score that raises an alarm, and the scores from which on it is worse. */
export const alarmThreshold = 0.5;
const majorFrom = 0.7;
const criticalFrom = 0.9;

export function severityOf(score: number): Severity {
  if (score >= criticalFrom) return "critical";
  return score >= majorFrom ? "major" : "minor";
}

/** The newest alarms, oldest first; scores closer together than `mergeMs` are one alarm. */
export class AlarmLog<Reason> {
  readonly #mergeMs: number;
  readonly #threshold: number;
  readonly #alarms: Alarm<Reason>[] = [];

  constructor(mergeMs: number, threshold: number = alarmThreshold) {
    this.#mergeMs = mergeMs;
    this.#threshold = threshold;
  }

  get alarms(): readonly Alarm<Reason>[] {
    return this.#alarms;
  }

  /** Times never run backwards. Scores below the threshold change nothing. */
  add(atMs: number, score: number, reason: Reason): void {
    if (score < this.#threshold) return;
    const open = this.#alarms.at(-1);
    if (open === undefined || atMs - open.lastMs > this.#mergeMs) {
      const severity = severityOf(score);
      const alarm = { firstMs: atMs, lastMs: atMs, readings: 1, peak: score, severity, reason };
      this.#alarms.push(alarm);
      if (this.#alarms.length > limits.alarmsMax) this.#alarms.shift();
      return;
    }
    const peak = Math.max(score, open.peak);
    this.#alarms[this.#alarms.length - 1] = {
      firstMs: open.firstMs,
      lastMs: atMs,
      readings: open.readings + 1,
      peak,
      severity: severityOf(peak),
      reason: score > open.peak ? reason : open.reason,
    };
  }
}
