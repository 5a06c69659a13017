/** What every detector makes of the readings around an anomaly of a live series. */
import { opinionLimits as limits } from "../anomaly-limits.ts";
import { detectorIds, type Opinions, type SeriesPoint } from "../contract.ts";
import { alarmThreshold } from "../core/anomaly/alarm-log.ts";
import type { FoundAnomaly } from "../core/anomaly-log.ts";
import type { Observer } from "../core/observer.ts";
import { seriesLimits } from "../limits.ts";
import type { Scoring } from "./score.ts";

type Span = Pick<FoundAnomaly, "id" | "series" | "since" | "until">;

export class OpinionDesk {
  readonly #observer: Observer;
  readonly #scoring: Scoring;
  /** By anomaly, of those that are over; newest last. */
  readonly #known = new Map<number, { until: number; opinions: Promise<Opinions> }>();

  constructor(observer: Observer, scoring: Scoring) {
    this.#observer = observer;
    this.#scoring = scoring;
  }

  of(anomaly: Span, signal?: AbortSignal): Promise<Opinions> {
    const known = this.#known.get(anomaly.id);
    if (known !== undefined && known.until === anomaly.until) return known.opinions;
    const opinions = this.#form(anomaly, signal);
    const { until } = anomaly;
    if (until === null) return opinions;
    this.#known.set(anomaly.id, { until, opinions });
    for (const id of this.#known.keys()) {
      if (this.#known.size <= limits.rememberedMax) break;
      this.#known.delete(id);
    }
    opinions.catch(() => this.#known.delete(anomaly.id));
    return opinions;
  }

  async #form(anomaly: Span, signal: AbortSignal | undefined): Promise<Opinions> {
    const { series, since, until } = anomaly;
    const { points, intervalMs } = this.#around(anomaly);
    if (points.length < limits.readingsMin) {
      const note = `Only ${points.length} readings of ${series} are kept from around then; detectors need ${limits.readingsMin}.`;
      return { readings: points.length, note, opinions: [] };
    }
    const margin = limits.margin * intervalMs;
    const [from, to] = [since - intervalMs, (until ?? Infinity) + margin];
    const order = {
      detectors: detectorIds,
      features: { value: points.map(({ value }) => value) },
      timesMs: points.map(({ at }) => at),
      intervalMs,
      season: null,
      threshold: alarmThreshold,
      likelihood: false,
      seed: 1,
      windows: null,
    };
    const { results } = await this.#scoring.score(order, signal);
    const opinions = results.map(({ detector, title, scores, alarms }) => {
      const inside = scores.filter((_, i) => points[i]!.at >= from && points[i]!.at <= to);
      const peak = Math.max(0, ...inside.map((score) => score ?? 0));
      const alarm = peak >= alarmThreshold;
      const told = alarms.findLast(({ firstMs, lastMs }) => lastMs >= from && firstMs <= to);
      return { detector, title, peak, alarm, reason: alarm ? (told?.reason.text ?? null) : null };
    });
    return { readings: points.length, note: null, opinions };
  }

  /** Each reading when the beginning is still kept, means of ten seconds otherwise. */
  #around({ series, since, until }: Span): {
    points: readonly SeriesPoint[];
    intervalMs: number;
  } {
    const fine = this.#observer.points(series, "1s", seriesLimits.finePoints);
    const isFine = (fine[0]?.at ?? Infinity) < since - limits.readingsMin * 1_000;
    const points = isFine ? fine : this.#observer.points(series, "10s", seriesLimits.coarsePoints);
    const intervalMs = isFine ? seriesLimits.fineIntervalMs : seriesLimits.coarseIntervalMs;
    const last = (until ?? Infinity) + limits.after * intervalMs;
    const upTo = points.filter(({ at }) => at <= last);
    const start = upTo.findIndex(({ at }) => at >= since);
    if (start < 0) return { points: [], intervalMs };
    return { points: upTo.slice(Math.max(0, start - limits.before)), intervalMs };
  }
}
