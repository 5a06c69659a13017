/** Softmax and its cross-entropy, both from logits. */
import type { FloatArray } from "./matrix-kernels.ts";

/** Probabilities of one row of logits; the largest is subtracted first, so that none overflows. */
export function softmax(logits: FloatArray): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Mean cross-entropy over the rows of a batch, by log-sum-exp.
 * @param logits rows x classes
 * @param labels the true class of each row
 * @param gradient filled with d loss / d logits = (softmax - one-hot) / rows
 */
export function softmaxCrossEntropy(
  logits: FloatArray,
  labels: ArrayLike<number>,
  gradient: FloatArray,
  classes: number,
): number {
  const rows = labels.length;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const label = labels[row]!;
    let largest = -Infinity;
    for (let at = start; at < start + classes; at++) largest = Math.max(largest, logits[at]!);
    let sum = 0;
    for (let at = start; at < start + classes; at++) sum += Math.exp(logits[at]! - largest);
    loss += largest + Math.log(sum) - logits[start + label]!;
    for (let index = 0; index < classes; index++) {
      const probability = Math.exp(logits[start + index]! - largest) / sum;
      gradient[start + index] = (probability - (index === label ? 1 : 0)) / rows;
    }
  }
  return loss / rows;
}
