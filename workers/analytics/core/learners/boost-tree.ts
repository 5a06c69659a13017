/** One boosted tree, grown where the gain is largest (LightGBM: Ke et al. 2017). */
import type { Chance } from "../../../compute/chance.ts";
import { type Binned, gapCode } from "./binning.ts";
import type { HistogramCut, HistogramMaker, SplitRules, Sums } from "./histograms.ts";
import type { Pace } from "./pace.ts";
import type { TreeSetBuilder } from "./tree-set.ts";

export interface BoostRules extends SplitRules {
  readonly leavesMax: number;
  readonly depthMax: number;
  readonly learningRate: number;
  /** Columns that one tree may ask about. */
  readonly columnsTried: number;
}

export interface Slopes {
  /** Of the loss by the score of each row, and the curvature there. */
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly sums: Sums;
  readonly histogram: Float64Array;
  readonly cut: HistogramCut | null;
}

export class BoostGrower {
  readonly #binned: Binned;
  readonly #maker: HistogramMaker;
  readonly #rules: BoostRules;
  readonly #pace: Pace;
  /** Rows of the tree, leaf by leaf, and their slopes in the same order. */
  readonly #rows: Int32Array;
  readonly #gradients: Float64Array;
  readonly #curvatures: Float64Array;
  readonly #aside: Int32Array;
  readonly #asideGradients: Float64Array;
  readonly #asideCurvatures: Float64Array;
  readonly #training: Int32Array;
  readonly #columns: Int32Array;

  /** @param training the rows that are learned from */
  constructor(
    binned: Binned,
    maker: HistogramMaker,
    training: Int32Array,
    rules: BoostRules,
    pace: Pace,
  ) {
    this.#binned = binned;
    this.#maker = maker;
    this.#rules = rules;
    this.#pace = pace;
    this.#training = training;
    this.#rows = new Int32Array(training.length);
    this.#aside = new Int32Array(training.length);
    [this.#gradients, this.#curvatures, this.#asideGradients, this.#asideCurvatures] = Array.from(
      { length: 4 },
      () => new Float64Array(training.length),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    this.#columns = Int32Array.from({ length: binned.columns }, (_, column) => column);
  }

  /**
   * @param scores of each row, `width` apart, of which the leaves' values are added to those learned from
   * @returns whether there was anything to split
   */
  *grow(
    { gradients, curvatures }: Slopes,
    builder: TreeSetBuilder,
    scores: Float64Array,
    place: { readonly width: number; readonly output: number },
    chance: Chance,
  ): Generator<number, boolean> {
    const [pace, maker] = [this.#pace, this.#maker];
    const columns = this.#drawColumns(chance);
    const sums = this.#begin(gradients, curvatures);
    builder.plant(place.output);
    const to = this.#rows.length;
    const histogram = maker.make(this.#rows, 0, to, this.#gradients, this.#curvatures);
    if (pace.spend(maker.cost(to))) yield 0;
    const root = { node: builder.node(), from: 0, to, depth: 0, sums, histogram };
    const leaves: Leaf[] = [this.#withCut(root, columns)];
    while (leaves.length < this.#rules.leavesMax) {
      let best = 0;
      for (let at = 1; at < leaves.length; at++) {
        if ((leaves[at]!.cut?.gain ?? 0) > (leaves[best]!.cut?.gain ?? 0)) best = at;
      }
      const leaf = leaves[best]!;
      if (leaf.cut === null) break;
      leaves.splice(best, 1, ...this.#split(leaf, leaf.cut, builder, columns));
      if (pace.spend(maker.cost(leaf.to - leaf.from) * 2)) yield 0;
    }
    for (const leaf of leaves) this.#settle(leaf, builder, scores, place);
    return leaves.length > 1;
  }

  #begin(gradients: Float64Array, curvatures: Float64Array): Sums {
    let [gradient, curvature] = [0, 0];
    const training = this.#training;
    this.#rows.set(training);
    for (let at = 0; at < training.length; at++) {
      this.#gradients[at] = gradients[training[at]!]!;
      this.#curvatures[at] = curvatures[training[at]!]!;
      gradient += this.#gradients[at]!;
      curvature += this.#curvatures[at]!;
    }
    return { gradient, curvature, rows: training.length };
  }

  #drawColumns(chance: Chance): Int32Array {
    const { columnsTried } = this.#rules;
    const order = this.#columns.slice();
    if (columnsTried >= order.length) return order;
    for (let at = 0; at < columnsTried; at++) {
      const other = at + chance.below(order.length - at);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    return order.subarray(0, columnsTried).toSorted();
  }

  #withCut(leaf: Omit<Leaf, "cut">, columns: Int32Array): Leaf {
    const { depthMax, leafRowsMin } = this.#rules;
    const maySplit = leaf.depth < depthMax && leaf.sums.rows >= 2 * leafRowsMin;
    const { histogram, sums } = leaf;
    const cut = maySplit ? this.#maker.bestCut(histogram, columns, sums, this.#rules) : null;
    return { ...leaf, cut };
  }

  /** The histogram of the smaller child is summed; the other's is what is left of the parent's. */
  #split(
    leaf: Leaf,
    cut: HistogramCut,
    builder: TreeSetBuilder,
    columns: Int32Array,
  ): readonly [Leaf, Leaf] {
    const { from, to, sums, histogram } = leaf;
    const depth = leaf.depth + 1;
    const middle = this.#part(leaf, cut);
    const [leftNode, rightNode] = builder.split(leaf.node, cut);
    const isLeftSmall = middle - from <= to - middle;
    const [start, end] = isLeftSmall ? [from, middle] : [middle, to];
    const small = this.#maker.make(this.#rows, start, end, this.#gradients, this.#curvatures);
    this.#maker.subtract(histogram, small);
    const others: Sums = {
      gradient: sums.gradient - cut.left.gradient,
      curvature: sums.curvature - cut.left.curvature,
      rows: sums.rows - cut.left.rows,
    };
    const [leftHistogram, rightHistogram] = isLeftSmall ? [small, histogram] : [histogram, small];
    const left = {
      node: leftNode,
      from,
      to: middle,
      depth,
      sums: cut.left,
      histogram: leftHistogram,
    };
    const right = {
      node: rightNode,
      from: middle,
      to,
      depth,
      sums: others,
      histogram: rightHistogram,
    };
    return [this.#withCut(left, columns), this.#withCut(right, columns)];
  }

  #part({ from, to }: Leaf, { feature, code, gapsLeft }: HistogramCut): number {
    const { rows: total, codes } = this.#binned;
    const shift = feature * total;
    let [middle, others] = [from, 0];
    for (let at = from; at < to; at++) {
      const row = this.#rows[at]!;
      const own = codes[shift + row]!;
      const isLeft = own === gapCode ? gapsLeft : own <= code;
      if (isLeft) {
        this.#rows[middle] = row;
        this.#gradients[middle] = this.#gradients[at]!;
        this.#curvatures[middle] = this.#curvatures[at]!;
        middle += 1;
      } else {
        this.#aside[others] = row;
        this.#asideGradients[others] = this.#gradients[at]!;
        this.#asideCurvatures[others] = this.#curvatures[at]!;
        others += 1;
      }
    }
    this.#rows.set(this.#aside.subarray(0, others), middle);
    this.#gradients.set(this.#asideGradients.subarray(0, others), middle);
    this.#curvatures.set(this.#asideCurvatures.subarray(0, others), middle);
    return middle;
  }

  /** Newton's step, shortened by the learning rate. */
  #settle(
    { node, from, to, sums, histogram }: Leaf,
    builder: TreeSetBuilder,
    scores: Float64Array,
    { width, output }: { readonly width: number; readonly output: number },
  ): void {
    const { l2, learningRate } = this.#rules;
    const bottom = sums.curvature + l2;
    const value = bottom > 0 ? (-learningRate * sums.gradient) / bottom : 0;
    builder.leaf(node, [value]);
    for (let at = from; at < to; at++) scores[this.#rows[at]! * width + output]! += value;
    this.#maker.release(histogram);
  }
}
