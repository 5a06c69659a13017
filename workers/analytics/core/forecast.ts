/** Forecasts with intervals: choice of a model, projection, and a test on the series' own past. */
import assert from "node:assert/strict";
import { type Accuracy, type Forecast, forecastSeasonMax } from "../contract.ts";
import { forecastLimits } from "../limits.ts";
import { mase, sMape } from "./accuracy.ts";
import { type FittedSmoothing, fitSmoothing } from "./forecasting/smoothing-fit.ts";
import { meansAfter, type SmoothingForm, variancesAfter } from "./forecasting/smoothing-model.ts";
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

interface Chosen {
  readonly name: NonNullable<Forecast["model"]>["name"];
  readonly season: number;
  readonly fit: FittedSmoothing;
}

/** The additive form with the least AICc; ties go to the simpler one. */
function* choose(values: readonly number[], season: number): Generator<undefined, Chosen> {
  const forms: [Chosen["name"], SmoothingForm][] = [["simple", additive("N", "N")]];
  if (values.length >= trendValuesMin) {
    forms.push(["holt", additive("A", "N")], ["holt damped", additive("Ad", "N")]);
  }
  if (season > 1) {
    forms.push(["holt-winters", additive("A", "A")], ["holt-winters", additive("N", "A")]);
  }
  let best: Chosen | undefined;
  for (const [name, form] of forms) {
    const own = form.season === "N" ? 1 : season;
    const fit: FittedSmoothing | null = yield* fitSmoothing(Float64Array.from(values), form, own);
    if (fit === null) continue;
    if (best === undefined || fit.aicc < best.fit.aicc - 1e-6) best = { name, season: own, fit };
  }
  assert(best !== undefined, "a level alone fits any series of three values");
  return best;
}

function additive(trend: SmoothingForm["trend"], season: "N" | "A"): SmoothingForm {
  return { error: "A", trend, season };
}

function project({ season, fit }: Chosen, horizon: number): Step[] {
  const { form, end, smoothing, fitted, variance } = fit;
  const means = meansAfter(end, form, smoothing.phi, fitted.length % season, horizon);
  const options = { season, seasonalFactors: null, variance };
  const variances = variancesAfter(means, form, smoothing, options);
  return Array.from(means, (mean, h) => ({ mean, deviation: Math.sqrt(variances[h]!) }));
}

function describe({ name, season, fit }: Chosen): NonNullable<Forecast["model"]> {
  const { form, smoothing, aicc, variance } = fit;
  return {
    name,
    alpha: smoothing.alpha,
    beta: form.trend === "N" ? null : smoothing.beta,
    gamma: form.season === "N" ? null : smoothing.gamma,
    phi: form.trend === "Ad" ? smoothing.phi : null,
    season: season > 1 ? season : null,
    sigma: Math.sqrt(variance),
    aicc: Number.isFinite(aicc) ? aicc : null,
  };
}

interface Step {
  readonly mean: number;
  /** Standard deviation of the forecast error. */
  readonly deviation: number;
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
    const model: Chosen = yield* choose(past, season);
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
