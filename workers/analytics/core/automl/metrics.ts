/** How good predictions are, each as scikit-learn defines it. */
import type { Target } from "../learners/learner.ts";
import type { Task } from "./target.ts";

export const metricIds = [
  "log-loss",
  "accuracy",
  "balanced-accuracy",
  "roc-auc",
  "f1-macro",
  "rmse",
  "mae",
  "r2",
] as const;
export type MetricId = (typeof metricIds)[number];

interface Metric {
  readonly title: string;
  readonly task: Task;
  readonly greaterIsBetter: boolean;
  /** Of predictions as `FittedModel.predict` gives them. */
  readonly score: (target: Target, predictions: Float64Array) => number;
}

type Labels = Extract<Target, { kind: "classification" }>;

const classify =
  (score: (target: Labels, probabilities: Float64Array) => number): Metric["score"] =>
  (target, predictions) => {
    if (target.kind !== "classification") throw new RangeError("The target has no classes.");
    return score(target, predictions);
  };

const regress =
  (score: (values: Float64Array, predictions: Float64Array) => number): Metric["score"] =>
  (target, predictions) => {
    if (target.kind !== "regression") throw new RangeError("The target is no amount.");
    return score(target.values, predictions);
  };

export const metrics: Readonly<Record<MetricId, Metric>> = {
  "log-loss": {
    title: "Log loss",
    task: "classification",
    greaterIsBetter: false,
    score: classify(logLoss),
  },
  accuracy: {
    title: "Accuracy",
    task: "classification",
    greaterIsBetter: true,
    score: classify(accuracy),
  },
  "balanced-accuracy": {
    title: "Balanced accuracy",
    task: "classification",
    greaterIsBetter: true,
    score: classify(balancedAccuracy),
  },
  "roc-auc": {
    title: "Area under the ROC curve",
    task: "classification",
    greaterIsBetter: true,
    score: classify(rocAuc),
  },
  "f1-macro": {
    title: "F1, mean over the classes",
    task: "classification",
    greaterIsBetter: true,
    score: classify(f1Macro),
  },
  rmse: {
    title: "Root mean squared error",
    task: "regression",
    greaterIsBetter: false,
    score: regress((values, predictions) =>
      Math.sqrt(meanOf(values, predictions, (value, guess) => (value - guess) ** 2)),
    ),
  },
  mae: {
    title: "Mean absolute error",
    task: "regression",
    greaterIsBetter: false,
    score: regress((values, predictions) =>
      meanOf(values, predictions, (value, guess) => Math.abs(value - guess)),
    ),
  },
  r2: {
    title: "Coefficient of determination (R²)",
    task: "regression",
    greaterIsBetter: true,
    score: regress(r2),
  },
};

export const defaultMetric: Readonly<Record<Task, MetricId>> = {
  classification: "log-loss",
  regression: "rmse",
};

/** The score turned so that less is better. */
export function lossOf(metric: MetricId, target: Target, predictions: Float64Array): number {
  const { score, greaterIsBetter } = metrics[metric];
  const value = score(target, predictions);
  return greaterIsBetter ? -value : value;
}

/** The most probable class of each row; of equals the first. */
export function predictedLabels(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0;
    for (let label = 1; label < classes; label += 1) {
      if (probabilities[row * classes + label]! > probabilities[row * classes + best]!)
        best = label;
    }
    return best;
  });
}

/** rows of the true class x columns of the predicted one. */
export function confusionMatrix(
  { labels, classes }: Labels,
  probabilities: Float64Array,
): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  const predicted = predictedLabels(probabilities, classes);
  for (const [row, label] of labels.entries()) matrix[label]![predicted[row]!]! += 1;
  return matrix;
}

function meanOf(
  values: Float64Array,
  predictions: Float64Array,
  each: (value: number, guess: number) => number,
): number {
  let sum = 0;
  for (const [row, value] of values.entries()) sum += each(value, predictions[row]!);
  return sum / values.length;
}

function r2(values: Float64Array, predictions: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = meanOf(values, predictions, (value, guess) => (value - guess) ** 2);
  const spread = meanOf(values, predictions, (value) => (value - mean) ** 2);
  // As scikit-learn has it for a target that never changes.
  if (spread === 0) return squares === 0 ? 1 : 0;
  return 1 - squares / spread;
}

/** Probabilities of single precision, as scikit-learn clips them at the type's epsilon. */
const smallest = 2 ** -52;

function logLoss({ labels, classes }: Labels, probabilities: Float64Array): number {
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const probability = probabilities[row * classes + label]!;
    sum -= Math.log(Math.min(1 - smallest, Math.max(smallest, probability)));
  }
  return sum / labels.length;
}

function accuracy({ labels, classes }: Labels, probabilities: Float64Array): number {
  const predicted = predictedLabels(probabilities, classes);
  let right = 0;
  for (const [row, label] of labels.entries()) if (predicted[row] === label) right += 1;
  return right / labels.length;
}

/** Mean over the classes that the rows hold of the share that was recognised. */
function balancedAccuracy(target: Labels, probabilities: Float64Array): number {
  const recalls = confusionMatrix(target, probabilities).flatMap((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : [row[label]! / total];
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

function f1Macro(target: Labels, probabilities: Float64Array): number {
  const matrix = confusionMatrix(target, probabilities);
  const scores = matrix.flatMap((row, label) => {
    const right = row[label]!;
    const actual = row.reduce((sum, count) => sum + count, 0);
    const guessed = matrix.reduce((sum, each) => sum + each[label]!, 0);
    return actual + guessed === 0 ? [] : [(2 * right) / (actual + guessed)];
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Of two classes that of the second; of more the mean of one against the rest. */
function rocAuc({ labels, classes }: Labels, probabilities: Float64Array): number {
  const areas: number[] = [];
  for (let label = classes === 2 ? 1 : 0; label < classes; label += 1) {
    const scores = Float64Array.from(labels, (_, row) => probabilities[row * classes + label]!);
    const area = areaOf(scores, (row) => labels[row] === label);
    if (!Number.isNaN(area)) areas.push(area);
  }
  // One class alone cannot be told from others: no better than chance.
  return areas.length === 0 ? 0.5 : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/** Mann and Whitney's statistic with mid-ranks; NaN when one side is empty. */
function areaOf(scores: Float64Array, isPositive: (row: number) => boolean): number {
  const order = Int32Array.from(scores, (_, row) => row).toSorted(
    (a, b) => scores[a]! - scores[b]!,
  );
  let positives = 0;
  let ranks = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to += 1;
    for (const row of order.subarray(from, to)) {
      if (!isPositive(row)) continue;
      positives += 1;
      ranks += (from + 1 + to) / 2;
    }
    from = to;
  }
  const negatives = scores.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
