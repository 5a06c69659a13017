/** The forecasts' part of the API. */
import { implement } from "@orpc/server";
import type { SubsystemKit } from "../../service/boot.ts";
import {
  type CompareInput,
  compareInputSchema,
  compareOutputSchema,
  type CompareOutput,
  type ForecastInput,
  type ForecastOutput,
  forecastsContract,
} from "../contract-forecasts.ts";
import { capacityLimitOf } from "../core/capacity-limit.ts";
import type { ComparisonAnswer, ForecastAnswer } from "../core/forecasting/order.ts";
import type { Jobs } from "../jobs/jobs.ts";
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
  jobs: Jobs,
) {
  registerComparisons(kit, observer, threads, jobs);
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
      const { horizon, levels, method, interval, origins, seasons, holdBack } = input;
      // What the platform measures is never negative.
      const floor = input.floor ?? (source.series === null ? undefined : 0);
      const given = { values: source.values, seasons, horizon, levels, origins };
      const order = { ...given, method, interval, holdBack };
      const { answer, computeMs } = await threads.forecast({ ...order, floor }, signal);
      const cores = kit.platform.state().process.cores;
      const seenUntil = endOf(source, holdBack);
      return { at: kit.now(), computeMs, ...whole(input, seenUntil, answer, cores) };
    }),
    compare: os.compare.handler(async ({ input, signal }) => {
      const source = sourceOf(input, observer);
      const { answer, computeMs } = await threads.compare(compareOrderOf(input, source), signal);
      return compared(source, answer, { at: kit.now(), computeMs });
    }),
    startComparison: os.startComparison.handler(({ input }) => {
      // An unknown or short series is refused now, not by the job.
      sourceOf(input, observer);
      return jobs.start(comparisonKind, input);
    }),
    comparison: os.comparison.handler(({ input }) => {
      const { input: _input, detail: _detail, result, ...job } = jobs.get(input.id);
      if (job.kind !== comparisonKind) {
        throw analyticsProblem("JOB_UNKNOWN", `${input.id} is no comparison of forecasts.`);
      }
      return { job, result: job.state === "done" ? compareOutputSchema.parse(result) : null };
    }),
  });
}

const comparisonKind = "forecast-comparison";

function registerComparisons(
  kit: Pick<SubsystemKit, "now">,
  observer: Observer,
  threads: ForecastThreads,
  jobs: Jobs,
): void {
  jobs.register<CompareInput>({
    kind: comparisonKind,
    resumable: false,
    title: ({ methods: ids, series }) =>
      `${ids.length} forecasting methods on ${series ?? "given values"}`,
    async run(given, job) {
      const input = compareInputSchema.parse(given);
      const source = sourceOf(input, observer);
      const order = compareOrderOf(input, source);
      const { answer, computeMs } = await threads.compareAtLength(order, {
        signal: job.signal,
        onProgress: (progress) => job.report(progress),
      });
      return compared(source, answer, { at: kit.now(), computeMs });
    },
  });
}

function compareOrderOf(input: CompareInput, { values }: Source) {
  const { horizon, levels, methods: ids, origins, seasons } = input;
  return { values, seasons, horizon, levels, methods: ids, origins };
}

function compared(
  { series, title, unit, notes }: Source,
  answer: ComparisonAnswer,
  measured: { readonly at: number; readonly computeMs: number },
): CompareOutput {
  return {
    ...measured,
    series,
    title,
    unit,
    ...answer,
    seasons: [...answer.seasons],
    scores: answer.scores.map(plainScore),
    notes: [...notes, ...answer.notes],
  };
}

function plainScore(score: ForecastAnswer["accuracy"][number]) {
  return { ...score, levels: [...score.levels], stepErrors: [...score.stepErrors] };
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

/** Times of the forecast begin where the method's knowledge ends. */
function endOf(source: Source, holdBack: number): Source {
  const { lastAt, resolutionMs } = source;
  if (lastAt === null || resolutionMs === null) return source;
  return { ...source, lastAt: lastAt - holdBack * resolutionMs };
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
    actual: [...answer.actual],
    actualScore: answer.actualScore && {
      ...answer.actualScore,
      levels: [...answer.actualScore.levels],
    },
    decomposition: answer.decomposition && {
      trend: [...answer.decomposition.trend],
      seasonal: answer.decomposition.seasonal.map(({ season, values }) => ({
        season,
        values: [...values],
      })),
      remainder: [...answer.decomposition.remainder],
    },
    fitted: [...answer.fitted],
    residuals: [...answer.residuals],
    diagnostics: {
      ...answer.diagnostics,
      autocorrelations: [...answer.diagnostics.autocorrelations],
    },
    accuracy: answer.accuracy.map(plainScore),
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
