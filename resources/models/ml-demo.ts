/**
 * `npm run ml-demo`: trains a small network on real handwritten digits, shows how far it is, and
 * ends with its accuracy on digits that it has not seen.
 */
import { performance } from "node:perf_hooks";
import { stdout } from "node:process";
import { Random } from "../../workers/cluster/random.ts";
import { Network } from "../../workers/compute/network.ts";
import { Adam } from "../../workers/compute/optimisers.ts";
import {
  type Evaluation,
  evaluateClassifier,
  trainClassifier,
  type TrainingStep,
} from "../../workers/compute/train.ts";
import { digitLabels, digitSource, imagePixels, readDigits } from "./digit-data.ts";

const shape = [imagePixels, 64, digitLabels.length];
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
const random = new Random(seed);
const network = new Network(shape);
network.initialise(random);
say(
  `Network: ${shape.join(" - ")}, ${network.parameterCount.toLocaleString("en-US")} parameters; ` +
    `${training.labels.length} digits to learn from, ${heldBack.labels.length} held back.`,
);
train();
report(evaluateClassifier(network, heldBack));
say(`Done in ${seconds()} s.`);

function train(): void {
  const optimiser = new Adam(network.parameters, { learningRate: 0.001 });
  const options = { epochs, batchSize, optimiser, chance: random };
  let drawnAt = 0;
  let lossOfEpoch = 0;
  for (const step of trainClassifier(network, training, options)) {
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

function draw({ epoch, step, stepsPerEpoch }: TrainingStep, loss: number): void {
  const share = (epoch * stepsPerEpoch + step + 1) / (epochs * stepsPerEpoch);
  const filled = Math.round(share * barWidth);
  const bar = `${"#".repeat(filled)}${".".repeat(barWidth - filled)}`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  const line = `[${bar}] ${percent} %  epoch ${epoch + 1} of ${epochs}  loss ${loss.toFixed(4)}  ${seconds()} s`;
  stdout.write(stdout.isTTY ? `\r${line}` : `${line}\n`);
}

function report({ accuracy, samples, confusion }: Evaluation): void {
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

function seconds(): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
