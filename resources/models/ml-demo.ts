/**
 * `npm run ml-demo`: trains a small network on real handwritten digits, shows how far it is and
 * its accuracy on digits that it has not seen, and ends with the network as an ONNX model.
 */
import { performance } from "node:perf_hooks";
import { stdout } from "node:process";
import { noGrad } from "../../workers/compute/autograd/tape.ts";
import { ReLU } from "../../workers/compute/nn/activations.ts";
import {
  type ClassifierEvaluation,
  type ClassifierStep,
  evaluateSamples,
  trainInSteps,
} from "../../workers/compute/nn/classifier.ts";
import { Linear } from "../../workers/compute/nn/layers.ts";
import { Sequential } from "../../workers/compute/nn/module.ts";
import { exportOnnx } from "../../workers/compute/onnx/export.ts";
import { loadOnnx } from "../../workers/compute/onnx/import.ts";
import { Adam } from "../../workers/compute/optim/optimisers.ts";
import { seededChance } from "../../workers/compute/seeded-chance.ts";
import { scope, tensor } from "../../workers/compute/tensor/tensor.ts";
import { digitLabels, digitSource, imagePixels, readDigits } from "./digit-data.ts";

const shape = [imagePixels, 64, digitLabels.length] as const;
const epochs = 12;
const batchSize = 64;
const seed = 1;
/** However slow the machine is: the demonstration ends within a minute. */
const trainingMsMax = 45_000;
const barWidth = 30;
/** A terminal is redrawn this often at most. */
const redrawMs = 80;

const began = performance.now();
say(`Data: ${digitSource}`);
const { training, heldBack } = readDigits();
const chance = seededChance(seed);
const [inputs, hidden, outputs] = shape;
const network = new Sequential(
  new Linear(inputs, hidden, { chance }),
  new ReLU(),
  new Linear(hidden, outputs, { chance }),
);
say(
  `Network: ${shape.join(" - ")}, ${network.parameterCount.toLocaleString("en-US")} parameters; ` +
    `${training.labels.length} digits to learn from, ${heldBack.labels.length} held back.`,
);
train();
report(evaluateSamples(network, heldBack, [imagePixels], digitLabels.length));
showExport();
say(`Done in ${seconds()} s.`);

function train(): void {
  const optimiser = new Adam(network.parameters(), { lr: 0.001 });
  const options = { sampleShape: [imagePixels], epochs, batchSize, optimiser, chance };
  let drawnAt = 0;
  let lossOfEpoch = 0;
  for (const step of trainInSteps(network, training, options)) {
    lossOfEpoch = step.step === 0 ? step.loss : lossOfEpoch + step.loss;
    const isEpochEnd = step.step + 1 === step.stepsPerEpoch;
    const now = performance.now();
    const isOver = now - began > trainingMsMax;
    // Without a terminal a line for each epoch is enough.
    if (isEpochEnd || isOver || (stdout.isTTY && now - drawnAt > redrawMs)) {
      drawnAt = now;
      draw(step, lossOfEpoch / (step.step + 1));
    }
    if (isOver) {
      say(`${stdout.isTTY ? "\n" : ""}This machine is slow: training ends here.`);
      return;
    }
  }
  if (stdout.isTTY) say("");
}

function draw({ epoch, step, stepsPerEpoch }: ClassifierStep, loss: number): void {
  const share = (epoch * stepsPerEpoch + step + 1) / (epochs * stepsPerEpoch);
  const filled = Math.round(share * barWidth);
  const bar = `${"#".repeat(filled)}${".".repeat(barWidth - filled)}`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  const line = `[${bar}] ${percent} %  epoch ${epoch + 1} of ${epochs}  loss ${loss.toFixed(4)}  ${seconds()} s`;
  stdout.write(stdout.isTTY ? `\r${line}` : `${line}\n`);
}

function report({ accuracy, samples, confusion }: ClassifierEvaluation): void {
  const right = Math.round(accuracy * samples);
  say(
    `\nAccuracy on held-back digits: ${(accuracy * 100).toFixed(2)} % (${right} of ${samples})\n`,
  );
  say("Confusion: rows are the true digit, columns the network's answer.");
  const cell = (content: string | number): string => String(content).padStart(5);
  say(`${cell("")}${digitLabels.map(cell).join("")}`);
  confusion.forEach((row, truth) => {
    const counts = row.map((count) => cell(count === 0 ? "." : count)).join("");
    say(`${cell(digitLabels[truth] ?? "")}${counts}`);
  });
}

/** The network as an ONNX model, read again and run beside the one that was trained. */
function showExport(): void {
  const bytes = exportOnnx(network, { inputShape: [1, imagePixels] });
  const graph = loadOnnx(bytes);
  const count = heldBack.labels.length;
  const difference = scope(() => {
    const images = tensor(heldBack.inputs, [count, imagePixels]);
    const own = [...noGrad(() => network.forward(images)).values];
    const other = graph.forward(new Map([["input", images]])).get("output")!.tensor.values;
    return own.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0);
  });
  say(
    `\nAs an ONNX model: ${(bytes.length / 1_024).toFixed(0)} KiB; read again and run on ${count} digits, ` +
      `its outputs ${difference === 0 ? "are the same, bit for bit" : `differ by at most ${difference.toExponential(1)}`}.`,
  );
}

function seconds(): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
