/** How good a forecast was, in the definitions of the M4 competition. */

/** Mean of 200 |y - f| / (|y| + |f|), 0 to 200; a pair of zeros counts as exact. */
export function sMape(actual: readonly number[], forecast: readonly number[]): number {
  const terms = actual.map((y, i) => {
    const f = forecast[i] as number;
    const size = Math.abs(y) + Math.abs(f);
    return size === 0 ? 0 : (200 * Math.abs(y - f)) / size;
  });
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}

/** In-sample mean |x_t - x_{t-m}|: what a step of the seasonal naive forecast errs by. */
export function naiveScale(past: readonly number[], season: number): number {
  let sum = 0;
  for (let t = season; t < past.length; t += 1) {
    sum += Math.abs((past[t] as number) - (past[t - season] as number));
  }
  return sum / (past.length - season);
}

/** Mean absolute error over `naiveScale`; null when the past never changed. */
export function mase(
  past: readonly number[],
  actual: readonly number[],
  forecast: readonly number[],
  season: number,
): number | null {
  const scale = naiveScale(past, season);
  if (!(scale > 0)) return null;
  const sum = actual.reduce((total, y, i) => total + Math.abs(y - (forecast[i] as number)), 0);
  return sum / actual.length / scale;
}

/**
 * Mean scaled interval score of M4 (Gneiting and Raftery 2007): the width, plus 2/a times what the
 * values lie outside by, over `naiveScale`; null when the past never changed.
 */
export function intervalScore(
  past: readonly number[],
  actual: readonly number[],
  band: { level: number; lower: ArrayLike<number>; upper: ArrayLike<number> },
  season: number,
): number | null {
  const scale = naiveScale(past, season);
  if (!(scale > 0)) return null;
  const penalty = 2 / (1 - band.level);
  const sum = actual.reduce((total, y, h) => {
    const [lower, upper] = [band.lower[h]!, band.upper[h]!];
    const outside = Math.max(0, lower - y) + Math.max(0, y - upper);
    return total + (upper - lower) + penalty * outside;
  }, 0);
  return sum / actual.length / scale;
}

interface PointScores {
  readonly sMape: number;
  readonly mase: number;
}

/** The overall weighted average of M4: half the sum of both scores relative to those of Naive2. */
export function overallWeightedAverage(scores: PointScores, naive2: PointScores): number {
  return (scores.sMape / naive2.sMape + scores.mase / naive2.mase) / 2;
}
