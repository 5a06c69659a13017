/** Whether a series repeats itself, and after how many values. */
import { line, mean } from "./statistics.ts";

/** A season must explain at least this share of the variance left by a straight line. */
const correlationMin = 0.4;
/** Fewer repetitions prove nothing. */
const cyclesMin = 3;

/** Autocorrelations of lags 0 to `lagMax`; all 0 but the first for a constant series. */
export function autocorrelations(values: readonly number[], lagMax: number): number[] {
  const center = mean(values);
  const deviations = Float64Array.from(values, (value) => value - center);
  const variance = deviations.reduce((sum, value) => sum + value * value, 0);
  return Array.from({ length: lagMax + 1 }, (_, lag) => {
    if (lag === 0) return 1;
    if (variance === 0) return 0;
    let sum = 0;
    for (let i = lag; i < deviations.length; i += 1) {
      sum += (deviations[i] as number) * (deviations[i - lag] as number);
    }
    return sum / variance;
  });
}

/**
 * The length of the season, or null. A lag counts when its autocorrelation, after a straight line
 * is taken out, is a peak, is high, and passes the test of the M4 benchmarks:
 * |r_m| > 1.645 sqrt((1 + 2 sum r_i^2) / n).
 */
export function findSeason(values: readonly number[], seasonMax: number): number | null {
  const lagMax = Math.min(seasonMax, Math.floor(values.length / cyclesMin));
  if (lagMax < 2) return null;
  const { intercept, slope } = line(values);
  const residuals = values.map((value, x) => value - intercept - slope * x);
  const size = Math.max(...values.map(Math.abs));
  if (Math.max(...residuals.map(Math.abs)) <= 1e-9 * size) return null;
  const r = autocorrelations(residuals, lagMax + 1);
  let best: number | null = null;
  let squares = 0;
  let fallen = false;
  for (let lag = 1; lag <= lagMax; lag += 1) {
    const here = r[lag] as number;
    // A slowly moving series correlates with itself at short lags; a season comes back up after.
    if (here < correlationMin / 2) fallen = true;
    const limit = 1.645 * Math.sqrt((1 + 2 * squares) / values.length);
    squares += here * here;
    const peak = here >= (r[lag - 1] as number) && here >= (r[lag + 1] as number);
    if (lag < 2 || !fallen || !peak || here < correlationMin || here < limit) continue;
    // Multiples of a season correlate nearly as much; they fade by the share of lost pairs.
    if (best === null || here > (r[best] as number) * 1.1) best = lag;
  }
  return best;
}
