/** The samples of a run, in memory that all its threads share. */
import { readDigits } from "../../../resources/models/digit-data.ts";
import { epochOrder } from "../core/distributed-training/batches.ts";
import type { Samples } from "../core/distributed-training/replica.ts";
import { spirals } from "../core/distributed-training/spirals.ts";
import type { DataChoice, PreparedData, SharedSamples } from "./thread-messages.ts";

const heldBackMax = 1_000;

/** @throws Error when the digits are not installed */
export function prepareData({ kind, samples, seed }: DataChoice): PreparedData {
  if (kind === "spirals") {
    return {
      training: shared(spirals(samples, seed), samples, seed),
      heldBack: shared(spirals(heldBackMax, seed + 1), heldBackMax, seed),
    };
  }
  const digits = readDigits();
  return {
    training: shared(digits.training, samples, seed),
    heldBack: shared(digits.heldBack, heldBackMax, seed),
  };
}

/** `count` of them, chosen by the seed; all when there are fewer. */
function shared({ inputs, labels }: Samples, count: number, seed: number): SharedSamples {
  const width = inputs.length / labels.length;
  const chosen = epochOrder(labels.length, seed, 0).subarray(0, count);
  const out = {
    inputs: new Float32Array(new SharedArrayBuffer(chosen.length * width * 4)),
    labels: new Uint8Array(new SharedArrayBuffer(chosen.length)),
  };
  chosen.forEach((from, to) => {
    out.inputs.set(inputs.subarray(from * width, (from + 1) * width), to * width);
    out.labels[to] = labels[from]!;
  });
  return out;
}
