/** What boosting descends: where scores begin, the slopes of the loss, and the loss itself. */
import { exp, log } from "../../../compute/tensor/elementary.ts";
import type { Slopes } from "./boost-tree.ts";
import type { Target } from "./learner.ts";

export interface BoostLoss {
  /** Scores of each row. */
  readonly width: number;
  /** What every row begins with. */
  readonly base: Float64Array;
  /** Of all rows, by the score of one output. */
  slopes(scores: Float64Array, output: number, into: Slopes): void;
  /** Weighed mean over some rows. */
  mean(scores: Float64Array, rows: Int32Array): number;
}

export function lossOf(target: Target, weights: Float64Array, training: Int32Array): BoostLoss {
  if (target.kind === "regression") return squaredLoss(target.values, weights, training);
  const { labels, classes } = target;
  return classes === 2
    ? binaryLoss(labels, weights, training)
    : softmaxLoss(labels, classes, weights, training);
}

function weighedMean(
  rows: Int32Array,
  weights: Float64Array,
  value: (row: number) => number,
): number {
  let [sum, total] = [0, 0];
  for (const row of rows) {
    sum += weights[row]! * value(row);
    total += weights[row]!;
  }
  return sum / total;
}

function squaredLoss(values: Float64Array, weights: Float64Array, training: Int32Array): BoostLoss {
  const first = values[training[0]!]!;
  const mean = first + weighedMean(training, weights, (row) => values[row]! - first);
  return {
    width: 1,
    base: Float64Array.of(mean),
    slopes(scores, _, { gradients, curvatures }) {
      for (let row = 0; row < scores.length; row++) {
        gradients[row] = weights[row]! * (scores[row]! - values[row]!);
        curvatures[row] = weights[row]!;
      }
    },
    mean: (scores, rows) =>
      weighedMean(rows, weights, (row) => (scores[row]! - values[row]!) ** 2 / 2),
  };
}

/** Scores are log-odds of the second class. */
function binaryLoss(labels: Int32Array, weights: Float64Array, training: Int32Array): BoostLoss {
  const share = bounded(weighedMean(training, weights, (row) => labels[row]!));
  return {
    width: 1,
    base: Float64Array.of(log(share / (1 - share))),
    slopes(scores, _, { gradients, curvatures }) {
      for (let row = 0; row < scores.length; row++) {
        const chance = 1 / (1 + exp(-scores[row]!));
        gradients[row] = weights[row]! * (chance - labels[row]!);
        curvatures[row] = weights[row]! * chance * (1 - chance);
      }
    },
    mean: (scores, rows) =>
      weighedMean(rows, weights, (row) => {
        const against = labels[row] === 1 ? -scores[row]! : scores[row]!;
        return Math.max(0, against) + log(1 + exp(-Math.abs(against)));
      }),
  };
}

function softmaxLoss(
  labels: Int32Array,
  classes: number,
  weights: Float64Array,
  training: Int32Array,
): BoostLoss {
  const chances = new Float64Array(labels.length * classes);
  return {
    width: classes,
    base: Float64Array.from({ length: classes }, (_, each) =>
      log(bounded(weighedMean(training, weights, (row) => (labels[row] === each ? 1 : 0)))),
    ),
    slopes(scores, output, { gradients, curvatures }) {
      // All trees of a round begin from the scores that the round began with.
      if (output === 0) softmax(scores, classes, chances);
      for (let row = 0; row < labels.length; row++) {
        const chance = chances[row * classes + output]!;
        gradients[row] = weights[row]! * (chance - (labels[row] === output ? 1 : 0));
        curvatures[row] = weights[row]! * chance * (1 - chance);
      }
    },
    mean: (scores, rows) =>
      weighedMean(rows, weights, (row) => {
        const own = scores.subarray(row * classes, (row + 1) * classes);
        let highest = -Infinity;
        for (const score of own) highest = Math.max(highest, score);
        let sum = 0;
        for (const score of own) sum += exp(score - highest);
        return log(sum) + highest - own[labels[row]!]!;
      }),
  };
}

function softmax(scores: Float64Array, classes: number, out: Float64Array): void {
  for (let from = 0; from < scores.length; from += classes) {
    let highest = -Infinity;
    for (let at = from; at < from + classes; at++) highest = Math.max(highest, scores[at]!);
    let sum = 0;
    for (let at = from; at < from + classes; at++) {
      out[at] = exp(scores[at]! - highest);
      sum += out[at]!;
    }
    for (let at = from; at < from + classes; at++) out[at]! /= sum;
  }
}

/** A class that only held-back rows have begins rare, not impossible. */
function bounded(share: number): number {
  return Math.min(1 - 1e-6, Math.max(1e-6, share));
}
