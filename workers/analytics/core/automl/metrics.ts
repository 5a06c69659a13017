/** How good predictions are, each as scikit-learn defines it. */
import type { Target } from "../learners/learner.ts";
import {
  accuracy,
  binaryRocAuc,
  likeliest,
  logLoss,
  macroF1,
  meanAbsoluteError,
  rootMeanSquaredError,
  rSquared,
} from "../learners/metrics.ts";
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
    score: classify(({ labels, classes }, probabilities) =>
      logLoss(labels, probabilities, classes),
    ),
  },
  accuracy: {
    title: "Accuracy",
    task: "classification",
    greaterIsBetter: true,
    score: classify(({ labels, classes }, probabilities) =>
      accuracy(labels, likeliest(probabilities, classes)),
    ),
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
    score: classify(({ labels, classes }, probabilities) =>
      macroF1(labels, likeliest(probabilities, classes), classes),
    ),
  },
  rmse: {
    title: "Root mean squared error",
    task: "regression",
    greaterIsBetter: false,
    score: regress(rootMeanSquaredError),
  },
  mae: {
    title: "Mean absolute error",
    task: "regression",
    greaterIsBetter: false,
    score: regress(meanAbsoluteError),
  },
  r2: {
    title: "Coefficient of determination (R²)",
    task: "regression",
    greaterIsBetter: true,
    score: regress(rSquared),
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

/** rows of the true class x columns of the predicted one. */
export function confusionMatrix(
  { labels, classes }: Labels,
  probabilities: Float64Array,
): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  const predicted = likeliest(probabilities, classes);
  for (const [row, label] of labels.entries()) matrix[label]![predicted[row]!]! += 1;
  return matrix;
}

/** Mean over the classes that the rows hold of the share that was recognised. */
function balancedAccuracy(target: Labels, probabilities: Float64Array): number {
  const recalls = confusionMatrix(target, probabilities).flatMap((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : [row[label]! / total];
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

/** Of two classes that of the second; of more the mean of one against the rest. */
function rocAuc({ labels, classes }: Labels, probabilities: Float64Array): number {
  const areas: number[] = [];
  for (let label = classes === 2 ? 1 : 0; label < classes; label += 1) {
    const scores = Float64Array.from(labels, (_, row) => probabilities[row * classes + label]!);
    const area = binaryRocAuc((row) => labels[row] === label, scores);
    if (!Number.isNaN(area)) areas.push(area);
  }
  // One class alone cannot be told from others: no better than chance.
  return areas.length === 0 ? 0.5 : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
