/**
 * ARIMA(p,d,q)(P,D,Q)[m] by exact maximum likelihood of the differenced series, started from the
 * least conditional sum of squares (Box and Jenkins, chapter 7). Autoregression and moving average
 * are searched over their partial autocorrelations, so that every candidate is stationary and
 * invertible.
 */
import {
  type Arma,
  conditionalVariance,
  type Likelihood,
  likelihoodOf,
} from "./arma-likelihood.ts";
import { normalBands } from "./bands.ts";
import { descend, type Minimum } from "./optimise.ts";
import type { Forecaster } from "./series.ts";
import {
  coefficientsOf,
  impulseWeights,
  isOutside,
  seasonalProduct,
} from "./stable-polynomials.ts";

export interface ArimaOrder {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly P: number;
  readonly D: number;
  readonly Q: number;
  /** A mean without differences, a drift with one. */
  readonly constant: boolean;
}

export interface FittedArima {
  readonly order: ArimaOrder;
  readonly season: number;
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly seasonalAr: Float64Array;
  readonly seasonalMa: Float64Array;
  /** Mean of the differenced series. */
  readonly mean: number;
  readonly arma: Arma;
  readonly state: Float64Array;
  readonly innovations: Float64Array;
  readonly logLikelihood: number;
  readonly aicc: number;
  readonly variance: number;
}

/** As near to the unit circle as a root may come: nearer ones are differences that were not taken. */
const rootMin = 1.01;
/** Its hyperbolic tangent is 0.96: the farthest that a search starts. */
const steep = 2;
const iterationsMax = 100;
const tolerance = 1e-9;

export function arimaName(order: ArimaOrder, season: number): string {
  const { p, d, q, P, D, Q, constant } = order;
  const seasonal = P + D + Q > 0 ? `(${P},${D},${Q})[${season}]` : "";
  const suffix = !constant ? "" : d + D === 0 ? " with mean" : " with drift";
  return `ARIMA(${p},${d},${q})${seasonal}${suffix}`;
}

export function difference(values: Float64Array, lag: number, times: number): Float64Array {
  let left = values;
  for (let i = 0; i < times; i += 1) {
    const before = left;
    left = before.slice(Math.min(lag, before.length)).map((y, t) => y - before[t]!);
  }
  return left;
}

/** Null when the order asks for more than the values hold, or its likelihood cannot be computed. */
export function* fitArima(
  values: Float64Array,
  order: ArimaOrder,
  season: number,
): Generator<undefined, FittedArima | null> {
  const { p, d, q, P, D, Q, constant } = order;
  const differenced = difference(difference(values, season, D), 1, d);
  const n = differenced.length;
  const axes = p + q + P + Q + (constant ? 1 : 0);
  if (n < 1 || axes >= n) return null;
  const scale = Math.sqrt(differenced.reduce((sum, w) => sum + w * w, 0) / n);
  if (!(scale > 0)) return null;
  const scaled = differenced.map((w) => w / scale);
  const read = (at: Float64Array) => modelAt(at, order, season);
  const centre = (mean: number) => (constant ? scaled.map((w) => w - mean) : scaled);
  const start = new Float64Array(axes);
  const level = constant ? scaled.reduce((sum, w) => sum + w, 0) / n : 0;
  if (constant) start[axes - 1] = level;
  const conditional = (at: Float64Array) => {
    const { arma, mean } = read(at);
    const variance = conditionalVariance(centre(mean), arma);
    return Number.isNaN(variance) ? Number.POSITIVE_INFINITY : Math.log(variance) / 2;
  };
  const exact = (at: Float64Array) => {
    const { arma, mean } = read(at);
    const found = likelihoodOf(centre(mean), arma);
    if (found === null || !(found.squares > 0)) return Number.POSITIVE_INFINITY;
    return (Math.log(found.squares / n) + found.logs / n) / 2;
  };
  const options = { iterationsMax, tolerance };
  const rough: Minimum = yield* descend(conditional, start, options);
  let best: Minimum | null = null;
  const partial = Float64Array.from(start);
  if (p > 0) partial.set(samplePartials(centre(level), p));
  for (const from of startsFrom(rough.at, partial, order)) {
    const found: Minimum = yield* descend(exact, from, options);
    if (best === null || found.value < best.value) best = found;
  }
  if (best === null) return null;
  const { mean, ...model } = read(best.at);
  const found: Likelihood | null = likelihoodOf(centre(mean), model.arma, true);
  if (found === null || !Number.isFinite(best.value)) return null;
  const squares = found.squares * scale * scale;
  const logLikelihood = -(n * Math.log((2 * Math.PI * squares) / n) + n + found.logs) / 2;
  const k = axes + 1;
  return {
    order,
    season,
    ...model,
    mean: constant ? mean * scale : 0,
    state: found.state.map((x) => x * scale),
    innovations: found.innovations!.map((x) => x * scale),
    logLikelihood,
    aicc:
      n - k - 1 <= 0
        ? Number.POSITIVE_INFINITY
        : -2 * logLikelihood + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
    variance: squares / Math.max(1, n - axes),
  };
}

/**
 * Where the conditional sum drives a root to the unit circle the likelihood is flat, so the search
 * starts a little inside. Mixed models often have two valleys; the sample's partial
 * autocorrelations lead into the other one.
 */
function startsFrom(
  rough: Float64Array,
  partial: Float64Array,
  { p, q, P, Q }: ArimaOrder,
): Float64Array[] {
  const roots = p + q + P + Q;
  const isSteep = rough.some((x, i) => i < roots && Math.abs(x) > steep);
  const near = rough.map((x, i) => (i < roots ? clamped(x) : x));
  const isMixed = p + P > 0 && q + Q > 0;
  return isSteep || isMixed ? [near, partial] : [near];
}

function clamped(x: number): number {
  return Math.max(-steep, Math.min(steep, x));
}

/** Unbounded coordinates of the sample's partial autocorrelations. */
function samplePartials(values: Float64Array, count: number): Float64Array {
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = lag; t < values.length; t += 1) sum += values[t]! * values[t - lag]!;
    return sum;
  };
  const covariances = Array.from({ length: count + 1 }, (_, lag) => covariance(lag));
  const coefficients = new Float64Array(count);
  const found = new Float64Array(count);
  let error = covariances[0]!;
  for (let k = 0; k < count && error > 0; k += 1) {
    let sum = covariances[k + 1]!;
    for (let j = 0; j < k; j += 1) sum -= coefficients[j]! * covariances[k - j]!;
    const partial = Math.max(-0.999, Math.min(0.999, sum / error));
    const before = coefficients.slice(0, k);
    for (let j = 0; j < k; j += 1) coefficients[j] = before[j]! - partial * before[k - 1 - j]!;
    coefficients[k] = partial;
    found[k] = clamped(Math.atanh(partial));
    error *= 1 - partial * partial;
  }
  return found;
}

function modelAt(at: Float64Array, { p, q, P, Q, constant }: ArimaOrder, season: number) {
  let i = 0;
  const take = (count: number) => coefficientsOf(at.subarray(i, (i += count)).map(Math.tanh));
  const ar = take(p);
  const negatedMa = take(q);
  const seasonalAr = take(P);
  const negatedSeasonalMa = take(Q);
  const negate = (x: number) => 0 - x;
  return {
    ar,
    ma: negatedMa.map(negate),
    seasonalAr,
    seasonalMa: negatedSeasonalMa.map(negate),
    mean: constant ? at[i]! : 0,
    arma: {
      phi: seasonalProduct(ar, seasonalAr, season),
      theta: seasonalProduct(negatedMa, negatedSeasonalMa, season).map(negate),
    },
  };
}

/** A series whose differences are all the same needs no search; null for any other. */
export function steadyArima(
  values: Float64Array,
  season: number,
  { d, D }: { readonly d: number; readonly D: number },
): FittedArima | null {
  const differenced = difference(difference(values, season, D), 1, d);
  const mean = differenced[0];
  if (mean === undefined || differenced.some((w) => w !== mean)) return null;
  const none = new Float64Array();
  const constant = mean !== 0;
  return {
    order: { p: 0, d, q: 0, P: 0, D, Q: 0, constant },
    season,
    ar: none,
    ma: none,
    seasonalAr: none,
    seasonalMa: none,
    mean,
    arma: { phi: none, theta: none },
    state: new Float64Array(1),
    innovations: new Float64Array(differenced.length),
    logLikelihood: Number.POSITIVE_INFINITY,
    aicc: Number.NEGATIVE_INFINITY,
    variance: 0,
  };
}

/** Whether every root is clear of the unit circle. */
export function isClear({ ar, ma, seasonalAr, seasonalMa, season }: FittedArima): boolean {
  const far = rootMin ** season;
  const negate = (x: number) => 0 - x;
  return (
    isOutside(ar, rootMin) &&
    isOutside(ma.map(negate), rootMin) &&
    isOutside(seasonalAr, far) &&
    isOutside(seasonalMa.map(negate), far)
  );
}

export function arimaForecaster(
  values: Float64Array,
  fit: FittedArima,
  why: readonly string[],
): Forecaster {
  const { order, season, innovations, variance } = fit;
  const lost = values.length - innovations.length;
  const fitted = values.map((y, t) => (t < lost ? Number.NaN : y - innovations[t - lost]!));
  return {
    name: arimaName(order, season),
    parameters: parametersOf(fit),
    why,
    fitted,
    logLikelihood: Number.isFinite(fit.logLikelihood) ? fit.logLikelihood : null,
    aicc: Number.isFinite(fit.aicc) ? fit.aicc : null,
    project(horizon, levels) {
      const mean = meansAfter(values, fit, horizon);
      const { arma } = fit;
      const differences = differencesOf(order, season);
      // phi(B) times the differences, all in the convention 1 - c_1 B - ....
      const phi = seasonalProduct(arma.phi, differences, 1);
      const weights = impulseWeights(phi, arma.theta, horizon);
      let sum = 0;
      const variances = weights.map((psi) => (sum += psi * psi) * variance);
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
}

/** The means of the differenced series by its state, summed up again. */
function meansAfter(values: Float64Array, fit: FittedArima, horizon: number): Float64Array {
  const { order, season, arma, mean } = fit;
  const differences = differencesOf(order, season);
  const known = values.length;
  const series = new Float64Array(known + horizon);
  series.set(values);
  const state = Float64Array.from(fit.state);
  const r = state.length;
  for (let h = 0; h < horizon; h += 1) {
    const head = state[0]!;
    let next = head + mean;
    for (let j = 0; j < differences.length; j += 1) {
      if (differences[j] !== 0) next += differences[j]! * series[known + h - 1 - j]!;
    }
    series[known + h] = next;
    for (let i = 0; i < r; i += 1) {
      state[i] = (arma.phi[i] ?? 0) * head + (i + 1 < r ? state[i + 1]! : 0);
    }
  }
  return series.slice(known);
}

/** (1 - B)^d (1 - B^m)^D as coefficients of 1 - c_1 B - .... */
function differencesOf({ d, D }: ArimaOrder, season: number): Float64Array {
  let product: Float64Array = new Float64Array();
  for (let i = 0; i < d; i += 1) product = seasonalProduct(product, [1], 1);
  for (let i = 0; i < D; i += 1) product = seasonalProduct(product, [1], season);
  return product;
}

function parametersOf(fit: FittedArima): Record<string, number> {
  const { order, season, mean, variance } = fit;
  const named: Record<string, number> = {};
  const add = (name: string, coefficients: Float64Array) => {
    for (const [i, value] of coefficients.entries()) named[`${name}${i + 1}`] = value;
  };
  add("ar", fit.ar);
  add("ma", fit.ma);
  add("sar", fit.seasonalAr);
  add("sma", fit.seasonalMa);
  if (order.constant && order.d + order.D === 0) named.mean = mean;
  if (order.constant && order.d + order.D === 1) named.drift = order.D === 1 ? mean / season : mean;
  named.sigma = Math.sqrt(variance);
  return named;
}
