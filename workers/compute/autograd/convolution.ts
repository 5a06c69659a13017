/** Convolutions as matrix products with the columns of image windows (Chellapilla et al. 2006). */
import assert from "node:assert/strict";
import { inShape, sumOver } from "../tensor/arithmetic.ts";
import { fromColumns, type Geometry, toColumns } from "../tensor/columns.ts";
import { product, transposed } from "../tensor/product.ts";
import { simd } from "../tensor/simd.ts";
import { contiguous, empty, type Tensor } from "../tensor/tensor.ts";
import { reshape } from "./shape.ts";
import { defineOperator } from "./tape.ts";

type Pair = readonly [number, number];

export interface ConvolutionOptions {
  readonly stride?: Pair;
  /** Zeros above, left, below and right. */
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: Pair;
  /** Channels in this many groups that do not see each other. */
  readonly groups?: number;
}

export interface TransposedOptions extends ConvolutionOptions {
  /** Added to the size of the output, below and right. */
  readonly outputPadding?: Pair;
}

/**
 * @param x [batch, channels, height, width]
 * @param weight [outputs, channels / groups, kernel height, kernel width]
 * @param bias [outputs] or null
 */
export const conv2d = defineOperator(
  "conv2d",
  (x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvolutionOptions = {}) => {
    const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
    const [, channels, height, width] = fourSizes(x);
    const [outputs, perGroup, ...kernel] = fourSizes(weight);
    if (channels !== perGroup * groups || outputs % groups !== 0) {
      throw new RangeError(
        `A convolution of [${weight.shape.join(", ")}] in ${groups} groups is given [${x.shape.join(", ")}].`,
      );
    }
    const size = (axis: 0 | 1): number => {
      const room = (axis === 0 ? height : width) + padding[axis] + padding[axis === 0 ? 2 : 3];
      return Math.floor((room - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
    };
    const geometry: Geometry = {
      height,
      width,
      kernel: [kernel[0], kernel[1]],
      stride,
      dilation,
      padding,
      outHeight: size(0),
      outWidth: size(1),
    };
    checkGeometry(geometry);
    const image = contiguous(x);
    const output = toOutputs(image, contiguous(weight), geometry, groups);
    if (bias !== null) addToChannels(output, bias);
    return {
      output,
      inputs: bias === null ? [x, weight] : [x, weight, bias],
      backward: (g) => [
        x.requiresGrad ? toImage(g, contiguous(weight), geometry, groups) : null,
        toWeights(image, g, weight, geometry, groups),
        bias === null ? null : sumChannels(g),
      ],
    };
  },
);

/**
 * The way back of a convolution as an operator.
 * @param x [batch, inputs, height, width]
 * @param weight [inputs, outputs / groups, kernel height, kernel width]
 */
export const convTranspose2d = defineOperator(
  "convTranspose2d",
  (x: Tensor, weight: Tensor, bias: Tensor | null, options: TransposedOptions = {}) => {
    const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
    const { outputPadding = [0, 0] } = options;
    const [, channels, outHeight, outWidth] = fourSizes(x);
    const [inputs, , ...kernel] = fourSizes(weight);
    if (channels !== inputs || inputs % groups !== 0) {
      throw new RangeError(
        `A transposed convolution of [${weight.shape.join(", ")}] is given [${x.shape.join(", ")}].`,
      );
    }
    const size = (axis: 0 | 1, out: number): number =>
      (out - 1) * stride[axis] +
      dilation[axis] * (kernel[axis] - 1) +
      1 +
      outputPadding[axis] -
      padding[axis] -
      padding[axis === 0 ? 2 : 3];
    const geometry: Geometry = {
      height: size(0, outHeight),
      width: size(1, outWidth),
      kernel: [kernel[0], kernel[1]],
      stride,
      dilation,
      padding,
      outHeight,
      outWidth,
    };
    checkGeometry(geometry);
    const source = contiguous(x);
    const output = toImage(source, contiguous(weight), geometry, groups);
    if (bias !== null) addToChannels(output, bias);
    return {
      output,
      inputs: bias === null ? [x, weight] : [x, weight, bias],
      backward: (g) => [
        x.requiresGrad ? toOutputs(g, contiguous(weight), geometry, groups) : null,
        toWeights(g, source, weight, geometry, groups),
        bias === null ? null : sumChannels(g),
      ],
    };
  },
);

/** A convolution over [batch, channels, length], through an image of height 1. */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride = 1, padding = [0, 0], dilation = 1, groups = 1 }: Convolution1dOptions = {},
): Tensor {
  const flat = (from: Tensor): Tensor => reshape(from, from.shape.toSpliced(2, 0, 1));
  const out = conv2d(flat(x), flat(weight), bias, {
    stride: [1, stride],
    padding: [0, padding[0], 0, padding[1]],
    dilation: [1, dilation],
    groups,
  });
  return reshape(out, out.shape.toSpliced(2, 1));
}

export interface Convolution1dOptions {
  readonly stride?: number;
  readonly padding?: Pair;
  readonly dilation?: number;
  readonly groups?: number;
}

function fourSizes({ shape }: Tensor): readonly [number, number, number, number] {
  if (shape.length !== 4) throw new RangeError(`Four axes are needed, not [${shape.join(", ")}].`);
  return shape as unknown as readonly [number, number, number, number];
}

function checkGeometry({
  height,
  width,
  outHeight,
  outWidth,
  padding,
  stride,
  dilation,
}: Geometry): void {
  const sizes = [height, width, outHeight, outWidth, ...stride, ...dilation];
  if (
    !sizes.every((size) => Number.isInteger(size) && size > 0) ||
    padding.some((side) => side < 0)
  ) {
    throw new RangeError(
      `The windows do not fit: image ${height} x ${width}, output ${outHeight} x ${outWidth}.`,
    );
  }
}

/** Of batch item `item` and group `group`, as a matrix of channels x the rest. */
function part(x: Tensor, item: number, group: number, groups: number): Tensor {
  const channels = x.shape[1]! / groups;
  const area = x.shape[2]! * x.shape[3]!;
  const offset = x.offset + (item * x.shape[1]! + group * channels) * area;
  return x.view([channels, area], [area, 1], offset);
}

/** As a matrix of the group's outputs x its kernel values. */
function kernels(weight: Tensor, group: number, groups: number): Tensor {
  const rows = weight.shape[0]! / groups;
  const columns = weight.size / weight.shape[0]!;
  return weight.view([rows, columns], [columns, 1], weight.offset + group * rows * columns);
}

const planesOf = (matrix: Tensor, { height, width }: Geometry): Tensor =>
  inShape(matrix, [matrix.shape[0]!, height, width]);

function toOutputs(image: Tensor, weight: Tensor, geometry: Geometry, groups: number): Tensor {
  const { outHeight, outWidth } = geometry;
  const out = empty([image.shape[0]!, weight.shape[0]!, outHeight, outWidth], image.dtype);
  const columns = empty([weight.size / weight.shape[0]!, outHeight * outWidth], image.dtype);
  forEachPart(image.shape[0]!, groups, (item, group) => {
    toColumns(planesOf(part(image, item, group, groups), geometry), columns, geometry);
    product(kernels(weight, group, groups), columns, part(out, item, group, groups));
  });
  columns.dispose();
  return out;
}

function toImage(outputs: Tensor, weight: Tensor, geometry: Geometry, groups: number): Tensor {
  const { height, width, outHeight, outWidth } = geometry;
  const channels = weight.shape[1]! * groups;
  const image = empty([outputs.shape[0]!, channels, height, width], outputs.dtype);
  const columns = empty([weight.size / weight.shape[0]!, outHeight * outWidth], outputs.dtype);
  const planes = empty([channels / groups, height, width], outputs.dtype);
  forEachPart(outputs.shape[0]!, groups, (item, group) => {
    product(
      transposed(kernels(weight, group, groups)),
      part(outputs, item, group, groups),
      columns,
    );
    fromColumns(columns, planes, geometry);
    part(image, item, group, groups).values.set(planes.values);
  });
  columns.dispose();
  planes.dispose();
  return image;
}

function toWeights(
  image: Tensor,
  outputs: Tensor,
  weight: Tensor,
  geometry: Geometry,
  groups: number,
): Tensor {
  const { outHeight, outWidth } = geometry;
  const out = empty(weight.shape, weight.dtype);
  const columns = empty([weight.size / weight.shape[0]!, outHeight * outWidth], image.dtype);
  forEachPart(image.shape[0]!, groups, (item, group) => {
    toColumns(planesOf(part(image, item, group, groups), geometry), columns, geometry);
    const slopes = part(outputs, item, group, groups);
    product(slopes, transposed(columns), kernels(out, group, groups), item > 0);
  });
  columns.dispose();
  return out;
}

function forEachPart(
  batch: number,
  groups: number,
  visit: (item: number, group: number) => void,
): void {
  assert(batch > 0, "a convolution of no images");
  for (let item = 0; item < batch; item++) {
    for (let group = 0; group < groups; group++) visit(item, group);
  }
}

function addToChannels(x: Tensor, bias: Tensor): void {
  const area = x.shape[2]! * x.shape[3]!;
  const channels = x.shape[1]!;
  const { values } = x;
  const shifts = contiguous(bias).values;
  for (let plane = 0; plane < x.shape[0]! * channels; plane++) {
    const shift = shifts[plane % channels]!;
    const start = plane * area;
    if (x.dtype === "f32")
      simd.addScalar(x.address + start * 4, shift, x.address + start * 4, area);
    else for (let at = start; at < start + area; at++) values[at]! += shift;
  }
}

function sumChannels(g: Tensor): Tensor {
  const [batch, channels, height, width] = fourSizes(g);
  if (g.dtype !== "f32") return inShape(sumOver(g, [0, 2, 3]), [channels]);
  const out = empty([channels], "f32");
  for (let channel = 0; channel < channels; channel++) {
    let total = 0;
    for (let item = 0; item < batch; item++) {
      total += simd.sum(
        g.address + (item * channels + channel) * height * width * 4,
        height * width,
      );
    }
    out.storage.values[channel] = total;
  }
  return out;
}
