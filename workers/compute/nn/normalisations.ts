/** Normalisation layers. */
import { batchNorm, groupNorm, layerNorm, type Moments } from "../autograd/normalisation.ts";
import type { Shape } from "../tensor/shape.ts";
import { full, type Tensor, zeros } from "../tensor/tensor.ts";
import { Layer, type Making } from "./module.ts";

type Dtype = Pick<Making, "dtype">;

abstract class Normalisation extends Layer {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly eps: number;

  constructor(shape: Shape, eps: number, { dtype = "f32" }: Dtype) {
    super();
    this.weight = this.addParameter("weight", full(shape, 1, dtype));
    this.bias = this.addParameter("bias", zeros(shape, dtype));
    this.eps = eps;
  }
}

export interface BatchNormOptions extends Dtype {
  readonly eps?: number;
  /** The share of the batch in the running averages. */
  readonly momentum?: number;
}

class BatchNorm extends Normalisation {
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
  readonly momentum: number;
  readonly #ranks: readonly number[];

  constructor(channels: number, ranks: readonly number[], options: BatchNormOptions) {
    super([channels], options.eps ?? 1e-5, options);
    const { momentum = 0.1, dtype = "f32" } = options;
    this.runningMean = this.addBuffer("running_mean", zeros([channels], dtype));
    this.runningVar = this.addBuffer("running_var", full([channels], 1, dtype));
    this.momentum = momentum;
    this.#ranks = ranks;
  }

  override forward(x: Tensor): Tensor {
    if (!this.#ranks.includes(x.rank)) {
      throw new RangeError(`Batch normalisation is given [${x.shape.join(", ")}].`);
    }
    const { weight, bias, eps, runningMean, runningVar } = this;
    const count = x.size / x.shape[1]!;
    if (this.training && count < 2) throw new RangeError("One value a channel has no variance.");
    const report = (moments: Moments): void => this.#remember(moments, count);
    return batchNorm(x, {
      weight,
      bias,
      epsilon: eps,
      runningMean,
      runningVar,
      report: this.training ? report : undefined,
    });
  }

  /** The running variance is that of the population (Bessel), the batch's own is not. */
  #remember({ means, variances }: Moments, count: number): void {
    const { momentum } = this;
    const [mean, variance] = [this.runningMean.values, this.runningVar.values];
    means.forEach((value, channel) => {
      mean[channel] = (1 - momentum) * mean[channel]! + momentum * value;
      const unbiased = (variances[channel]! * count) / (count - 1);
      variance[channel] = (1 - momentum) * variance[channel]! + momentum * unbiased;
    });
  }
}

/** Of [batch, channels] or [batch, channels, length]. */
export class BatchNorm1d extends BatchNorm {
  constructor(channels: number, options: BatchNormOptions = {}) {
    super(channels, [2, 3], options);
  }
}

/** Of [batch, channels, height, width]. */
export class BatchNorm2d extends BatchNorm {
  constructor(channels: number, options: BatchNormOptions = {}) {
    super(channels, [4], options);
  }
}

export class LayerNorm extends Normalisation {
  readonly normalizedShape: Shape;

  constructor(normalizedShape: Shape | number, options: Dtype & { readonly eps?: number } = {}) {
    const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    super(shape, options.eps ?? 1e-5, options);
    this.normalizedShape = shape;
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }
}

export class GroupNorm extends Normalisation {
  readonly groups: number;

  constructor(groups: number, channels: number, options: Dtype & { readonly eps?: number } = {}) {
    super([channels], options.eps ?? 1e-5, options);
    this.groups = groups;
  }

  override forward(x: Tensor): Tensor {
    return groupNorm(x, this.groups, this.weight, this.bias, this.eps);
  }
}
