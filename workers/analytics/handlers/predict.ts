/** Forecasts: of a given series, of the platform's load, and the models of all platform series. */
import {
  type Forecast,
  forecastValuesMin,
  type ModelRow,
  type PredictInput,
  type PredictOutput,
  type SeriesSummary,
} from "../contract.ts";
import { forecast, type ForecastResult } from "../core/forecast.ts";
import type { Observer } from "../core/observer.ts";
import { settledHistory } from "./settled-history.ts";
import { forecastLimits } from "../limits.ts";
import type { AnalyticsHost } from "./host.ts";
import { SlicedWork } from "./in-slices.ts";

/** What "the platform's own load" is. */
const loadSeries = ["platform.requests", "platform.cpu"];
/** Series whose models are kept for the table of models. */
const modelSeries = ["cpu", "memory", "delay", "requests", "errors"].map((k) => `platform.${k}`);

type Wishes = Pick<PredictInput, "horizon" | "season" | "level">;

export class Predictor {
  readonly #host: AnalyticsHost;
  readonly #observer: Observer;
  readonly #work: SlicedWork;
  #predictions = 0;
  #models: { at: number; rows: Promise<ModelRow[]> } | null = null;

  constructor(host: AnalyticsHost, observer: Observer) {
    this.#host = host;
    this.#observer = observer;
    this.#work = new SlicedWork(host);
  }

  /** Forecasts computed since the thread started. */
  get predictions(): number {
    return this.#predictions;
  }

  async predict(input: PredictInput, signal?: AbortSignal): Promise<PredictOutput> {
    const at = this.#host.now();
    if (input.series !== undefined) {
      const { forecast: found, ms } = await this.#given(input.series, input, signal);
      return { subject: "given series", at, computeMs: ms, forecasts: [found] };
    }
    const forecasts: Forecast[] = [];
    let computeMs = 0;
    for (const id of loadSeries) {
      const summary = this.#observer.get(id);
      const { forecast: found, ms } = await this.#own(summary ?? unobserved(id), input, signal);
      forecasts.push(found);
      computeMs += ms;
    }
    return { subject: "platform load", at, computeMs, forecasts };
  }

  /** Renewed when somebody asks and they are older than `modelsMaxAgeMs`. */
  models(): Promise<ModelRow[]> {
    const now = this.#host.now();
    if (this.#models === null || now - this.#models.at > forecastLimits.modelsMaxAgeMs) {
      const rows = this.#computeModels();
      const entry = { at: now, rows };
      this.#models = entry;
      rows.catch(() => {
        if (this.#models === entry) this.#models = null;
      });
    }
    return this.#models.rows;
  }

  async #computeModels(): Promise<ModelRow[]> {
    const rows: ModelRow[] = [];
    for (const id of modelSeries) {
      const summary = this.#observer.get(id);
      if (summary === null) continue;
      const { forecast: found, ms } = await this.#own(summary, {}, undefined);
      const { title, unit } = summary;
      rows.push({
        series: id,
        title,
        unit,
        fittedAt: this.#host.now(),
        fitMs: ms,
        forecast: found,
      });
    }
    return rows;
  }

  async #given(values: readonly number[], wishes: Wishes, signal: AbortSignal | undefined) {
    const { level = forecastLimits.level, horizon = forecastLimits.givenHorizon } = wishes;
    const { result, ms } = await this.#work.run(
      () => forecast(values, { horizon, level, season: wishes.season }),
      signal,
    );
    this.#predictions += 1;
    return {
      ms,
      forecast: {
        ...frame(level, values.length, forecastValuesMin),
        ...whole(result, () => null),
        title: "Given series",
        latest: values.at(-1) ?? null,
      },
    };
  }

  async #own(
    { id, title, unit }: Pick<SeriesSummary, "id" | "title" | "unit">,
    wishes: Wishes,
    signal: AbortSignal | undefined,
  ): Promise<{ forecast: Forecast; ms: number }> {
    const { level = forecastLimits.level, horizon = forecastLimits.ownHorizon } = wishes;
    const { history, shiftedAt } = settledHistory(this.#observer, id);
    const { values, resolutionMs, lastAt, bridged } = history;
    const start = {
      ...frame(level, values.length, forecastLimits.ownReadingsMin),
      series: id,
      title,
      unit,
      resolutionMs,
      latest: values.at(-1) ?? null,
    };
    if (values.length < forecastLimits.ownReadingsMin || lastAt === null) {
      const missing = forecastLimits.ownReadingsMin - values.length;
      const note = `Only ${values.length} readings without a gap are there. A forecast needs ${missing} more, about ${missing} s.`;
      return { forecast: { ...start, status: "not enough data", notes: [note] }, ms: 0 };
    }
    const { result, ms } = await this.#work.run(
      () => forecast(values, { horizon, level, season: wishes.season }),
      signal,
    );
    this.#predictions += 1;
    const found = whole(result, (step) => lastAt + step * resolutionMs);
    const points = found.points.map((point) => ({
      ...point,
      mean: Math.max(0, point.mean),
      lower: Math.max(0, point.lower),
      upper: Math.max(0, point.upper),
    }));
    const notes = [...found.notes];
    if (found.points.some(({ lower }) => lower < 0))
      notes.push("It cannot fall below 0, so the band is cut there.");
    if (shiftedAt !== null) notes.push("It rests on the readings since its last change of level.");
    if (bridged > 0) notes.push(`${bridged} missing readings were bridged by straight lines.`);
    return { forecast: { ...start, ...found, points, notes }, ms };
  }
}

function frame(level: number, observations: number, observationsNeeded: number): Forecast {
  return {
    series: null,
    title: "",
    unit: null,
    status: "ok",
    observations,
    observationsNeeded,
    resolutionMs: null,
    latest: null,
    model: null,
    level,
    points: [],
    accuracy: null,
    notes: [],
  };
}

function whole(
  { model, points, accuracy, notes }: ForecastResult,
  at: (step: number) => number | null,
) {
  return {
    model,
    accuracy,
    notes: [...notes],
    points: points.map((point, index) => ({ step: index + 1, at: at(index + 1), ...point })),
  };
}

/** Before the first state of the platform has come. */
function unobserved(id: string): Pick<SeriesSummary, "id" | "title" | "unit"> {
  return id === "platform.cpu"
    ? { id, title: "CPU of the platform", unit: "fraction" }
    : { id, title: "Requests of the platform", unit: "per second" };
}
