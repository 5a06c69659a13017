/** From single unusual readings to anomalies with a beginning, an end and an explanation. */
import type { Anomaly } from "../contract.ts";
import { anomalyLimits } from "../limits.ts";
import type { Verdict } from "./anomaly-detector.ts";
import { quantity, seconds } from "./quantity.ts";
import type { SeriesInfo } from "./readings.ts";

interface Open extends Omit<Anomaly, "severity" | "kind" | "explanation"> {
  readonly threshold: number;
  /** Ordinary or missing readings since the last unusual one. */
  readonly calm: number;
  readonly lastAt: number;
  readonly shifted: boolean;
}

export class AnomalyLog {
  #next = 1;
  readonly #shifts = new Map<string, number>();
  readonly #open = new Map<string, Open>();
  /** Ended ones, oldest first. */
  readonly #ended: Anomaly[] = [];

  /** Whether something changed that a watcher should see. */
  note(
    series: SeriesInfo,
    at: number,
    value: number | null,
    { verdict, threshold }: { verdict: Verdict; threshold: number | null },
  ): boolean {
    const before = this.#open.get(series.id);
    if (value === null || !verdict.unusual) return this.#noteCalm(series.id, before);
    const { score, expected } = verdict;
    if (score === null || expected === null || threshold === null) return false;
    const further = before === undefined || Math.abs(score) > Math.abs(before.score);
    const open: Open = {
      ...(before ?? {
        id: this.#next,
        series: series.id,
        title: series.title,
        unit: series.unit,
        since: at,
        until: null,
        expected,
        readings: 0,
        threshold,
      }),
      ...(further ? { peak: value, peakAt: at, score } : pick(before)),
      readings: (before?.readings ?? 0) + 1,
      calm: 0,
      lastAt: at,
      shifted: verdict.shifted,
    };
    this.#open.set(series.id, open);
    if (before === undefined) this.#next += 1;
    if (verdict.shifted) {
      this.#shifts.set(series.id, open.since);
      this.#end(open);
    }
    return before === undefined || further || verdict.shifted;
  }

  /** Newest first; those that are going on come first. */
  list(limit: number, series?: string): { anomalies: Anomaly[]; total: number; open: number } {
    const wanted = (each: { series: string }) => series === undefined || each.series === series;
    const open = [...this.#open.values()].filter(wanted).map(finish);
    const anomalies = open.toSorted((a, b) => b.id - a.id);
    for (let i = this.#ended.length - 1; i >= 0 && anomalies.length < limit; i -= 1) {
      const each = this.#ended[i] as Anomaly;
      if (wanted(each)) anomalies.push(each);
    }
    return { anomalies: anomalies.slice(0, limit), total: this.total, open: this.open };
  }

  openOn(series: string): Anomaly | null {
    const open = this.#open.get(series);
    return open === undefined ? null : finish(open);
  }

  /** When a series last came to a new level; readings before tell little about it now. */
  shiftOf(series: string): number | null {
    return this.#shifts.get(series) ?? null;
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
    if (calm < anomalyLimits.calmSize) return false;
    this.#end(open);
    return true;
  }

  #end(open: Open): void {
    this.#open.delete(open.series);
    this.#ended.push(finish({ ...open, until: open.lastAt }));
    if (this.#ended.length > anomalyLimits.anomaliesMax) this.#ended.shift();
  }
}

function pick({ peak, peakAt, score }: Open): Pick<Open, "peak" | "peakAt" | "score"> {
  return { peak, peakAt, score };
}

function finish(open: Open): Anomaly {
  const { threshold, calm: _calm, lastAt, shifted, ...rest } = open;
  const excess = Math.abs(rest.score) / threshold;
  const kind = shifted ? "level shift" : rest.score > 0 ? "spike" : "drop";
  const lasted = rest.readings === 1 ? "for a moment" : `for ${seconds(lastAt - rest.since)}`;
  const [peak, expected] = [rest.peak, rest.expected].map((value) => quantity(value, rest.unit));
  const distance = `${Math.abs(rest.score).toFixed(1)} deviations from the usual ${expected}`;
  return {
    ...rest,
    kind,
    severity: excess < 1.5 ? "low" : excess < 3 ? "medium" : "high",
    explanation:
      kind === "level shift"
        ? `${rest.title} left ${expected} for ${peak} at most and stayed there ${lasted}; that is the new baseline.`
        : `${rest.title} ${kind === "spike" ? "rose" : "fell"} to ${peak}, ${distance}; unusual ${lasted}.`,
  };
}
