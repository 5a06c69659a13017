/** Gaussian naive Bayes: in each class every column is normal, and independent of the others. */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { exp, log } from "../../../compute/tensor/elementary.ts";
import { Fitted, softmaxRows } from "./fitted.ts";
import type { Design } from "./learner.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { packNumbers, readSaved, requireSaved, savedDoubles } from "./saved-numbers.ts";

const space = {
  /** Added to every variance: this share of the largest of the columns' variances. */
  smoothing: { kind: "real", min: 1e-12, max: 1, log: true, default: 1e-9 },
} as const;

interface Moments {
  /** Logarithms of the classes' shares. */
  readonly priors: Float64Array;
  /** classes x columns. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

const savedMoments = z.strictObject({
  priors: savedDoubles,
  means: savedDoubles,
  variances: savedDoubles,
});

class GaussianBayes extends Fitted {
  readonly columns: number;
  readonly classes: number;
  readonly #moments: Moments;
  /** Of each class: its prior and the scale of its normal density. */
  readonly #offsets: Float64Array;

  constructor(moments: Moments) {
    super();
    this.#moments = moments;
    this.classes = moments.priors.length;
    this.columns = moments.means.length / this.classes;
    this.#offsets = moments.priors.map((prior, each) => {
      let sum = 0;
      for (let column = 0; column < this.columns; column++) {
        sum += log(moments.variances[each * this.columns + column]!);
      }
      return prior - sum / 2;
    });
  }

  static restore(this: void, saved: unknown): GaussianBayes {
    const moments = readSaved(savedMoments, saved);
    const { priors, means, variances } = moments;
    requireSaved(priors.length > 0 && means.length % priors.length === 0, "classes are missing");
    requireSaved(means.length === variances.length && means.length > 0, "variances are missing");
    requireSaved(
      variances.every((each) => each > 0),
      "a variance is not above 0",
    );
    return new GaussianBayes(moments);
  }

  override predict({ rows, values }: Design): Float64Array {
    const { means, variances } = this.#moments;
    const { classes, columns } = this;
    const out = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      for (let each = 0; each < classes; each++) {
        let sum = 0;
        for (let column = 0; column < columns; column++) {
          const at = each * columns + column;
          sum += (values[row * columns + column]! - means[at]!) ** 2 / variances[at]!;
        }
        out[row * classes + each] = this.#offsets[each]! - sum / 2;
      }
    }
    softmaxRows(out, classes, exp);
    return out;
  }

  override save(): unknown {
    const { priors, means, variances } = this.#moments;
    return {
      priors: packNumbers(priors),
      means: packNumbers(means),
      variances: packNumbers(variances),
    };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const { means, variances } = this.#moments;
    const shape = [1, this.classes, this.columns];
    const rates = variances.map((variance) => Math.sqrt(0.5 / variance));
    const apart = graph.node("Unsqueeze", [input, graph.wholes([1])]);
    const away = graph.node("Sub", [apart, graph.constant("float", shape, means)]);
    const scaled = graph.node("Mul", [away, graph.constant("float", shape, rates)]);
    const sum = graph.node("ReduceSumSquare", [scaled, graph.wholes([2])], { keepdims: 0 });
    const offsets = graph.constant("float", [1, this.classes], this.#offsets);
    return graph.node("Softmax", [graph.node("Sub", [offsets, sum])], { axis: 1 });
  }
}

/** Two passes over the rows, which need no pause between them but one. */
function* fit({
  design,
  target,
  parameters,
  options,
}: Fitting<keyof typeof space>): Generator<number, GaussianBayes> {
  if (target.kind !== "classification") throw new TypeError("Naive Bayes tells classes.");
  const { classes, labels } = target;
  const { rows, columns, values } = design;
  const weight = (row: number): number => options.weights?.[row] ?? 1;
  const totals = new Float64Array(classes);
  for (let row = 0; row < rows; row++) totals[labels[row]!]! += weight(row);
  const means = new Float64Array(classes * columns);
  const variances = new Float64Array(classes * columns);
  for (let row = 0; row < rows; row++) {
    const from = labels[row]! * columns;
    const share = weight(row) / totals[labels[row]!]!;
    for (let column = 0; column < columns; column++) {
      means[from + column]! += share * values[row * columns + column]!;
    }
  }
  yield 0.5;
  for (let row = 0; row < rows; row++) {
    const from = labels[row]! * columns;
    const share = weight(row) / totals[labels[row]!]!;
    for (let column = 0; column < columns; column++) {
      const away = values[row * columns + column]! - means[from + column]!;
      variances[from + column]! += share * away ** 2;
    }
  }
  const whole = totals.reduce((sum, each) => sum + each, 0);
  const widest = widestVariance(design, weight, whole);
  // Where no column varies at all, nothing tells the classes apart but their shares.
  const added = (parameters.smoothing as number) * (widest > 0 ? widest : 1);
  for (let at = 0; at < variances.length; at++) variances[at]! += added;
  return new GaussianBayes({ priors: totals.map((each) => log(each / whole)), means, variances });
}

function widestVariance(
  { rows, columns, values }: Design,
  weight: (row: number) => number,
  whole: number,
): number {
  let widest = 0;
  for (let column = 0; column < columns; column++) {
    let [mean, variance] = [0, 0];
    for (let row = 0; row < rows; row++) {
      mean += (weight(row) / whole) * values[row * columns + column]!;
    }
    for (let row = 0; row < rows; row++) {
      variance += (weight(row) / whole) * (values[row * columns + column]! - mean) ** 2;
    }
    widest = Math.max(widest, variance);
  }
  return widest;
}

export const naiveBayes = makeLearner<keyof typeof space>({
  id: "naive-bayes",
  title: "Gaussian naive Bayes",
  tasks: ["classification"],
  space,
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: GaussianBayes.restore,
});
