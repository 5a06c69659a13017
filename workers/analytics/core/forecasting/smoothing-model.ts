/**
 * Exponential smoothing in its innovations state space form (Hyndman, Koehler, Ord and Snyder,
 * "Forecasting with Exponential Smoothing", 2008; tables 2.2 and 2.3): errors additive or
 * multiplicative, trend none, additive or damped, season none, additive or multiplicative.
 */
import { isOutside } from "./stable-polynomials.ts";

export interface SmoothingForm {
  readonly error: "A" | "M";
  readonly trend: "N" | "A" | "Ad";
  readonly season: "N" | "A" | "M";
}

export interface Smoothing {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

export interface SmoothingState {
  level: number;
  slope: number;
  /** By place in the season of the value that it belongs to, first value first; empty: no season. */
  readonly seasonal: Float64Array;
}

export function nameOf({ error, trend, season }: SmoothingForm): string {
  return `ETS(${error},${trend},${season})`;
}

/** Where one-step forecasts and errors are kept, when they are wanted. */
export interface Trace {
  readonly fitted: Float64Array;
  readonly errors: Float64Array;
}

/**
 * Runs over the values from `state`, which ends as the state after the last one. Returns minus twice
 * the log-likelihood without its constants: n log(sum e^2), plus 2 sum log|f| for multiplicative
 * errors; infinite where a forecast fails. `floor` is the least sum of squares that means anything.
 */
export function smooth(
  values: Float64Array,
  form: SmoothingForm,
  { alpha, beta, gamma, phi }: Smoothing,
  state: SmoothingState,
  floor: number,
  trace?: Trace,
): number {
  const n = values.length;
  const { seasonal } = state;
  const m = seasonal.length;
  const isTimes = form.season === "M";
  const isRelative = form.error === "M";
  let { level, slope } = state;
  let squares = 0;
  let logs = 0;
  let product = 1;
  let place = 0;
  for (let t = 0; t < n; t += 1) {
    const y = values[t]!;
    const carried = phi * slope;
    const base = level + carried;
    const season = m === 0 ? 0 : seasonal[place]!;
    const forecast = m === 0 ? base : isTimes ? base * season : base + season;
    const miss = y - forecast;
    const error = isRelative ? miss / forecast : miss;
    if (trace !== undefined) {
      trace.fitted[t] = forecast;
      trace.errors[t] = error;
    }
    squares += error * error;
    if (isRelative) {
      // One logarithm for many factors.
      product *= forecast;
      const size = Math.abs(product);
      if (size > 1e100 || size < 1e-100) {
        logs += Math.log(size);
        product = 1;
      }
    }
    if (isTimes) {
      level = base + (alpha * miss) / season;
      slope = carried + (beta * miss) / season;
      seasonal[place] = season + (gamma * miss) / base;
    } else {
      level = base + alpha * miss;
      slope = carried + beta * miss;
      if (m > 0) seasonal[place] = season + gamma * miss;
    }
    place += 1;
    if (place >= m) place = 0;
  }
  state.level = level;
  state.slope = slope;
  const value = n * Math.log(Math.max(squares, floor)) + 2 * (logs + Math.log(Math.abs(product)));
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/**
 * Whether forecasts forget the distant past: the roots of the discount matrix's characteristic
 * polynomial lie within the unit circle (chapter 10; for the season equation 10.9).
 */
export function isAdmissible(
  form: SmoothingForm,
  { alpha, beta, gamma, phi }: Smoothing,
  season: number,
): boolean {
  if (form.season === "N") {
    if (alpha < 1 - 1 / phi || alpha > 1 + 1 / phi) return false;
    return (
      form.trend === "N" || (beta >= alpha * (phi - 1) && beta <= (1 + phi) * (2 - alpha) + 1e-12)
    );
  }
  if (gamma < Math.max(1 - 1 / phi - alpha, 0) || gamma > 1 + 1 / phi - alpha) return false;
  // z^(m+1) + c_1 z^m + ...: as coefficients of 1 - c B - ... they change their sign.
  const middle = alpha + beta - alpha * phi;
  const descending = new Float64Array(season + 1).fill(-middle);
  descending[0] = phi - alpha - beta;
  descending[season - 1] = 1 - middle - gamma;
  descending[season] = -phi * (1 - alpha - gamma);
  if (season === 1) return false;
  if (form.trend !== "N") return isOutside(descending, 1 - 1e-10);
  // Without a trend 1 is a root, which the model does not have: it is divided out.
  const divided = new Float64Array(season);
  let carry = 1;
  for (let k = 0; k < season; k += 1) {
    carry -= descending[k]!;
    divided[k] = -carry;
  }
  return isOutside(divided, 1 - 1e-10);
}

/** Means of the next values, from the state after the last one; `start` is the place of the first. */
export function meansAfter(
  { level, slope, seasonal }: SmoothingState,
  form: SmoothingForm,
  phi: number,
  start: number,
  horizon: number,
): Float64Array {
  const means = new Float64Array(horizon);
  let damping = 0;
  let factor = 1;
  for (let h = 0; h < horizon; h += 1) {
    factor *= phi;
    damping += factor;
    const base = form.trend === "N" ? level : level + damping * slope;
    const season = seasonal.length === 0 ? 0 : seasonal[(start + h) % seasonal.length]!;
    means[h] = form.season === "M" ? base * season : base + season;
  }
  return means;
}

/**
 * Variances of the next values: class 1 for additive errors, class 2 for multiplicative errors with
 * additive components, class 3 for a multiplicative season (section 6.3; class 3 exactly within one
 * season, beyond it to first order in sigma^2).
 */
export function variancesAfter(
  means: Float64Array,
  form: SmoothingForm,
  { alpha, beta, gamma, phi }: Smoothing,
  { season, seasonalFactors, variance }: VarianceOptions,
): Float64Array {
  const horizon = means.length;
  const weights = new Float64Array(horizon);
  let damping = 0;
  let factor = 1;
  for (let j = 1; j < horizon; j += 1) {
    factor *= phi;
    damping += factor;
    const isSeasonsEnd = form.season === "A" && j % season === 0;
    weights[j] = alpha + (form.trend === "N" ? 0 : beta * damping) + (isSeasonsEnd ? gamma : 0);
  }
  const variances = new Float64Array(horizon);
  if (form.error === "A") {
    let sum = 1;
    for (let h = 0; h < horizon; h += 1) {
      if (h > 0) sum += weights[h]! ** 2;
      variances[h] = variance * sum;
    }
    return variances;
  }
  const bases = seasonalFactors === null ? means : means.map((y, h) => y / seasonalFactors[h]!);
  const squares = new Float64Array(horizon);
  for (let h = 0; h < horizon; h += 1) {
    let sum = bases[h]! ** 2;
    for (let j = 1; j <= h; j += 1) sum += variance * weights[j]! ** 2 * squares[h - j]!;
    squares[h] = sum;
    const turns = Math.floor(h / season);
    const growth = seasonalFactors === null ? 1 : (1 + gamma ** 2 * variance) ** turns;
    const spread = sum * (1 + variance) * growth - bases[h]! ** 2;
    variances[h] = Math.max(0, spread) * (seasonalFactors === null ? 1 : seasonalFactors[h]! ** 2);
  }
  return variances;
}

interface VarianceOptions {
  readonly season: number;
  /** Of a multiplicative season, one for each step; null: none. */
  readonly seasonalFactors: Float64Array | null;
  /** Of the one-step errors. */
  readonly variance: number;
}
