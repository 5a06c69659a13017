/**
 * A linear model over what other models predict (Wolpert 1992), learned from predictions of rows that
 * they were not shown. Amounts: ridge regression. Classes: logistic regression on the logarithms of
 * the members' probabilities with one weight a member and one offset a class, which is a weighted
 * geometric mean of them with corrected class frequencies.
 */
import type { Target } from "../learners/learner.ts";

/** Plain JSON. */
export interface Stack {
  readonly task: Target["kind"];
  /** One a member. */
  readonly weights: readonly number[];
  /** regression: one; classification: one a class. */
  readonly offsets: readonly number[];
}

const ridge = 1e-3;
const rowsFittedMax = 10_000;
const iterationsMax = 300;
/** Probabilities below this count as this: a logarithm must stay finite. */
export const leastProbability = 1e-6;

/** @param predictions one list for each member, of the target's rows */
export function fitStack(target: Target, predictions: readonly Float64Array[]): Stack {
  return target.kind === "regression"
    ? fitRidge(target.values, predictions)
    : fitLogistic(target.labels, target.classes, predictions);
}

export function stackPredictions(
  { task, weights, offsets }: Stack,
  predictions: readonly Float64Array[],
  width: number,
): Float64Array {
  const sums = Float64Array.from(predictions[0]!, (_, at) => {
    let sum = offsets[at % width]!;
    for (const [member, weight] of weights.entries()) {
      const value = predictions[member]![at]!;
      sum += weight * (task === "regression" ? value : Math.log(Math.max(leastProbability, value)));
    }
    return sum;
  });
  if (task === "classification") softmaxRows(sums, width);
  return sums;
}

function softmaxRows(values: Float64Array, width: number): void {
  for (let from = 0; from < values.length; from += width) {
    const row = values.subarray(from, from + width);
    const greatest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    let total = 0;
    for (let at = 0; at < width; at += 1) {
      row[at] = Math.exp(row[at]! - greatest);
      total += row[at]!;
    }
    for (let at = 0; at < width; at += 1) row[at]! /= total;
  }
}

/** Shrunk towards the mean of the members, to which it falls back where they say the same. */
function fitRidge(values: Float64Array, predictions: readonly Float64Array[]): Stack {
  const rows = values.length;
  const meanOf = (list: Float64Array) => list.reduce((sum, value) => sum + value, 0) / rows;
  const means = predictions.map(meanOf);
  const center = meanOf(values);
  const prior = 1 / predictions.length;
  const product = (a: Float64Array, meanA: number, b: Float64Array, meanB: number) =>
    a.reduce((sum, value, row) => sum + (value - meanA) * (b[row]! - meanB), 0) / rows;
  const matrix = predictions.map((a, i) =>
    predictions.map((b, j) => product(a, means[i]!, b, means[j]!)),
  );
  const shrinkage =
    ridge * (matrix.reduce((sum, row, i) => sum + row[i]!, 0) / predictions.length) + 1e-12;
  const right = predictions.map(
    (a, i) => product(a, means[i]!, values, center) + shrinkage * prior,
  );
  for (const [i, row] of matrix.entries()) row[i]! += shrinkage;
  const weights = solve(matrix, right);
  const offset = center - weights.reduce((sum, weight, i) => sum + weight * means[i]!, 0);
  return { task: "regression", weights, offsets: [offset] };
}

/** Gaussian elimination with partial pivoting; the matrix is positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row += 1) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let at = column; at <= size; at += 1) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  const solution = Array.from({ length: size }, () => 0);
  for (let row = size - 1; row >= 0; row -= 1) {
    let left = rows[row]![size]!;
    for (let at = row + 1; at < size; at += 1) left -= rows[row]![at]! * solution[at]!;
    solution[row] = left / rows[row]![row]!;
  }
  return solution;
}

/** Gradient descent with steps that are halved until they help; the loss is convex. */
function fitLogistic(
  labels: Int32Array,
  classes: number,
  predictions: readonly Float64Array[],
): Stack {
  const step = Math.max(1, Math.ceil(labels.length / rowsFittedMax));
  const rows = Array.from({ length: Math.ceil(labels.length / step) }, (_, row) => row * step);
  const logs = predictions.map((each) =>
    Float64Array.from({ length: rows.length * classes }, (_, at) => {
      const row = rows[Math.floor(at / classes)]!;
      return Math.log(Math.max(leastProbability, each[row * classes + (at % classes)]!));
    }),
  );
  const own = Int32Array.from(rows, (row) => labels[row]!);
  const prior = 1 / predictions.length;
  let point = [...predictions.map(() => prior), ...Array.from({ length: classes }, () => 0)];
  let here = logisticLoss(point, logs, own, classes, prior);
  let length = 1;
  for (let iteration = 0; iteration < iterationsMax; iteration += 1) {
    let next = here;
    let tried = point;
    for (let halvings = 0; halvings < 30; halvings += 1) {
      const stepLength = length;
      tried = point.map((value, index) => value - stepLength * here.gradient[index]!);
      next = logisticLoss(tried, logs, own, classes, prior);
      if (next.loss < here.loss) break;
      length /= 2;
    }
    if (!(next.loss < here.loss)) break;
    const gained = here.loss - next.loss;
    point = tried;
    here = next;
    length *= 1.5;
    if (gained < 1e-9) break;
  }
  return {
    task: "classification",
    weights: point.slice(0, predictions.length),
    offsets: point.slice(predictions.length),
  };
}

function logisticLoss(
  point: readonly number[],
  logs: readonly Float64Array[],
  labels: Int32Array,
  classes: number,
  prior: number,
): { loss: number; gradient: number[] } {
  const members = logs.length;
  const scores = new Float64Array(labels.length * classes);
  for (let at = 0; at < scores.length; at += 1) {
    let sum = point[members + (at % classes)]!;
    for (let member = 0; member < members; member += 1) sum += point[member]! * logs[member]![at]!;
    scores[at] = sum;
  }
  softmaxRows(scores, classes);
  const gradient = point.map((value, index) => 2 * ridge * (value - (index < members ? prior : 0)));
  let loss = point.reduce(
    (sum, value, index) => sum + ridge * (value - (index < members ? prior : 0)) ** 2,
    0,
  );
  const share = 1 / labels.length;
  for (const [row, label] of labels.entries()) {
    loss -= share * Math.log(Math.max(1e-300, scores[row * classes + label]!));
    for (let own = 0; own < classes; own += 1) {
      const at = row * classes + own;
      const error = share * (scores[at]! - (own === label ? 1 : 0));
      gradient[members + own]! += error;
      for (let member = 0; member < members; member += 1) {
        gradient[member]! += error * logs[member]![at]!;
      }
    }
  }
  return { loss, gradient };
}
