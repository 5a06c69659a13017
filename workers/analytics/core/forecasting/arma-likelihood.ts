/**
 * The exact Gaussian likelihood of an ARMA process, by the state space form of Harvey and Phillips
 * (1979) with the recursions of Morf, Sidhu and Kailath (1974; their use for ARMA: Pearlman 1980,
 * Melard 1984): n steps of r = max(p, q + 1) operations instead of r squared.
 */
import { partialsOf } from "./stable-polynomials.ts";

/** phi: y_t = phi_1 y_{t-1} + ... + e_t + theta_1 e_{t-1} + ...; seasonal factors multiplied out. */
export interface Arma {
  readonly phi: Float64Array;
  readonly theta: Float64Array;
}

export interface Likelihood {
  /** Sum of squared standardised innovations. */
  readonly squares: number;
  /** Sum of the logarithms of their relative variances. */
  readonly logs: number;
  /** One-step errors. */
  readonly innovations: Float64Array | null;
  /** Predicted state after the last value; its first number is the next mean. */
  readonly state: Float64Array;
}

/** Below this the gain has settled for good. */
const settled = 1e-15;

/** Null when the autoregression is not stationary. */
export function likelihoodOf(
  values: Float64Array,
  { phi, theta }: Arma,
  keepInnovations = false,
): Likelihood | null {
  const r = Math.max(phi.length, theta.length + 1);
  const start = startOf(phi, theta, r);
  if (start === null) return null;
  const n = values.length;
  const ar = padded(phi, r);
  let { variance } = start;
  const gain = start.gain;
  const direction = Float64Array.from(gain);
  let weight = -1 / variance;
  const state = new Float64Array(r);
  const innovations = keepInnovations ? new Float64Array(n) : null;
  let squares = 0;
  let logs = 0;
  let isSettled = false;
  for (let t = 0; t < n; t += 1) {
    const innovation = values[t]! - state[0]!;
    squares += (innovation * innovation) / variance;
    logs += Math.log(variance);
    if (innovations !== null) innovations[t] = innovation;
    const scaled = innovation / variance;
    const mean = state[0]!;
    for (let i = 0; i < r - 1; i += 1) state[i] = ar[i]! * mean + state[i + 1]! + gain[i]! * scaled;
    state[r - 1] = ar[r - 1]! * mean + gain[r - 1]! * scaled;
    if (isSettled) continue;
    const first = direction[0]!;
    const step = weight * first;
    const before = variance;
    variance += step * first;
    if (!(variance > 0)) return null;
    weight += (step * step) / before;
    const share = first / variance;
    let largest = 0;
    for (let i = 0; i < r; i += 1) {
      const next = i + 1 < r ? direction[i + 1]! : 0;
      const moved = ar[i]! * first + next;
      gain[i]! += step * moved;
      direction[i] = moved - gain[i]! * share;
      largest = Math.max(largest, Math.abs(direction[i]!));
    }
    isSettled = Math.abs(weight) * largest * largest < settled;
  }
  return { squares, logs, innovations, state };
}

/** Variance of the first innovation and the unscaled gain T P Z', both relative to that of e. */
function startOf(
  phi: Float64Array,
  theta: Float64Array,
  r: number,
): { variance: number; gain: Float64Array } | null {
  const covariances = autocovariances(phi, theta, r + 1);
  if (covariances === null) return null;
  const q = theta.length;
  // Covariances of y_t with e_{t-j}.
  const psi = new Float64Array(r + 1);
  for (let j = 0; j <= r; j += 1) {
    let sum = j === 0 ? 1 : j <= q ? theta[j - 1]! : 0;
    for (let i = 1; i <= Math.min(j, phi.length); i += 1) sum += phi[i - 1]! * psi[j - i]!;
    psi[j] = sum;
  }
  const variance = covariances[0]!;
  const column = new Float64Array(r);
  for (let i = 1; i < r; i += 1) {
    let sum = 0;
    for (let j = i; j < phi.length; j += 1) {
      if (phi[j] !== 0) sum += phi[j]! * covariances[j - i + 1]!;
    }
    for (let j = i - 1; j < q; j += 1) if (theta[j] !== 0) sum += theta[j]! * psi[j - i + 1]!;
    column[i] = sum;
  }
  const gain = new Float64Array(r);
  for (let i = 0; i < r; i += 1) gain[i] = (phi[i] ?? 0) * variance + (column[i + 1] ?? 0);
  return { variance, gain };
}

/** Of lags 0 to `count` - 1, with innovations of variance 1; null when not stationary. */
export function autocovariances(
  phi: Float64Array,
  theta: Float64Array,
  count: number,
): Float64Array | null {
  const q = theta.length;
  const plain = autoregressive(phi, count + q);
  if (plain === null) return null;
  // Autocovariances of the moving average's weights.
  const weights = Float64Array.from([1, ...theta]);
  const products = new Float64Array(q + 1);
  for (let d = 0; d <= q; d += 1) {
    let sum = 0;
    for (let i = 0; i + d <= q; i += 1) sum += weights[i]! * weights[i + d]!;
    products[d] = sum;
  }
  const covariances = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    let sum = products[0]! * plain[k]!;
    for (let d = 1; d <= q; d += 1) {
      if (products[d] !== 0) sum += products[d]! * (plain[k + d]! + plain[Math.abs(k - d)]!);
    }
    covariances[k] = sum;
  }
  return covariances;
}

/** Of an autoregression alone, by the recursion of Levinson run from its partial autocorrelations. */
function autoregressive(phi: Float64Array, count: number): Float64Array | null {
  const p = phi.length;
  const partials = partialsOf(phi);
  if (partials === null) return null;
  let variance = 1;
  for (const partial of partials) variance /= 1 - partial * partial;
  const covariances = new Float64Array(count);
  covariances[0] = variance;
  const coefficients = new Float64Array(p);
  const before = new Float64Array(p);
  let error = variance;
  for (let k = 1; k < count; k += 1) {
    const order = Math.min(k - 1, p);
    let sum = 0;
    for (let j = 0; j < order; j += 1) sum += coefficients[j]! * covariances[k - 1 - j]!;
    if (k > p) {
      covariances[k] = sum;
      continue;
    }
    const partial = partials[k - 1]!;
    covariances[k] = sum + partial * error;
    before.set(coefficients);
    for (let j = 0; j < k - 1; j += 1) coefficients[j] = before[j]! - partial * before[k - 2 - j]!;
    coefficients[k - 1] = partial;
    error *= 1 - partial * partial;
  }
  return covariances;
}

/** Mean of squared innovations, conditional on zeros before the first value it explains. */
export function conditionalVariance(values: Float64Array, { phi, theta }: Arma): number {
  const n = values.length;
  const first = Math.min(phi.length, n - 1);
  const ar = nonZero(phi);
  const ma = nonZero(theta);
  const errors = new Float64Array(n);
  let squares = 0;
  for (let t = first; t < n; t += 1) {
    let error = values[t]!;
    for (const i of ar) error -= phi[i]! * values[t - 1 - i]!;
    for (const j of ma) if (t - 1 - j >= 0) error -= theta[j]! * errors[t - 1 - j]!;
    errors[t] = error;
    squares += error * error;
  }
  return squares / (n - first);
}

function nonZero(coefficients: Float64Array): number[] {
  return [...coefficients.keys()].filter((i) => coefficients[i] !== 0);
}

function padded(coefficients: Float64Array, length: number): Float64Array {
  const full = new Float64Array(length);
  full.set(coefficients);
  return full;
}
