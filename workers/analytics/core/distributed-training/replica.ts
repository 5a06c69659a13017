/** A copy of the network with its optimiser, as each worker of data-parallel training holds one. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { argmax } from "../../../compute/autograd/indexing.ts";
import { backward, noGrad } from "../../../compute/autograd/tape.ts";
import { ReLU, Softmax } from "../../../compute/nn/activations.ts";
import { Linear } from "../../../compute/nn/layers.ts";
import { CrossEntropyLoss } from "../../../compute/nn/losses.ts";
import { Sequential } from "../../../compute/nn/module.ts";
import { exportOnnx } from "../../../compute/onnx/export.ts";
import type { Optimiser } from "../../../compute/optim/optimiser.ts";
import { Adam, SGD } from "../../../compute/optim/optimisers.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { addInto } from "../../../compute/tensor/arithmetic.ts";
import { empty, scope, type Tensor } from "../../../compute/tensor/tensor.ts";

/** One row of `inputs` a sample, all rows of the same width; the class of each in `labels`. */
export interface Samples {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}

export interface NetworkOptions {
  /** Inputs, hidden layers, classes. */
  readonly layers: readonly number[];
  /** Decides the initial values. */
  readonly seed: number;
  readonly optimiser: "sgd" | "momentum" | "adam";
  readonly learningRate: number;
}

/** Everything that training goes on from, exactly. */
export interface ReplicaState {
  readonly parameters: Float32Array;
  /** The averages of the optimiser, one after the other; empty where it has none yet. */
  readonly averages: Float32Array;
  /** Steps that the optimiser has taken. */
  readonly steps: number;
}

const momentum = 0.9;
const averageNames = { sgd: [], momentum: ["momentum_buffer"], adam: ["exp_avg", "exp_avg_sq"] };
const evaluationRows = 256;

export class Replica {
  readonly size: number;
  readonly #options: NetworkOptions;
  readonly #model: Sequential;
  readonly #parameters: readonly Tensor[];
  readonly #optimiser: Optimiser<never>;
  readonly #loss = new CrossEntropyLoss({ reduction: "sum" });

  constructor(options: NetworkOptions) {
    const { layers, seed, optimiser, learningRate: lr } = options;
    assert(layers.length >= 2);
    const making = { chance: seededChance(seed) };
    const last = layers.length - 2;
    this.#model = new Sequential(
      ...layers.slice(1).flatMap((outputs, index) => {
        const linear = new Linear(layers[index]!, outputs, making);
        return index === last ? [linear] : [linear, new ReLU()];
      }),
    );
    this.#options = options;
    this.#parameters = this.#model.parameters();
    this.size = this.#model.parameterCount;
    const made =
      optimiser === "adam"
        ? new Adam(this.#parameters, { lr })
        : new SGD(this.#parameters, { lr, momentum: optimiser === "momentum" ? momentum : 0 });
    this.#optimiser = made as unknown as Optimiser<never>;
  }

  /**
   * The gradient of the summed loss over these samples, divided by `batchRows`; it replaces `out`,
   * [size] f32. Returns the summed loss, undivided.
   */
  gradient(data: Samples, rows: Uint32Array, batchRows: number, out: Tensor): number {
    const values = out.values;
    assert(values.length === this.size);
    if (rows.length === 0) {
      values.fill(0);
      return 0;
    }
    return scope(() => {
      this.#model.zeroGrad();
      const loss = this.#loss.forward(this.#model.forward(this.#batch(data, rows)), labelsOf());
      const seed = empty([]);
      seed.values[0] = 1 / batchRows;
      backward(loss, seed);
      let at = 0;
      for (const { grad, size } of this.#parameters) {
        assert(grad !== null);
        values.set(grad.values, at);
        at += size;
      }
      return loss.item();
    });

    function labelsOf(): Tensor {
      const labels = empty([rows.length], "i32");
      const to = labels.values;
      for (let row = 0; row < rows.length; row++) to[row] = data.labels[rows[row]!]!;
      return labels;
    }
  }

  /** Moves the parameters against a gradient of their size. */
  apply(gradient: Float32Array): void {
    assert(gradient.length === this.size);
    let at = 0;
    for (const parameter of this.#parameters) {
      parameter.grad ??= empty(parameter.shape).keep();
      parameter.grad.values.set(gradient.subarray(at, at + parameter.size));
      at += parameter.size;
    }
    this.#optimiser.step();
  }

  /** A copy, or into `out`. */
  parameters(out = new Float32Array(this.size)): Float32Array {
    let at = 0;
    for (const { values, size } of this.#parameters) {
      out.set(values, at);
      at += size;
    }
    return out;
  }

  setParameters(values: Float32Array): void {
    assert(values.length === this.size);
    let at = 0;
    for (const parameter of this.#parameters) {
      parameter.values.set(values.subarray(at, at + parameter.size));
      at += parameter.size;
    }
  }

  state(): ReplicaState {
    const { steps, parameters } = this.#optimiser.stateDict();
    const averages = steps === 0 ? [] : averageNames[this.#options.optimiser];
    const out = new Float32Array(averages.length * this.size);
    let at = 0;
    for (const saved of parameters) {
      for (const name of averages) {
        const values = saved[name];
        assert(values !== undefined);
        out.set(values, at);
        at += values.length;
      }
    }
    return { parameters: this.parameters(), averages: out, steps };
  }

  load({ parameters, averages, steps }: ReplicaState): void {
    this.setParameters(parameters);
    const names = averageNames[this.#options.optimiser];
    assert(averages.length === (steps === 0 ? 0 : names.length * this.size));
    let at = 0;
    const saved = this.#parameters.map(({ size }) =>
      Object.fromEntries(
        names.map((name) => {
          if (steps === 0) return [name, Array.from({ length: size }, () => 0)];
          const values = averages.subarray(at, at + size);
          at += size;
          return [name, [...values]];
        }),
      ),
    );
    this.#optimiser.loadStateDict({
      steps,
      lrs: [this.#options.learningRate],
      parameters: saved,
    });
  }

  /** SHA-256 over the parameters' bytes. */
  hash(): string {
    return hashOf(this.parameters());
  }

  /** The share of samples whose class has the largest output. */
  accuracy(data: Samples): number {
    const { labels } = data;
    let right = 0;
    for (let start = 0; start < labels.length; start += evaluationRows) {
      const rows = Uint32Array.from(
        { length: Math.min(evaluationRows, labels.length - start) },
        (_, index) => start + index,
      );
      scope(() => {
        const answers = noGrad(() => argmax(this.#model.forward(this.#batch(data, rows)), 1));
        answers.values.forEach(
          (answer, index) => (right += answer === labels[start + index] ? 1 : 0),
        );
      });
    }
    return right / labels.length;
  }

  /** `input` [N, inputs] to `output` [N, classes], the probabilities of the classes. */
  toOnnx(): Uint8Array {
    const answering = new Sequential(this.#model, new Softmax());
    return exportOnnx(answering, { inputShape: [1, this.#options.layers[0]!] });
  }

  dispose(): void {
    this.#model.dispose();
    this.#optimiser.dispose();
  }

  #batch({ inputs }: Samples, rows: Uint32Array): Tensor {
    const width = this.#options.layers[0]!;
    const batch = empty([rows.length, width]);
    const to = batch.values;
    for (let row = 0; row < rows.length; row++) {
      const from = rows[row]! * width;
      to.set(inputs.subarray(from, from + width), row * width);
    }
    return batch;
  }
}

export function hashOf(parameters: Float32Array): string {
  const { buffer, byteOffset, byteLength } = parameters;
  return createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
}

/** The gradients of shards, and the sums of some of them along the tree. */
export class ShardSums {
  readonly #sums: readonly Tensor[];
  readonly #start: number;

  constructor(size: number, start: number, end: number) {
    this.#start = start;
    this.#sums = Array.from({ length: end - start }, () => empty([size]).keep());
  }

  at(shard: number): Tensor {
    const sum = this.#sums[shard - this.#start];
    assert(sum !== undefined, `shard ${shard} is another worker's`);
    return sum;
  }

  add(into: number, from: number): void {
    addInto(this.at(into), this.at(from));
  }

  dispose(): void {
    for (const sum of this.#sums) sum.dispose();
  }
}
