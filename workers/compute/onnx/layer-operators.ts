/** Products, convolutions, pooling and normalisation. */
import { conv2d, convTranspose2d } from "../autograd/convolution.ts";
import { add, mul, sub } from "../autograd/elementwise.ts";
import { matmul } from "../autograd/matmul.ts";
import { batchNorm, groupNorm, type Moments, standardise } from "../autograd/normalisation.ts";
import { avgPool, maxPool, maxPoolWithPlaces, type PoolOptions } from "../autograd/pooling.ts";
import { amax, mean } from "../autograd/reductions.ts";
import { reshape, transpose } from "../autograd/shape.ts";
import { axisOf, sizeOf } from "../tensor/shape.ts";
import { copy, tensor, type Tensor } from "../tensor/tensor.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

type Four = readonly [number, number, number, number];

function gemm(call: Call): Value[] {
  const turned = (index: number, name: string): Tensor =>
    call.number(name, 0) === 1 ? transpose(call.tensor(index), 0, 1) : call.tensor(index);
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const product = matmul(turned(0, "transA"), turned(1, "transB"));
  const scaled = alpha === 1 ? product : mul(product, alpha);
  const bias = call.optionalTensor(2);
  return call.like(bias === null ? scaled : add(scaled, beta === 1 ? bias : mul(bias, beta)));
}

/** What is subtracted from whole numbers before their product; per row or column it stays on its axis. */
function centred(x: Tensor, zero: Tensor | null, isRows: boolean): Tensor {
  const values = copy(x, "f64");
  if (zero === null) return values;
  const own = copy(zero, "f64");
  return sub(values, isRows && own.rank === 1 && own.size > 1 ? reshape(own, [-1, 1]) : own);
}

function matMulInteger(call: Call): Value[] {
  const a = centred(call.tensor(0), call.optionalTensor(2), true);
  const b = centred(call.tensor(1), call.optionalTensor(3), false);
  return [{ tensor: copy(matmul(a, b), "i32"), type: "int32" }];
}

/** Begin and end of each axis, from `pads` or `auto_pad`. */
function padsOf(
  call: Call,
  spatial: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
): [number, number][] {
  const mode = call.text("auto_pad", "NOTSET");
  const pads = call.numbers(
    "pads",
    spatial.flatMap(() => [0, 0]),
  );
  const dilations = call.numbers(
    "dilations",
    spatial.map(() => 1),
  );
  return spatial.map((size, axis) => {
    if (mode === "VALID") return [0, 0];
    if (mode === "NOTSET") return [pads[axis]!, pads[axis + spatial.length]!];
    const stride = strides[axis]!;
    const reach = dilations[axis]! * (kernel[axis]! - 1) + 1;
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    const small = Math.floor(total / 2);
    return mode === "SAME_UPPER" ? [small, total - small] : [total - small, small];
  });
}

/** One axis becomes two, so that lines are images of height 1. */
const asImage = (x: Tensor): Tensor => (x.rank === 3 ? reshape(x, x.shape.toSpliced(2, 0, 1)) : x);
const two = (list: readonly number[], filler: number): readonly [number, number] =>
  (list.length === 1 ? [filler, list[0]!] : list) as readonly [number, number];
const four = (pads: readonly (readonly [number, number])[]): Four => {
  const [y, x] = pads.length === 1 ? [[0, 0] as const, pads[0]!] : [pads[0]!, pads[1]!];
  return [y[0], x[0], y[1], x[1]];
};

function checkRank(x: Tensor): void {
  if (x.rank !== 3 && x.rank !== 4)
    throw new RangeError(`A convolution of ${x.rank} axes is not supported.`);
}

function convolve(call: Call, x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  checkRank(x);
  const spatial = x.shape.slice(2);
  const ones = spatial.map(() => 1);
  const strides = call.numbers("strides", ones);
  const out = conv2d(asImage(x), asImage(weight), bias, {
    stride: two(strides, 1),
    dilation: two(call.numbers("dilations", ones), 1),
    padding: four(padsOf(call, spatial, weight.shape.slice(2), strides)),
    groups: call.number("group", 1),
  });
  return x.rank === 3 ? reshape(out, out.shape.toSpliced(2, 1)) : out;
}

function convInteger(call: Call): Value[] {
  const x = centred(call.tensor(0), call.optionalTensor(2), false);
  const weight = centred(call.tensor(1), call.optionalTensor(3), false);
  return [{ tensor: copy(convolve(call, x, weight, null), "i32"), type: "int32" }];
}

function convTransposed(call: Call): Value[] {
  const [x, weight] = [call.tensor(0), call.tensor(1)];
  checkRank(x);
  const spatial = x.shape.slice(2);
  const ones = spatial.map(() => 1);
  const strides = call.numbers("strides", ones);
  const dilations = call.numbers("dilations", ones);
  let outputPadding = call.numbers(
    "output_padding",
    ones.map(() => 0),
  );
  const mode = call.text("auto_pad", "NOTSET");
  const wanted =
    mode === "NOTSET" || mode === "VALID"
      ? call.numbers("output_shape", [])
      : call.numbers(
          "output_shape",
          spatial.map((size, axis) => size * strides[axis]!),
        );
  let pads = padsOf(call, spatial, weight.shape.slice(2), strides);
  if (wanted.length > 0) {
    const own = wanted.slice(-spatial.length);
    const totals = spatial.map((size, axis) => {
      const reach =
        (size - 1) * strides[axis]! + dilations[axis]! * (weight.shape[axis + 2]! - 1) + 1;
      return reach + outputPadding[axis]! - own[axis]!;
    });
    // Too little to cut means that the output is longer.
    outputPadding = outputPadding.map((size, axis) => size + Math.max(0, -totals[axis]!));
    pads = totals.map((total) => {
      const all = Math.max(0, total);
      const small = Math.floor(all / 2);
      return mode === "SAME_UPPER" ? [small, all - small] : [all - small, small];
    });
  }
  const out = convTranspose2d(asImage(x), asImage(weight), call.optionalTensor(2), {
    stride: two(strides, 1),
    dilation: two(dilations, 1),
    padding: four(pads),
    outputPadding: two(outputPadding, 0),
    groups: call.number("group", 1),
  });
  return call.like(x.rank === 3 ? reshape(out, out.shape.toSpliced(2, 1)) : out);
}

function poolOptions(call: Call): PoolOptions {
  const spatial = call.tensor(0).shape.slice(2);
  const kernel = call.numbers("kernel_shape", []);
  if (kernel.length !== spatial.length)
    throw new RangeError("The kernel's axes are not the input's.");
  const stride = call.numbers(
    "strides",
    spatial.map(() => 1),
  );
  return {
    kernel,
    stride,
    padding: padsOf(call, spatial, kernel, stride),
    dilation: call.numbers(
      "dilations",
      spatial.map(() => 1),
    ),
    ceilMode: call.number("ceil_mode", 0) === 1,
    countIncludePad: call.number("count_include_pad", 0) === 1,
  };
}

function maximumPool(call: Call): Value[] {
  const options = poolOptions(call);
  const out = call.like(maxPool(call.tensor(0), options));
  if (call.node.outputs.length < 2) return out;
  if (call.number("storage_order", 0) !== 0)
    throw new RangeError("Column-major indices are not supported.");
  const { output, places } = maxPoolWithPlaces(call.tensor(0), options);
  return [...out, { tensor: tensor(places, output.shape, "f64"), type: "int64" }];
}

const spatialAxes = (x: Tensor): number[] => x.shape.slice(2).map((_, axis) => axis + 2);

function batchNormalisation(call: Call): Value[] {
  if (call.number("training_mode", 0) !== 0) throw new RangeError("Training is not supported.");
  const [x, weight, bias, runningMean, runningVar] = call.inputs.map((each) => each.tensor);
  const epsilon = call.number("epsilon", 1e-5);
  return call.like(
    batchNorm(x!, {
      weight: weight!,
      bias: bias!,
      runningMean: runningMean!,
      runningVar: runningVar!,
      epsilon,
    }),
  );
}

function layerNormalisation(call: Call): Value[] {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", -1), x.rank);
  const inner = sizeOf(x.shape.slice(axis));
  let moments: Moments = { means: new Float64Array(), variances: new Float64Array() };
  const epsilon = call.number("epsilon", 1e-5);
  const grouping = { outer: 1, groups: x.size / inner, inner };
  const standard = standardise(x, grouping, epsilon, (own) => (moments = own));
  const scaled = mul(standard, call.tensor(1));
  const bias = call.optionalTensor(2);
  const shape = x.shape.map((size, at) => (at < axis ? size : 1));
  const deviations = moments.variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
  return [
    ...call.like(bias === null ? scaled : add(scaled, bias)),
    { tensor: tensor(moments.means, shape), type: "float" },
    { tensor: tensor(deviations, shape), type: "float" },
  ];
}

export const layerOperators: OperatorTable = {
  AveragePool: (call) => call.like(avgPool(call.tensor(0), poolOptions(call))),
  BatchNormalization: batchNormalisation,
  Conv: (call) => call.like(convolve(call, call.tensor(0), call.tensor(1), call.optionalTensor(2))),
  ConvInteger: convInteger,
  ConvTranspose: convTransposed,
  Gemm: gemm,
  GlobalAveragePool: (call) => {
    const x = call.tensor(0);
    return call.like(mean(x, { axes: spatialAxes(x), keepDim: true }));
  },
  GlobalMaxPool: (call) => {
    const x = call.tensor(0);
    return call.like(amax(x, { axes: spatialAxes(x), keepDim: true }));
  },
  GroupNormalization: (call) => {
    if (call.opset < 21) throw new RangeError("Before operator set 21 it has other weights.");
    const [x, weight, bias] = call.inputs.map((each) => each.tensor);
    const groups = call.number("num_groups", 1);
    return call.like(groupNorm(x!, groups, weight!, bias!, call.number("epsilon", 1e-5)));
  },
  LayerNormalization: layerNormalisation,
  MatMul: (call) => call.like(matmul(call.tensor(0), call.tensor(1))),
  MatMulInteger: matMulInteger,
  MaxPool: maximumPool,
};
