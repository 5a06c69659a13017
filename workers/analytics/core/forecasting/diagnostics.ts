/** Whether what a model leaves is noise. */
import { autocorrelations } from "../season.ts";

export interface Diagnostics {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  /** Lags 0 and up. */
  readonly autocorrelations: readonly number[];
  /** Beyond this an autocorrelation is unusual for noise, at 95 %. */
  readonly autocorrelationLimit: number;
  readonly ljungBox: {
    readonly statistic: number;
    readonly lags: number;
    readonly degrees: number;
    readonly pValue: number;
  } | null;
}

const lagsMin = 2;
const quantile95 = 1.96;

/**
 * @param residuals NaN where there was no forecast
 * @param estimated parameters of the model, which the test's degrees of freedom are fewer by
 */
export function diagnose(residuals: Float64Array, season: number, estimated: number): Diagnostics {
  const known = residuals.filter((e) => !Number.isNaN(e));
  const n = known.length;
  const mean = n === 0 ? 0 : known.reduce((sum, e) => sum + e, 0) / n;
  const squares = known.reduce((sum, e) => sum + (e - mean) ** 2, 0);
  // As R's checkresiduals: ten lags, or two seasons, and at most a fifth of the residuals.
  const lags = Math.min(season > 1 ? 2 * season : 10, Math.floor(n / 5));
  const shown = n < 2 ? [] : autocorrelations([...known], Math.min(n - 1, Math.max(lags, 10)));
  const degrees = Math.max(1, lags - estimated);
  return {
    count: n,
    mean,
    deviation: n < 2 ? 0 : Math.sqrt(squares / (n - 1)),
    autocorrelations: shown,
    autocorrelationLimit: n === 0 ? 1 : quantile95 / Math.sqrt(n),
    ljungBox: lags < lagsMin || squares === 0 ? null : { ...ljungBox(shown, n, lags, degrees) },
  };
}

/** Ljung and Box (1978): n (n + 2) sum r_k^2 / (n - k). */
export function ljungBox(r: readonly number[], n: number, lags: number, degrees: number) {
  let sum = 0;
  for (let k = 1; k <= lags; k += 1) sum += r[k]! ** 2 / (n - k);
  const statistic = n * (n + 2) * sum;
  return { statistic, lags, degrees, pValue: chiSquareTail(statistic, degrees) };
}

/** P(X > x) of the chi-square distribution: the upper incomplete gamma function, regularised. */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(x > 0)) return 1;
  const [a, z] = [degrees / 2, x / 2];
  const front = Math.exp(a * Math.log(z) - z - logGamma(a));
  if (z < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 1_000 && Math.abs(term) > 1e-16 * sum; k += 1) {
      term *= z / (a + k);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  // Lentz's continued fraction.
  let b = z + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 1_000; k += 1) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return front * h;
}

/** Lanczos' approximation with nine terms, relative error below 1e-13 for x > 0. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  const sum = terms.reduce((total, term, i) => total + term / (y + i + 1), 0.99999999999980993);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}
