/** Real handwritten digits: 8,000 to learn from, 2,000 held back. */
import { expect, it } from "vitest";
import { readDigits } from "../../../resources/models/digit-data.ts";
import { shiftImage } from "../../../resources/models/shift-image.ts";
import { Adam } from "../optim/optimisers.ts";
import { OneCycleLR } from "../optim/schedules.ts";
import { seededChance } from "../seeded-chance.ts";
import { ReLU } from "./activations.ts";
import { evaluateSamples, trainInSteps } from "./classifier.ts";
import { Conv2d, MaxPool2d } from "./convolutions.ts";
import { Flatten, Linear } from "./layers.ts";
import { type Layer, type Making, Sequential } from "./module.ts";

const batchSize = 64;
const { training, heldBack } = readDigits();

function accuracyAfter(
  epochs: number,
  maxLr: number,
  shape: readonly number[],
  make: (making: Making) => Layer,
): number {
  const chance = seededChance(1);
  const model = make({ chance });
  const optimiser = new Adam(model.parameters());
  const totalSteps = epochs * Math.ceil(training.labels.length / batchSize) + 1;
  const schedule = new OneCycleLR(optimiser, { maxLr, totalSteps });
  const options = {
    sampleShape: shape,
    epochs,
    batchSize,
    optimiser,
    schedule,
    chance,
    augment: shiftImage,
  };
  let steps = 0;
  for (const { loss } of trainInSteps(model, training, options))
    steps += Number.isFinite(loss) ? 1 : 0;
  expect(steps).toBe(totalSteps - 1);
  const { accuracy } = evaluateSamples(model, heldBack, shape, 10);
  model.dispose();
  return accuracy;
}

/** A perceptron takes a second or two, the convolutions ten, on a quiet machine. */
const slowMs = 180_000;

it(
  "a perceptron of 128 reads 95 % of unseen digits",
  () => {
    const accuracy = accuracyAfter(
      5,
      0.005,
      [784],
      (making) =>
        new Sequential(new Linear(784, 128, making), new ReLU(), new Linear(128, 10, making)),
    );
    expect(accuracy).toBeGreaterThan(0.95);
  },
  slowMs,
);

it(
  "two convolutions read 97 % of unseen digits",
  () => {
    const accuracy = accuracyAfter(
      2,
      0.01,
      [1, 28, 28],
      (making) =>
        new Sequential(
          new Conv2d(1, 8, 5, making, { padding: 2 }),
          new ReLU(),
          new MaxPool2d(2),
          new Conv2d(8, 16, 5, making, { padding: 2 }),
          new ReLU(),
          new MaxPool2d(2),
          new Flatten(),
          new Linear(16 * 7 * 7, 10, making),
        ),
    );
    expect(accuracy).toBeGreaterThan(0.97);
  },
  slowMs,
);
