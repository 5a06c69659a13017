/** Everything that is watched, fed with one state of the platform after the other. */
import type { PlatformState } from "../../service/contract.ts";
import type { SeriesPoint, SeriesSummary } from "../contract.ts";
import { seriesLimits } from "../limits.ts";
import { AlertEngine } from "./alert-engine.ts";
import { createRules } from "./alert-rules.ts";
import { LiveDetector, type Verdict } from "./anomaly/live-detector.ts";
import { AnomalyLog } from "./anomaly-log.ts";
import { PlatformReader, type SeriesInfo } from "./readings.ts";
import { SeriesRing } from "./series-ring.ts";

interface Watched {
  readonly info: SeriesInfo;
  readonly ring: SeriesRing;
  readonly detector: LiveDetector;
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
  /** Series that somebody sends; they come and go. */
  readonly #guests = new Map<string, Watched>();
  readonly #sensitivities = new Map<string, number>();
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
      latest: (id) => this.#find(id)?.ring.latest()?.value ?? null,
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

  /** The platform's own series. */
  list(): SeriesSummary[] {
    return [...this.#series.values()].map(summarise);
  }

  get(id: string): SeriesSummary | null {
    const watched = this.#find(id);
    return watched === undefined ? null : summarise(watched);
  }

  /** Oldest first; empty for a series that is not watched. */
  points(id: string, resolution: "1s" | "10s", count: number): SeriesPoint[] {
    const ring = this.#find(id)?.ring;
    return (resolution === "1s" ? ring?.fine(count) : ring?.coarse(count)) ?? [];
  }

  /** Raises the threshold of a series by a factor from 1 on; 1 takes it back. */
  adjust(id: string, sensitivity: number): void {
    if (sensitivity === 1) this.#sensitivities.delete(id);
    else this.#sensitivities.set(id, sensitivity);
    const watched = this.#find(id);
    if (watched !== undefined) watched.detector.sensitivity = sensitivity;
  }

  /** Begins to watch a series that is fed from outside; its caller bounds how many. */
  admit(info: SeriesInfo, warmUp?: number): void {
    this.#guests.set(info.id, this.#newlyWatched(info, warmUp));
  }

  dismiss(id: string): void {
    this.#guests.delete(id);
    this.anomalies.close(id);
  }

  /** One reading of an admitted series; null when it is not. */
  feed(
    id: string,
    at: number,
    value: number | null,
  ): { verdict: Verdict; changed: boolean } | null {
    const watched = this.#guests.get(id);
    return watched === undefined ? null : this.#judge(watched, at, value);
  }

  #take(state: PlatformState): boolean {
    const { at } = state;
    this.#since ??= at;
    this.#lastAt = at;
    let changed = false;
    for (const { series, value } of this.#reader.read(state)) {
      const watched = this.#watch(series);
      if (watched === undefined) continue;
      if (value !== null) this.#readings += 1;
      if (this.#judge(watched, at, value).changed) changed = true;
    }
    return changed;
  }

  #judge({ info, ring, detector }: Watched, at: number, value: number | null) {
    const verdict = detector.step(at, value);
    ring.push(at, value, verdict.score, verdict.band);
    return { verdict, changed: this.anomalies.note(info, at, value, verdict) };
  }

  /** undefined: there are as many series as may be. */
  #watch(info: SeriesInfo): Watched | undefined {
    const known = this.#series.get(info.id);
    if (known !== undefined || this.#series.size >= seriesLimits.seriesMax) return known;
    const watched = this.#newlyWatched(info);
    this.#series.set(info.id, watched);
    return watched;
  }

  #newlyWatched(info: SeriesInfo, warmUp?: number): Watched {
    // Each looks for its season at another tick, so that no tick does it for all.
    const phase = this.#series.size + this.#guests.size;
    const { deviationMin } = info;
    const options = { deviationMin, phase, ...(warmUp === undefined ? {} : { warmUp }) };
    const detector = new LiveDetector(options);
    detector.sensitivity = this.#sensitivities.get(info.id) ?? 1;
    return { info, ring: new SeriesRing(), detector };
  }

  #find(id: string): Watched | undefined {
    return this.#series.get(id) ?? this.#guests.get(id);
  }
}

function summarise({ info, ring, detector }: Watched): SeriesSummary {
  const { deviationMin: _, ...rest } = info;
  const latest = ring.latest();
  const { baseline, sensitivity } = detector;
  return {
    ...rest,
    readings: ring.readings,
    latest: latest?.value ?? null,
    latestAt: latest?.at ?? null,
    score: latest?.score ?? null,
    baseline: { state: baseline.median === null ? "warming up" : "watching", ...baseline },
    sensitivity,
  };
}
