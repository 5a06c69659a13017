/** The forecasts' part of the API. */
import { implement } from "@orpc/server";
import type { SubsystemKit } from "../../service/boot.ts";
import {
  type ForecastInput,
  type ForecastOutput,
  forecastsContract,
} from "../contract-forecasts.ts";
import { capacityLimitOf } from "../core/capacity-limit.ts";
import type { ForecastAnswer } from "../core/forecasting/order.ts";
import { methodIds, methods } from "../core/forecasting/methods.ts";
import type { Observer } from "../core/observer.ts";
import { analyticsProblem } from "../errors.ts";
import { forecastLimits } from "../limits.ts";
import type { ForecastThreads } from "./forecast-threads.ts";
import { settledHistory } from "./settled-history.ts";

interface Source {
  readonly values: readonly (number | null)[];
  readonly series: string | null;
  readonly title: string;
  readonly unit: string | null;
  readonly resolutionMs: number | null;
  readonly lastAt: number | null;
  readonly notes: readonly string[];
}

export function forecastsRouter(
  kit: Pick<SubsystemKit, "now" | "platform">,
  observer: Observer,
  threads: ForecastThreads,
) {
  const os = implement(forecastsContract);
  return os.router({
    methods: os.methods.handler(() => ({
      methods: methodIds.map((id) => {
        const { title, description, valuesMin } = methods[id];
        return { id, title, description, valuesMin };
      }),
    })),
    forecast: os.forecast.handler(async ({ input, signal }) => {
      const source = sourceOf(input, observer);
      const { horizon, levels, method, interval, origins, seasons } = input;
      // What the platform measures is never negative.
      const floor = input.floor ?? (source.series === null ? undefined : 0);
      const order = { values: source.values, seasons, horizon, levels, method, interval, origins };
      const { answer, computeMs } = await threads.forecast({ ...order, floor }, signal);
      const cores = kit.platform.state().process.cores;
      return { at: kit.now(), computeMs, ...whole(input, source, answer, cores) };
    }),
    compare: os.compare.handler(async ({ input, signal }) => {
      const source = sourceOf(input, observer);
      const { horizon, levels, methods: ids, origins, seasons } = input;
      const order = { values: source.values, seasons, horizon, levels, methods: ids, origins };
      const { answer, computeMs } = await threads.compare(order, signal);
      const { series, title, unit } = source;
      const scores = answer.scores.map((score) => ({ ...score, levels: [...score.levels] }));
      const notes = [...source.notes, ...answer.notes];
      return {
        at: kit.now(),
        computeMs,
        series,
        title,
        unit,
        ...answer,
        seasons: [...answer.seasons],
        scores,
        notes,
      };
    }),
  });
}

function sourceOf(
  { values, series }: Pick<ForecastInput, "values" | "series">,
  observer: Observer,
): Source {
  if (series === undefined) {
    return {
      values: values ?? [],
      series: null,
      title: "Given values",
      unit: null,
      resolutionMs: null,
      lastAt: null,
      notes: [],
    };
  }
  const summary = observer.get(series);
  if (summary === null) throw analyticsProblem("SERIES_UNKNOWN", `There is no series ${series}.`);
  const { history, shiftedAt } = settledHistory(observer, series);
  const missing = forecastLimits.ownReadingsMin - history.values.length;
  if (missing > 0) {
    throw analyticsProblem(
      "SERIES_TOO_SHORT",
      `${series} has ${history.values.length} readings without a gap; a forecast needs ${missing} more.`,
    );
  }
  const notes: string[] = [];
  if (shiftedAt !== null) notes.push("It rests on the readings since its last change of level.");
  if (history.bridged > 0) {
    notes.push(`${history.bridged} missing readings were bridged by straight lines.`);
  }
  const { title, unit } = summary;
  const { resolutionMs, lastAt } = history;
  return { values: history.values, series, title, unit, resolutionMs, lastAt, notes };
}

function whole(
  { limit: wished }: ForecastInput,
  source: Source,
  answer: ForecastAnswer,
  cores: number,
): Omit<ForecastOutput, "at" | "computeMs"> {
  const { series, title, unit, resolutionMs, lastAt } = source;
  const at = (step: number | null) =>
    step === null || lastAt === null || resolutionMs === null ? null : lastAt + step * resolutionMs;
  const own = series === null ? null : capacityLimitOf(series, cores);
  const limit = wished === undefined ? own : { value: wished, name: "the given limit" };
  return {
    series,
    title,
    unit,
    resolutionMs,
    seasons: [...answer.seasons],
    observations: answer.observations,
    method: answer.method,
    methodTitle: answer.title,
    model: { ...answer.model, why: [...answer.model.why] },
    points: answer.points.map((point) => ({
      ...point,
      at: at(point.step),
      bands: [...point.bands],
    })),
    history: [...answer.history],
    fitted: [...answer.fitted],
    residuals: [...answer.residuals],
    diagnostics: {
      ...answer.diagnostics,
      autocorrelations: [...answer.diagnostics.autocorrelations],
    },
    accuracy: answer.accuracy.map((score) => ({ ...score, levels: [...score.levels] })),
    reaches: limit === null ? null : reachOf(limit, answer, at),
    notes: [...source.notes, ...answer.notes],
  };
}

/** From below: a series that is beyond the limit already reaches it at its first step. */
function reachOf(
  { value, name }: { readonly value: number; readonly name: string },
  { points }: ForecastAnswer,
  at: (step: number | null) => number | null,
) {
  const first = (isReached: (point: ForecastAnswer["points"][number]) => boolean) =>
    points.find(isReached)?.step ?? null;
  const expected = first(({ mean }) => mean >= value);
  const earliest = first(({ mean, bands }) =>
    [mean, ...bands.map(({ upper }) => upper)].some((y) => y >= value),
  );
  return {
    limit: value,
    name,
    expected,
    earliest,
    expectedAt: at(expected),
    earliestAt: at(earliest),
  };
}
