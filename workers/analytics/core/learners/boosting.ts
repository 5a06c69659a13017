/** Gradient boosting over binned columns (Friedman 2001; histograms as LightGBM's). */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { exp } from "../../../compute/tensor/elementary.ts";
import { binColumns } from "./binning.ts";
import { type BoostLoss, lossOf } from "./boost-losses.ts";
import { BoostGrower, type BoostRules, type Slopes } from "./boost-tree.ts";
import { effortOf } from "./checks.ts";
import { Fitted, softmaxRows } from "./fitted.ts";
import { HistogramMaker } from "./histograms.ts";
import { binsMax, histogramNumbersMax, treeDepthMax } from "./learner-limits.ts";
import type { Design } from "./learner.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace, within } from "./pace.ts";
import { packNumbers, readSaved, requireSaved, savedDoubles } from "./saved-numbers.ts";
import { TreeSet, TreeSetBuilder } from "./tree-set.ts";

const space = {
  rounds: { kind: "integer", min: 1, max: 2_000, log: true, default: 100 },
  learningRate: { kind: "real", min: 0.005, max: 1, log: true, default: 0.1 },
  leaves: { kind: "integer", min: 2, max: 255, log: true, default: 31 },
  leafRows: { kind: "integer", min: 1, max: 1_000, log: true, default: 20 },
  depth: { kind: "integer", min: 1, max: treeDepthMax, log: true, default: treeDepthMax },
  l2: { kind: "real", min: 0, max: 100, default: 0 },
  /** Of the columns, drawn anew for each tree. */
  columnShare: { kind: "real", min: 0.1, max: 1, default: 1 },
  /** Holds rows back, and stops when they gain nothing; "auto" does from 10,000 rows on. */
  stopEarly: { kind: "choice", of: ["auto", true, false], default: "auto" },
} as const;

const heldBackShare = 0.1;
const autoStopRows = 10_000;
/** Rounds without a gain after which it stops. */
const patience = 10;
const leastGain = 1e-7;

const savedBoost = z.strictObject({
  classes: z.int().min(2).nullable(),
  base: savedDoubles,
  trees: z.unknown(),
});

/** Scores are sums of trees; of two classes there is one, the log-odds of the second. */
class Boosted extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #trees: TreeSet;
  readonly #base: Float64Array;

  constructor(trees: TreeSet, classes: number | null, base: Float64Array) {
    super();
    this.#trees = trees;
    this.columns = trees.columns;
    this.classes = classes;
    this.#base = base;
  }

  static restore(this: void, saved: unknown): Boosted {
    const { classes, base, trees } = readSaved(savedBoost, saved);
    const set = TreeSet.restore(trees);
    const width = classes === null || classes === 2 ? 1 : classes;
    requireSaved(base.length === width && set.width === 1, "its outputs are miscounted");
    requireSaved(set.outputsMax < width, "a tree adds to an output that is not there");
    return new Boosted(set, classes, base);
  }

  override predict(design: Design): Float64Array {
    const width = this.#base.length;
    const scores = new Float64Array(design.rows * width);
    for (let at = 0; at < scores.length; at++) scores[at] = this.#base[at % width]!;
    this.#trees.addTo(scores, design, width);
    if (this.classes === null) return scores;
    if (width > 1) {
      softmaxRows(scores, width, exp);
      return scores;
    }
    const out = new Float64Array(design.rows * 2);
    scores.forEach((score, row) => {
      out[row * 2 + 1] = score;
    });
    softmaxRows(out, 2, exp);
    return out;
  }

  override importance(): Float64Array {
    return this.#trees.importance();
  }

  override save(): unknown {
    return { classes: this.classes, base: packNumbers(this.#base), trees: this.#trees.save() };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const scores = this.#trees.emit(graph, input, this.#base, 1);
    if (this.classes === null) return scores;
    if (this.#base.length > 1) return graph.node("Softmax", [scores], { axis: 1 });
    const pair = graph.constant("float", [1, 2], [0, 1]);
    return graph.node("Softmax", [graph.node("MatMul", [scores, pair])], { axis: 1 });
  }
}

type BoostFitting = Fitting<keyof typeof space>;

function* fit(fitting: BoostFitting): Generator<number, Boosted> {
  const { design, target, parameters, options } = fitting;
  const { rows, columns } = design;
  const leavesMax = parameters.leaves as number;
  const affordable = Math.floor(histogramNumbersMax / (columns * (leavesMax + 1) * 3));
  const bins = Math.max(2, Math.min(binsMax, affordable));
  const binned = yield* within(binColumns(design, bins), 0, 0.05);
  const chance = seededChance(options.seed);
  const { training, heldBack } = holdBack(fitting, () => chance.float());
  const weights = options.weights ?? new Float64Array(rows).fill(1);
  const loss = lossOf(target, weights, training);
  const rules: BoostRules = {
    leavesMax,
    depthMax: parameters.depth as number,
    leafRowsMin: parameters.leafRows as number,
    l2: parameters.l2 as number,
    learningRate: parameters.learningRate as number,
    columnsTried: Math.max(1, Math.round((parameters.columnShare as number) * columns)),
  };
  const pace = new Pace();
  const grower = new BoostGrower(binned, new HistogramMaker(binned), training, rules, pace);
  const builder = new TreeSetBuilder(columns, 1);
  const rounds = effortOf(parameters.rounds as number, options);
  const steps = boost({ loss, grower, builder, rounds, heldBack, design, pace, chance });
  const kept = yield* within(steps, 0.05, 1);
  const classes = target.kind === "regression" ? null : target.classes;
  return new Boosted(builder.finish(kept), classes, loss.base);
}

/** Rows held back are none, or a tenth drawn at random. */
function holdBack(
  { design, parameters }: BoostFitting,
  draw: () => number,
): { readonly training: Int32Array; readonly heldBack: Int32Array } {
  const all = Int32Array.from({ length: design.rows }, (_, row) => row);
  const { stopEarly } = parameters;
  const isWanted = stopEarly === "auto" ? design.rows >= autoStopRows : stopEarly === true;
  if (!isWanted) return { training: all, heldBack: all.subarray(0, 0) };
  const draws = all.map(() => (draw() < heldBackShare ? 1 : 0));
  const training = all.filter((row) => draws[row] === 0);
  const heldBack = all.filter((row) => draws[row] === 1);
  // A handful of rows is learned from as a whole.
  return heldBack.length === 0 || training.length === 0
    ? { training: all, heldBack: all.subarray(0, 0) }
    : { training, heldBack };
}

interface Boosting {
  readonly loss: BoostLoss;
  readonly grower: BoostGrower;
  readonly builder: TreeSetBuilder;
  readonly rounds: number;
  readonly heldBack: Int32Array;
  readonly design: Design;
  readonly pace: Pace;
  readonly chance: ReturnType<typeof seededChance>;
}

/** @returns how many of the trees to keep */
function* boost(boosting: Boosting): Generator<number, number> {
  const { loss, grower, builder, rounds, heldBack, design, pace, chance } = boosting;
  const { width, base } = loss;
  const scores = Float64Array.from({ length: design.rows * width }, (_, at) => base[at % width]!);
  const slopes: Slopes = {
    gradients: new Float64Array(design.rows),
    curvatures: new Float64Array(design.rows),
  };
  let [best, keep, since] = [Infinity, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const begun = builder.trees;
    let hasSplit = false;
    for (let output = 0; output < width; output++) {
      loss.slopes(scores, output, slopes);
      if (pace.spend(design.rows * 20)) yield round / rounds;
      const steps = grower.grow(slopes, builder, scores, { width, output }, chance);
      hasSplit = (yield* within(steps, round / rounds, (round + 1) / rounds)) || hasSplit;
    }
    if (heldBack.length > 0) {
      addTrees(builder, begun, design, heldBack, scores, width);
      const own = loss.mean(scores, heldBack);
      if (pace.spend(heldBack.length * width * 40)) yield round / rounds;
      if (own < best - leastGain) [best, keep, since] = [own, builder.trees, 0];
      else since += 1;
      if (since >= patience) return Math.max(keep, width);
    }
    // Leaves that were never split only add to the base what is left of it by rounding.
    if (!hasSplit) return builder.trees;
  }
  return heldBack.length > 0 ? Math.max(keep, width) : builder.trees;
}

/** Rows held back follow the new trees, which the others were added to as these grew. */
function addTrees(
  builder: TreeSetBuilder,
  begun: number,
  { columns, values }: Design,
  rows: Int32Array,
  scores: Float64Array,
  width: number,
): void {
  for (const row of rows) {
    const own = scores.subarray(row * width, (row + 1) * width);
    builder.addTo(own, values.subarray(row * columns, (row + 1) * columns), begun);
  }
}

export const histGradientBoosting = makeLearner<keyof typeof space>({
  id: "hist-gradient-boosting",
  title: "Gradient boosting",
  tasks: ["regression", "classification"],
  space,
  wantsScaling: false,
  mayMiss: true,
  fit,
  restore: Boosted.restore,
});
