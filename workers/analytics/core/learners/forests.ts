/** A decision tree, and forests of them: random (Breiman 2001) and extra (Geurts et al. 2006). */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import type { Chance } from "../../../compute/chance.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { binColumns } from "./binning.ts";
import { effortOf } from "./checks.ts";
import { type Criterion, GiniCriterion, VarianceCriterion } from "./criteria.ts";
import { Fitted } from "./fitted.ts";
import { type Growth, growTree } from "./grow-tree.ts";
import { treeDepthMax } from "./learner-limits.ts";
import type { Design, Learner, Target } from "./learner.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace, within } from "./pace.ts";
import { packNumbers, readSaved, requireSaved, savedDoubles } from "./saved-numbers.ts";
import { bestSplitter, randomSplitter, type Splitter } from "./splitters.ts";
import { TreeSet, TreeSetBuilder } from "./tree-set.ts";

const columnShares = ["auto", "sqrt", "third", "all"] as const;

const treeSpace = {
  depth: { kind: "integer", min: 1, max: treeDepthMax, log: true, default: treeDepthMax },
  leafRows: { kind: "integer", min: 1, max: 1_000, log: true, default: 1 },
} as const;

const forestSpace = {
  trees: { kind: "integer", min: 1, max: 2_000, log: true, default: 100 },
  ...treeSpace,
  /** Columns tried at each node; "auto" is the root of their number for classes, a third for numbers. */
  columns: { kind: "choice", of: columnShares, default: "auto" },
} as const;

const savedForest = z.strictObject({
  classes: z.int().min(2).nullable(),
  base: savedDoubles,
  trees: z.unknown(),
});

/** The mean of its trees. */
class Forest extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #trees: TreeSet;
  /** The mean of numbers, about which leaves are. */
  readonly #base: number;

  constructor(trees: TreeSet, classes: number | null, base: number) {
    super();
    this.#trees = trees;
    this.columns = trees.columns;
    this.classes = classes;
    this.#base = base;
  }

  static restore(this: void, saved: unknown): Forest {
    const { classes, base, trees } = readSaved(savedForest, saved);
    const set = TreeSet.restore(trees);
    requireSaved(set.width === (classes ?? 1) && set.trees > 0, "trees are missing");
    requireSaved(base.length === 1, "its base is missing");
    return new Forest(set, classes, base[0]!);
  }

  override predict(design: Design): Float64Array {
    const width = this.#trees.width;
    const out = new Float64Array(design.rows * width);
    this.#trees.addTo(out, design, width);
    for (let at = 0; at < out.length; at++) out[at] = this.#base + out[at]! / this.#trees.trees;
    return out;
  }

  override importance(): Float64Array {
    return this.#trees.importance();
  }

  override save(): unknown {
    const base = packNumbers(Float64Array.of(this.#base));
    return { classes: this.classes, base, trees: this.#trees.save() };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const base = new Float64Array(this.#trees.width).fill(this.#base);
    return this.#trees.emit(graph, input, base, 1 / this.#trees.trees);
  }
}

interface Planting {
  readonly trees: number;
  readonly depthMax: number;
  readonly leafRowsMin: number;
  readonly columns: (typeof columnShares)[number];
  /** Whether each tree is grown from rows drawn with repetition. */
  readonly drawsRows: boolean;
  readonly splitsAtRandom: boolean;
}

function* fitForest(
  { design, target, options }: Fitting<string>,
  planting: Planting,
): Generator<number, Forest> {
  const { rows } = design;
  const width = target.kind === "regression" ? 1 : target.classes;
  const builder = new TreeSetBuilder(design.columns, width);
  const base = target.kind === "regression" ? meanOf(target.values, options.weights) : 0;
  const binned = planting.splitsAtRandom ? null : yield* within(binColumns(design), 0, 0.05);
  const pace = new Pace();
  const trees = effortOf(planting.trees, options);
  const given = options.weights ?? new Float64Array(rows).fill(1);
  for (let tree = 0; tree < trees; tree++) {
    // Each tree has its own chance, whatever the others did with theirs.
    const chance = seededChance(Math.imul(options.seed, 0x9e_37_79_b1) ^ (tree + 1));
    const weights = planting.drawsRows ? drawRows(given, chance) : given;
    const own = Int32Array.from(weights.keys()).filter((row) => weights[row]! > 0);
    const splitter: Splitter =
      binned === null ? randomSplitter(design, chance) : bestSplitter(binned);
    const growth: Growth = {
      design,
      criterion: criterionOf(target, weights, base),
      splitter,
      depthMax: planting.depthMax,
      leafRowsMin: planting.leafRowsMin,
      columnsTried: columnsTried(planting.columns, design.columns, target.kind),
      chance,
      pace,
    };
    builder.plant();
    yield* within(growTree(own, growth, builder), tree / trees, (tree + 1) / trees);
  }
  return new Forest(builder.finish(), target.kind === "regression" ? null : width, base);
}

function criterionOf(target: Target, weights: Float64Array, base: number): Criterion {
  if (target.kind === "classification") {
    return new GiniCriterion(target.labels, target.classes, weights);
  }
  return new VarianceCriterion(
    target.values.map((value) => value - base),
    weights,
  );
}

function meanOf(values: Float64Array, weights: Float64Array | undefined): number {
  const first = values[0]!;
  let [sum, total] = [0, 0];
  values.forEach((value, row) => {
    const weight = weights?.[row] ?? 1;
    sum += weight * (value - first);
    total += weight;
  });
  return first + sum / total;
}

/** As many rows as there are, each with its weight times how often it was drawn. */
function drawRows(weights: Float64Array, chance: Chance): Float64Array {
  const drawn = new Float64Array(weights.length);
  for (let draws = 0; draws < weights.length; draws++) {
    const row = chance.below(weights.length);
    drawn[row]! += weights[row]!;
  }
  return drawn;
}

function columnsTried(
  share: (typeof columnShares)[number],
  columns: number,
  kind: Target["kind"],
): number {
  const chosen = share === "auto" ? (kind === "classification" ? "sqrt" : "third") : share;
  if (chosen === "all") return columns;
  return Math.max(1, Math.floor(chosen === "sqrt" ? Math.sqrt(columns) : columns / 3));
}

const common = {
  tasks: ["regression", "classification"],
  wantsScaling: false,
  mayMiss: true,
  restore: Forest.restore,
} as const;

export const decisionTree = makeLearner<keyof typeof treeSpace>({
  ...common,
  id: "decision-tree",
  title: "Decision tree",
  space: treeSpace,
  fit: (fitting) =>
    fitForest(fitting, {
      trees: 1,
      depthMax: fitting.parameters.depth as number,
      leafRowsMin: fitting.parameters.leafRows as number,
      columns: "all",
      drawsRows: false,
      splitsAtRandom: false,
    }),
});

const forestLearner = (id: string, title: string, splitsAtRandom: boolean): Learner =>
  makeLearner<keyof typeof forestSpace>({
    ...common,
    id,
    title,
    space: forestSpace,
    fit: (fitting) =>
      fitForest(fitting, {
        trees: fitting.parameters.trees as number,
        depthMax: fitting.parameters.depth as number,
        leafRowsMin: fitting.parameters.leafRows as number,
        columns: fitting.parameters.columns as Planting["columns"],
        drawsRows: !splitsAtRandom,
        splitsAtRandom,
      }),
  });

export const randomForest = forestLearner("random-forest", "Random forest", false);
export const extraTrees = forestLearner("extra-trees", "Extremely randomised trees", true);
