/** What each layer is in ONNX. A sample goes along, so that every shape is known. */
import * as activations from "../nn/activations.ts";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  MaxPool2d,
} from "../nn/convolutions.ts";
import { Dropout, Flatten, Linear } from "../nn/layers.ts";
import { type Layer, Residual, Sequential } from "../nn/module.ts";
import { BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm } from "../nn/normalisations.ts";
import { axisOf } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import { type Attribute, OnnxError } from "./model.ts";

interface Emitted {
  readonly name: string;
  readonly sample: Tensor;
}

type Attributes = Readonly<Record<string, Attribute>>;

/** @throws OnnxError when a layer has no counterpart */
export function emitLayer(builder: GraphBuilder, layer: Layer, from: Emitted): Emitted {
  if (layer instanceof Sequential) {
    return layer.layers.reduce((value, each) => emitLayer(builder, each, value), from);
  }
  if (layer instanceof Residual) {
    const inner = emitLayer(builder, layer.inner, from);
    const shortcut = layer.shortcut === null ? from : emitLayer(builder, layer.shortcut, from);
    return { name: builder.node("Add", [inner.name, shortcut.name]), sample: inner.sample };
  }
  const sample = layer.forward(from.sample);
  const name =
    emitActivation(builder, layer, from) ??
    emitWindows(builder, layer, from) ??
    emitNormalisation(builder, layer, from) ??
    emitDense(builder, layer, from);
  if (name === null) throw new OnnxError(`${layer.constructor.name} has no counterpart in ONNX.`);
  return { name, sample };
}

function emitActivation(builder: GraphBuilder, layer: Layer, from: Emitted): string | null {
  const node = (operator: string, attributes: Attributes = {}): string =>
    builder.node(operator, [from.name], attributes);
  if (layer instanceof activations.ReLU) return node("Relu");
  if (layer instanceof activations.Tanh) return node("Tanh");
  if (layer instanceof activations.Sigmoid) return node("Sigmoid");
  if (layer instanceof activations.SiLU) return builder.node("Mul", [from.name, node("Sigmoid")]);
  if (layer instanceof activations.Mish) return node("Mish");
  if (layer instanceof activations.SELU) return node("Selu");
  if (layer instanceof activations.Softplus) return node("Softplus");
  if (layer instanceof activations.Hardswish) return node("HardSwish");
  if (layer instanceof activations.Hardsigmoid)
    return node("HardSigmoid", { alpha: 1 / 6, beta: 0.5 });
  if (layer instanceof activations.GELU) return node("Gelu", { approximate: layer.approximate });
  if (layer instanceof activations.LeakyReLU)
    return node("LeakyRelu", { alpha: layer.negativeSlope });
  if (layer instanceof activations.ELU) return node("Elu", { alpha: layer.alpha });
  const along = (dim: number): Attributes => ({ axis: axisOf(dim, from.sample.rank) });
  if (layer instanceof activations.Softmax) return node("Softmax", along(layer.dim));
  if (layer instanceof activations.LogSoftmax) return node("LogSoftmax", along(layer.dim));
  return null;
}

function emitWindows(builder: GraphBuilder, layer: Layer, from: Emitted): string | null {
  if (layer instanceof Conv1d || layer instanceof Conv2d || layer instanceof ConvTranspose2d) {
    const inputs = [from.name, builder.floats(layer.weight)];
    if (layer.bias !== null) inputs.push(builder.floats(layer.bias));
    // A line is padded and strided along its only axis.
    const own = (pair: readonly [number, number]): number[] =>
      layer instanceof Conv1d ? [pair[1]] : [...pair];
    const padding = own(layer.padding);
    const attributes = {
      kernel_shape: layer.weight.shape.slice(2),
      strides: own(layer.stride),
      dilations: own(layer.dilation),
      pads: [...padding, ...padding],
      group: layer.groups,
    };
    return layer instanceof ConvTranspose2d
      ? builder.node("ConvTranspose", inputs, {
          ...attributes,
          output_padding: [...layer.outputPadding],
        })
      : builder.node("Conv", inputs, attributes);
  }
  if (layer instanceof MaxPool2d || layer instanceof AvgPool2d) {
    const { kernel, stride, padding = [], ceilMode = false } = layer.options;
    const attributes = {
      kernel_shape: kernel,
      strides: stride,
      pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)],
      ceil_mode: Number(ceilMode),
    };
    return layer instanceof MaxPool2d
      ? builder.node("MaxPool", [from.name], attributes)
      : builder.node("AveragePool", [from.name], { ...attributes, count_include_pad: 1 });
  }
  return layer instanceof AdaptiveAvgPool2d ? emitAdaptive(builder, layer, from) : null;
}

function emitAdaptive(
  builder: GraphBuilder,
  { outputSize }: AdaptiveAvgPool2d,
  from: Emitted,
): string {
  const sizes = from.sample.shape.slice(2);
  const kernel = sizes.map((size, axis) => size / outputSize[axis]!);
  if (!kernel.every(Number.isInteger)) {
    throw new OnnxError(
      `AdaptiveAvgPool2d from [${sizes.join(", ")}] to [${outputSize.join(", ")}] has no counterpart in ONNX.`,
    );
  }
  return builder.node("AveragePool", [from.name], { kernel_shape: kernel, strides: kernel });
}

function emitNormalisation(builder: GraphBuilder, layer: Layer, from: Emitted): string | null {
  const inputs = (affine: { readonly weight: Tensor; readonly bias: Tensor }): string[] => [
    from.name,
    builder.floats(affine.weight),
    builder.floats(affine.bias),
  ];
  if (layer instanceof BatchNorm1d || layer instanceof BatchNorm2d) {
    const moments = [builder.floats(layer.runningMean), builder.floats(layer.runningVar)];
    return builder.node("BatchNormalization", [...inputs(layer), ...moments], {
      epsilon: layer.eps,
    });
  }
  if (layer instanceof LayerNorm) {
    const attributes = { axis: -layer.normalizedShape.length, epsilon: layer.eps };
    return builder.node("LayerNormalization", inputs(layer), attributes);
  }
  if (layer instanceof GroupNorm) {
    const attributes = { num_groups: layer.groups, epsilon: layer.eps };
    return builder.node("GroupNormalization", inputs(layer), attributes);
  }
  return null;
}

function emitDense(builder: GraphBuilder, layer: Layer, { name, sample }: Emitted): string | null {
  if (layer instanceof Dropout) return builder.node("Identity", [name]);
  if (layer instanceof Flatten) {
    const [start, end] = [axisOf(layer.startDim, sample.rank), axisOf(layer.endDim, sample.rank)];
    if (start === 1 && end === sample.rank - 1) return builder.node("Flatten", [name], { axis: 1 });
    const shape = sample.shape.flatMap((size, axis) =>
      axis > start && axis <= end ? [] : [axis === start ? -1 : axis === 0 ? 0 : size],
    );
    return builder.node("Reshape", [name, builder.wholes(shape)]);
  }
  return layer instanceof Linear ? emitLinear(builder, layer, name, sample.rank) : null;
}

export function emitLinear(
  builder: GraphBuilder,
  layer: Pick<Linear, "weight" | "bias">,
  name: string,
  rank: number,
): string {
  const weight = builder.floats(layer.weight);
  const bias = layer.bias === null ? null : builder.floats(layer.bias);
  if (rank === 2) {
    return builder.node("Gemm", bias === null ? [name, weight] : [name, weight, bias], {
      transB: 1,
    });
  }
  const turned = builder.node("Transpose", [weight], { perm: [1, 0] });
  const product = builder.node("MatMul", [name, turned]);
  return bias === null ? product : builder.node("Add", [product, bias]);
}
