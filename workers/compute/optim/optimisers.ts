/** Rules that move parameters against their gradients. PyTorch's names, defaults and formulas. */
import { simd } from "../tensor/simd.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { flush, Optimiser } from "./optimiser.ts";

type Parameters<Settings extends { lr: number }> = ConstructorParameters<
  typeof Optimiser<Settings>
>[0];

export interface SGDSettings {
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
}

export class SGD extends Optimiser<SGDSettings> {
  constructor(parameters: Parameters<SGDSettings>, settings: Partial<SGDSettings> = {}) {
    super(parameters, {
      lr: 1e-3,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      ...settings,
    });
  }

  protected override update(parameter: Tensor, gradient: Tensor, settings: SGDSettings): void {
    const { lr, momentum, dampening, weightDecay, nesterov } = settings;
    const [value, slope] = [parameter.values, gradient.values];
    if (momentum === 0) {
      for (let at = 0; at < value.length; at++)
        value[at]! -= lr * (slope[at]! + weightDecay * value[at]!);
      return;
    }
    const velocity = this.average(parameter, "momentum_buffer").values;
    // The first gradient is not dampened.
    const share = this.steps === 1 ? 1 : 1 - dampening;
    for (let at = 0; at < value.length; at++) {
      const g = slope[at]! + weightDecay * value[at]!;
      velocity[at] = flush(momentum * velocity[at]! + share * g);
      value[at]! -= lr * (nesterov ? g + momentum * velocity[at]! : velocity[at]!);
    }
  }
}

export interface AdamSettings {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

/** Kingma and Ba 2015, algorithm 1; weight decay is part of the gradient. */
export class Adam extends Optimiser<AdamSettings> {
  protected readonly isDecoupled: boolean = false;

  constructor(parameters: Parameters<AdamSettings>, settings: Partial<AdamSettings> = {}) {
    super(parameters, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, ...settings });
  }

  protected override update(parameter: Tensor, gradient: Tensor, settings: AdamSettings): void {
    const { lr, betas, eps, weightDecay } = settings;
    const [beta1, beta2] = betas;
    const first = this.average(parameter, "exp_avg");
    const second = this.average(parameter, "exp_avg_sq");
    const rate = lr / (1 - beta1 ** this.steps);
    const rootCorrection = 1 / Math.sqrt(1 - beta2 ** this.steps);
    const decay = this.isDecoupled ? 0 : weightDecay;
    const shrink = this.isDecoupled ? 1 - lr * weightDecay : 1;
    if (parameter.dtype === "f32") {
      const addresses = [parameter, gradient, first, second].map(({ address }) => address);
      const bytes = parameter.size * 4;
      simd.adam(...addresses, bytes, beta1, beta2, rate, rootCorrection, eps, decay, shrink);
      return;
    }
    const [value, slope, m, v] = [parameter.values, gradient.values, first.values, second.values];
    for (let at = 0; at < value.length; at++) {
      const shrunk = value[at]! * shrink;
      const g = slope[at]! + decay * shrunk;
      m[at] = flush(beta1 * m[at]! + (1 - beta1) * g);
      v[at] = flush(beta2 * v[at]! + (1 - beta2) * g * g);
      value[at] = shrunk - (rate * m[at]!) / (Math.sqrt(v[at]!) * rootCorrection + eps);
    }
  }
}

/** Loshchilov and Hutter 2019: weight decay is apart from the gradient. */
export class AdamW extends Adam {
  protected override readonly isDecoupled = true;

  constructor(parameters: Parameters<AdamSettings>, settings: Partial<AdamSettings> = {}) {
    super(parameters, { weightDecay: 0.01, ...settings });
  }
}

export interface RMSpropSettings {
  lr: number;
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
}

/** Tieleman and Hinton 2012. */
export class RMSprop extends Optimiser<RMSpropSettings> {
  constructor(parameters: Parameters<RMSpropSettings>, settings: Partial<RMSpropSettings> = {}) {
    super(parameters, {
      lr: 0.01,
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      ...settings,
    });
  }

  protected override update(parameter: Tensor, gradient: Tensor, settings: RMSpropSettings): void {
    const { lr, alpha, eps, weightDecay, momentum } = settings;
    const [value, slope] = [parameter.values, gradient.values];
    const square = this.average(parameter, "square_avg").values;
    const velocity = momentum === 0 ? null : this.average(parameter, "momentum_buffer").values;
    for (let at = 0; at < value.length; at++) {
      const g = slope[at]! + weightDecay * value[at]!;
      square[at] = flush(alpha * square[at]! + (1 - alpha) * g * g);
      const move = g / (Math.sqrt(square[at]!) + eps);
      if (velocity === null) value[at]! -= lr * move;
      else {
        velocity[at] = flush(momentum * velocity[at]! + move);
        value[at]! -= lr * velocity[at]!;
      }
    }
  }
}
