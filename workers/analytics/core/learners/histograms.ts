/** Sums of gradients over the rows of a node, by column and code, and the best split in them. */
import { type Binned, gapCode } from "./binning.ts";
import type { Cut } from "./tree-set.ts";

/** Numbers of each code: gradients, curvatures and rows. */
const stride = 3;
const leastCurvature = 1e-3;

export interface Sums {
  readonly gradient: number;
  readonly curvature: number;
  readonly rows: number;
}

export interface SplitRules {
  readonly l2: number;
  readonly leafRowsMin: number;
}

/** `left` is what goes left. */
export interface HistogramCut extends Cut {
  readonly code: number;
  readonly left: Sums;
}

export class HistogramMaker {
  readonly #binned: Binned;
  /** Where the sums of each column begin; its last place is that of gaps. */
  readonly #starts: Int32Array;
  readonly #free: Float64Array[] = [];

  constructor(binned: Binned) {
    this.#binned = binned;
    this.#starts = new Int32Array(binned.columns + 1);
    binned.edges.forEach((edges, column) => {
      this.#starts[column + 1] = this.#starts[column]! + (edges.length + 2) * stride;
    });
  }

  /** What one histogram costs to make, in operations, for so many rows. */
  cost(rows: number): number {
    return rows * this.#binned.columns * 3 + this.#starts.at(-1)!;
  }

  /** @param gradients of `rows[from]` to `rows[to]`, in that order */
  make(
    rows: Int32Array,
    from: number,
    to: number,
    gradients: Float64Array,
    curvatures: Float64Array,
  ): Float64Array {
    const out = this.#take();
    out.fill(0);
    const { rows: total, columns, codes } = this.#binned;
    for (let column = 0; column < columns; column++) {
      const start = this.#starts[column]!;
      const gapPlace = this.#starts[column + 1]! - stride;
      const shift = column * total;
      for (let at = from; at < to; at++) {
        const code = codes[shift + rows[at]!]!;
        const place = code === gapCode ? gapPlace : start + code * stride;
        out[place]! += gradients[at]!;
        out[place + 1]! += curvatures[at]!;
        out[place + 2]! += 1;
      }
    }
    return out;
  }

  /** Turns the histogram of a node into that of the child whose sister is given. */
  subtract(parent: Float64Array, sister: Float64Array): void {
    for (let at = 0; at < parent.length; at++) parent[at]! -= sister[at]!;
  }

  /** It may be written over. */
  release(histogram: Float64Array): void {
    this.#free.push(histogram);
  }

  #take(): Float64Array {
    return this.#free.pop() ?? new Float64Array(this.#starts.at(-1)!);
  }

  /** @param columns those that may be asked about */
  bestCut(
    histogram: Float64Array,
    columns: Int32Array,
    whole: Sums,
    rules: SplitRules,
  ): HistogramCut | null {
    let best: HistogramCut | null = null;
    for (const column of columns) {
      const gaps = histogram[this.#starts[column + 1]! - stride + 2]!;
      // Where no rows have gaps, those to come go where more rows go.
      for (const gapsLeft of gaps > 0 ? [false, true] : [false]) {
        const cut = this.#scan(histogram, column, gapsLeft, whole, rules);
        if (cut !== null && (best === null || cut.gain > best.gain * (1 + 1e-10))) {
          best = gaps > 0 ? cut : { ...cut, gapsLeft: cut.left.rows * 2 > whole.rows };
        }
      }
    }
    return best;
  }

  #scan(
    histogram: Float64Array,
    column: number,
    gapsLeft: boolean,
    whole: Sums,
    { l2, leafRowsMin }: SplitRules,
  ): HistogramCut | null {
    const edges = this.#binned.edges[column]!;
    const start = this.#starts[column]!;
    const gapPlace = this.#starts[column + 1]! - stride;
    let [gradient, curvature, rows] = [0, 0, 0];
    if (gapsLeft) {
      gradient = histogram[gapPlace]!;
      curvature = histogram[gapPlace + 1]!;
      rows = histogram[gapPlace + 2]!;
    }
    const standing = whole.gradient ** 2 / (whole.curvature + l2);
    let [gain, code] = [1e-12 * Math.abs(standing), -1];
    let left: Sums = whole;
    // Above the last edge lie values that only gaps can be parted from.
    const last = histogram[gapPlace + 2]! > 0 && !gapsLeft ? edges.length : edges.length - 1;
    for (let at = 0; at <= last; at++) {
      const place = start + at * stride;
      gradient += histogram[place]!;
      curvature += histogram[place + 1]!;
      rows += histogram[place + 2]!;
      if (rows < leafRowsMin || histogram[place + 2] === 0) continue;
      if (whole.rows - rows < leafRowsMin) break;
      const [otherGradient, otherCurvature] = [
        whole.gradient - gradient,
        whole.curvature - curvature,
      ];
      if (curvature < leastCurvature || otherCurvature < leastCurvature) continue;
      const own =
        gradient ** 2 / (curvature + l2) + otherGradient ** 2 / (otherCurvature + l2) - standing;
      if (!(own > gain)) continue;
      gain = own;
      code = at;
      left = { gradient, curvature, rows };
    }
    if (code < 0) return null;
    const threshold = code < edges.length ? edges[code]! : Infinity;
    return { feature: column, threshold, gapsLeft, gain, code, left };
  }
}
