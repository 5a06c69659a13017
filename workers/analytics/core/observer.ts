/** Everything that is watched, fed with one state of the platform after the other. */
import type { PlatformState } from "../../service/contract.ts";
import type { SeriesPoint, SeriesSummary } from "../contract.ts";
import { seriesLimits } from "../limits.ts";
import { AlertEngine } from "./alert-engine.ts";
import { createRules } from "./alert-rules.ts";
import { AnomalyDetector } from "./anomaly-detector.ts";
import { AnomalyLog } from "./anomaly-log.ts";
import { PlatformReader, type SeriesInfo } from "./readings.ts";
import { SeriesRing } from "./series-ring.ts";

interface Watched {
  readonly info: SeriesInfo;
  readonly ring: SeriesRing;
  readonly detector: AnomalyDetector;
}

export interface Changes {
  readonly anomalies: boolean;
  readonly alerts: boolean;
}

export class Observer {
  readonly anomalies = new AnomalyLog();
  readonly alerts = new AlertEngine(createRules());
  readonly #reader = new PlatformReader();
  readonly #series = new Map<string, Watched>();
  #since: number | null = null;
  #lastAt: number | null = null;
  #readings = 0;

  observe(state: PlatformState): Changes {
    const { at } = state;
    const due = this.#lastAt === null || at - this.#lastAt >= seriesLimits.fineIntervalMinMs;
    const anomalies = due && this.#take(state);
    const alerts = this.alerts.evaluate({
      at,
      state,
      latest: (id) => this.#latest(id),
      anomalyOn: (id) => this.anomalies.openOn(id),
    });
    return { anomalies, alerts };
  }

  get since(): number | null {
    return this.#since;
  }

  /** Readings taken over all series. */
  get readings(): number {
    return this.#readings;
  }

  list(): SeriesSummary[] {
    return [...this.#series.values()].map(summarise);
  }

  get(id: string): SeriesSummary | null {
    const watched = this.#series.get(id);
    return watched === undefined ? null : summarise(watched);
  }

  /** Oldest first; empty for a series that is not watched. */
  points(id: string, resolution: "1s" | "10s", count: number): SeriesPoint[] {
    const ring = this.#series.get(id)?.ring;
    return (resolution === "1s" ? ring?.fine(count) : ring?.coarse(count)) ?? [];
  }

  #take(state: PlatformState): boolean {
    const { at } = state;
    this.#since ??= at;
    this.#lastAt = at;
    let changed = false;
    for (const { series, value } of this.#reader.read(state)) {
      const watched = this.#watch(series);
      if (watched === undefined) continue;
      const { threshold } = watched.detector.baseline;
      const verdict = watched.detector.step(value);
      watched.ring.push(at, value, verdict.score);
      if (value !== null) this.#readings += 1;
      if (this.anomalies.note(series, at, value, { verdict, threshold })) changed = true;
    }
    return changed;
  }

  /** undefined: there are as many series as may be. */
  #watch(info: SeriesInfo): Watched | undefined {
    const known = this.#series.get(info.id);
    if (known !== undefined || this.#series.size >= seriesLimits.seriesMax) return known;
    const watched = {
      info,
      ring: new SeriesRing(),
      detector: new AnomalyDetector({ deviationMin: info.deviationMin }),
    };
    this.#series.set(info.id, watched);
    return watched;
  }

  #latest(id: string): number | null {
    return this.#series.get(id)?.ring.latest()?.value ?? null;
  }
}

function summarise({ info, ring, detector }: Watched): SeriesSummary {
  const { deviationMin: _, ...rest } = info;
  const latest = ring.latest();
  const { baseline } = detector;
  return {
    ...rest,
    readings: ring.readings,
    latest: latest?.value ?? null,
    latestAt: latest?.at ?? null,
    score: latest?.score ?? null,
    baseline: { state: baseline.median === null ? "warming up" : "watching", ...baseline },
  };
}
