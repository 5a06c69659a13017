/** Ensembles of decision trees, of the domain ai.onnx.ml. */
import { contiguous, zeros } from "../tensor/tensor.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

interface Ensemble {
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  /** Places of the children among all nodes; -1 in a leaf. */
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly gapsLeft: readonly number[];
  readonly roots: readonly number[];
  /** Of each node: targets and weights, in turns. */
  readonly leaves: readonly (readonly number[])[];
}

/** Nodes are named by their tree and a number within it. */
function readEnsemble(call: Call, targets: number): Ensemble {
  const list = (name: string): readonly number[] => call.numbers(name, []);
  const [trees, ids] = [list("nodes_treeids"), list("nodes_nodeids")];
  const modes = call.text("nodes_modes", "").split(",");
  const count = ids.length;
  const places = new Map(ids.map((id, at) => [`${trees[at]} ${id}`, at]));
  const features = list("nodes_featureids");
  const thresholds = list("nodes_values");
  const gapsLeft = call.numbers(
    "nodes_missing_value_tracks_true",
    ids.map(() => 0),
  );
  const named = { lefts: list("nodes_truenodeids"), rights: list("nodes_falsenodeids") };
  const lists = [trees, modes, features, thresholds, gapsLeft, named.lefts, named.rights];
  if (count === 0 || lists.some(({ length }) => length !== count) || places.size !== count) {
    throw new RangeError("The nodes' attributes do not have one entry for each node.");
  }
  const place = (tree: number | undefined, id: number | undefined): number => {
    const at = places.get(`${tree} ${id}`);
    if (at === undefined) throw new RangeError(`Tree ${tree} has no node ${id}.`);
    return at;
  };
  const child = (ofNode: readonly number[]): Int32Array =>
    Int32Array.from(modes, (mode, at) => {
      if (mode === "LEAF") return -1;
      if (mode !== "BRANCH_LEQ") throw new RangeError(`Nodes of ${mode} are not supported.`);
      return place(trees[at], ofNode[at]);
    });
  const leaves: number[][] = ids.map(() => []);
  const [owners, own] = [list("target_treeids"), list("target_nodeids")];
  const [outputs, weights] = [list("target_ids"), list("target_weights")];
  owners.forEach((tree, at) => {
    const output = outputs[at] ?? -1;
    if (!(output >= 0 && output < targets)) throw new RangeError(`There is no target ${output}.`);
    leaves[place(tree, own[at])]!.push(output, weights[at] ?? Number.NaN);
  });
  const roots = [...trees.keys()].filter((at) => at === 0 || trees[at] !== trees[at - 1]);
  const [lefts, rights] = [child(named.lefts), child(named.rights)];
  return { features, thresholds, lefts, rights, gapsLeft, roots, leaves };
}

function treeEnsembleRegressor(call: Call): Value[] {
  const [rows, columns] = call.tensor(0).shape;
  const targets = call.number("n_targets", 1);
  if (rows === undefined || columns === undefined || call.tensor(0).rank !== 2) {
    throw new RangeError("Trees take a table of rows and columns.");
  }
  if (call.text("aggregate_function", "SUM") !== "SUM") throw new RangeError("Only sums.");
  if (call.text("post_transform", "NONE") !== "NONE") throw new RangeError("No transforms.");
  const ensemble = readEnsemble(call, targets);
  if (ensemble.features.some((each) => !(each >= 0 && each < columns))) {
    throw new RangeError(`A node asks for a column beyond ${columns}.`);
  }
  const base = call.numbers("base_values", Array<number>(targets).fill(0));
  const { values } = contiguous(call.tensor(0));
  const out = zeros([rows, targets]);
  const sums = new Float64Array(targets);
  for (let row = 0; row < rows; row++) {
    sums.set(base);
    for (const root of ensemble.roots) {
      const leaf = ensemble.leaves[walk(ensemble, root, values, row * columns)]!;
      for (let at = 0; at < leaf.length; at += 2) sums[leaf[at]!]! += leaf[at + 1]!;
    }
    out.values.set(sums, row * targets);
  }
  return [{ tensor: out, type: "float" }];
}

/** @returns the place of the leaf that a row comes to */
function walk(
  { features, thresholds, lefts, rights, gapsLeft }: Ensemble,
  root: number,
  values: ArrayLike<number>,
  row: number,
): number {
  let at = root;
  for (let steps = 0; steps <= features.length; steps++) {
    if (lefts[at]! < 0) return at;
    const value = values[row + features[at]!]!;
    const isLeft = value <= thresholds[at]! || (gapsLeft[at] === 1 && Number.isNaN(value));
    at = isLeft ? lefts[at]! : rights[at]!;
  }
  throw new RangeError("A tree goes round in a circle.");
}

export const treeOperators: OperatorTable = { TreeEnsembleRegressor: treeEnsembleRegressor };
