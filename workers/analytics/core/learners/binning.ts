/** Columns as small whole numbers, in the order of their values: all that a tree asks of them. */
import { binsMax, quantileRowsMax } from "./learner-limits.ts";
import type { Design } from "./learner.ts";
import { Pace } from "./pace.ts";

/** The code of a gap (NaN), above those of all values. */
export const gapCode = 255;

export interface Binned {
  readonly rows: number;
  readonly columns: number;
  /** Column-major. */
  readonly codes: Uint8Array;
  /** Of each column: a value has code b when it is at most edges[b], and above edges[b - 1]. */
  readonly edges: readonly Float64Array[];
}

/**
 * A column of at most `bins` distinct values has a code for each of them; one of more is cut at
 * quantiles. Edges lie halfway between neighbouring values, so that codes depend on order alone.
 */
export function* binColumns(
  { rows, columns, values }: Design,
  bins: number = binsMax,
): Generator<number, Binned> {
  const codes = new Uint8Array(rows * columns);
  const edges: Float64Array[] = [];
  const pace = new Pace();
  const own = new Float64Array(rows);
  const stride = Math.ceil(rows / quantileRowsMax);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) own[row] = values[row * columns + column]!;
    const sample = stride === 1 ? own.slice() : own.filter((_, row) => row % stride === 0);
    const cuts = edgesOf(sample.filter((value) => !Number.isNaN(value)).toSorted(), bins);
    edges.push(cuts);
    for (let row = 0; row < rows; row++) codes[column * rows + row] = codeOf(own[row]!, cuts);
    if (pace.spend(rows * 40)) yield column / columns;
  }
  return { rows, columns, codes, edges };
}

function codeOf(value: number, edges: Float64Array): number {
  if (Number.isNaN(value)) return gapCode;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function edgesOf(sorted: Float64Array, bins: number): Float64Array {
  const starts: number[] = [];
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]! !== sorted[at - 1]!) starts.push(at);
  }
  if (starts.length < bins) return Float64Array.from(starts, (at) => halfway(sorted, at));
  // Where each quantile falls, the next change of value.
  const edges: number[] = [];
  let next = 0;
  for (let cut = 1; cut < bins && next < starts.length; cut++) {
    const wanted = (cut * sorted.length) / bins;
    while (next < starts.length && starts[next]! < wanted) next += 1;
    if (next === starts.length) break;
    edges.push(halfway(sorted, starts[next]!));
    next += 1;
  }
  return Float64Array.from(edges);
}

/** Between a value and the one before, below the upper one even where no number lies between. */
function halfway(sorted: Float64Array, at: number): number {
  const [low, high] = [sorted[at - 1]!, sorted[at]!];
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
