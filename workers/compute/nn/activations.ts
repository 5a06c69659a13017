/** Activations as layers. */
import * as f from "../autograd/elementwise.ts";
import { logSoftmax, softmax } from "../autograd/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Layer } from "./module.ts";

export class ReLU extends Layer {
  override forward = f.relu;
}
export class Tanh extends Layer {
  override forward = f.tanh;
}
export class Sigmoid extends Layer {
  override forward = f.sigmoid;
}
export class SiLU extends Layer {
  override forward = f.silu;
}
export class Mish extends Layer {
  override forward = f.mish;
}
export class SELU extends Layer {
  override forward = f.selu;
}
export class Softplus extends Layer {
  override forward = f.softplus;
}
export class Hardsigmoid extends Layer {
  override forward = f.hardsigmoid;
}
export class Hardswish extends Layer {
  override forward = f.hardswish;
}

export class GELU extends Layer {
  readonly approximate: "none" | "tanh";

  constructor(approximate: "none" | "tanh" = "none") {
    super();
    this.approximate = approximate;
  }

  override forward(x: Tensor): Tensor {
    return this.approximate === "tanh" ? f.geluTanh(x) : f.gelu(x);
  }
}

export class LeakyReLU extends Layer {
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  override forward(x: Tensor): Tensor {
    return f.leakyRelu(x, this.negativeSlope);
  }
}

export class ELU extends Layer {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  override forward(x: Tensor): Tensor {
    return f.elu(x, this.alpha);
  }
}

export class Softmax extends Layer {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }
}

export class LogSoftmax extends Layer {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }
}
