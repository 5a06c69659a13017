/** What a column's values look like, for people. */
import type { Column, ColumnKind, Table } from "./column-types.ts";
import { tableLimits } from "./table-limits.ts";

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface ColumnStatistics {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly missing: number;
  readonly distinct: number;
  /** Of numbers and dates (milliseconds since the epoch); null for other kinds. */
  readonly numbers: {
    readonly min: number;
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
    readonly max: number;
    readonly mean: number;
    /** Of a sample: divided by n - 1. */
    readonly deviation: number;
  } | null;
  readonly histogram: readonly HistogramBin[];
  /** Of categories and booleans, most frequent first, as many as are listed. */
  readonly levels: readonly { readonly level: string; readonly count: number }[];
}

const numeric: ReadonlySet<ColumnKind> = new Set(["number", "integer", "date", "text"]);

export function describeColumns({ columns }: Table): ColumnStatistics[] {
  return columns.map(describeColumn);
}

function describeColumn(column: Column): ColumnStatistics {
  const { name, kind, missing, distinct } = column;
  const about = { name, kind, missing, distinct };
  if (!numeric.has(kind)) {
    return { ...about, numbers: null, histogram: [], levels: levelCounts(column) };
  }
  const sorted = column.values.filter((value) => !Number.isNaN(value)).toSorted();
  if (sorted.length === 0) return { ...about, numbers: null, histogram: [], levels: [] };
  const { mean, deviation } = momentsOf(sorted);
  const numbers = {
    min: sorted[0]!,
    lowerQuartile: quantileOfSorted(sorted, 0.25),
    median: quantileOfSorted(sorted, 0.5),
    upperQuartile: quantileOfSorted(sorted, 0.75),
    max: sorted.at(-1)!,
    mean,
    deviation,
  };
  return { ...about, numbers, histogram: histogramOf(sorted), levels: [] };
}

/** Mean and sample deviation by Welford's recurrence; the deviation of one value is 0. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    const step = value - mean;
    mean += step / (index + 1);
    squares += step * (value - mean);
  }
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

/** With linear interpolation, as numpy's default (Hyndman and Fan 1996, type 7). */
export function quantileOfSorted(sorted: Float64Array, fraction: number): number {
  const place = (sorted.length - 1) * fraction;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** Bins of the same width from the least value to the greatest; one bin when they are equal. */
export function histogramOf(
  sorted: Float64Array,
  bins: number = tableLimits.histogramBins,
): HistogramBin[] {
  const from = sorted[0]!;
  const to = sorted.at(-1)!;
  const width = (to - from) / bins;
  if (!(width > 0) || !Number.isFinite(width)) return [{ from, to, count: sorted.length }];
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor((value - from) / width))]! += 1;
  return counts.map((count, bin) => ({
    from: from + bin * width,
    to: bin === bins - 1 ? to : from + (bin + 1) * width,
    count,
  }));
}

function levelCounts({ values, levels }: Column): ColumnStatistics["levels"] {
  const counts = levels.map(() => 0);
  for (const value of values) if (!Number.isNaN(value)) counts[value]! += 1;
  return levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, tableLimits.levelsListedMax);
}
