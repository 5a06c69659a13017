/** Training and evaluation of classifiers, in steps: whoever drives them decides how long to go on. */
import assert from "node:assert/strict";
import { argmax } from "../autograd/indexing.ts";
import { backward, noGrad } from "../autograd/tape.ts";
import type { Chance } from "../chance.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { empty, scope, tensor, type Tensor } from "../tensor/tensor.ts";
import { CrossEntropyLoss } from "./losses.ts";
import type { Layer } from "./module.ts";

/** `inputs` holds one row a sample; `labels` the class of each. */
export interface LabelledSamples {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}

export interface ClassifierOptions {
  /** Of one sample, without the batch. */
  readonly sampleShape: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimiser: Optimiser;
  /** Moved on after every batch. */
  readonly schedule?: { step(): void };
  readonly labelSmoothing?: number;
  /** Shuffles the samples before each epoch. */
  readonly chance: Chance;
  /** Varies a sample in place before it is learned from. */
  readonly augment?: (sample: Float32Array, chance: Chance) => void;
}

export interface ClassifierStep {
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean loss of this mini-batch before the step. */
  readonly loss: number;
}

/** One mini-batch is learned from for each value taken; the last one of an epoch may be smaller. */
export function* trainInSteps(
  model: Layer,
  { inputs, labels }: LabelledSamples,
  options: ClassifierOptions,
): Generator<ClassifierStep, void> {
  const { sampleShape, epochs, batchSize, optimiser, schedule, chance, augment } = options;
  const width = inputs.length / labels.length;
  assert(labels.length > 0 && Number.isInteger(width) && batchSize > 0);
  const loss = new CrossEntropyLoss({ labelSmoothing: options.labelSmoothing ?? 0 });
  const order = Uint32Array.from(labels, (_, index) => index);
  const stepsPerEpoch = Math.ceil(labels.length / batchSize);
  const sample = new Float32Array(width);
  model.train();
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, chance);
    for (let step = 0; step < stepsPerEpoch; step++) {
      const chosen = order.subarray(step * batchSize, (step + 1) * batchSize);
      const value = scope(() => {
        const batch = empty([chosen.length, ...sampleShape]);
        chosen.forEach((from, row) => {
          sample.set(inputs.subarray(from * width, (from + 1) * width));
          augment?.(sample, chance);
          batch.values.set(sample, row * width);
        });
        const truth = tensor(
          [...chosen].map((from) => labels[from]!),
          [chosen.length],
          "i32",
        );
        optimiser.zeroGrad();
        const batchLoss = loss.forward(model.forward(batch), truth);
        backward(batchLoss);
        optimiser.step();
        schedule?.step();
        return batchLoss.item();
      });
      yield { epoch, step, stepsPerEpoch, loss: value };
    }
  }
}

export interface ClassifierEvaluation {
  readonly samples: number;
  readonly accuracy: number;
  /** confusion[truth][answer] counts samples. */
  readonly confusion: readonly (readonly number[])[];
}

/** Samples that are looked at together. */
const evaluationBatch = 256;

/** As in use: dropout and batch normalisation do not learn. */
export function evaluateSamples(
  model: Layer,
  { inputs, labels }: LabelledSamples,
  sampleShape: readonly number[],
  classes: number,
): ClassifierEvaluation {
  const width = inputs.length / labels.length;
  const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  model.eval();
  for (let start = 0; start < labels.length; start += evaluationBatch) {
    const end = Math.min(labels.length, start + evaluationBatch);
    scope(() => {
      const batch = tensor(inputs.subarray(start * width, end * width), [
        end - start,
        ...sampleShape,
      ]);
      const answers: Tensor = noGrad(() => argmax(model.forward(batch), 1));
      answers.values.forEach((answer, row) => (confusion[labels[start + row]!]![answer]! += 1));
    });
  }
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  return { samples: labels.length, accuracy: right / labels.length, confusion };
}

/** Fisher and Yates, in place. */
function shuffle(order: Uint32Array, chance: Chance): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = chance.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
}
