/** A forecast as somebody orders it, from the values to the reasons. */
import { overallWeightedAverage } from "../accuracy.ts";
import { findSeason } from "../season.ts";
import { diagnose, type Diagnostics } from "./diagnostics.ts";
import { forecastingLimits } from "./forecasting-limits.ts";
import { fitMethod, methodFor, type MethodId, methods } from "./methods.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { conformalBands, evaluate, type Evaluation } from "./rolling-origin.ts";
import { type Band, type Forecaster, type Series, SeriesProblem } from "./series.ts";

export interface ForecastOrder {
  /** Oldest first; null: a gap. */
  readonly values: readonly (number | null)[];
  /** Left out: looked for. Empty: none. */
  readonly seasons?: readonly number[] | undefined;
  readonly horizon: number;
  readonly levels: readonly number[];
  readonly method: MethodId | "auto";
  readonly interval: "analytic" | "conformal";
  readonly origins: number;
  /** The least value that can be, such as 0 for a size. */
  readonly floor?: number | undefined;
}

export interface CompareOrder extends Omit<ForecastOrder, "method" | "interval"> {
  readonly methods: readonly MethodId[];
}

export interface Score {
  readonly method: MethodId;
  readonly title: string;
  readonly origins: number;
  readonly horizon: number;
  readonly sMape: number | null;
  readonly mase: number | null;
  readonly meanAbsoluteError: number | null;
  readonly rootMeanSquareError: number | null;
  /** Of M4, relative to Naive2; null without one. */
  readonly owa: number | null;
  readonly levels: readonly { level: number; coverage: number; msis: number | null }[];
  /** Why there is no score; null: there is one. */
  readonly problem: string | null;
}

export interface ForecastAnswer {
  readonly method: MethodId;
  readonly title: string;
  readonly model: {
    readonly name: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly why: readonly string[];
    readonly logLikelihood: number | null;
    readonly aicc: number | null;
  };
  readonly seasons: readonly number[];
  readonly observations: number;
  readonly points: readonly {
    step: number;
    mean: number;
    bands: readonly { level: number; lower: number; upper: number }[];
  }[];
  /** The method first, then the yardsticks; empty: too short. */
  readonly accuracy: readonly Score[];
  /** What was forecast from, with gaps filled. */
  readonly history: readonly number[];
  /** One-step forecasts; null where there is none. */
  readonly fitted: readonly (number | null)[];
  readonly residuals: readonly (number | null)[];
  readonly diagnostics: Diagnostics;
  readonly notes: readonly string[];
}

export interface ComparisonAnswer {
  readonly seasons: readonly number[];
  readonly observations: number;
  readonly scores: readonly Score[];
  /** The least MASE, or sMAPE where no MASE is defined; null: nothing could be scored. */
  readonly best: MethodId | null;
  readonly notes: readonly string[];
}

/** @throws SeriesProblem when the values cannot be forecast as wished */
export function* performForecast(order: ForecastOrder): Generator<undefined, ForecastAnswer> {
  const prepared = readied(order);
  const { series } = prepared;
  const notes = [...prepared.notes];
  const chosen = order.method === "auto" ? methodFor(series) : { id: order.method, why: null };
  const fit = (each: Series) => fitMethod(chosen.id, each);
  const forecaster: Forecaster = yield* fit(series);
  const projection = forecaster.project(order.horizon, order.levels);
  if (!projection.mean.every(Number.isFinite)) {
    throw new SeriesProblem(`${forecaster.name} runs out of the range of numbers on this series.`);
  }
  const { scores, own } = yield* scored(series, order, yardsticks(chosen.id));
  let bands: readonly Band[] = projection.bands;
  if (order.interval === "conformal") {
    if (own === null) {
      notes.push("Too short for intervals from past errors: they are the model's own.");
    } else {
      const found = conformalBands(projection.mean, own, order.levels);
      bands = found.bands;
      const missed = order.levels.filter((_, i) => !found.isReached[i]!);
      if (missed.length > 0) {
        notes.push(
          `${own.origins} past forecasts are too few for ${missed.map(percent).join(" and ")}: there the widest error seen counts.`,
        );
      }
    }
  }
  if (scores.length === 0) {
    notes.push("Too short to test the forecast on its own past, so its accuracy is not known.");
  }
  const residuals = series.values.map((y, t) => y - forecaster.fitted[t]!);
  const { name, parameters, why, logLikelihood, aicc } = forecaster;
  return {
    method: chosen.id,
    title: methods[chosen.id].title,
    model: {
      name,
      parameters,
      why: chosen.why === null ? why : [chosen.why, ...why],
      logLikelihood,
      aicc,
    },
    seasons: series.seasons,
    observations: series.values.length,
    points: pointsOf(projection.mean, bands, order.floor, notes),
    accuracy: scores,
    history: [...series.values],
    fitted: withGaps(forecaster.fitted),
    residuals: withGaps(residuals),
    diagnostics: diagnose(residuals, series.season, armaParameters(parameters)),
    notes,
  };
}

/** @throws SeriesProblem when the values cannot be forecast at all */
export function* compareMethods(order: CompareOrder): Generator<undefined, ComparisonAnswer> {
  const { series, notes } = readied(order);
  const { scores } = yield* scored(series, order, [
    ...new Set([...order.methods, "naive2"] as const),
  ]);
  const shown = scores.filter(({ method }) => order.methods.includes(method));
  const key = ({ mase, sMape }: Score) => mase ?? sMape ?? Number.POSITIVE_INFINITY;
  const ranked = shown.toSorted((a, b) => key(a) - key(b) || 0);
  const best = ranked.find(({ problem }) => problem === null);
  const short = scores.length === 0 ? ["Too short to test any method on its own past."] : [];
  return {
    seasons: series.seasons,
    observations: series.values.length,
    scores: ranked,
    best: best?.method ?? null,
    notes: [...notes, ...short],
  };
}

function readied({ values, seasons }: Pick<ForecastOrder, "values" | "seasons">): Prepared {
  if (seasons !== undefined) return prepare(values, seasons);
  const plain = prepare(values, []);
  const found = findSeason([...plain.series.values], forecastingLimits.seasonMax);
  if (found === null) return plain;
  const prepared = prepare(values, [found]);
  return { ...prepared, notes: [...prepared.notes, `A season of ${found} values was found.`] };
}

/** The method, then those that it has to beat. */
function yardsticks(id: MethodId): MethodId[] {
  return [...new Set<MethodId>([id, "naive", "seasonal-naive", "naive2"])];
}

/** Empty when there is no room for a single origin. */
function* scored(
  series: Series,
  { horizon, levels, origins }: Pick<ForecastOrder, "horizon" | "levels" | "origins">,
  ids: readonly MethodId[],
): Generator<undefined, { scores: Score[]; own: Evaluation | null }> {
  const { evaluationValuesMax, evaluationHorizonMax, pastMin } = forecastingLimits;
  const values = series.values.slice(-Math.max(evaluationValuesMax, 3 * series.season));
  const newest = { ...series, values };
  const options = {
    horizon: Math.min(horizon, evaluationHorizonMax, Math.floor(values.length / 4)),
    origins,
    levels,
    pastMin: Math.max(pastMin, 2 * series.season),
  };
  const scores: Score[] = [];
  let own: Evaluation | null = null;
  for (const [i, method] of ids.entries()) {
    let found: Evaluation | null;
    let problem: string | null = null;
    try {
      found = yield* evaluate(newest, (each) => fitMethod(method, each), options);
      if (found === null) return { scores: [], own: null };
    } catch (error) {
      if (!(error instanceof SeriesProblem)) throw error;
      found = null;
      problem = error.message;
    }
    if (i === 0) own = found;
    scores.push(scoreOf(method, found, problem));
  }
  const naive2 = scores.find(({ method }) => method === "naive2");
  return { scores: scores.map((score) => ({ ...score, owa: owaOf(score, naive2) })), own };
}

function scoreOf(method: MethodId, found: Evaluation | null, problem: string | null): Score {
  return {
    method,
    title: methods[method].title,
    origins: found?.origins ?? 0,
    horizon: found?.horizon ?? 0,
    sMape: found?.sMape ?? null,
    mase: found?.mase ?? null,
    meanAbsoluteError: found?.meanAbsoluteError ?? null,
    rootMeanSquareError: found?.rootMeanSquareError ?? null,
    owa: null,
    levels: found?.levels ?? [],
    problem,
  };
}

function owaOf({ sMape, mase }: Score, naive2: Score | undefined): number | null {
  if (sMape === null || mase === null || !naive2?.sMape || !naive2.mase) return null;
  return overallWeightedAverage({ sMape, mase }, { sMape: naive2.sMape, mase: naive2.mase });
}

function pointsOf(
  mean: Float64Array,
  bands: readonly Band[],
  floor: number | undefined,
  notes: string[],
) {
  const least = floor ?? Number.NEGATIVE_INFINITY;
  const cut = (y: number) => Math.max(least, y);
  if (bands.some(({ lower }) => lower.some((y) => y < least))) {
    notes.push(`It cannot fall below ${least}, so the band is cut there.`);
  }
  return Array.from(mean, (y, h) => ({
    step: h + 1,
    mean: cut(y),
    bands: bands.map(({ level, lower, upper }) => ({
      level,
      lower: cut(lower[h]!),
      upper: cut(upper[h]!),
    })),
  }));
}

/** The Ljung-Box test loses a degree of freedom for each of these. */
function armaParameters(parameters: Readonly<Record<string, number>>): number {
  return Object.keys(parameters).filter((name) => /^s?(?:ar|ma)\d+$/.test(name)).length;
}

function withGaps(values: Float64Array): (number | null)[] {
  return Array.from(values, (y) => (Number.isFinite(y) ? y : null));
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
