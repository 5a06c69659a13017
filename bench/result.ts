export interface BenchRow {
  readonly measure: string;
  readonly value: string;
  readonly target?: string;
}

export interface BenchResult {
  readonly peer: string;
  readonly rows: readonly BenchRow[];
  readonly notes: readonly string[];
  /** Targets that were missed; the run exits non-zero then. */
  readonly failures: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median with the range, e.g. "21,345 (20,900 to 21,800)". */
export function spread(values: readonly number[], digits = 0): string {
  const show = (value: number) =>
    value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return `${show(median(values))} (${show(Math.min(...values))} to ${show(Math.max(...values))})`;
}
