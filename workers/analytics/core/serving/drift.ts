/** Whether what a model is asked now is still what it was made for, column by column. */
import {
  categoriesMax,
  columnValuesMax,
  falseAlarmRate,
  liveRowsMin,
  populationBins,
  stabilityMajor,
  stabilityModerate,
} from "./serving-limits.ts";
import { chiSquare, kolmogorovSmirnov, populationStability } from "./two-samples.ts";

/** The newest values of a column, at most `columnValuesMax`. */
export class ColumnWindow {
  readonly #values = new Float64Array(columnValuesMax);
  #next = 0;
  #count = 0;

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % columnValuesMax;
    this.#count = Math.min(columnValuesMax, this.#count + 1);
  }

  /** In no order. */
  values(): number[] {
    return [...this.#values.subarray(0, this.#count)];
  }
}

export type DriftWord = "stable" | "moderate shift" | "major shift" | "not enough data";

export interface ColumnDrift {
  readonly column: string;
  readonly test: "Kolmogorov-Smirnov" | "chi-square";
  readonly psi: number | null;
  readonly statistic: number | null;
  readonly pValue: number | null;
  readonly word: DriftWord;
  readonly referenceMedian: number | null;
  readonly liveMedian: number | null;
  /** Share of values in each bin, for a picture; bins are quantiles of the reference, or categories. */
  readonly bins: readonly {
    readonly label: string;
    readonly reference: number;
    readonly live: number;
  }[];
}

interface Binned {
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly live: readonly number[];
  readonly isCategories: boolean;
}

/**
 * A shift is called one when both speak for it: the index says it is large enough to matter, and the
 * test that it is no chance, at a rate shared out over `columns` that are looked at together.
 */
export function columnDrift(
  column: string,
  reference: readonly number[],
  live: readonly number[],
  columns: number,
): ColumnDrift {
  const before = reference.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  const now = live.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  const binned = binsOf(before, now, reference.length - before.length, live.length - now.length);
  const test = binned.isCategories ? "chi-square" : "Kolmogorov-Smirnov";
  const shares = (counts: readonly number[], total: number, at: number): number =>
    total === 0 ? 0 : counts[at]! / total;
  const start = {
    column,
    test,
    referenceMedian: medianOf(before),
    liveMedian: medianOf(now),
    bins: binned.labels.map((label, at) => ({
      label,
      reference: shares(binned.reference, reference.length, at),
      live: shares(binned.live, live.length, at),
    })),
  } as const;
  if (live.length < liveRowsMin || reference.length < liveRowsMin) {
    return { ...start, psi: null, statistic: null, pValue: null, word: "not enough data" };
  }
  const psi = populationStability(binned.reference, binned.live);
  const isWhole = before.length === reference.length && now.length === live.length;
  const { statistic, pValue } =
    binned.isCategories || !isWhole
      ? chiSquare(binned.reference, binned.live)
      : kolmogorovSmirnov(before, now);
  return {
    ...start,
    test: isWhole ? test : "chi-square",
    psi,
    statistic,
    pValue,
    word: wordFor(psi, pValue, columns),
  };
}

function wordFor(psi: number, pValue: number, columns: number): DriftWord {
  if (pValue > falseAlarmRate / Math.max(1, columns) || psi < stabilityModerate) return "stable";
  return psi < stabilityMajor ? "moderate shift" : "major shift";
}

function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? (sorted[middle - 1]! + sorted[middle]!) / 2
    : sorted[Math.floor(middle)]!;
}

/** Tenths of the reference, or its values where they are few; what is missing is a bin of its own. */
function binsOf(
  before: readonly number[],
  now: readonly number[],
  missingBefore: number,
  missingNow: number,
): Binned {
  const distinct = [...new Set(before)];
  const isCategories = distinct.length <= categoriesMax;
  const binned = isCategories ? categories(distinct, before, now) : tenths(before, now);
  if (missingBefore + missingNow === 0) return binned;
  return {
    isCategories,
    labels: [...binned.labels, "missing"],
    reference: [...binned.reference, missingBefore],
    live: [...binned.live, missingNow],
  };
}

function categories(
  distinct: readonly number[],
  before: readonly number[],
  now: readonly number[],
): Binned {
  const count = (values: readonly number[]): number[] => {
    const counts = distinct.map(() => 0);
    let other = 0;
    for (const value of values) {
      const at = distinct.indexOf(value);
      if (at < 0) other += 1;
      else counts[at]! += 1;
    }
    return [...counts, other];
  };
  return {
    isCategories: true,
    labels: [...distinct.map((value) => brief(value)), "others"],
    reference: count(before),
    live: count(now),
  };
}

function tenths(before: readonly number[], now: readonly number[]): Binned {
  const edges = [
    ...new Set(
      Array.from(
        { length: populationBins - 1 },
        (_, at) => before[Math.floor(((at + 1) * before.length) / populationBins)]!,
      ),
    ),
  ];
  const count = (values: readonly number[]): number[] => {
    const counts = Array<number>(edges.length + 1).fill(0);
    let bin = 0;
    for (const value of values) {
      while (bin < edges.length && value >= edges[bin]!) bin += 1;
      counts[bin]! += 1;
    }
    return counts;
  };
  const labels = [...edges, null].map((edge, at) =>
    edge === null
      ? `from ${brief(edges.at(-1)!)}`
      : at === 0
        ? `below ${brief(edge)}`
        : `${brief(edges[at - 1]!)} to ${brief(edge)}`,
  );
  return { isCategories: false, labels, reference: count(before), live: count(now) };
}

const brief = (value: number): string => String(Number(value.toPrecision(4)));
