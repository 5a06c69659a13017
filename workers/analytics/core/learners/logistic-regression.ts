/**
 * Multinomial logistic regression with a penalty on squared coefficients: the sum of cross-entropies
 * plus |w|^2 / 2C, intercepts free. Two classes have one vector of coefficients.
 */
import { exp, log } from "../../../compute/tensor/elementary.ts";
import { LearnerError } from "./checks.ts";
import { quasiNewtonStepsMax } from "./learner-limits.ts";
import type { Design } from "./learner.ts";
import { LinearModel } from "./linear-model.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace } from "./pace.ts";
import { type Loss, minimise } from "./quasi-newton.ts";

const space = {
  c: { kind: "real", min: 1e-5, max: 1e5, log: true, default: 1 },
} as const;

/** Slopes of the mean loss at which the fit has arrived. */
const slopeMax = 1e-8;

interface Problem {
  /** Row-major, each column about its mean and in units of its deviation. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly labels: Int32Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
  /** Rows of coefficients: classes, or 1 of two classes. */
  readonly vectors: number;
  /** Of each column's squared coefficient, in the mean loss. */
  readonly penalties: Float64Array;
}

/** Descent is fast where all columns are of one size; the penalty stays that of the columns as given. */
function standardise(
  { columns, values }: Design,
  weights: Float64Array,
  totalWeight: number,
): { scaled: Float64Array; means: Float64Array; deviations: Float64Array } {
  const [means, squares] = [new Float64Array(columns), new Float64Array(columns)];
  const scaled = new Float64Array(values.length);
  const first = values.slice(0, columns);
  for (let at = 0; at < values.length; at++) {
    const column = at % columns;
    means[column]! += (weights[(at / columns) | 0]! * (values[at]! - first[column]!)) / totalWeight;
  }
  for (let column = 0; column < columns; column++) means[column]! += first[column]!;
  for (let at = 0; at < values.length; at++) {
    const column = at % columns;
    scaled[at] = values[at]! - means[column]!;
    squares[column]! += (weights[(at / columns) | 0]! * scaled[at]! ** 2) / totalWeight;
  }
  const deviations = squares.map((square, column) => {
    const deviation = Math.sqrt(square);
    // Of a constant column only rounding is left.
    return deviation > 1e-12 * Math.abs(means[column]!) ? deviation : 0;
  });
  for (let at = 0; at < scaled.length; at++) {
    const deviation = deviations[at % columns]!;
    scaled[at] = deviation === 0 ? 0 : scaled[at]! / deviation;
  }
  return { scaled, means, deviations: deviations.map((each) => (each === 0 ? 1 : each)) };
}

/** Coefficients vector by vector, then the intercepts. */
function lossOf(problem: Problem): Loss {
  const { rows, columns, vectors, penalties, totalWeight } = problem;
  const pace = new Pace();
  const rowsAtOnce = Math.max(1, Math.floor(1_000_000 / (columns * vectors)));
  return function* evaluate(at, gradient) {
    gradient.fill(0);
    let sum = 0;
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const to = Math.min(rows, from + rowsAtOnce);
      sum += addRows(problem, at, gradient, from, to);
      if (pace.spend((to - from) * columns * vectors * 3)) yield 0;
    }
    let value = sum / totalWeight;
    for (let index = 0; index < gradient.length; index++) gradient[index]! /= totalWeight;
    for (let index = 0; index < columns * vectors; index++) {
      const penalty = penalties[index % columns]!;
      value += (penalty * at[index]! ** 2) / 2;
      gradient[index]! += penalty * at[index]!;
    }
    return value;
  };
}

/** @returns the summed loss of some rows, whose slopes it adds */
function addRows(
  { values, columns, labels, weights, vectors }: Problem,
  at: Float64Array,
  gradient: Float64Array,
  from: number,
  to: number,
): number {
  const scores = new Float64Array(vectors);
  let sum = 0;
  for (let row = from; row < to; row++) {
    for (let vector = 0; vector < vectors; vector++) {
      let score = at[vectors * columns + vector]!;
      const start = vector * columns;
      for (let column = 0; column < columns; column++) {
        score += at[start + column]! * values[row * columns + column]!;
      }
      scores[vector] = score;
    }
    sum += weights[row]! * slopesOf(scores, labels[row]!);
    for (let vector = 0; vector < vectors; vector++) {
      const slope = weights[row]! * scores[vector]!;
      const start = vector * columns;
      for (let column = 0; column < columns; column++) {
        gradient[start + column]! += slope * values[row * columns + column]!;
      }
      gradient[vectors * columns + vector]! += slope;
    }
  }
  return sum;
}

/** Turns scores into the slopes of their loss. @returns the loss */
function slopesOf(scores: Float64Array, label: number): number {
  if (scores.length === 1) {
    const score = scores[0]!;
    const away = label === 1 ? -score : score;
    const rare = exp(-Math.abs(away));
    const wrong = away > 0 ? 1 / (1 + rare) : rare / (1 + rare);
    scores[0] = label === 1 ? -wrong : wrong;
    return Math.max(0, away) + log(1 + rare);
  }
  let highest = -Infinity;
  for (const score of scores) highest = Math.max(highest, score);
  const own = scores[label]!;
  let total = 0;
  for (let each = 0; each < scores.length; each++) {
    scores[each] = exp(scores[each]! - highest);
    total += scores[each]!;
  }
  for (let each = 0; each < scores.length; each++) scores[each]! /= total;
  scores[label]! -= 1;
  return log(total) + highest - own;
}

function* fit({
  design,
  target,
  parameters,
  options,
}: Fitting<keyof typeof space>): Generator<number, LinearModel> {
  if (target.kind !== "classification")
    throw new LearnerError("Logistic regression tells classes.");
  const { rows, columns } = design;
  const { labels, classes } = target;
  const weights = options.weights ?? new Float64Array(rows).fill(1);
  const totalWeight = weights.reduce((sum, each) => sum + each, 0);
  const { scaled: values, means, deviations } = standardise(design, weights, totalWeight);
  const vectors = classes === 2 ? 1 : classes;
  const c = parameters.c as number;
  const penalties = deviations.map((deviation) => 1 / (c * totalWeight * deviation ** 2));
  const problem = { values, rows, columns, labels, weights, totalWeight, vectors, penalties };
  const at = new Float64Array(vectors * (columns + 1));
  yield* minimise(lossOf(problem), at, { stepsMax: quasiNewtonStepsMax, slopeMax });
  const coefficients = new Float64Array(classes * columns);
  const offsets = new Float64Array(classes);
  for (let vector = 0; vector < vectors; vector++) {
    const to = classes - vectors + vector;
    offsets[to] = at[vectors * columns + vector]!;
    for (let column = 0; column < columns; column++) {
      coefficients[to * columns + column] = at[vector * columns + column]! / deviations[column]!;
    }
  }
  return new LinearModel({ centre: means, coefficients, offsets, isClassifier: true });
}

export const logisticRegression = makeLearner<keyof typeof space>({
  id: "logistic-regression",
  title: "Logistic regression",
  tasks: ["classification"],
  space,
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: LinearModel.restore,
});
