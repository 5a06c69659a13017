/** Convolution and pooling layers. A number stands for the same along both axes. */
import { conv1d, conv2d, convTranspose2d } from "../autograd/convolution.ts";
import { adaptiveAvgPool, avgPool, maxPool, type PoolOptions } from "../autograd/pooling.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { fanInUniform, fansOf } from "./initialisers.ts";
import { Layer, type Making } from "./module.ts";

type Size = number | readonly [number, number];
type Pair = readonly [number, number];

export interface ConvOptions {
  readonly stride?: Size;
  readonly padding?: Size;
  readonly dilation?: Size;
  readonly groups?: number;
  readonly bias?: boolean;
}

const both = (size: Size): Pair => (typeof size === "number" ? [size, size] : size);

abstract class Convolution extends Layer {
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;

  constructor(shape: readonly number[], outputs: number, options: ConvOptions, making: Making) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    const { chance, dtype = "f32" } = making;
    if (!shape.every(Number.isInteger)) {
      throw new RangeError(`Channels do not divide into ${groups} groups.`);
    }
    const { fanIn } = fansOf(shape);
    this.weight = this.addParameter("weight", fanInUniform(shape, fanIn, chance, dtype));
    this.bias = bias
      ? this.addParameter("bias", fanInUniform([outputs], fanIn, chance, dtype))
      : null;
    this.stride = both(stride);
    this.padding = both(padding);
    this.dilation = both(dilation);
    this.groups = groups;
  }
}

export class Conv2d extends Convolution {
  constructor(
    inputs: number,
    outputs: number,
    kernel: Size,
    making: Making,
    options: ConvOptions = {},
  ) {
    super([outputs, inputs / (options.groups ?? 1), ...both(kernel)], outputs, options, making);
  }

  override forward(x: Tensor): Tensor {
    const { stride, dilation, groups } = this;
    const [y, across] = this.padding;
    const options = { stride, dilation, groups, padding: [y, across, y, across] as const };
    return conv2d(x, this.weight, this.bias, options);
  }
}

export interface Conv1dOptions extends ConvOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
}

export class Conv1d extends Convolution {
  constructor(
    inputs: number,
    outputs: number,
    kernel: number,
    making: Making,
    options: Conv1dOptions = {},
  ) {
    super([outputs, inputs / (options.groups ?? 1), kernel], outputs, options, making);
  }

  override forward(x: Tensor): Tensor {
    const [stride, padding, dilation] = [this.stride[1], this.padding[1], this.dilation[1]];
    const options = { stride, dilation, groups: this.groups, padding: [padding, padding] as const };
    return conv1d(x, this.weight, this.bias, options);
  }
}

export interface ConvTransposeOptions extends ConvOptions {
  readonly outputPadding?: Size;
}

export class ConvTranspose2d extends Convolution {
  readonly outputPadding: Pair;

  constructor(
    inputs: number,
    outputs: number,
    kernel: Size,
    making: Making,
    options: ConvTransposeOptions = {},
  ) {
    super([inputs, outputs / (options.groups ?? 1), ...both(kernel)], outputs, options, making);
    this.outputPadding = both(options.outputPadding ?? 0);
  }

  override forward(x: Tensor): Tensor {
    const { stride, dilation, groups, outputPadding } = this;
    const [y, across] = this.padding;
    const options = {
      stride,
      dilation,
      groups,
      outputPadding,
      padding: [y, across, y, across] as const,
    };
    return convTranspose2d(x, this.weight, this.bias, options);
  }
}

export interface PoolLayerOptions {
  /** The kernel by default. */
  readonly stride?: Size;
  readonly padding?: Size;
  readonly ceilMode?: boolean;
}

abstract class Pool extends Layer {
  readonly options: PoolOptions & { readonly stride: Pair };

  constructor(kernel: Size, { stride = kernel, padding = 0, ceilMode = false }: PoolLayerOptions) {
    super();
    const [y, x] = both(padding);
    this.options = {
      kernel: both(kernel),
      stride: both(stride),
      padding: [
        [y, y],
        [x, x],
      ],
      ceilMode,
    };
  }
}

export class MaxPool2d extends Pool {
  constructor(kernel: Size, options: PoolLayerOptions = {}) {
    super(kernel, options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool(x, this.options);
  }
}

export class AvgPool2d extends Pool {
  constructor(kernel: Size, options: PoolLayerOptions = {}) {
    super(kernel, options);
  }

  override forward(x: Tensor): Tensor {
    return avgPool(x, this.options);
  }
}

export class AdaptiveAvgPool2d extends Layer {
  readonly outputSize: Pair;

  constructor(outputSize: Size) {
    super();
    this.outputSize = both(outputSize);
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool(x, this.outputSize);
  }
}
