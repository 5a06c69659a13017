/** Tree ensembles of ai.onnx.ml, checked to be trees before they are walked. */
import { ensembleNodesMax } from "./limits.ts";
import type { Call } from "./operator.ts";

/** All trees in flat arrays: a leaf has the feature -1. */
export interface Forest {
  readonly roots: readonly number[];
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly mode: Uint8Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** Whether a missing value follows `yes`. */
  readonly missingYes: Uint8Array;
  /** Votes of leaf `n` lie at `votes[n]` to `votes[n + 1]`. */
  readonly votes: Int32Array;
  readonly voteTarget: Int32Array;
  readonly voteWeight: Float32Array;
  /** Columns that the splits read. */
  readonly features: number;
}

const modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
const leafMode = "LEAF";

function wholesOf(call: Call, name: string): readonly number[] {
  const list = call.numbers(name, []);
  if (list.some((value) => !Number.isSafeInteger(value)))
    throw new RangeError(`Attribute ${name} is not of whole numbers.`);
  return list;
}

/**
 * @param votes what the attributes of the leaves' results begin with: `class` or `target`
 * @throws RangeError when the nodes are no trees
 */
export function readForest(call: Call, votes: "class" | "target"): Forest {
  const trees = wholesOf(call, "nodes_treeids");
  const count = trees.length;
  if (count === 0) throw new RangeError("It has no nodes.");
  if (count > ensembleNodesMax)
    throw new RangeError(`It has ${count} nodes; ${ensembleNodesMax} are let in.`);
  const column = (name: string): readonly number[] => {
    const list = wholesOf(call, name);
    if (list.length !== count)
      throw new RangeError(`Attribute ${name} has ${list.length} values for ${count} nodes.`);
    return list;
  };
  const ids = column("nodes_nodeids");
  const kinds = call.text("nodes_modes", "").split(",");
  const values = call.numbers("nodes_values", []);
  if (kinds.length !== count || values.length !== count)
    throw new RangeError("The modes or values of its nodes are not as many as the nodes.");
  const places = new Map(ids.map((id, at) => [`${trees[at]} ${id}`, at]));
  if (places.size !== count) throw new RangeError("Two of its nodes have the same number.");
  const place = (tree: number, id: number): number => {
    const at = places.get(`${tree} ${id}`);
    if (at === undefined) throw new RangeError(`Tree ${tree} has no node ${id}.`);
    return at;
  };
  const tracks = call.numbers("nodes_missing_value_tracks_true", []);
  const children = (name: string): Int32Array => {
    const list = column(name);
    return Int32Array.from(list, (id, at) => (kinds[at] === leafMode ? -1 : place(trees[at]!, id)));
  };
  const features = column("nodes_featureids");
  const shape = {
    feature: Int32Array.from(features, (id, at) => (kinds[at] === leafMode ? -1 : id)),
    mode: Uint8Array.from(kinds, (kind, at) => modeOf(kind, at)),
    yes: children("nodes_truenodeids"),
    no: children("nodes_falsenodeids"),
  };
  if (shape.feature.some((id, at) => id < 0 && kinds[at] !== leafMode))
    throw new RangeError("A split reads a column below 0.");
  return {
    ...shape,
    roots: rootsOf(trees, shape),
    threshold: Float32Array.from(values),
    missingYes: Uint8Array.from(kinds, (_, at) => Number(tracks[at] === 1)),
    ...readVotes(call, votes, count, place),
    features: shape.feature.reduce((most, id) => Math.max(most, id + 1), 0),
  };
}

function modeOf(kind: string, at: number): number {
  if (kind === leafMode) return 0;
  const mode = modes.indexOf(kind);
  if (mode < 0) throw new RangeError(`Its node ${at} has the mode "${kind}", which is not known.`);
  return mode;
}

/** The first node of each tree; each node is reached from it once, so that every walk ends. */
function rootsOf(
  trees: readonly number[],
  { feature, yes, no }: Pick<Forest, "feature" | "yes" | "no">,
): number[] {
  const reached = new Uint8Array(trees.length);
  feature.forEach((id, at) => {
    if (id < 0) return;
    for (const child of [yes[at]!, no[at]!]) {
      if (reached[child] === 1) throw new RangeError(`Two splits lead to its node ${child}.`);
      reached[child] = 1;
    }
  });
  const roots = trees.flatMap((_, at) => (reached[at] === 0 ? [at] : []));
  if (new Set(roots.map((at) => trees[at])).size !== roots.length)
    throw new RangeError("A tree has two roots.");
  // A circle has no root, and none of its nodes is below one.
  if (new Set(trees).size !== roots.length) throw new RangeError("A tree's nodes go in a circle.");
  let below = 0;
  const open = [...roots];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    below += 1;
    if (feature[at]! >= 0) open.push(yes[at]!, no[at]!);
  }
  if (below !== trees.length) throw new RangeError("A tree's nodes go in a circle.");
  return roots;
}

function readVotes(
  call: Call,
  prefix: "class" | "target",
  nodes: number,
  place: (tree: number, id: number) => number,
): Pick<Forest, "votes" | "voteTarget" | "voteWeight"> {
  const trees = wholesOf(call, `${prefix}_treeids`);
  const ids = wholesOf(call, `${prefix}_nodeids`);
  const targets = wholesOf(call, `${prefix}_ids`);
  const weights = call.numbers(`${prefix}_weights`, []);
  if ([ids, targets, weights].some(({ length }) => length !== trees.length))
    throw new RangeError(`Its attributes ${prefix}_… are not of one length.`);
  if (targets.some((target) => target < 0)) throw new RangeError("A leaf votes for less than 0.");
  const order = trees
    .map((tree, at) => ({ node: place(tree, ids[at]!), at }))
    .toSorted((a, b) => a.node - b.node || a.at - b.at);
  const votes = new Int32Array(nodes + 1);
  for (const { node } of order) votes[node + 1]! += 1;
  for (let node = 0; node < nodes; node++) votes[node + 1]! += votes[node]!;
  return {
    votes,
    voteTarget: Int32Array.from(order, ({ at }) => targets[at]!),
    voteWeight: Float32Array.from(order, ({ at }) => weights[at]!),
  };
}

/** The leaf that a row ends in. */
export function leafOf(forest: Forest, root: number, row: ArrayLike<number>, from: number): number {
  let at = root;
  for (let feature = forest.feature[at]!; feature >= 0; feature = forest.feature[at]!) {
    const value = row[from + feature]!;
    const goes = Number.isNaN(value)
      ? forest.missingYes[at] === 1
      : isTrue(forest.mode[at]!, value, forest.threshold[at]!);
    at = goes ? forest.yes[at]! : forest.no[at]!;
  }
  return at;
}

function isTrue(mode: number, value: number, threshold: number): boolean {
  if (mode === 0) return value <= threshold;
  if (mode === 1) return value < threshold;
  if (mode === 2) return value >= threshold;
  if (mode === 3) return value > threshold;
  return mode === 4 ? value === threshold : value !== threshold;
}
