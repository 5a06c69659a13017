/** Batch, layer and group normalisation: one operator, and a scale and shift for each kind. */
import { inShape } from "../tensor/arithmetic.ts";
import { type Shape, sameShape, sizeOf } from "../tensor/shape.ts";
import { contiguous, empty, type Tensor } from "../tensor/tensor.ts";
import { add, mul } from "./elementwise.ts";
import { reshape } from "./shape.ts";
import { defineOperator } from "./tape.ts";

/** Which values share a mean: those of one group, over all of outer and inner. */
interface Grouping {
  readonly outer: number;
  readonly groups: number;
  readonly inner: number;
}

export interface Moments {
  readonly means: Float64Array;
  /** Divided by the count, not by one less. */
  readonly variances: Float64Array;
}

/** Mean and variance of each group, in two passes and f64. */
function momentsOf(x: Tensor, { outer, groups, inner }: Grouping): Moments {
  const { values } = x;
  const means = new Float64Array(groups);
  const variances = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    for (let item = 0; item < outer; item++) {
      const start = (item * groups + group) * inner;
      for (let at = start; at < start + inner; at++) sum += values[at]!;
    }
    const mean = sum / (outer * inner);
    let squares = 0;
    for (let item = 0; item < outer; item++) {
      const start = (item * groups + group) * inner;
      for (let at = start; at < start + inner; at++) squares += (values[at]! - mean) ** 2;
    }
    means[group] = mean;
    variances[group] = squares / (outer * inner);
  }
  return { means, variances };
}

/**
 * (x - mean) / sqrt(variance + epsilon) of each group.
 * @param report is told the moments, for running averages
 */
export const standardise = defineOperator(
  "standardise",
  (x: Tensor, grouping: Grouping, epsilon: number, report?: (moments: Moments) => void) => {
    const { outer, groups, inner } = grouping;
    const source = contiguous(x);
    const moments = momentsOf(source, grouping);
    report?.(moments);
    const scales = moments.variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
    const output = empty(x.shape, x.dtype);
    const [from, to] = [source.values, output.storage.values];
    for (let line = 0; line < outer * groups; line++) {
      const mean = moments.means[line % groups]!;
      const scale = scales[line % groups]!;
      for (let at = line * inner; at < (line + 1) * inner; at++)
        to[at] = (from[at]! - mean) * scale;
    }
    return { output, inputs: [x], backward: (g) => [standardiseBack(g, output, grouping, scales)] };
  },
);

/** Ioffe and Szegedy 2015, section 3, with the scale and shift taken out. */
function standardiseBack(
  g: Tensor,
  y: Tensor,
  { outer, groups, inner }: Grouping,
  scales: Float64Array,
): Tensor {
  const out = empty(y.shape, y.dtype);
  const [slopes, values, to] = [g.values, y.values, out.storage.values];
  const count = outer * inner;
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    let dot = 0;
    for (let item = 0; item < outer; item++) {
      const start = (item * groups + group) * inner;
      for (let at = start; at < start + inner; at++) {
        sum += slopes[at]!;
        dot += slopes[at]! * values[at]!;
      }
    }
    const [mean, slope, scale] = [sum / count, dot / count, scales[group]!];
    for (let item = 0; item < outer; item++) {
      const start = (item * groups + group) * inner;
      for (let at = start; at < start + inner; at++)
        to[at] = scale * (slopes[at]! - mean - values[at]! * slope);
    }
  }
  return out;
}

function affine(x: Tensor, weight: Tensor | null, bias: Tensor | null, shape: Shape): Tensor {
  const scaledX = weight === null ? x : mul(x, reshape(weight, shape));
  return bias === null ? scaledX : add(scaledX, reshape(bias, shape));
}

/** Over the last axes, which are those of `shape`. */
export function layerNorm(
  x: Tensor,
  shape: Shape,
  weight: Tensor | null,
  bias: Tensor | null,
  epsilon = 1e-5,
): Tensor {
  if (!sameShape(x.shape.slice(x.rank - shape.length), shape)) {
    throw new RangeError(`[${x.shape.join(", ")}] does not end in [${shape.join(", ")}].`);
  }
  const inner = sizeOf(shape);
  return affine(
    standardise(x, { outer: 1, groups: x.size / inner, inner }, epsilon),
    weight,
    bias,
    shape,
  );
}

const channelShape = (x: Tensor): number[] =>
  x.shape.slice(1).map((size, axis) => (axis === 0 ? size : 1));

/** Wu and He 2018: over the channels of each group of one item. */
export function groupNorm(
  x: Tensor,
  groups: number,
  weight: Tensor | null,
  bias: Tensor | null,
  epsilon = 1e-5,
): Tensor {
  const [batch, channels] = x.shape as readonly [number, number];
  if (channels % groups !== 0)
    throw new RangeError(`${channels} channels are not ${groups} groups.`);
  const inner = x.size / (batch * groups);
  return affine(
    standardise(x, { outer: 1, groups: batch * groups, inner }, epsilon),
    weight,
    bias,
    channelShape(x),
  );
}

export interface BatchNormState {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly epsilon?: number;
  /** In training, is told the moments of the batch; without it the running ones are used. */
  readonly report?: ((moments: Moments) => void) | undefined;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
}

/** Over everything but the channels, which are axis 1. */
export function batchNorm(x: Tensor, state: BatchNormState): Tensor {
  const { weight, bias, epsilon = 1e-5, report, runningMean, runningVar } = state;
  const [outer, groups] = x.shape as readonly [number, number];
  const shape = channelShape(x);
  if (report !== undefined || runningMean === null || runningVar === null) {
    const grouping = { outer, groups, inner: x.size / (outer * groups) };
    return affine(standardise(x, grouping, epsilon, report), weight, bias, shape);
  }
  const scales = empty(runningVar.shape, x.dtype);
  const shifts = empty(runningVar.shape, x.dtype);
  const [means, variances] = [runningMean.values, runningVar.values];
  for (let channel = 0; channel < groups; channel++) {
    const scale = 1 / Math.sqrt(variances[channel]! + epsilon);
    scales.values[channel] = scale;
    shifts.values[channel] = -means[channel]! * scale;
  }
  const standard = add(mul(x, inShape(scales, shape)), inShape(shifts, shape));
  return affine(standard, weight, bias, shape);
}
