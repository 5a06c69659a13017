/**
 * Trains `image_classifier` and writes its weights, its training record and a few held-back digits:
 * `node resources/models/train-image-classifier.ts`. The same seed gives the same weights.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stdout } from "node:process";
import {
  evaluateSamples,
  type LabelledSamples,
  trainInSteps,
} from "../../workers/compute/nn/classifier.ts";
import { denseNetwork, flatParameters } from "../../workers/compute/nn/dense-network.ts";
import { Adam } from "../../workers/compute/optim/optimisers.ts";
import { Random } from "../../workers/cluster/random.ts";
import { digitLabels, digitSource, imagePixels, imageSide, readDigits } from "./digit-data.ts";
import { shiftImage } from "./shift-image.ts";

const shape = [imagePixels, 128, digitLabels.length];
const seed = 20_261_123;
const batchSize = 64;
/** The learning rate falls in stages, so that the last epochs settle. */
const stages = [
  { epochs: 24, learningRate: 0.001 },
  { epochs: 8, learningRate: 0.000_2 },
];
const samplesPerDigit = 2;

const { training, heldBack } = readDigits();
const random = new Random(seed);
const network = denseNetwork(shape, random.fork("initial weights"));
const sampleShape = [imagePixels];
for (const [index, { epochs, learningRate }] of stages.entries()) {
  const optimiser = new Adam(network.parameters(), { lr: learningRate });
  const chance = random.fork(`stage ${index}`);
  const options = { sampleShape, epochs, batchSize, optimiser, chance, augment: shiftImage };
  for (const { epoch, step, stepsPerEpoch, loss } of trainInSteps(network, training, options)) {
    if (step + 1 === stepsPerEpoch) {
      say(`stage ${index + 1}, epoch ${epoch + 1} of ${epochs}: loss ${loss.toFixed(4)}`);
    }
  }
}

const { accuracy, confusion, samples } = evaluateSamples(
  network,
  heldBack,
  sampleShape,
  digitLabels.length,
);
say(`${(accuracy * 100).toFixed(2)} % of ${samples} held-back digits are right.`);

write("image-classifier.json", {
  name: "image_classifier",
  task: "Which handwritten digit an image of 28 x 28 grey values shows",
  shape,
  inputShape: [imageSide, imageSide],
  labels: digitLabels,
  training: {
    source: digitSource,
    date: new Date().toISOString().slice(0, 10),
    seed,
    epochs: stages.reduce((sum, stage) => sum + stage.epochs, 0),
    trainingSamples: training.labels.length,
    heldBackSamples: samples,
    heldBackAccuracy: accuracy,
    confusion,
  },
});
write("image-classifier.weights.json", {
  encoding: "base64 of little-endian float32",
  data: littleEndian(flatParameters(network)).toString("base64"),
});
write("held-back-digits.json", { source: digitSource, digits: someOf(heldBack) });

function write(name: string, content: object): void {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(content)}\n`);
}

function littleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes;
}

/** The first few held-back samples of each digit, whether the network gets them right or not. */
function someOf({ inputs, labels }: LabelledSamples): { label: string; pixels: number[] }[] {
  return digitLabels.flatMap((name, label) => {
    const first = labels.indexOf(label);
    return Array.from({ length: samplesPerDigit }, (_, index) => {
      const start = (first + index) * imagePixels;
      const pixels = inputs.subarray(start, start + imagePixels);
      // Three decimals are all that the source has.
      return {
        label: name,
        pixels: Array.from(pixels, (value) => Math.round(value * 1_000) / 1_000),
      };
    });
  });
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
