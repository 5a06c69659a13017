/** Rules that move parameters against their gradients. PyTorch's names and defaults. */
import type { FloatArray } from "./matrix-kernels.ts";
import type { Parameter } from "./network.ts";

export interface Optimiser {
  step(): void;
}

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum?: number;
}

/** v = momentum v + g; p = p - rate v */
export class Sgd implements Optimiser {
  readonly #parameters: readonly Parameter[];
  readonly #velocities: readonly FloatArray[];
  readonly #learningRate: number;
  readonly #momentum: number;

  constructor(parameters: readonly Parameter[], { learningRate, momentum = 0 }: SgdOptions) {
    this.#parameters = parameters;
    this.#velocities = parameters.map(({ value }) => zerosLike(value));
    this.#learningRate = learningRate;
    this.#momentum = momentum;
  }

  step(): void {
    this.#parameters.forEach(({ value, gradient }, which) => {
      const velocity = this.#velocities[which]!;
      for (let index = 0; index < value.length; index++) {
        velocity[index] = flush(this.#momentum * velocity[index]! + gradient[index]!);
        value[index]! -= this.#learningRate * velocity[index]!;
      }
    });
  }
}

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Kingma and Ba 2015, algorithm 1. */
export class Adam implements Optimiser {
  readonly #parameters: readonly Parameter[];
  readonly #first: readonly FloatArray[];
  readonly #second: readonly FloatArray[];
  readonly #options: Required<AdamOptions>;
  #steps = 0;

  constructor(parameters: readonly Parameter[], options: AdamOptions = {}) {
    this.#parameters = parameters;
    this.#first = parameters.map(({ value }) => zerosLike(value));
    this.#second = parameters.map(({ value }) => zerosLike(value));
    this.#options = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
  }

  step(): void {
    const { learningRate, beta1, beta2, epsilon } = this.#options;
    this.#steps += 1;
    const correction1 = 1 - beta1 ** this.#steps;
    const correction2 = 1 - beta2 ** this.#steps;
    this.#parameters.forEach(({ value, gradient }, which) => {
      const first = this.#first[which]!;
      const second = this.#second[which]!;
      for (let index = 0; index < value.length; index++) {
        const slope = gradient[index]!;
        first[index] = flush(beta1 * first[index]! + (1 - beta1) * slope);
        second[index] = flush(beta2 * second[index]! + (1 - beta2) * slope * slope);
        const denominator = Math.sqrt(second[index]! / correction2) + epsilon;
        value[index]! -= (learningRate * (first[index]! / correction1)) / denominator;
      }
    });
  }
}

function zerosLike(values: FloatArray): FloatArray {
  return values instanceof Float32Array
    ? new Float32Array(values.length)
    : new Float64Array(values.length);
}

/** Decaying averages end as subnormal numbers, on which processors are many times slower. */
function flush(value: number): number {
  return Math.abs(value) < 1e-30 ? 0 : value;
}
