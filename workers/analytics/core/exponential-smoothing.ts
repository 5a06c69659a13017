/**
 * Exponential smoothing with additive errors in its innovations form (Hyndman, Koehler, Ord and
 * Snyder, "Forecasting with Exponential Smoothing", 2008): simple, Holt, Holt damped, and
 * Holt-Winters with an additive season. Fitted by least squares, which with additive errors is
 * maximum likelihood.
 */
import { minimise } from "./nelder-mead.ts";
import { line, mean } from "./statistics.ts";

export type SmoothingName = "simple" | "holt" | "holt damped" | "holt-winters";

export interface Form {
  readonly name: SmoothingName;
  readonly trend: boolean;
  readonly damped: boolean;
  /** Values in a season; 1: none. */
  readonly season: number;
}

export interface Parameters {
  readonly alpha: number;
  /** Of the state equation b = phi b + beta e; 0 without trend. */
  readonly beta: number;
  readonly gamma: number;
  /** Damping; 1: none. */
  readonly phi: number;
}

interface States {
  readonly level: number;
  readonly slope: number;
  /** Oldest first: the first one belongs to the next value. */
  readonly seasonal: readonly number[];
}

export interface FittedModel extends Parameters, States {
  readonly form: Form;
  readonly sigma: number;
  readonly sse: number;
  /** Corrected Akaike criterion, up to a constant of the series; infinite without enough values. */
  readonly aicc: number;
}

/** Keeps the estimates off the borders, as Hyndman's `ets` does. */
const smoothingMin = 1e-4;
const smoothingMax = 1 - 1e-4;
const phiMin = 0.8;
const phiMax = 0.98;
const evaluationsMax = 600;
const tolerance = 1e-9;

/** Fits one form; a generator that yields often, so that it can be run in slices. */
export function* fit(values: readonly number[], form: Form): Generator<undefined, FittedModel> {
  const start = startStates(values, form);
  const scale = spread(values);
  const read = (at: readonly number[]): { parameters: Parameters; states: States } => {
    const [alphaAt = 0, levelAt = 0, betaAt = 0, slopeAt = 0, phiAt = 0] = at;
    const alpha = between(alphaAt, smoothingMin, smoothingMax);
    return {
      parameters: {
        alpha,
        beta: form.trend ? between(betaAt, smoothingMin, smoothingMax) * alpha : 0,
        phi: form.damped ? between(phiAt, phiMin, phiMax) : 1,
        gamma: form.season > 1 ? between(at.at(-1) ?? 0, smoothingMin, 1) * (1 - alpha) : 0,
      },
      states: {
        ...start,
        level: start.level + levelAt * scale,
        slope: form.trend ? start.slope + slopeAt * scale * 0.1 : 0,
      },
    };
  };
  const axes = 2 + (form.trend ? (form.damped ? 3 : 2) : 0) + (form.season > 1 ? 1 : 0);
  let best: { at: readonly number[]; value: number } | undefined;
  // From a responsive and from a calm start, because the surface may have two valleys.
  for (const alphaAt of [1, -2]) {
    const found: { at: readonly number[]; value: number } = yield* minimise(
      (at) => {
        const { parameters, states } = read(at);
        return smooth(values, form, parameters, states).sse;
      },
      {
        start: Array.from({ length: axes }, (_, i) => (i === 0 ? alphaAt : i === 2 ? -2 : 0)),
        step: 0.7,
        evaluationsMax,
        tolerance,
      },
    );
    if (best === undefined || found.value < best.value) best = found;
  }
  const { parameters, states } = read(best?.at ?? []);
  const end = smooth(values, form, parameters, states);
  const n = values.length;
  const estimated = axes + (form.season > 1 ? form.season - 1 : 0);
  // Below this the residuals are rounding, and differences between forms mean nothing.
  const sse = Math.max(end.sse, n * (1e-9 * (scale + Math.abs(mean(values)))) ** 2);
  const k = estimated + 1;
  const aicc =
    n - k - 1 <= 0 || sse === 0
      ? Number.POSITIVE_INFINITY
      : n * Math.log(sse / n) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
  const sigma = Math.sqrt(end.sse / Math.max(1, n - estimated));
  return { form, ...parameters, ...end.states, sse: end.sse, sigma, aicc };
}

/** One pass over the values. */
function smooth(
  values: readonly number[],
  form: Form,
  { alpha, beta, gamma, phi }: Parameters,
  start: States,
): { sse: number; states: States } {
  let { level, slope } = start;
  const seasonal = Float64Array.from(start.seasonal);
  const m = form.season > 1 ? form.season : 0;
  let sse = 0;
  for (let t = 0; t < values.length; t += 1) {
    const place = m === 0 ? 0 : t % m;
    const season = m === 0 ? 0 : (seasonal[place] as number);
    const error = (values[t] as number) - level - phi * slope - season;
    sse += error * error;
    level += phi * slope + alpha * error;
    slope = phi * slope + beta * error;
    if (m > 0) seasonal[place] = season + gamma * error;
  }
  const shift = m === 0 ? 0 : values.length % m;
  return {
    sse,
    states: { level, slope, seasonal: [...seasonal.slice(shift), ...seasonal.slice(0, shift)] },
  };
}

/** Starting values as in section 2.6.1 of the book: a regression line, averaged seasons. */
function startStates(values: readonly number[], form: Form): States {
  const m = form.season;
  if (m <= 1) {
    const { intercept, slope } = line(values.slice(0, 10));
    if (!form.trend) return { level: mean(values.slice(0, 10)), slope: 0, seasonal: [] };
    // The line's value one step before the first observation.
    return { level: intercept - slope, slope, seasonal: [] };
  }
  const cycles = Math.floor(values.length / m);
  const used = Math.min(cycles, 4);
  const cycleMeans = Array.from({ length: used }, (_, c) => mean(values.slice(c * m, c * m + m)));
  const slope = form.trend ? line(cycleMeans).slope / m : 0;
  const seasonal = Array.from({ length: m }, (_, place) =>
    mean(
      cycleMeans.map(
        (center, c) => (values[c * m + place] as number) - center - slope * (place - (m - 1) / 2),
      ),
    ),
  );
  const center = mean(seasonal);
  return {
    level: (cycleMeans[0] as number) - (slope * (m + 1)) / 2,
    slope,
    seasonal: seasonal.map((value) => value - center),
  };
}

export interface Step {
  readonly mean: number;
  /** Standard deviation of the forecast error. */
  readonly deviation: number;
}

/**
 * Means and deviations of the next values: Var_h = sigma^2 (1 + sum_{j<h} c_j^2) with
 * c_j = alpha + beta (phi + ... + phi^j) + gamma [j is a multiple of the season] (table 6.1).
 */
export function project(model: FittedModel, horizon: number): Step[] {
  const { form, level, slope, seasonal, alpha, beta, gamma, phi, sigma } = model;
  let damping = 0;
  let factor = 1;
  let variance = 1;
  return Array.from({ length: horizon }, (_, index) => {
    factor *= phi;
    damping += factor;
    const season = form.season > 1 ? (seasonal[index % form.season] as number) : 0;
    const step = {
      mean: level + damping * slope + season,
      deviation: sigma * Math.sqrt(variance),
    };
    const lag = index + 1;
    const c = alpha + beta * damping + (form.season > 1 && lag % form.season === 0 ? gamma : 0);
    variance += c * c;
    return step;
  });
}

function between(free: number, low: number, high: number): number {
  return low + (high - low) / (1 + Math.exp(-free));
}

/** The spread of the values, a unit for their starting level. */
function spread(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}
