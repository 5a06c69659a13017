/** A feed-forward network of dense layers with ReLU between them; its last layer gives logits. */
import assert from "node:assert/strict";
import type { Chance } from "./chance.ts";
import { type FloatArray, type MatrixKernels, plainKernels } from "./matrix-kernels.ts";

/** Values that training changes, and the gradient of the loss with respect to them. */
export interface Parameter {
  readonly value: FloatArray;
  readonly gradient: FloatArray;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs x outputs, row-major. */
  readonly weights: Parameter;
  readonly bias: Parameter;
}

export interface NetworkOptions {
  /** float64 is for numerical checks. */
  readonly precision?: "float32" | "float64";
  readonly kernels?: MatrixKernels;
}

export class Network {
  /** Width of the input, of each hidden layer, and of the output. */
  readonly shape: readonly number[];
  readonly #precision: "float32" | "float64";
  readonly #kernels: MatrixKernels;
  readonly #layers: readonly Layer[];
  /** The input of each layer in the last forward pass, and the logits last. */
  #activations: FloatArray[] = [];
  #rows = 0;

  /** All parameters are zero until `initialise` or `load`. */
  constructor(shape: readonly number[], options: NetworkOptions = {}) {
    assert(shape.length >= 2 && shape.every((width) => Number.isInteger(width) && width > 0));
    this.shape = shape;
    this.#precision = options.precision ?? "float32";
    this.#kernels = options.kernels ?? plainKernels;
    this.#layers = shape.slice(1).map((outputs, index) => {
      const inputs = shape[index]!;
      return {
        inputs,
        outputs,
        weights: this.#parameter(inputs * outputs),
        bias: this.#parameter(outputs),
      };
    });
  }

  get inputs(): number {
    return this.shape[0]!;
  }

  get outputs(): number {
    return this.shape.at(-1)!;
  }

  get parameters(): readonly Parameter[] {
    return this.#layers.flatMap(({ weights, bias }) => [weights, bias]);
  }

  get parameterCount(): number {
    return this.parameters.reduce((sum, { value }) => sum + value.length, 0);
  }

  /** He et al. 2015, uniform variant: variance 2 / inputs keeps ReLU activations in scale. */
  initialise(chance: Chance): void {
    for (const { inputs, weights, bias } of this.#layers) {
      const bound = Math.sqrt(6 / inputs);
      for (let index = 0; index < weights.value.length; index++) {
        weights.value[index] = (chance.float() * 2 - 1) * bound;
      }
      bias.value.fill(0);
    }
  }

  /** All parameters in one array, layer by layer, weights before bias. */
  save(): Float32Array {
    const flat = new Float32Array(this.parameterCount);
    let offset = 0;
    for (const { value } of this.parameters) {
      flat.set(value, offset);
      offset += value.length;
    }
    return flat;
  }

  /** @throws when the number of values differs or one of them is not finite */
  load(flat: FloatArray): void {
    if (flat.length !== this.parameterCount) {
      throw new RangeError(
        `The network has ${this.parameterCount} parameters, the file ${flat.length}.`,
      );
    }
    if (!flat.every(Number.isFinite)) throw new RangeError("A parameter is not a finite number.");
    let offset = 0;
    for (const { value } of this.parameters) {
      value.set(flat.subarray(offset, offset + value.length));
      offset += value.length;
    }
  }

  /**
   * @param batch rows x inputs
   * @returns rows x outputs, valid until the next forward pass
   */
  forward(batch: FloatArray, rows: number): FloatArray {
    assert(rows > 0 && batch.length >= rows * this.inputs);
    if (rows !== this.#rows) this.#resize(rows);
    this.#activations[0] = batch;
    this.#layers.forEach(({ inputs, outputs, weights, bias }, index) => {
      const out = this.#activations[index + 1]!;
      const shape = { rows, inner: inputs, columns: outputs };
      this.#kernels.multiply(this.#activations[index]!, weights.value, out, shape);
      addBias(out, bias.value, rows);
      if (index < this.#layers.length - 1) rectify(out);
    });
    return this.#activations[this.#layers.length]!;
  }

  /** Fills every gradient, given that of the loss with respect to the last logits. */
  backward(logitGradient: FloatArray): void {
    const rows = this.#rows;
    assert(logitGradient.length >= rows * this.outputs);
    let gradient = logitGradient;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const { inputs, outputs, weights, bias } = this.#layers[index]!;
      const input = this.#activations[index]!;
      const shape = { rows, inner: inputs, columns: outputs };
      this.#kernels.multiplyLeftTransposed(input, gradient, weights.gradient, shape);
      sumRows(gradient, bias.gradient, rows);
      if (index === 0) return;
      const below = this.#array(rows * inputs);
      this.#kernels.multiplyRightTransposed(gradient, weights.value, below, shape);
      // The derivative of ReLU is 0 where it gave 0.
      for (let at = 0; at < below.length; at++) if (input[at]! <= 0) below[at] = 0;
      gradient = below;
    }
  }

  #resize(rows: number): void {
    this.#rows = rows;
    this.#activations = [
      this.#array(0),
      ...this.#layers.map(({ outputs }) => this.#array(rows * outputs)),
    ];
  }

  #parameter(length: number): Parameter {
    return { value: this.#array(length), gradient: this.#array(length) };
  }

  #array(length: number): FloatArray {
    return this.#precision === "float32" ? new Float32Array(length) : new Float64Array(length);
  }
}

function addBias(out: FloatArray, bias: FloatArray, rows: number): void {
  const { length } = bias;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < length; column++) out[row * length + column]! += bias[column]!;
  }
}

function rectify(values: FloatArray): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index]! < 0) values[index] = 0;
  }
}

function sumRows(matrix: FloatArray, out: FloatArray, rows: number): void {
  out.fill(0);
  const { length } = out;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < length; column++) out[column]! += matrix[row * length + column]!;
  }
}
