/** A network in training, a batch at a time. The same specification gives the same bits, resumed or not. */
import assert from "node:assert/strict";
import { argmax } from "../../compute/autograd/indexing.ts";
import { sigmoid } from "../../compute/autograd/elementwise.ts";
import { softmax } from "../../compute/autograd/softmax.ts";
import { backward, noGrad } from "../../compute/autograd/tape.ts";
import type { Chance } from "../../compute/chance.ts";
import {
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  MSELoss,
} from "../../compute/nn/losses.ts";
import type { Sequential, StateDict } from "../../compute/nn/module.ts";
import { clipGradNorm } from "../../compute/optim/clipping.ts";
import type { Optimiser, OptimiserState } from "../../compute/optim/optimiser.ts";
import { Adam, AdamW, RMSprop, SGD } from "../../compute/optim/optimisers.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import { scope, tensor, type Tensor } from "../../compute/tensor/tensor.ts";
import type { Specification } from "../contract-training-network.ts";
import type { TrainingPlan } from "../contract-training.ts";
import { type DataSet, type Samples, shuffled } from "./data-sets.ts";
import { networkOf } from "./network.ts";
import { layerName } from "./plan.ts";
import { scheduleFactor } from "./schedule.ts";
import { runLimits } from "./training-limits.ts";

/** Training that cannot go on; its message names the layer. */
export class TrainingFailure extends Error {
  override readonly name = "TrainingFailure";
}

/** Everything that a later run needs to go on exactly. */
export interface TrainerState {
  readonly step: number;
  readonly rate: number;
  readonly firstLoss: number | null;
  readonly network: StateDict;
  readonly optimiser: OptimiserState;
  readonly best: BestState | null;
}

interface BestState {
  readonly loss: number;
  readonly badEpochs: number;
  readonly network: StateDict;
}

export interface Measure {
  readonly loss: number;
  /** null in a regression. */
  readonly accuracy: number | null;
  /** [truth][answer]; null in a regression. */
  readonly confusion: number[][] | null;
}

/** Samples that are looked at together. */
const evaluationBatch = 250;
const lossOf = {
  CrossEntropyLoss,
  BCEWithLogitsLoss,
  MSELoss,
  L1Loss,
  HuberLoss,
} as const;

export class Trainer {
  readonly specification: Specification;
  readonly data: DataSet;
  readonly network: Sequential;
  readonly stepsPerEpoch: number;
  /** Before the schedule's factor. */
  rate: number;
  #step = 0;
  #order: { epoch: number; places: Uint32Array } | null = null;
  #firstLoss: number | null = null;
  #best: BestState | null = null;
  readonly #optimiser: Optimiser;
  readonly #loss: { forward(prediction: Tensor, target: Tensor): Tensor };
  readonly #dropChance = new StepChance();

  constructor(specification: Specification, data: DataSet, plan: TrainingPlan) {
    assert(plan.problem === null, "only a network that fits is trained");
    this.specification = specification;
    this.data = data;
    this.stepsPerEpoch = Math.ceil(data.training.count / specification.batchSize);
    this.rate = specification.optimiser.lr;
    this.network = networkOf(
      specification.layers,
      plan.layers.map(({ input }) => input),
      { chance: seededChance(specification.seed) },
      this.#dropChance,
    );
    this.#optimiser = optimiserOf(specification, this.network);
    this.#loss = new lossOf[specification.loss]();
  }

  get step(): number {
    return this.#step;
  }

  get epoch(): number {
    return this.#step / this.stepsPerEpoch;
  }

  get isDone(): boolean {
    return this.#step >= this.stepsPerEpoch * this.specification.epochs;
  }

  get learningRate(): number {
    const { schedule, epochs } = this.specification;
    const place = { step: this.#step, stepsPerEpoch: this.stepsPerEpoch, epochs };
    return this.rate * scheduleFactor(schedule, place);
  }

  /**
   * Learns from one batch.
   * @returns its mean loss before the step, and how many samples it had
   * @throws TrainingFailure when a value is no number any more, or the loss explodes
   */
  learn(): { readonly loss: number; readonly samples: number } {
    const chosen = this.#batch();
    const { training } = this.data;
    const { clipNorm, seed } = this.specification;
    this.network.train();
    this.#dropChance.begin(seed, this.#step);
    for (const { settings } of this.#optimiser.paramGroups) settings.lr = this.learningRate;
    const loss = scope(() => {
      this.#optimiser.zeroGrad();
      const value = this.#lossOn(training, chosen);
      this.#checkLoss(value.item(), training, chosen);
      backward(value);
      const norm = clipGradNorm(this.network.parameters(), clipNorm ?? Infinity);
      if (!Number.isFinite(norm)) this.#failWith("gradients", training, chosen);
      this.#optimiser.step();
      return value.item();
    });
    this.#firstLoss ??= loss;
    this.#step += 1;
    return { loss, samples: chosen.length };
  }

  get isEpochEnd(): boolean {
    return this.#step % this.stepsPerEpoch === 0;
  }

  /**
   * To be called at the end of an epoch with early stopping.
   * @returns whether validation has not improved for longer than allowed; the best is put back then
   */
  shouldStop(validationLoss: number): boolean {
    const { earlyStopping } = this.specification;
    if (earlyStopping === null) return false;
    if (this.#best === null || validationLoss < this.#best.loss) {
      this.#best = { loss: validationLoss, badEpochs: 0, network: this.network.stateDict() };
      return false;
    }
    this.#best = { ...this.#best, badEpochs: this.#best.badEpochs + 1 };
    if (this.#best.badEpochs <= earlyStopping.patience) return false;
    this.network.loadStateDict(this.#best.network);
    return true;
  }

  /** As in use: dropout and batch normalisation do not learn. */
  measure(samples: Samples, samplesMax: number): Measure {
    const count = Math.min(samples.count, samplesMax);
    const { task, classes } = this.data;
    const confusion =
      task === "regression" ? null : classes.map(() => Array<number>(classes.length).fill(0));
    let loss = 0;
    this.network.eval();
    for (let start = 0; start < count; start += evaluationBatch) {
      const length = Math.min(evaluationBatch, count - start);
      const places = Uint32Array.from({ length }, (_, index) => start + index);
      scope(() => {
        noGrad(() => {
          const output = this.network.forward(this.inputsOf(samples, places));
          const value = this.#loss.forward(output, this.#targetsOf(samples, places));
          loss += value.item() * length;
          this.answersOf(output).forEach((answer, index) => {
            const truth = samples.targets[start + index]!;
            if (confusion !== null) confusion[truth]![answer]! += 1;
          });
        });
      });
    }
    const right = confusion?.reduce((sum, row, label) => sum + row[label]!, 0) ?? null;
    return {
      loss: loss / count,
      accuracy: right === null ? null : right / count,
      confusion,
    };
  }

  /** The class of each row; nothing in a regression. Within a scope. */
  answersOf(output: Tensor): number[] {
    if (this.data.task === "regression") return [];
    if (this.specification.loss === "BCEWithLogitsLoss")
      return Array.from(output.values, (logit) => Number(logit > 0));
    return [...argmax(output, 1).values];
  }

  /** A probability for each class of each row, or the value of a regression. */
  predict(rows: readonly Float32Array[]): number[][] {
    this.network.eval();
    const width = rows[0]!.length;
    const inputs = new Float32Array(rows.length * width);
    rows.forEach((row, index) => inputs.set(row, index * width));
    const places = Uint32Array.from(rows, (_, index) => index);
    const samples = { count: rows.length, inputs, targets: new Float32Array(rows.length) };
    const values: number[] = [];
    scope(() => {
      noGrad(() => {
        const output = this.network.forward(this.inputsOf(samples, places));
        values.push(...this.chancesOf(output).values);
      });
    });
    const perRow = values.length / rows.length;
    return rows.map((_, index) => {
      const row = values.slice(index * perRow, (index + 1) * perRow);
      if (this.data.task === "regression") return row.map((value) => this.data.restore(value));
      return perRow === 1 ? [1 - row[0]!, row[0]!] : row;
    });
  }

  /** From logits to probabilities; of a regression the output itself. */
  chancesOf(output: Tensor): Tensor {
    if (this.data.task === "regression") return output;
    return this.specification.loss === "BCEWithLogitsLoss" ? sigmoid(output) : softmax(output, 1);
  }

  /** Rows of samples as one batch. */
  inputsOf({ inputs, count }: Samples, places: Uint32Array): Tensor {
    const width = inputs.length / count;
    const batch = new Float32Array(places.length * width);
    places.forEach((place, row) => {
      batch.set(inputs.subarray(place * width, (place + 1) * width), row * width);
    });
    return tensor(batch, [places.length, ...this.data.sampleShape]);
  }

  /** What each layer gives for a batch, within a scope and without gradients. */
  outputsOf(batch: Tensor): Tensor[] {
    const outputs: Tensor[] = [];
    let value = batch;
    for (const layer of this.network.layers) {
      value = layer.forward(value);
      outputs.push(value);
    }
    return outputs;
  }

  save(): TrainerState {
    return {
      step: this.#step,
      rate: this.rate,
      firstLoss: this.#firstLoss,
      network: this.network.stateDict(),
      optimiser: this.#optimiser.stateDict(),
      best: this.#best,
    };
  }

  load({ step, rate, firstLoss, network, optimiser, best }: TrainerState): void {
    this.network.loadStateDict(network);
    this.#optimiser.loadStateDict(optimiser);
    this.#step = step;
    this.rate = rate;
    this.#firstLoss = firstLoss;
    this.#best = best;
    this.#order = null;
  }

  /** Gives back all memory. */
  dispose(): void {
    this.#optimiser.dispose();
    this.network.dispose();
  }

  /** Each epoch has an order of its own, which its number and the seed decide. */
  #batch(): Uint32Array {
    const { seed, batchSize } = this.specification;
    const epoch = Math.floor(this.epoch);
    if (this.#order?.epoch !== epoch) {
      const places = shuffled(this.data.training.count, seededChance(mixed(seed, epoch)));
      this.#order = { epoch, places };
    }
    const start = (this.#step % this.stepsPerEpoch) * batchSize;
    return this.#order.places.subarray(start, start + batchSize);
  }

  #lossOn(samples: Samples, places: Uint32Array): Tensor {
    const output = this.network.forward(this.inputsOf(samples, places));
    return this.#loss.forward(output, this.#targetsOf(samples, places));
  }

  #targetsOf({ targets }: Samples, places: Uint32Array): Tensor {
    const values = Array.from(places, (place) => targets[place]!);
    return this.specification.loss === "CrossEntropyLoss"
      ? tensor(values, [places.length], "i32")
      : tensor(values, [places.length, 1]);
  }

  #checkLoss(loss: number, samples: Samples, places: Uint32Array): void {
    if (!Number.isFinite(loss)) this.#failWith("outputs", samples, places);
    if (this.#firstLoss !== null && loss > runLimits.explosion * Math.max(this.#firstLoss, 1e-3)) {
      const [name, norm] = largest(
        this.network.layers.map((layer, index) => [
          layerName(index, this.specification.layers[index]!.type),
          normOf(layer.parameters()),
        ]),
      );
      throw new TrainingFailure(
        `The loss exploded to ${loss.toPrecision(3)} at step ${this.#step}; the weights of layer ${name} have grown most, to a norm of ${norm.toPrecision(3)}. Lower the learning rate or clip the gradients.`,
      );
    }
  }

  /** Names the first layer whose values are no finite numbers. */
  #failWith(what: "outputs" | "gradients", samples: Samples, places: Uint32Array): never {
    const { layers } = this.specification;
    const nameAt = (index: number) => layerName(index, layers[index]!.type);
    const isBad = (values: ArrayLike<number>) => !Array.from(values).every(Number.isFinite);
    let at = -1;
    if (what === "gradients") {
      at = this.network.layers.findLastIndex((layer) =>
        layer.parameters().some(({ grad }) => grad !== null && isBad(grad.values)),
      );
    } else {
      noGrad(() => {
        const outputs = this.outputsOf(this.inputsOf(samples, places));
        at = outputs.findIndex((output) => isBad(output.toArray()));
      });
    }
    const where = at < 0 ? "the loss" : `layer ${nameAt(at)}`;
    throw new TrainingFailure(
      `The ${what} of ${where} are no finite numbers any more at step ${this.#step}. Lower the learning rate or clip the gradients.`,
    );
  }
}

/** The same numbers for the same step, however the run came to it. */
class StepChance implements Chance {
  #inner = seededChance(0);

  begin(seed: number, step: number): void {
    this.#inner = seededChance(mixed(seed ^ 0x5b_d1_e9_95, step));
  }

  float(): number {
    return this.#inner.float();
  }

  below(bound: number): number {
    return this.#inner.below(bound);
  }
}

function mixed(seed: number, count: number): number {
  return (Math.imul(seed + 1, 0x85_eb_ca_6b) + count) | 0;
}

function optimiserOf({ optimiser }: Specification, network: Sequential): Optimiser {
  const { type, lr, momentum, nesterov, weightDecay } = optimiser;
  const parameters = network.parameters();
  if (type === "SGD") {
    const settings = { lr, momentum, weightDecay, nesterov: nesterov && momentum > 0 };
    return new SGD(parameters, settings);
  }
  if (type === "RMSprop") return new RMSprop(parameters, { lr, momentum, weightDecay });
  const Kind = type === "Adam" ? Adam : AdamW;
  return new Kind(parameters, { lr, weightDecay });
}

export function normOf(tensors: readonly Tensor[]): number {
  let squares = 0;
  for (const { values } of tensors) for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

function largest(named: readonly (readonly [string, number])[]): readonly [string, number] {
  return named.reduce((a, b) => (b[1] > a[1] || Number.isNaN(b[1]) ? b : a));
}
