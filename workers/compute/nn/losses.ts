/** Losses: the mean over all predictions, or their sum. */
import * as distances from "../autograd/losses.ts";
import { mean, sum } from "../autograd/reductions.ts";
import { crossEntropy, type CrossEntropyOptions } from "../autograd/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface LossOptions {
  readonly reduction?: "mean" | "sum";
}

abstract class Loss {
  readonly #reduction: "mean" | "sum";

  constructor({ reduction = "mean" }: LossOptions = {}) {
    this.#reduction = reduction;
  }

  protected abstract each(prediction: Tensor, target: Tensor): Tensor;

  forward(prediction: Tensor, target: Tensor): Tensor {
    const each = this.each(prediction, target);
    return this.#reduction === "mean" ? mean(each) : sum(each);
  }
}

export class MSELoss extends Loss {
  protected override each = distances.squaredError;
}

export class L1Loss extends Loss {
  protected override each = distances.absoluteError;
}

export class BCEWithLogitsLoss extends Loss {
  protected override each = distances.binaryCrossEntropyWithLogits;
}

export class HuberLoss extends Loss {
  readonly #delta: number;

  constructor({ delta = 1, ...options }: LossOptions & { readonly delta?: number } = {}) {
    super(options);
    this.#delta = delta;
  }

  protected override each(prediction: Tensor, target: Tensor): Tensor {
    return distances.huberError(prediction, target, this.#delta);
  }
}

export class CrossEntropyLoss {
  readonly #options: CrossEntropyOptions;

  constructor(options: CrossEntropyOptions = {}) {
    this.#options = options;
  }

  /** @param targets i32: the class of each row of logits */
  forward(logits: Tensor, targets: Tensor): Tensor {
    return crossEntropy(logits, targets, this.#options);
  }
}
