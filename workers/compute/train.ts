/** Training and evaluation of classifiers, in steps: whoever drives them decides how long to go on. */
import assert from "node:assert/strict";
import type { Chance } from "./chance.ts";
import type { Network } from "./network.ts";
import type { Optimiser } from "./optimisers.ts";
import { softmaxCrossEntropy } from "./softmax.ts";

/** `inputs` holds one row a sample; `labels` the class of each. */
export interface LabelledData {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}

export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimiser: Optimiser;
  /** Shuffles the samples before each epoch. */
  readonly chance: Chance;
  /** Varies a sample in place before it is learned from. */
  readonly augment?: (sample: Float32Array, chance: Chance) => void;
}

export interface TrainingStep {
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean cross-entropy of this mini-batch before the step. */
  readonly loss: number;
}

/** One mini-batch is learned from for each value taken; the last one of an epoch may be smaller. */
export function* trainClassifier(
  network: Network,
  { inputs, labels }: LabelledData,
  options: TrainingOptions,
): Generator<TrainingStep, void> {
  const { epochs, batchSize, optimiser, chance, augment } = options;
  const width = network.inputs;
  assert(labels.length > 0 && inputs.length === labels.length * width && batchSize > 0);
  const order = Uint32Array.from(labels, (_, index) => index);
  const stepsPerEpoch = Math.ceil(labels.length / batchSize);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, chance);
    for (let step = 0; step < stepsPerEpoch; step++) {
      const chosen = order.subarray(step * batchSize, (step + 1) * batchSize);
      const batch = new Float32Array(chosen.length * width);
      chosen.forEach((sample, row) => {
        const target = batch.subarray(row * width, (row + 1) * width);
        target.set(inputs.subarray(sample * width, (sample + 1) * width));
        augment?.(target, chance);
      });
      const answers = Uint8Array.from(chosen, (sample) => labels[sample]!);
      const logits = network.forward(batch, chosen.length);
      const gradient = new Float32Array(chosen.length * network.outputs);
      const loss = softmaxCrossEntropy(logits, answers, gradient, network.outputs);
      network.backward(gradient);
      optimiser.step();
      yield { epoch, step, stepsPerEpoch, loss };
    }
  }
}

export interface Evaluation {
  readonly samples: number;
  readonly accuracy: number;
  /** confusion[truth][answer] counts samples. */
  readonly confusion: readonly (readonly number[])[];
}

export function evaluateClassifier(network: Network, { inputs, labels }: LabelledData): Evaluation {
  const { inputs: width, outputs } = network;
  const confusion = Array.from({ length: outputs }, () => Array<number>(outputs).fill(0));
  labels.forEach((label, sample) => {
    const logits = network.forward(inputs.subarray(sample * width, (sample + 1) * width), 1);
    confusion[label]![largestAt(logits)]! += 1;
  });
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  return { samples: labels.length, accuracy: right / labels.length, confusion };
}

/** The place of the largest value, the first of equals. */
export function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (values[index]! > values[best]!) best = index;
  }
  return best;
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
