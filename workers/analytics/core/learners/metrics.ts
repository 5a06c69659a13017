/**
 * How good predictions are. Every function takes a weight for each row or none; where a metric has no
 * value (no rows, one class, a constant target) it is NaN rather than a number that looks like one.
 */
import assert from "node:assert/strict";
import { log } from "../../../compute/tensor/elementary.ts";

const oneEach = (): number => 1;

function weightOf(weights: Float64Array | undefined): (row: number) => number {
  return weights === undefined ? oneEach : (row) => weights[row]!;
}

function weightedMean(
  rows: number,
  weights: Float64Array | undefined,
  value: (row: number) => number,
): number {
  const weight = weightOf(weights);
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    sum += weight(row) * value(row);
    total += weight(row);
  }
  return sum / total;
}

/** The class of the highest probability in each row; of equal ones, the first. */
export function likeliest(probabilities: Float64Array, classes: number): Int32Array {
  assert(classes >= 1 && probabilities.length % classes === 0);
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0;
    for (let each = 1; each < classes; each++) {
      if (probabilities[row * classes + each]! > probabilities[row * classes + best]!) best = each;
    }
    return best;
  });
}

export function accuracy(truth: Int32Array, guess: Int32Array, weights?: Float64Array): number {
  assert(truth.length === guess.length);
  return weightedMean(truth.length, weights, (row) => (truth[row] === guess[row] ? 1 : 0));
}

/** Probabilities are kept 2^-52 away from 0 and 1, as sklearn's are, so that a sure mistake is finite. */
export function logLoss(
  truth: Int32Array,
  probabilities: Float64Array,
  classes: number,
  weights?: Float64Array,
): number {
  assert(truth.length * classes === probabilities.length);
  return weightedMean(truth.length, weights, (row) => {
    const from = row * classes;
    let [sum, own] = [0, 0];
    for (let each = 0; each < classes; each++) {
      const kept = Math.min(
        1 - Number.EPSILON,
        Math.max(Number.EPSILON, probabilities[from + each]!),
      );
      sum += kept;
      if (each === truth[row]) own = kept;
    }
    return -log(own / sum);
  });
}

/** Mean over rows of the squared distance to the truth: 0 to 2; of two classes, half of that, as Brier's. */
export function brierScore(
  truth: Int32Array,
  probabilities: Float64Array,
  classes: number,
  weights?: Float64Array,
): number {
  assert(truth.length * classes === probabilities.length);
  const mean = weightedMean(truth.length, weights, (row) => {
    let sum = 0;
    for (let each = 0; each < classes; each++) {
      sum += (probabilities[row * classes + each]! - (each === truth[row] ? 1 : 0)) ** 2;
    }
    return sum;
  });
  return classes === 2 ? mean / 2 : mean;
}

/**
 * The chance that a positive row scores above a negative one; equal scores count half.
 * NaN unless both kinds are there.
 */
export function binaryRocAuc(
  isPositive: (row: number) => boolean,
  scores: Float64Array,
  weights?: Float64Array,
): number {
  const weight = weightOf(weights);
  const order = Uint32Array.from(scores.keys()).toSorted((a, b) => scores[a]! - scores[b]!);
  let [below, positives, wins] = [0, 0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let [positive, negative] = [0, 0];
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      const row = order[to]!;
      if (isPositive(row)) positive += weight(row);
      else negative += weight(row);
    }
    assert(to > from, "A score is not a number.");
    wins += positive * (below + negative / 2);
    below += negative;
    positives += positive;
  }
  return wins / (positives * below);
}

/** Of two classes, that of the second; of more, the plain mean of each against the rest. NaN unless every class is there. */
export function rocAuc(
  truth: Int32Array,
  probabilities: Float64Array,
  classes: number,
  weights?: Float64Array,
): number {
  assert(truth.length * classes === probabilities.length && classes >= 1);
  const against = (each: number): number =>
    binaryRocAuc(
      (row) => truth[row] === each,
      Float64Array.from(truth, (_, row) => probabilities[row * classes + each]!),
      weights,
    );
  if (classes === 2) return against(1);
  let sum = 0;
  for (let each = 0; each < classes; each++) sum += against(each);
  return sum / classes;
}

/** Mean of each class's F1 over the classes that are in the truth or the guess; 0 for one never met. */
export function macroF1(
  truth: Int32Array,
  guess: Int32Array,
  classes: number,
  weights?: Float64Array,
): number {
  assert(truth.length === guess.length);
  const weight = weightOf(weights);
  const [hits, given, said] = Array.from({ length: 3 }, () => new Float64Array(classes));
  for (let row = 0; row < truth.length; row++) {
    given![truth[row]!]! += weight(row);
    said![guess[row]!]! += weight(row);
    if (truth[row] === guess[row]) hits![truth[row]!]! += weight(row);
  }
  let [sum, met] = [0, 0];
  for (let each = 0; each < classes; each++) {
    const total = given![each]! + said![each]!;
    if (total === 0) continue;
    sum += (2 * hits![each]!) / total;
    met += 1;
  }
  return sum / met;
}

export function meanAbsoluteError(
  truth: Float64Array,
  guess: Float64Array,
  weights?: Float64Array,
): number {
  assert(truth.length === guess.length);
  return weightedMean(truth.length, weights, (row) => Math.abs(truth[row]! - guess[row]!));
}

export function rootMeanSquaredError(
  truth: Float64Array,
  guess: Float64Array,
  weights?: Float64Array,
): number {
  assert(truth.length === guess.length);
  return Math.sqrt(weightedMean(truth.length, weights, (row) => (truth[row]! - guess[row]!) ** 2));
}

/** 1 - squared error over variance. A constant target has no variance to explain: 1 if hit exactly, else 0. */
export function rSquared(truth: Float64Array, guess: Float64Array, weights?: Float64Array): number {
  assert(truth.length === guess.length);
  if (truth.length === 0) return Number.NaN;
  const mean = weightedMean(truth.length, weights, (row) => truth[row]!);
  const variance = weightedMean(truth.length, weights, (row) => (truth[row]! - mean) ** 2);
  const error = weightedMean(truth.length, weights, (row) => (truth[row]! - guess[row]!) ** 2);
  if (truth.every((each) => each === truth[0])) return error === 0 ? 1 : 0;
  return 1 - error / variance;
}
