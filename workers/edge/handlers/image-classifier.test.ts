/** The shipped weights, against the data that they have never seen. */
import { expect, it } from "vitest";
import { imagePixels, readDigits } from "../../../resources/models/digit-data.ts";
import { Random } from "../../cluster/random.ts";
import { evaluateSamples, trainInSteps } from "../../compute/nn/classifier.ts";
import { denseNetwork } from "../../compute/nn/dense-network.ts";
import { Adam } from "../../compute/optim/optimisers.ts";
import { modelSchema } from "../contract.ts";
import { ModelStore } from "./model-store.ts";

const { training, heldBack } = readDigits();

it("the shipped weights are as good on held-back digits as their record says", async () => {
  const model = await new ModelStore().imageClassifier();
  const confusion = Array.from({ length: 10 }, () => Array<number>(10).fill(0));
  heldBack.labels.forEach((label, sample) => {
    const pixels = heldBack.inputs.subarray(sample * imagePixels, (sample + 1) * imagePixels);
    const probabilities = model.infer(pixels);
    confusion[label]![probabilities.indexOf(Math.max(...probabilities))]! += 1;
  });
  const record = modelSchema.parse(model.view());
  expect(confusion).toEqual(record.training.confusion);
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  expect(record.training.heldBackAccuracy).toBe(right / heldBack.labels.length);
  expect(right / heldBack.labels.length).toBeGreaterThanOrEqual(0.95);
});

it("no held-back digit is among those that were learned from", () => {
  expect(training.labels.length + heldBack.labels.length).toBe(10_000);
  const rowOf = (inputs: Float32Array, sample: number) =>
    inputs.subarray(sample * imagePixels, (sample + 1) * imagePixels).join();
  const learned = new Set(
    Array.from(training.labels, (_, sample) => rowOf(training.inputs, sample)),
  );
  const repeated = Array.from(heldBack.labels, (_, sample) => sample).filter((sample) =>
    learned.has(rowOf(heldBack.inputs, sample)),
  );
  expect(repeated).toEqual([]);
});

it("the engine learns digits anew: two epochs of a small network", () => {
  const random = new Random(1);
  const network = denseNetwork([imagePixels, 24, 10], random);
  const optimiser = new Adam(network.parameters(), { lr: 0.002 });
  const sampleShape = [imagePixels];
  const options = { sampleShape, epochs: 2, batchSize: 64, optimiser, chance: random };
  const steps = [...trainInSteps(network, training, options)];
  expect(steps).toHaveLength(2 * Math.ceil(8_004 / 64));
  expect(steps[0]?.loss).toBeCloseTo(Math.log(10), 0);
  expect(evaluateSamples(network, heldBack, sampleShape, 10).accuracy).toBeGreaterThan(0.88);
});
