/** Long training takes no more memory than short training. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { backward } from "../autograd/tape.ts";
import { Adam } from "../optim/optimisers.ts";
import { seededChance } from "../seeded-chance.ts";
import { memoryInUse, tensorMemory } from "../tensor/memory.ts";
import { scope, tensor } from "../tensor/tensor.ts";
import { ReLU } from "./activations.ts";
import { Conv2d } from "./convolutions.ts";
import { Dropout, Flatten, Linear } from "./layers.ts";
import { CrossEntropyLoss } from "./losses.ts";
import { Sequential } from "./module.ts";
import { BatchNorm2d } from "./normalisations.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

it("10,000 steps of training leave no memory behind", () => {
  const chance = seededChance(1);
  const model = new Sequential(
    new Conv2d(1, 3, 3, { chance }),
    new BatchNorm2d(3),
    new ReLU(),
    new Flatten(),
    new Dropout(0.2, chance),
    new Linear(12, 3, { chance }),
  );
  const optimiser = new Adam(model.parameters(), { lr: 0.001 });
  const loss = new CrossEntropyLoss();
  const images = Float32Array.from({ length: 4 * 16 }, () => chance.float());
  const train = (steps: number) => {
    for (let step = 0; step < steps; step++) {
      scope(() => {
        optimiser.zeroGrad();
        const truth = tensor([0, 1, 2, 0], [4], "i32");
        backward(loss.forward(model.forward(tensor(images, [4, 1, 4, 4])), truth));
        optimiser.step();
      });
    }
  };
  const measure = () => {
    collect();
    return { ...memoryInUse(), memoryBytes: tensorMemory.buffer.byteLength };
  };
  const arrayBufferBytes = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  train(500);
  const early = measure();
  const earlyBuffers = arrayBufferBytes();
  train(9_500);
  expect(measure()).toEqual(early);
  // Less than a byte for ten steps: the test itself allocates too.
  expect(arrayBufferBytes() - earlyBuffers).toBeLessThan(1_000);
  model.dispose();
});
