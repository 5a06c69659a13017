/** From single unusual readings to anomalies with a beginning, an end and an explanation. */
import type { Anomaly } from "../contract.ts";
import { anomalyLimits } from "../limits.ts";
import type { Finding, Verdict } from "./anomaly/live-detector.ts";
import { anomalyDetectionLimits, liveDetectionLimits } from "./anomaly/limits.ts";
import { quantity, seconds } from "./quantity.ts";
import type { SeriesInfo } from "./readings.ts";

/** An anomaly before anyone said what it was. */
export type FoundAnomaly = Omit<Anomaly, "label">;

type Peak = Omit<Finding, "observed" | "deviations"> &
  Pick<FoundAnomaly, "peak" | "peakAt" | "score">;

interface Open extends Omit<FoundAnomaly, "severity" | "kind" | "explanation"> {
  /** Ordinary or missing readings since the last unusual one. */
  readonly calm: number;
  readonly lastAt: number;
  readonly shifted: boolean;
}

export class AnomalyLog {
  #next = 1;
  readonly #shifts = new Map<string, number>();
  readonly #open = new Map<string, Open>();
  /** The newest that ended on each series: it may go on. */
  readonly #recent = new Map<string, Open>();
  /** Ended ones, oldest first. */
  readonly #ended: FoundAnomaly[] = [];

  /** Whether something changed that a watcher should see. */
  note(series: SeriesInfo, at: number, value: number | null, verdict: Verdict): boolean {
    const before = this.#open.get(series.id);
    const { finding } = verdict;
    if (value === null || !verdict.unusual || finding === null) {
      return this.#noteCalm(series.id, before);
    }
    const goesOn = before ?? this.#reopened(series.id, at, finding);
    const further = goesOn === undefined || excessOf(finding) > excessOf(goesOn);
    const open: Open = {
      id: goesOn?.id ?? this.#next,
      series: series.id,
      title: series.title,
      unit: series.unit,
      since: goesOn?.since ?? at,
      until: null,
      readings: (goesOn?.readings ?? 0) + 1,
      ...(further ? peakOf(finding, at) : pick(goesOn)),
      calm: 0,
      lastAt: at,
      shifted: verdict.shifted,
    };
    this.#open.set(series.id, open);
    if (goesOn === undefined) this.#next += 1;
    if (verdict.shifted) {
      this.#shifts.set(series.id, open.since);
      this.#end(open);
    }
    return before === undefined || further || verdict.shifted;
  }

  /** Newest first; those that are going on come first. */
  list(limit: number, series?: string): { anomalies: FoundAnomaly[]; total: number; open: number } {
    const wanted = (each: { series: string }) => series === undefined || each.series === series;
    const open = [...this.#open.values()].filter(wanted).map(finish);
    const anomalies = open.toSorted((a, b) => b.id - a.id);
    for (let i = this.#ended.length - 1; i >= 0 && anomalies.length < limit; i -= 1) {
      const each = this.#ended[i] as FoundAnomaly;
      if (wanted(each)) anomalies.push(each);
    }
    return { anomalies: anomalies.slice(0, limit), total: this.total, open: this.open };
  }

  find(id: number): FoundAnomaly | null {
    const open = [...this.#open.values()].find((each) => each.id === id);
    if (open !== undefined) return finish(open);
    return this.#ended.find((each) => each.id === id) ?? null;
  }

  openOn(series: string): FoundAnomaly | null {
    const open = this.#open.get(series);
    return open === undefined ? null : finish(open);
  }

  /** When a series last came to a new level; readings before tell little about it now. */
  shiftOf(series: string): number | null {
    return this.#shifts.get(series) ?? null;
  }

  /** A series is no longer watched: what goes on in it ends, and what ended is kept. */
  close(series: string): void {
    const open = this.#open.get(series);
    if (open !== undefined) this.#end(open);
    this.#recent.delete(series);
    this.#shifts.delete(series);
  }

  get total(): number {
    return this.#next - 1;
  }

  get open(): number {
    return this.#open.size;
  }

  #noteCalm(id: string, open: Open | undefined): boolean {
    if (open === undefined) return false;
    const calm = open.calm + 1;
    this.#open.set(id, { ...open, calm });
    if (calm < liveDetectionLimits.calmReadings) return false;
    this.#end(open);
    return true;
  }

  /** One that ended a moment ago and points the same way is the same one. */
  #reopened(series: string, at: number, { deviations }: Finding): Open | undefined {
    const recent = this.#recent.get(series);
    if (recent === undefined || at - recent.lastAt > anomalyLimits.mergeMs) return undefined;
    if (recent.shifted || Math.sign(recent.score) !== Math.sign(deviations)) return undefined;
    const place = this.#ended.findLastIndex(({ id }) => id === recent.id);
    if (place < 0) return undefined;
    this.#ended.splice(place, 1);
    return recent;
  }

  #end(open: Open): void {
    this.#open.delete(open.series);
    this.#recent.set(open.series, open);
    this.#ended.push(finish({ ...open, until: open.lastAt }));
    if (this.#ended.length > anomalyLimits.anomaliesMax) this.#ended.shift();
  }
}

function peakOf({ observed, deviations, ...rest }: Finding, at: number): Peak {
  return { ...rest, peak: observed, peakAt: at, score: deviations };
}

function pick(open: Open): Peak {
  const { peak, peakAt, score, expected, view, low, high } = open;
  const { threshold, sensitivity, likelihood } = open;
  return { peak, peakAt, score, expected, view, low, high, threshold, sensitivity, likelihood };
}

function excessOf(each: { threshold: number } & ({ score: number } | { deviations: number })) {
  return Math.abs("score" in each ? each.score : each.deviations) / each.threshold;
}

function finish(open: Open): FoundAnomaly {
  const { calm: _calm, lastAt, shifted, ...rest } = open;
  const excess = excessOf(rest);
  const kind = shifted ? "level shift" : rest.score > 0 ? "spike" : "drop";
  return {
    ...rest,
    kind,
    severity: excess < 1.5 ? "low" : excess < 3 ? "medium" : "high",
    explanation: shifted ? shiftInWords(rest, lastAt) : inWords(rest, lastAt),
  };
}

function inWords(open: Omit<Open, "calm" | "lastAt" | "shifted">, lastAt: number): string {
  const { title, view, unit, score, since, readings } = open;
  const what =
    view === "mean"
      ? `${title}, as a mean of ${anomalyDetectionLimits.noveltySmoothing} readings,`
      : title;
  const [peak, expected] = [open.peak, open.expected].map((value) => quantity(value, unit));
  const isHigh = score > 0;
  const limit = `${isHigh ? "up" : "down"} to ${quantity(isHigh ? open.high : open.low, unit)} would be no news`;
  const lasted = readings === 1 ? "for a moment" : `for ${seconds(lastAt - since)}`;
  return `${what} ${isHigh ? "rose" : "fell"} to ${peak}, ${Math.abs(score).toFixed(1)} deviations from the usual ${expected}; ${limit}; unusual ${lasted}.`;
}

function shiftInWords(open: Omit<Open, "calm" | "lastAt" | "shifted">, lastAt: number): string {
  const [peak, expected] = [open.peak, open.expected].map((value) => quantity(value, open.unit));
  return `${open.title} left ${expected} for ${peak} at most and stayed there for ${seconds(lastAt - open.since)}; that is the new baseline.`;
}
