/** Matrix products and training on handwritten digits, beside what trains in JavaScript. */
import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { digitLabels, readDigits } from "../resources/models/digit-data.ts";
import { ReLU } from "../workers/compute/nn/activations.ts";
import { trainInSteps } from "../workers/compute/nn/classifier.ts";
import { Conv2d, MaxPool2d } from "../workers/compute/nn/convolutions.ts";
import { Flatten, Linear } from "../workers/compute/nn/layers.ts";
import { type Layer, Sequential } from "../workers/compute/nn/module.ts";
import { Adam } from "../workers/compute/optim/optimisers.ts";
import { seededChance } from "../workers/compute/seeded-chance.ts";
import { product } from "../workers/compute/tensor/product.ts";
import { empty, full } from "../workers/compute/tensor/tensor.ts";
import {
  convolutionPeer,
  type Digits,
  installPeers,
  type Peer,
  perceptronPeers,
  productPeer,
} from "./compute-peers.ts";
import { type BenchResult, type BenchRow, median, spread } from "./result.ts";

const productSize = 512;
const imageCount = 2_000;
const making = { chance: seededChance(1) };

interface Race {
  readonly title: string;
  readonly own: () => void;
  readonly msMax: number;
  readonly rounds: number;
  /** What is too short for the processor's clock is done so often each time; 1 by default. */
  readonly repeats?: number;
  readonly warmUps: number;
  readonly peers: readonly Peer[];
}

export async function benchCompute(): Promise<BenchResult> {
  installPeers();
  const digits = firstDigits();
  const races: Race[] = [
    {
      title: `product of ${productSize} x ${productSize}, f32, ms`,
      own: ownProduct(),
      repeats: 20,
      msMax: 6.5,
      rounds: 9,
      warmUps: 2,
      peers: [await productPeer(productSize)],
    },
    {
      title: "epoch of 784-128-10, 2,000 images, batches of 64, ms",
      own: ownEpoch(
        new Sequential(new Linear(784, 128, making), new ReLU(), new Linear(128, 10, making)),
        [784],
        digits,
      ),
      msMax: 60,
      rounds: 5,
      warmUps: 2,
      peers: await perceptronPeers(digits),
    },
    {
      title: "epoch of conv 8 - pool - conv 16 - pool - dense 10 (kernels 5 x 5), ms",
      own: ownEpoch(convolutions(), [1, 28, 28], digits),
      msMax: 500,
      rounds: 3,
      warmUps: 1,
      peers: [convolutionPeer(digits)],
    },
  ];
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const race of races) await run(race, rows, failures);
  return {
    peer: "TensorFlow.js (wasm, one thread), ConvNetJS and brain.js, interleaved",
    rows,
    notes: [
      "Processor time of this thread, medians with the range: other work on the machine counts less so.",
      `Load over the last minute: ${loadavg()[0]!.toFixed(1)}.`,
      "TensorFlow.js has no gradient of a convolution without native code; ConvNetJS trains image by image.",
    ],
    failures,
  };
}

async function run(
  { title, own, msMax, rounds, repeats = 1, warmUps, peers }: Race,
  rows: BenchRow[],
  failures: string[],
): Promise<void> {
  const all: readonly Peer[] = [{ name: "own", run: own }, ...peers];
  const times = all.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    // In turn, so that all meet the same noise.
    for (const [which, each] of all.entries()) {
      // The peers warm up once.
      if (which > 0 && round < -1) continue;
      const before = process.threadCpuUsage();
      const began = performance.now();
      for (let count = 0; count < repeats; count++) await each.run();
      const { user, system } = process.threadCpuUsage(before);
      // Where the processor's clock is coarse, the wall's is the better bound.
      const ms = Math.min((user + system) / 1_000, performance.now() - began) / repeats;
      if (round >= 0) times[which]!.push(ms);
    }
  }
  const [mine, ...others] = times.map((each) => median(each));
  rows.push({ measure: title, value: spread(times[0]!, 1), target: `<= ${msMax}` });
  peers.forEach(({ name }, index) => {
    const ratio = others[index]! / mine!;
    rows.push({
      measure: `the same, ${name}`,
      value: `${spread(times[index + 1]!, 1)}; ${ratio.toFixed(1)} times as long`,
    });
  });
  if (mine! > msMax) failures.push(`${title}: ${mine!.toFixed(1)}, not ${msMax}`);
}

function firstDigits(): Digits {
  const { training } = readDigits();
  const perDigit = imageCount / digitLabels.length;
  const counts = digitLabels.map(() => 0);
  const chosen = [...training.labels.keys()].filter((index) => {
    const label = training.labels[index]!;
    counts[label]! += 1;
    return counts[label]! <= perDigit;
  });
  return {
    images: chosen.map((index) => training.inputs.slice(index * 784, (index + 1) * 784)),
    labels: chosen.map((index) => training.labels[index]!),
  };
}

function ownProduct(): () => void {
  const shape = [productSize, productSize];
  const [a, b, out] = [full(shape, 0.5), full(shape, 0.25), empty(shape)];
  return () => product(a, b, out);
}

function convolutions(): Layer {
  return new Sequential(
    new Conv2d(1, 8, 5, making, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(8, 16, 5, making, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(16 * 7 * 7, 10, making),
  );
}

function ownEpoch(
  model: Layer,
  sampleShape: readonly number[],
  { images, labels }: Digits,
): () => void {
  const inputs = new Float32Array(images.length * 784);
  images.forEach((image, index) => inputs.set(image, index * 784));
  const data = { inputs, labels: Uint8Array.from(labels) };
  const optimiser = new Adam(model.parameters());
  const options = { sampleShape, epochs: 1, batchSize: 64, optimiser, chance: making.chance };
  return () => {
    for (const { loss } of trainInSteps(model, data, options)) {
      if (!Number.isFinite(loss)) throw new Error("training went wrong");
    }
  };
}
