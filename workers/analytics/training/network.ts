/** A specification as modules, one for each of its layers, with what each gave last. */
import { embedding } from "../../compute/autograd/indexing.ts";
import { select } from "../../compute/autograd/shape.ts";
import type { Chance } from "../../compute/chance.ts";
import * as activations from "../../compute/nn/activations.ts";
import { AvgPool2d, Conv2d, MaxPool2d } from "../../compute/nn/convolutions.ts";
import { Dropout, Embedding, Flatten, Linear } from "../../compute/nn/layers.ts";
import { Layer, type Making, Residual, Sequential } from "../../compute/nn/module.ts";
import { BatchNorm1d, BatchNorm2d, LayerNorm } from "../../compute/nn/normalisations.ts";
import { GRU, LSTM } from "../../compute/nn/recurrent.ts";
import { copy, type Tensor } from "../../compute/tensor/tensor.ts";
import type { LayerSpecification, PlainLayer } from "../contract-training-network.ts";

/** Symbols of the sequences: two brackets, and nothing. */
const symbolCount = 3;

/** Symbols as numbers to their vectors, in a sequence of layers. */
class SymbolEmbedding extends Layer {
  readonly #embedding: Embedding;

  constructor(width: number, making: Making) {
    super();
    this.#embedding = this.addChild("embedding", new Embedding(symbolCount, width, making));
  }

  override forward(x: Tensor): Tensor {
    return embedding(copy(x, "i32"), this.#embedding.weight);
  }
}

/** A recurrent layer that gives what it holds after the last step. */
class LastStep extends Layer {
  readonly #recurrent: LSTM | GRU;

  constructor(recurrent: LSTM | GRU) {
    super();
    this.#recurrent = this.addChild("recurrent", recurrent);
  }

  override forward(x: Tensor): Tensor {
    const { output } = this.#recurrent.forward(x);
    return select(output, 1, x.shape[1]! - 1);
  }
}

const activationOf = {
  ReLU: activations.ReLU,
  Tanh: activations.Tanh,
  Sigmoid: activations.Sigmoid,
  LeakyReLU: activations.LeakyReLU,
  ELU: activations.ELU,
  GELU: activations.GELU,
  SiLU: activations.SiLU,
} as const;

/** Layers that change each value by itself: a neuron's picture is taken after them. */
export function isElementwise({ type }: LayerSpecification): boolean {
  return (
    type in activationOf || type === "Dropout" || type === "BatchNorm1d" || type === "LayerNorm"
  );
}

/**
 * @param shapes what each layer is given, without the batch, from the plan
 * @param dropChance draws what dropout leaves out
 */
export function networkOf(
  layers: readonly LayerSpecification[],
  shapes: readonly (readonly number[])[],
  making: Making,
  dropChance: Chance,
): Sequential {
  return new Sequential(
    ...layers.map((layer, index) => {
      const shape = shapes[index]!;
      if (layer.type !== "Residual") return moduleOf(layer, shape, making, dropChance);
      let inner = shape;
      const modules = layer.layers.map((each) => {
        const module = moduleOf(each, inner, making, dropChance);
        inner = outputOf(each, inner);
        return module;
      });
      return new Residual(new Sequential(...modules));
    }),
  );
}

/** What follows within a residual layer, whose plan has been checked. */
function outputOf(layer: PlainLayer, input: readonly number[]): readonly number[] {
  if (layer.type === "Linear") return [layer.outFeatures];
  if (layer.type !== "Conv2d") return input;
  const { outChannels, kernelSize, stride, padding } = layer;
  const count = (size: number) => Math.floor((size + 2 * padding - kernelSize) / stride) + 1;
  return [outChannels, count(input[1]!), count(input[2]!)];
}

function moduleOf(
  layer: PlainLayer,
  input: readonly number[],
  making: Making,
  dropChance: Chance,
): Layer {
  switch (layer.type) {
    case "Linear":
      return new Linear(input[0]!, layer.outFeatures, making);
    case "Conv2d": {
      const { outChannels, kernelSize, stride, padding } = layer;
      return new Conv2d(input[0]!, outChannels, kernelSize, making, { stride, padding });
    }
    case "MaxPool2d":
    case "AvgPool2d": {
      const options = layer.stride === null ? {} : { stride: layer.stride };
      return layer.type === "MaxPool2d"
        ? new MaxPool2d(layer.kernelSize, options)
        : new AvgPool2d(layer.kernelSize, options);
    }
    case "BatchNorm1d":
      return new BatchNorm1d(input[0]!);
    case "BatchNorm2d":
      return new BatchNorm2d(input[0]!);
    case "LayerNorm":
      return new LayerNorm(input.at(-1)!);
    case "Flatten":
      return new Flatten();
    case "Dropout":
      return new Dropout(layer.p, dropChance);
    case "Embedding":
      return new SymbolEmbedding(layer.embeddingDim, making);
    case "LSTM":
      return new LastStep(new LSTM(input[1]!, layer.hiddenSize, making, { batchFirst: true }));
    case "GRU":
      return new LastStep(new GRU(input[1]!, layer.hiddenSize, making, { batchFirst: true }));
    default:
      return new activationOf[layer.type]();
  }
}
