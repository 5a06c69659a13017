/**
 * Classical decomposition by centred moving averages (Makridakis, Wheelwright and Hyndman 1998,
 * chapter 3), and the seasonality test that goes before it in the M competitions.
 */
import { autocorrelations } from "../season.ts";

export type DecompositionKind = "additive" | "multiplicative";

/** Centred moving average over one season, half weights at the ends of an even one; NaN at the edges. */
export function centredAverage(values: Float64Array, season: number): Float64Array {
  const half = season >> 1;
  const isEven = season % 2 === 0;
  return values.map((_, t) => {
    if (t < half || t + half >= values.length) return Number.NaN;
    let sum = 0;
    for (let i = t - half; i <= t + half; i += 1) {
      const weight = isEven && (i === t - half || i === t + half) ? 0.5 : 1;
      sum += weight * values[i]!;
    }
    return sum / season;
  });
}

/**
 * One index for each place in the season, the first value's first: adding up to 0, or to the length
 * of the season. Needs two whole seasons.
 */
export function seasonalIndices(
  values: Float64Array,
  season: number,
  kind: DecompositionKind,
): Float64Array {
  const trend = centredAverage(values, season);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = 0; t < values.length; t += 1) {
    if (Number.isNaN(trend[t]!)) continue;
    const detrended = kind === "additive" ? values[t]! - trend[t]! : values[t]! / trend[t]!;
    if (!Number.isFinite(detrended)) continue;
    sums[t % season]! += detrended;
    counts[t % season]! += 1;
  }
  const neutral = kind === "additive" ? 0 : 1;
  const indices = sums.map((sum, i) => (counts[i] === 0 ? neutral : sum / counts[i]!));
  const mean = indices.reduce((sum, value) => sum + value, 0) / season;
  if (kind === "multiplicative" && mean === 0) return indices.fill(1);
  return indices.map((value) => (kind === "additive" ? value - mean : value / mean));
}

/** Standard normal quantile of 0.95: the 90 % two-sided test of the M4 benchmarks. */
export const seasonalityQuantile = 1.645;

/** Whether the autocorrelation at the season's lag passes |r_m| > 1.645 sqrt((1 + 2 sum r_i^2) / n). */
export function isSeasonal(
  values: Float64Array,
  season: number,
  quantile = seasonalityQuantile,
): boolean {
  // Three seasons, as the benchmarks ask.
  if (season < 2 || values.length < 3 * season) return false;
  const r = autocorrelations([...values], season);
  let squares = 0;
  for (let lag = 1; lag < season; lag += 1) squares += r[lag]! * r[lag]!;
  return Math.abs(r[season]!) > quantile * Math.sqrt((1 + 2 * squares) / values.length);
}

export interface Deseasonalised {
  readonly values: Float64Array;
  /** By place in the season; all 1 where there is none. */
  readonly indices: Float64Array;
  readonly isSeasonal: boolean;
}

/**
 * Divides the season out where the test finds one, as the M4 benchmarks do. Indices near 0 cannot be
 * divided by: then the series counts as having no season.
 */
export function deseasonalise(values: Float64Array, season: number): Deseasonalised {
  if (isSeasonal(values, season)) {
    const indices = seasonalIndices(values, season, "multiplicative");
    if (indices.every((index) => index > 1e-4)) {
      const divided = values.map((value, t) => value / indices[t % season]!);
      return { values: divided, indices, isSeasonal: true };
    }
  }
  return { values, indices: new Float64Array(Math.max(1, season)).fill(1), isSeasonal: false };
}
