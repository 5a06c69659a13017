/** Order statistics and quantiles that the other parts share. */
import { normalTail } from "./anomaly/tail.ts";

/** Of ascending values; NaN when there are none. */
export function medianOfSorted(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function median(values: Iterable<number>): number {
  return medianOfSorted(Float64Array.from(values).toSorted());
}

/** Makes the median absolute deviation estimate the deviation of normal data: 1/quantile(3/4). */
export const madToSigma = 1.482_602_218_505_602;

/** The scaled median absolute deviation from `center` (Hampel 1974). */
export function scaledMad(values: Iterable<number>, center: number): number {
  const deviations = Float64Array.from(values, (value) => Math.abs(value - center));
  return madToSigma * medianOfSorted(deviations.toSorted());
}

/**
 * Quantile of the standard normal distribution for 0 < p < 1, relative error below 1.2e-9
 * (P. J. Acklam's rational approximation, 2003).
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`A probability lies between 0 and 1, not ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  const low = 0.024_25;
  if (p < low) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      polynomial(
        [
          -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
          4.374664141464968, 2.938163982698783,
        ],
        q,
      ) /
      polynomial(
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
        q,
      )
    );
  }
  const q = p - 0.5;
  const r = q * q;
  const numerator = polynomial(
    [
      -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
      -3.066479806614716e1, 2.506628277459239,
    ],
    r,
  );
  const denominator = polynomial(
    [
      -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
      -1.328068155288572e1, 1,
    ],
    r,
  );
  return (numerator * q) / denominator;
}

/**
 * Quantile of Student's t with `degrees` of freedom, by the expansion about the normal quantile
 * (Abramowitz and Stegun 26.7.5). Within 1 % from 20 degrees on at the levels used here.
 */
export function studentQuantile(p: number, degrees: number): number {
  const z = normalQuantile(p);
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4;
}

/**
 * Probability that Student's t with `degrees` of freedom exceeds `t` >= 0, by the normal tail of
 * Wallace's transformation (Annals of Mathematical Statistics 1959), which is good to some percent
 * of its logarithm far out.
 */
export function studentTail(t: number, degrees: number): number {
  const shrink = (8 * degrees + 1) / (8 * degrees + 3);
  return normalTail(shrink * Math.sqrt(degrees * Math.log1p((t * t) / degrees)));
}

/** Intercept and slope of the least-squares line through (0, v0), (1, v1), ... */
export function line(values: readonly number[]): { intercept: number; slope: number } {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = mean(values);
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of values.entries()) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  return { intercept: meanY - slope * meanX, slope };
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Coefficients from the highest power down, by Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
