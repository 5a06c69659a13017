/** Forecasts with intervals: choice of a model, projection, and a test on the series' own past. */
import { type Accuracy, type Forecast, forecastSeasonMax } from "../contract.ts";
import { forecastLimits } from "../limits.ts";
import { mase, sMape } from "./accuracy.ts";
import {
  fit,
  type FittedModel,
  type Form,
  project,
  type SmoothingName,
  type Step,
} from "./exponential-smoothing.ts";
import { findSeason } from "./season.ts";
import { normalQuantile } from "./statistics.ts";

export interface ForecastOptions {
  readonly horizon: number;
  /** 1: none; left out: looked for. */
  readonly season?: number | undefined;
  readonly level: number;
}

export interface ForecastResult {
  readonly model: NonNullable<Forecast["model"]>;
  readonly points: readonly { mean: number; lower: number; upper: number }[];
  readonly accuracy: Accuracy | null;
  readonly notes: readonly string[];
}

/** From here on a trend may be fitted. */
const trendValuesMin = 8;
/** From here on an evaluation on the past says something. */
const backtestValuesMin = 16;
const backtestHorizonMax = 12;

/**
 * Forecasts `values` (oldest first, at least `forecastValuesMin`). A generator that yields
 * often; it holds no more than one pass over the values between two yields.
 */
export function* forecast(
  values: readonly number[],
  { horizon, season: wanted, level }: ForecastOptions,
): Generator<undefined, ForecastResult> {
  const notes: string[] = [];
  const season = chooseSeason(values, wanted, notes);
  if (values.length < trendValuesMin) {
    notes.push(`${values.length} values are too few for a trend: the level alone is carried on.`);
  }
  const chosen = yield* choose(values, season);
  const accuracy = yield* backtest(values, season, horizon, level);
  if (accuracy === null) {
    notes.push("Too short to test the forecast on its own past, so its accuracy is not known.");
  } else if (accuracy.coverage !== null && accuracy.coverage < level - 0.1) {
    const [was, wished] = [accuracy.coverage, level].map((share) => (share * 100).toFixed(0));
    notes.push(`In the past the interval held ${was} % of the values instead of ${wished} %.`);
  }
  if (accuracy?.mase !== null && accuracy !== null && accuracy.mase > 1) {
    notes.push("In the past it did no better than carrying the last values on.");
  }
  return {
    model: describe(chosen),
    points: band(project(chosen, horizon), level),
    accuracy,
    notes,
  };
}

function chooseSeason(values: readonly number[], wanted: number | undefined, notes: string[]) {
  if (wanted === undefined) return findSeason(values, forecastSeasonMax) ?? 1;
  if (wanted > 1 && values.length < 2 * wanted) {
    notes.push(`A season of ${wanted} needs ${2 * wanted} values; it is left out.`);
    return 1;
  }
  return wanted;
}

/** The form with the least AICc; ties go to the simpler one. */
function* choose(values: readonly number[], season: number): Generator<undefined, FittedModel> {
  const forms: Form[] = [form("simple", 1)];
  if (values.length >= trendValuesMin) forms.push(form("holt", 1), form("holt damped", 1));
  if (season > 1) forms.push(form("holt-winters", season), form("holt-winters", season, false));
  let best: FittedModel | undefined;
  for (const each of forms) {
    const model: FittedModel = yield* fit(values, each);
    if (best === undefined || model.aicc < best.aicc - 1e-6) best = model;
  }
  return best as FittedModel;
}

function form(name: SmoothingName, season: number, trend = name !== "simple"): Form {
  return { name, season, trend, damped: name === "holt damped" };
}

function describe(model: FittedModel): NonNullable<Forecast["model"]> {
  const { form: shape } = model;
  return {
    name: shape.name,
    alpha: model.alpha,
    beta: shape.trend ? model.beta : null,
    gamma: shape.season > 1 ? model.gamma : null,
    phi: shape.damped ? model.phi : null,
    season: shape.season > 1 ? shape.season : null,
    sigma: model.sigma,
    aicc: Number.isFinite(model.aicc) ? model.aicc : null,
  };
}

function band(steps: readonly Step[], level: number) {
  const reach = normalQuantile((1 + level) / 2);
  return steps.map(({ mean, deviation }) => ({
    mean,
    lower: mean - reach * deviation,
    upper: mean + reach * deviation,
  }));
}

/**
 * Rolling origin: the model is chosen and fitted anew at each of several places in the past. Only the
 * length of the season is taken from the whole series.
 */
function* backtest(
  all: readonly number[],
  season: number,
  wantedHorizon: number,
  level: number,
): Generator<undefined, Accuracy | null> {
  const values = all.slice(-forecastLimits.backtestValuesMax);
  const horizon = Math.min(wantedHorizon, backtestHorizonMax, Math.floor(values.length / 4));
  const firstOrigin = Math.max(Math.floor(values.length / 2), 2 * season, trendValuesMin);
  if (values.length < backtestValuesMin || firstOrigin + horizon > values.length) return null;
  const room = values.length - horizon - firstOrigin;
  const origins = Math.min(forecastLimits.backtestOriginsMax, room + 1);
  const sums = { sMape: 0, mase: 0, mases: 0, within: 0 };
  for (let i = 0; i < origins; i += 1) {
    const origin = firstOrigin + (origins === 1 ? room : Math.round((room * i) / (origins - 1)));
    const past = values.slice(0, origin);
    const actual = values.slice(origin, origin + horizon);
    const model: FittedModel = yield* choose(past, season);
    const points = band(project(model, horizon), level);
    const means = points.map(({ mean }) => mean);
    sums.sMape += sMape(actual, means);
    const scaled = mase(past, actual, means, season);
    if (scaled !== null) {
      sums.mase += scaled;
      sums.mases += 1;
    }
    sums.within += actual.filter((y, step) => {
      const { lower, upper } = points[step] as (typeof points)[number];
      const slack = 1e-9 * Math.abs(y);
      return y >= lower - slack && y <= upper + slack;
    }).length;
  }
  return {
    sMape: sums.sMape / origins,
    mase: sums.mases === 0 ? null : sums.mase / sums.mases,
    coverage: sums.within / (origins * horizon),
    level,
    origins,
    horizon,
  };
}
