/** Dense, embedding, dropout and shape layers. PyTorch's names, defaults and initial values. */
import type { Chance } from "../chance.ts";
import { dropout, embedding } from "../autograd/indexing.ts";
import { linear } from "../autograd/matmul.ts";
import { flatten } from "../autograd/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { fanInUniform, normal } from "./initialisers.ts";
import { Layer, type Making, Module } from "./module.ts";

export class Linear extends Layer {
  /** [outputs, inputs] */
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  constructor(inputs: number, outputs: number, making: Making, { bias = true } = {}) {
    super();
    const { chance, dtype = "f32" } = making;
    this.weight = this.addParameter(
      "weight",
      fanInUniform([outputs, inputs], inputs, chance, dtype),
    );
    this.bias = bias
      ? this.addParameter("bias", fanInUniform([outputs], inputs, chance, dtype))
      : null;
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

export class Embedding extends Module {
  /** [entries, width] */
  readonly weight: Tensor;

  /** @param paddingIndex an entry that begins at 0 */
  constructor(entries: number, width: number, making: Making, paddingIndex: number | null = null) {
    super();
    this.weight = this.addParameter(
      "weight",
      normal([entries, width], 1, making.chance, making.dtype),
    );
    if (paddingIndex !== null) {
      this.weight.values.fill(0, paddingIndex * width, (paddingIndex + 1) * width);
    }
  }

  /** @param ids i32 of any shape */
  forward(ids: Tensor): Tensor {
    return embedding(ids, this.weight);
  }
}

export class Dropout extends Layer {
  readonly p: number;
  readonly #chance: Chance;

  /** @throws RangeError unless the probability is in [0, 1] */
  constructor(p: number, chance: Chance) {
    super();
    if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability of ${p}.`);
    this.p = p;
    this.#chance = chance;
  }

  override forward(x: Tensor): Tensor {
    return this.training && this.p > 0 ? dropout(x, this.p, this.#chance) : x;
  }
}

export class Flatten extends Layer {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
}
