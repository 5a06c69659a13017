/** A forecast as somebody orders it, from the values to the reasons. */
import * as accuracy from "../accuracy.ts";
import { findSeason } from "../season.ts";
import { diagnose, type Diagnostics } from "./diagnostics.ts";
import { forecastingLimits } from "./forecasting-limits.ts";
import { fitMethod, methodFor, type MethodId, methods } from "./methods.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { conformalBands, evaluate, type Evaluation, isWithin } from "./rolling-origin.ts";
import { type Band, type Forecaster, type Series, SeriesProblem } from "./series.ts";
import { decompose, trendOnly } from "./stl.ts";

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
  /** Newest values that are kept from the method, to compare its forecast with. */
  readonly holdBack?: number | undefined;
}

export interface CompareOrder extends Omit<ForecastOrder, "method" | "interval" | "holdBack"> {
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
  /** Mean absolute error of each step ahead; empty without a score. */
  readonly stepErrors: readonly number[];
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
  /** Held back values of the forecast's first steps. */
  readonly actual: readonly (number | null)[];
  readonly actualScore: {
    readonly sMape: number;
    readonly mase: number | null;
    readonly levels: readonly { level: number; coverage: number }[];
  } | null;
  /** The history is the sum of all; null: too short. */
  readonly decomposition: {
    readonly trend: readonly number[];
    readonly seasonal: readonly { season: number; values: readonly number[] }[];
    readonly remainder: readonly number[];
  } | null;
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

/** Fewer values are no series, whatever the method. */
const heldFromMin = 2;

/** @throws SeriesProblem when the values cannot be forecast as wished */
export function* performForecast(order: ForecastOrder): Generator<undefined, ForecastAnswer> {
  const { seen, later } = parted(order);
  const prepared = readied({ values: seen, seasons: order.seasons });
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
    actual: later,
    actualScore: meeting(series, later, projection.mean, bands),
    decomposition: taken(series),
    accuracy: scores,
    history: [...series.values],
    fitted: withGaps(forecaster.fitted),
    residuals: withGaps(residuals),
    diagnostics: diagnose(residuals, series.season, armaParameters(parameters)),
    notes,
  };
}

/**
 * @param onProgress told after each origin of each method: the share done, and what is at work
 * @throws SeriesProblem when the values cannot be forecast at all
 */
export function* compareMethods(
  order: CompareOrder,
  onProgress?: (fraction: number, message: string) => void,
): Generator<undefined, ComparisonAnswer> {
  const { series, notes } = readied(order);
  const ids = [...new Set([...order.methods, "naive2"] as const)];
  const { scores } = yield* scored(series, order, ids, onProgress);
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

function parted({ values, holdBack = 0 }: Pick<ForecastOrder, "values" | "holdBack">) {
  const kept = values.length - holdBack;
  if (kept < heldFromMin) {
    throw new SeriesProblem(`Holding ${holdBack} of ${values.length} values back leaves too few.`);
  }
  // Gaps at the end of what is left would be refused; they are forecast over instead.
  if (holdBack === 0) return { seen: values, later: [] };
  const end = Math.max(heldFromMin, values.slice(0, kept).findLastIndex((y) => y !== null) + 1);
  return { seen: values.slice(0, end), later: values.slice(end) };
}

/** How well the forecast met the values that it did not see. */
function meeting(
  { values, season }: Series,
  later: readonly (number | null)[],
  mean: Float64Array,
  bands: readonly Band[],
): ForecastAnswer["actualScore"] {
  const steps = later.flatMap((y, h) => (y === null || h >= mean.length ? [] : [h]));
  if (steps.length === 0) return null;
  const actual = steps.map((h) => later[h]!);
  const forecast = steps.map((h) => mean[h]!);
  return {
    sMape: accuracy.sMape(actual, forecast),
    mase: accuracy.mase([...values], actual, forecast, values.length > season ? season : 1),
    levels: bands.map((band) => ({
      level: band.level,
      coverage: steps.filter((h) => isWithin(later[h]!, band, h)).length / steps.length,
    })),
  };
}

function taken({ values, seasons }: Series): ForecastAnswer["decomposition"] {
  if (values.length < forecastingLimits.pastMin) return null;
  const used = seasons.filter((season) => 2 * season < values.length);
  const { trend, seasonal, remainder } =
    used.length === 0 ? trendOnly(values) : decompose(values, used);
  return {
    trend: [...trend],
    seasonal: seasonal.map((part, i) => ({ season: used[i]!, values: [...part] })),
    remainder: [...remainder],
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
  onProgress?: (fraction: number, message: string) => void,
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
      found = yield* evaluate(newest, (each) => fitMethod(method, each), {
        ...options,
        onOrigin: (done, of) =>
          onProgress?.((i + done / of) / ids.length, `${methods[method].title}: ${done} of ${of}`),
      });
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
    stepErrors: found?.stepErrors ?? [],
    problem,
  };
}

function owaOf({ sMape, mase }: Score, naive2: Score | undefined): number | null {
  if (sMape === null || mase === null || !naive2?.sMape || !naive2.mase) return null;
  return accuracy.overallWeightedAverage(
    { sMape, mase },
    { sMape: naive2.sMape, mase: naive2.mase },
  );
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
