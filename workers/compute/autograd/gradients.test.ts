/** Every operator's gradient against central differences in f64 (reference: CS231n, PyTorch's gradcheck). */
import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { conv1d, conv2d, convTranspose2d } from "./convolution.ts";
import {
  abs,
  add,
  clamp,
  div,
  elu,
  exp,
  gelu,
  geluTanh,
  hardsigmoid,
  hardswish,
  leakyRelu,
  log,
  maximum,
  minimum,
  mish,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "./elementwise.ts";
import { gradientError } from "./gradient-check.ts";
import { dropout, gather, take, where } from "./indexing.ts";
import * as losses from "./losses.ts";
import { linear, matmul } from "./matmul.ts";
import { batchNorm, groupNorm, layerNorm, standardise } from "./normalisation.ts";
import { adaptiveAvgPool, avgPool, maxPool } from "./pooling.ts";
import { gruCell, lstmCell } from "./recurrent.ts";
import { amax, amin, mean, sum, variance } from "./reductions.ts";
import { concat, expand, pad, permute, reshape, slice } from "./shape.ts";
import { crossEntropy, logSoftmax, softmax } from "./softmax.ts";
import { operatorNames } from "./tape.ts";

const elementwise = {
  abs,
  add,
  clamp,
  div,
  elu,
  exp,
  gelu,
  geluTanh,
  hardsigmoid,
  hardswish,
  leakyRelu,
  log,
  maximum,
  minimum,
  mish,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
};

/** An operator by name, what it is called with, and the shapes of its inputs. */
interface Case {
  readonly of: string;
  readonly title?: string;
  readonly shapes: readonly (readonly number[])[];
  readonly call: (...inputs: Tensor[]) => Tensor;
  /** Not differentiable everywhere; inputs stay away from the kinks by their spacing. */
  readonly hasKinks?: boolean;
  /** Inputs lie in [0.5, 1.5] rather than in [-1, 1]. */
  readonly isPositive?: boolean;
}

const single = (of: keyof typeof elementwise, options: Partial<Case> = {}): Case => ({
  of,
  shapes: [[2, 3, 4]],
  call: elementwise[of] as (x: Tensor) => Tensor,
  ...options,
});
const pair = (of: keyof typeof elementwise, options: Partial<Case> = {}): Case[] =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[], [3, 2]],
  ].map((shapes) => ({
    of,
    title: `${of} of ${JSON.stringify(shapes)}`,
    shapes,
    call: elementwise[of] as (...inputs: Tensor[]) => Tensor,
    ...options,
  }));
const ids = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor(values, shape, "i32").keep();

const cases: readonly Case[] = [
  ...pair("add"),
  ...pair("sub"),
  ...pair("mul"),
  ...pair("div", { isPositive: true }),
  ...pair("maximum", { hasKinks: true }),
  ...pair("minimum", { hasKinks: true }),
  single("neg"),
  single("exp"),
  single("log", { isPositive: true }),
  single("sqrt", { isPositive: true }),
  single("abs", { hasKinks: true }),
  single("square"),
  single("reciprocal", { isPositive: true }),
  single("tanh"),
  single("sigmoid"),
  single("softplus"),
  single("silu"),
  single("mish"),
  single("gelu"),
  single("geluTanh"),
  single("hardsigmoid", {
    hasKinks: true,
    call: (x) => elementwise.hardsigmoid(elementwise.mul(x, 6)),
  }),
  single("hardswish", {
    hasKinks: true,
    call: (x) => elementwise.hardswish(elementwise.mul(x, 6)),
  }),
  single("selu", { hasKinks: true }),
  single("relu", { hasKinks: true }),
  single("leakyRelu", { hasKinks: true, call: (x) => elementwise.leakyRelu(x, 0.1) }),
  single("elu", { hasKinks: true, call: (x) => elementwise.elu(x, 0.7) }),
  single("clamp", { hasKinks: true, call: (x) => elementwise.clamp(x, -0.4, 0.6) }),
  single("pow", { call: (x) => elementwise.pow(x, 3) }),
  single("pow", { title: "pow -2", isPositive: true, call: (x) => elementwise.pow(x, -2) }),
  single("pow", { title: "pow 0.3", isPositive: true, call: (x) => elementwise.pow(x, 0.3) }),
  { of: "sum", shapes: [[2, 3, 4]], call: (x) => sum(x, { axes: 1 }) },
  { of: "sum", title: "sum of all", shapes: [[2, 3]], call: (x) => sum(x) },
  { of: "mean", shapes: [[2, 3, 4]], call: (x) => mean(x, { axes: [0, 2], keepDim: true }) },
  { of: "variance", shapes: [[2, 3, 4]], call: (x) => variance(x, { axes: [0, 2] }) },
  { of: "amax", shapes: [[2, 3, 4]], hasKinks: true, call: (x) => amax(x, { axes: [0, 2] }) },
  { of: "amin", shapes: [[2, 3, 4]], hasKinks: true, call: (x) => amin(x, { axes: 1 }) },
  { of: "reshape", shapes: [[2, 3, 4]], call: (x) => reshape(x, [4, -1]) },
  { of: "permute", shapes: [[2, 3, 4]], call: (x) => permute(x, [2, 0, 1]) },
  {
    of: "permute",
    title: "reshape of permute",
    shapes: [[2, 3, 4]],
    call: (x) => reshape(permute(x, [2, 0, 1]), [8, 3]),
  },
  { of: "expand", shapes: [[3, 1]], call: (x) => expand(x, [2, 3, 4]) },
  {
    of: "slice",
    shapes: [[5, 3]],
    call: (x) => slice(x, { axis: 0, start: 4, length: 2, step: -2 }),
  },
  {
    of: "concat",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    call: (a, b) => concat([a, b, a], 1),
  },
  {
    of: "pad",
    shapes: [[2, 3]],
    call: (x) =>
      pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
  },
  {
    of: "matmul",
    shapes: [
      [3, 4],
      [4, 2],
    ],
    call: matmul,
  },
  {
    of: "matmul",
    title: "batched matmul",
    shapes: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    call: matmul,
  },
  { of: "matmul", title: "matmul of vectors", shapes: [[4], [2, 4, 3]], call: matmul },
  { of: "linear", shapes: [[2, 3, 4], [5, 4], [5]], call: linear },
  {
    of: "linear",
    title: "linear without bias",
    shapes: [
      [3, 4],
      [5, 4],
    ],
    call: (x, w) => linear(x, w, null),
  },
  {
    of: "conv2d",
    shapes: [[2, 4, 6, 5], [6, 2, 3, 2], [6]],
    call: (x, w, b) =>
      conv2d(x, w, b, { stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2], groups: 2 }),
  },
  {
    of: "conv2d",
    title: "depthwise conv2d",
    shapes: [
      [2, 3, 5, 5],
      [3, 1, 3, 3],
    ],
    call: (x, w) => conv2d(x, w, null, { groups: 3, padding: [1, 1, 1, 1] }),
  },
  {
    of: "conv2d",
    title: "conv1d",
    shapes: [[2, 3, 7], [4, 3, 3], [4]],
    call: (x, w, b) => conv1d(x, w, b, { stride: 2, padding: [1, 1] }),
  },
  {
    of: "convTranspose2d",
    shapes: [[2, 4, 3, 4], [4, 3, 3, 2], [6]],
    call: (x, w, b) =>
      convTranspose2d(x, w, b, {
        stride: [2, 3],
        padding: [1, 0, 1, 1],
        outputPadding: [1, 0],
        groups: 2,
      }),
  },
  {
    of: "maxPool",
    shapes: [[2, 2, 5, 6]],
    hasKinks: true,
    call: (x) =>
      maxPool(x, {
        kernel: [3, 2],
        stride: [2, 2],
        padding: [
          [1, 1],
          [0, 0],
        ],
      }),
  },
  {
    of: "avgPool",
    shapes: [[2, 2, 5, 6]],
    call: (x) =>
      avgPool(x, {
        kernel: [3, 2],
        stride: [2, 2],
        padding: [
          [1, 1],
          [0, 0],
        ],
        ceilMode: true,
      }),
  },
  {
    of: "avgPool",
    title: "avgPool 3D without padding",
    shapes: [[1, 2, 3, 4, 3]],
    call: (x) =>
      avgPool(x, {
        kernel: [2, 2, 2],
        stride: [1, 2, 1],
        padding: [
          [1, 0],
          [0, 0],
          [0, 1],
        ],
        countIncludePad: false,
      }),
  },
  { of: "adaptiveAvgPool", shapes: [[2, 2, 5, 7]], call: (x) => adaptiveAvgPool(x, [2, 3]) },
  {
    of: "standardise",
    shapes: [[3, 2, 4]],
    call: (x) => standardise(x, { outer: 3, groups: 2, inner: 4 }, 1e-5),
  },
  {
    of: "standardise",
    title: "layerNorm",
    shapes: [
      [3, 2, 4],
      [2, 4],
      [2, 4],
    ],
    call: (x, w, b) => layerNorm(x, [2, 4], w, b),
  },
  {
    of: "standardise",
    title: "groupNorm",
    shapes: [[2, 4, 3], [4], [4]],
    call: (x, w, b) => groupNorm(x, 2, w, b),
  },
  {
    of: "standardise",
    title: "batchNorm",
    shapes: [[3, 4, 2, 2], [4], [4]],
    call: (x, weight, bias) => batchNorm(x, { weight, bias, runningMean: null, runningVar: null }),
  },
  { of: "softmax", shapes: [[2, 3, 4]], call: (x) => softmax(x, 1) },
  { of: "logSoftmax", shapes: [[2, 3, 4]], call: (x) => logSoftmax(x, -1) },
  { of: "crossEntropy", shapes: [[3, 4]], call: (x) => crossEntropy(x, ids([1, 0, 3], [3])) },
  {
    of: "crossEntropy",
    title: "crossEntropy with smoothing and ignored targets",
    shapes: [[2, 4, 3]],
    call: (x) => crossEntropy(x, ids([1, 0, 3, 2, -100, 1], [2, 3]), { labelSmoothing: 0.2 }),
  },
  { of: "take", shapes: [[3, 4, 2]], call: (x) => take(x, 1, ids([0, 3, -1, 0], [2, 2])) },
  { of: "gather", shapes: [[3, 4]], call: (x) => gather(x, 1, ids([0, 3, 3, 1, -1, 0], [3, 2])) },
  {
    of: "where",
    shapes: [
      [2, 3],
      [1, 3],
    ],
    call: (a, b) => where(ids([1, 0], [2, 1]), a, b),
  },
  { of: "dropout", shapes: [[4, 5]], call: (x) => dropout(x, 0.4, seededChance(7)) },
  {
    of: "lstmCell",
    shapes: [
      [3, 8],
      [3, 2],
    ],
    call: lstmCell,
  },
  {
    of: "gruCell",
    shapes: [
      [3, 6],
      [3, 6],
      [3, 2],
    ],
    call: gruCell,
  },
  {
    of: "squaredError",
    shapes: [
      [2, 3],
      [2, 3],
    ],
    call: losses.squaredError,
  },
  {
    of: "absoluteError",
    shapes: [
      [2, 3],
      [2, 3],
    ],
    hasKinks: true,
    call: losses.absoluteError,
  },
  {
    of: "huberError",
    shapes: [
      [2, 3],
      [2, 3],
    ],
    hasKinks: true,
    call: (x, y) => losses.huberError(x, y, 0.5),
  },
  {
    of: "binaryCrossEntropyWithLogits",
    shapes: [
      [2, 3],
      [2, 3],
    ],
    call: losses.binaryCrossEntropyWithLogits,
  },
];

/** Distinct values, at least a thousandth apart and away from 0, in a random order. */
function input(shape: readonly number[], isPositive: boolean, seed: number): Tensor {
  const chance = seededChance(seed);
  const size = shape.reduce((product, each) => product * each, 1);
  const places = Array.from(
    { length: size },
    (_, index) => (index + 0.25 + chance.float() / 2) / size,
  );
  for (let last = size - 1; last > 0; last--) {
    const other = chance.below(last + 1);
    [places[last], places[other]] = [places[other]!, places[last]!];
  }
  return tensor(
    places.map((place) => (isPositive ? 0.5 + place : place * 2 - 1)),
    shape,
    "f64",
  );
}

describe("gradients", () => {
  it("have a case for every operator, and every case names one", () => {
    expect(new Set(cases.map(({ of }) => of))).toEqual(operatorNames);
  });

  it("that are wrong are found", () => {
    const half = gradientError(
      (x) => elementwise.mul(x, x.detach()),
      [input([3], true, 1)],
      seededChance(3),
    );
    expect(half).toBeGreaterThan(0.3);
  });

  it.each(cases.map((each) => ({ name: each.title ?? each.of, each })))("$name", ({ each }) => {
    const { shapes, call, hasKinks = false, isPositive = false } = each;
    const inputs = shapes.map((shape, index) => input(shape, isPositive, 31 * index + 5));
    const error = gradientError(call, inputs, seededChance(3));
    expect(error).toBeLessThan(hasKinks ? 1e-4 : 1e-7);
  });
});
