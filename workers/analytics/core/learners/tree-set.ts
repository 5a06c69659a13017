/** Decision trees in flat arrays, their sums over rows, and their way to disk and into ONNX. */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { machineLearningDomain } from "../../../compute/onnx/model.ts";
import { LearnerError } from "./checks.ts";
import { treeNodesMax } from "./learner-limits.ts";
import type { Design } from "./learner.ts";
import {
  packNumbers,
  readSaved,
  requireSaved,
  savedDoubles,
  savedWholes,
} from "./saved-numbers.ts";

interface TreeArrays {
  /** The first node of each tree. */
  readonly roots: Int32Array;
  /** Of each tree: the output that its leaves add to, when they hold one number. */
  readonly outputs: Int32Array;
  /** The column that a node asks about; -1 for a leaf. */
  readonly features: Int32Array;
  /** At most this goes left. */
  readonly thresholds: Float64Array;
  /** The left child, after its parent and before its sister; of a leaf, its set of values. */
  readonly lefts: Int32Array;
  /** 1 where gaps go left. */
  readonly gapsLeft: Int32Array;
  /** leaves x width. */
  readonly values: Float64Array;
  /** Gain of all splits, of each column. */
  readonly gains: Float64Array;
}

const savedTrees = z.strictObject({
  width: z.int().min(1),
  roots: savedWholes,
  outputs: savedWholes,
  features: savedWholes,
  thresholds: savedDoubles,
  lefts: savedWholes,
  gapsLeft: savedWholes,
  values: savedDoubles,
  gains: savedDoubles,
});

/** Collects nodes as they are grown. */
export class TreeSetBuilder {
  readonly #width: number;
  readonly #roots: number[] = [];
  readonly #outputs: number[] = [];
  readonly #features: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #lefts: number[] = [];
  readonly #gapsLeft: number[] = [];
  readonly #values: number[] = [];
  /** Of each node's split. */
  readonly #gains: number[] = [];
  readonly #columns: number;

  /** @param width numbers in each leaf */
  constructor(columns: number, width: number) {
    this.#width = width;
    this.#columns = columns;
  }

  get trees(): number {
    return this.#roots.length;
  }

  /** The next node begins a tree. */
  plant(output = 0): void {
    this.#roots.push(this.#features.length);
    this.#outputs.push(output);
  }

  /** A node that is a leaf until it is split. @returns its place */
  node(): number {
    if (this.#features.length >= treeNodesMax) {
      throw new LearnerError(`The trees have more than ${treeNodesMax} nodes; grow fewer.`);
    }
    this.#features.push(-1);
    this.#thresholds.push(0);
    this.#lefts.push(0);
    this.#gapsLeft.push(0);
    this.#gains.push(0);
    return this.#features.length - 1;
  }

  leaf(at: number, values: ArrayLike<number>): void {
    this.#lefts[at] = this.#values.length / this.#width;
    for (let index = 0; index < this.#width; index++) this.#values.push(values[index]!);
  }

  /** @returns the places of both children */
  split(at: number, { feature, threshold, gain, gapsLeft }: Cut): readonly [number, number] {
    this.#features[at] = feature;
    this.#thresholds[at] = threshold;
    this.#gapsLeft[at] = gapsLeft ? 1 : 0;
    this.#gains[at] = gain;
    const [left, right] = [this.node(), this.node()];
    this.#lefts[at] = left;
    return [left, right];
  }

  /** Adds the leaves that one row comes to in the trees from `from` on, of one number each. */
  addTo(out: Float64Array, row: Float64Array, from: number): void {
    for (let tree = from; tree < this.trees; tree++) {
      let at = this.#roots[tree]!;
      while (this.#features[at]! >= 0) {
        const value = row[this.#features[at]!]!;
        const isLeft =
          value <= this.#thresholds[at]! || (this.#gapsLeft[at] === 1 && Number.isNaN(value));
        at = isLeft ? this.#lefts[at]! : this.#lefts[at]! + 1;
      }
      out[this.#outputs[tree]!]! += this.#values[this.#lefts[at]!]!;
    }
  }

  /** @param trees how many of the first to keep */
  finish(trees = this.trees): TreeSet {
    const nodes = this.#roots[trees] ?? this.#features.length;
    const whole = (list: number[], length: number): Int32Array =>
      Int32Array.from(list.slice(0, length));
    const gains = new Float64Array(this.#columns);
    let leaves = 0;
    for (let at = 0; at < nodes; at++) {
      const feature = this.#features[at]!;
      if (feature < 0) leaves += 1;
      else gains[feature]! += this.#gains[at]!;
    }
    return new TreeSet(this.#width, {
      roots: whole(this.#roots, trees),
      outputs: whole(this.#outputs, trees),
      features: whole(this.#features, nodes),
      thresholds: Float64Array.from(this.#thresholds.slice(0, nodes)),
      lefts: whole(this.#lefts, nodes),
      gapsLeft: whole(this.#gapsLeft, nodes),
      // Each tree has its leaves before those of the next.
      values: Float64Array.from(this.#values.slice(0, leaves * this.#width)),
      gains,
    });
  }
}

export interface Cut {
  readonly feature: number;
  readonly threshold: number;
  readonly gapsLeft: boolean;
  readonly gain: number;
}

export class TreeSet {
  readonly width: number;
  readonly #arrays: TreeArrays;

  constructor(width: number, arrays: TreeArrays) {
    this.width = width;
    this.#arrays = arrays;
  }

  get trees(): number {
    return this.#arrays.roots.length;
  }

  get columns(): number {
    return this.#arrays.gains.length;
  }

  /** The highest output that a tree adds to. */
  get outputsMax(): number {
    return this.#arrays.outputs.reduce((most, each) => Math.max(most, each), 0);
  }

  static restore(this: void, saved: unknown): TreeSet {
    const { width, ...arrays } = readSaved(savedTrees, saved);
    const { roots, outputs, features, thresholds, lefts, gapsLeft, values } = arrays;
    const nodes = features.length;
    requireSaved(
      [thresholds, lefts, gapsLeft].every(({ length }) => length === nodes),
      "nodes are missing",
    );
    requireSaved(
      outputs.length === roots.length && outputs.every((each) => each >= 0 && each < 1e6),
      "outputs are missing",
    );
    requireSaved(
      roots.every((root) => root >= 0 && root < nodes),
      "a tree has no root",
    );
    for (let at = 0; at < nodes; at++) {
      const left = lefts[at]!;
      const isSound =
        features[at] === -1
          ? left >= 0 && (left + 1) * width <= values.length
          : features[at]! >= 0 &&
            features[at]! < arrays.gains.length &&
            // Children come later, so that no walk goes round.
            left > at &&
            left + 1 < nodes;
      requireSaved(isSound, `node ${at} leads nowhere`);
    }
    return new TreeSet(width, arrays);
  }

  /** Adds the leaves of trees `from` to `to` for each row. @param out rows x outputs */
  addTo(out: Float64Array, design: Design, outputs: number, from = 0, to = this.trees): void {
    const { roots, values, outputs: own } = this.#arrays;
    const { rows, columns } = design;
    for (let tree = from; tree < to; tree++) {
      const shift = this.width === 1 ? own[tree]! : 0;
      for (let row = 0; row < rows; row++) {
        const leaf = this.#leafOf(roots[tree]!, design.values, row * columns) * this.width;
        const place = row * outputs + shift;
        for (let index = 0; index < this.width; index++) {
          out[place + index]! += values[leaf + index]!;
        }
      }
    }
  }

  #leafOf(root: number, values: Float64Array, row: number): number {
    const { features, thresholds, lefts, gapsLeft } = this.#arrays;
    let at = root;
    for (;;) {
      const feature = features[at]!;
      if (feature < 0) return lefts[at]!;
      const value = values[row + feature]!;
      // A gap is not at most anything.
      const isLeft = value <= thresholds[at]! || (gapsLeft[at] === 1 && Number.isNaN(value));
      at = isLeft ? lefts[at]! : lefts[at]! + 1;
    }
  }

  /** Shares of the gain, or zeros where nothing was split. */
  importance(): Float64Array {
    const { gains } = this.#arrays;
    const sum = gains.reduce((total, gain) => total + gain, 0);
    return gains.map((gain) => (sum > 0 ? gain / sum : 0));
  }

  save(): unknown {
    const packed = Object.entries(this.#arrays).map(([name, values]) => [
      name,
      packNumbers(values as Int32Array | Float64Array),
    ]);
    return { width: this.width, ...Object.fromEntries(packed) };
  }

  /**
   * @param base what is added to each output
   * @param scale of every leaf
   * @returns the name of a tensor [N, outputs]
   */
  emit(graph: GraphBuilder, input: string, base: ArrayLike<number>, scale: number): string {
    const { roots, features, thresholds, lefts, gapsLeft } = this.#arrays;
    const nodes = features.length;
    const trees: number[] = [];
    roots.forEach((root, tree) => {
      const end = roots[tree + 1] ?? nodes;
      for (let at = root; at < end; at++) trees.push(tree);
    });
    const child = (step: 0 | 1): number[] =>
      Array.from(lefts, (left, at) => (features[at]! < 0 ? 0 : left + step - roots[trees[at]!]!));
    const leaves = this.#emitLeaves(trees, scale);
    return graph.nodes(
      "TreeEnsembleRegressor",
      [input],
      {
        n_targets: base.length,
        base_values: Float32Array.from(base),
        nodes_treeids: trees,
        nodes_nodeids: trees.map((tree, at) => at - roots[tree]!),
        nodes_featureids: Array.from(features, (each) => Math.max(0, each)),
        nodes_modes: Array.from(features, (each) => (each < 0 ? "LEAF" : "BRANCH_LEQ")),
        nodes_values: Float32Array.from(thresholds, floatBelow),
        nodes_truenodeids: child(0),
        nodes_falsenodeids: child(1),
        nodes_missing_value_tracks_true: Array.from(gapsLeft),
        ...leaves,
      },
      1,
      machineLearningDomain,
    )[0]!;
  }

  #emitLeaves(trees: readonly number[], scale: number): Record<string, number[] | Float32Array> {
    const { roots, outputs, features, lefts, values } = this.#arrays;
    const [owners, places, targets, weights]: number[][] = [[], [], [], []];
    features.forEach((feature, at) => {
      if (feature >= 0) return;
      const tree = trees[at]!;
      for (let index = 0; index < this.width; index++) {
        const value = values[lefts[at]! * this.width + index]!;
        // Every leaf is named once at least.
        if (value === 0 && index > 0) continue;
        owners!.push(tree);
        places!.push(at - roots[tree]!);
        targets!.push(this.width === 1 ? outputs[tree]! : index);
        weights!.push(value * scale);
      }
    });
    return {
      target_treeids: owners!,
      target_nodeids: places!,
      target_ids: targets!,
      target_weights: Float32Array.from(weights!),
    };
  }
}

/** The highest single that is not above: the same singles are at most it as are at most the double. */
function floatBelow(value: number): number {
  const near = Math.fround(value);
  if (!(near > value)) return near;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, near);
  if (near === 0) return -1.401_298_464_324_817e-45;
  view.setInt32(0, view.getInt32(0) + (near > 0 ? -1 : 1));
  return view.getFloat32(0);
}
