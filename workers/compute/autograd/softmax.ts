/** Softmax, its logarithm and cross-entropy, all from logits and by log-sum-exp. */
import { linesAlong } from "../tensor/arithmetic.ts";
import { exp, log } from "../tensor/elementary.ts";
import { axisOf, sizeOf } from "../tensor/shape.ts";
import type { Values } from "../tensor/memory.ts";
import { contiguous, empty, full, scalar, type Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./tape.ts";

/** The largest of a line, and the logarithm of the sum of exp(value - largest). */
function logSum(values: Values, start: number, length: number, step: number): [number, number] {
  let largest = -Infinity;
  for (let index = 0; index < length; index++)
    largest = Math.max(largest, values[start + index * step]!);
  let sum = 0;
  for (let index = 0; index < length; index++) sum += exp(values[start + index * step]! - largest);
  return [largest, log(sum)];
}

export const softmax = defineOperator("softmax", (x: Tensor, axis: number) => {
  const lines = linesAlong(x.shape, axisOf(axis, x.rank));
  const output = empty(x.shape, x.dtype);
  const [from, to] = [contiguous(x).values, output.storage.values];
  for (let line = 0; line < lines.count; line++) {
    const start = lines.start(line);
    const [largest, logOfSum] = logSum(from, start, lines.length, lines.step);
    for (let index = 0, at = start; index < lines.length; index++, at += lines.step) {
      to[at] = exp(from[at]! - largest - logOfSum);
    }
  }
  return {
    output,
    inputs: [x],
    backward: (g) => {
      const out = empty(x.shape, x.dtype);
      const [slopes, target] = [g.values, out.storage.values];
      for (let line = 0; line < lines.count; line++) {
        const start = lines.start(line);
        const end = start + lines.length * lines.step;
        let dot = 0;
        for (let at = start; at < end; at += lines.step) dot += slopes[at]! * to[at]!;
        for (let at = start; at < end; at += lines.step) target[at] = to[at]! * (slopes[at]! - dot);
      }
      return [out];
    },
  };
});

export const logSoftmax = defineOperator("logSoftmax", (x: Tensor, axis: number) => {
  const lines = linesAlong(x.shape, axisOf(axis, x.rank));
  const output = empty(x.shape, x.dtype);
  const [from, to] = [contiguous(x).values, output.storage.values];
  for (let line = 0; line < lines.count; line++) {
    const start = lines.start(line);
    const [largest, logOfSum] = logSum(from, start, lines.length, lines.step);
    for (let index = 0, at = start; index < lines.length; index++, at += lines.step) {
      to[at] = from[at]! - largest - logOfSum;
    }
  }
  return {
    output,
    inputs: [x],
    backward: (g) => {
      const out = empty(x.shape, x.dtype);
      const [slopes, target] = [g.values, out.storage.values];
      for (let line = 0; line < lines.count; line++) {
        const start = lines.start(line);
        const end = start + lines.length * lines.step;
        let sum = 0;
        for (let at = start; at < end; at += lines.step) sum += slopes[at]!;
        for (let at = start; at < end; at += lines.step)
          target[at] = slopes[at]! - exp(to[at]!) * sum;
      }
      return [out];
    },
  };
});

export interface CrossEntropyOptions {
  /** This much of the truth is spread evenly over all classes. */
  readonly labelSmoothing?: number;
  /** Targets of this class count for nothing. */
  readonly ignoreIndex?: number;
  readonly reduction?: "mean" | "sum";
}

/**
 * PyTorch's CrossEntropyLoss.
 * @param logits [batch, classes, ...]
 * @param targets i32 [batch, ...]: the class of each
 */
export const crossEntropy = defineOperator(
  "crossEntropy",
  (logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}) => {
    const { labelSmoothing = 0, ignoreIndex = -100, reduction = "mean" } = options;
    const lines = linesAlong(logits.shape, 1);
    const { length: classes, step } = lines;
    const labels = contiguous(targets).values;
    if (labels.length !== lines.count || sizeOf(targets.shape) !== lines.count) {
      throw new RangeError(`${labels.length} targets for ${lines.count} rows of logits.`);
    }
    const from = contiguous(logits).values;
    const slopes = full(logits.shape, 0, logits.dtype);
    const to = slopes.storage.values;
    let loss = 0;
    let counted = 0;
    for (let line = 0; line < lines.count; line++) {
      const label = labels[line]!;
      if (label === ignoreIndex) continue;
      if (!(label >= 0 && label < classes))
        throw new RangeError(`Target ${label} of ${classes} classes.`);
      counted += 1;
      const start = lines.start(line);
      const [largest, logOfSum] = logSum(from, start, classes, step);
      const whole = largest + logOfSum;
      loss += (1 - labelSmoothing) * (whole - from[start + label * step]!);
      for (let index = 0, at = start; index < classes; index++, at += step) {
        loss += (labelSmoothing / classes) * (whole - from[at]!);
        to[at] =
          exp(from[at]! - whole) -
          labelSmoothing / classes -
          (index === label ? 1 - labelSmoothing : 0);
      }
    }
    const share = reduction === "mean" ? 1 / counted : 1;
    return {
      output: scalar(loss * share, logits.dtype),
      inputs: [logits],
      backward: (g) => {
        const out = empty(logits.shape, logits.dtype);
        const factor = g.item() * share;
        const target = out.storage.values;
        for (let at = 0; at < target.length; at++) target[at] = to[at]! * factor;
        return [out];
      },
    };
  },
);
