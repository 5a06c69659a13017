/** How detectors that measure deviations turn them into scores between 0 and 1. */

/**
 * The score of a statistic that is remarkable from `reach` > 0 on: a half there, and never quite 1,
 * so that of two wild readings the wilder one still scores more.
 */
export function scoreOfDeviation(statistic: number, reach: number): number {
  const size = Math.abs(statistic);
  return Number.isFinite(size) ? size / (size + reach) : 1;
}
