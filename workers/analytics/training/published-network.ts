/** A trained network as others use it: from values as they are to probabilities or amounts. */
import { createHash } from "node:crypto";
import { Softmax } from "../../compute/nn/activations.ts";
import { Linear } from "../../compute/nn/layers.ts";
import { type Layer, Sequential } from "../../compute/nn/module.ts";
import { BatchNorm1d } from "../../compute/nn/normalisations.ts";
import { exportOnnx } from "../../compute/onnx/export.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import type { Specification } from "../contract-training-network.ts";
import { type Reference, referenceOf } from "../core/serving/model-monitor.ts";
import type { DataSet, Scale } from "./data-sets.ts";

export interface PublishedNetwork {
  /** `input` [N, ...sample] to `output` [N, classes], or of a regression [N, 1]. */
  readonly onnx: Uint8Array;
  readonly reference: Reference;
  /** SHA-256 of what it was trained with. */
  readonly dataHash: string;
}

/** @throws OnnxError when a layer has no counterpart */
export function publishNetwork(
  network: Sequential,
  data: DataSet,
  loss: Specification["loss"],
): PublishedNetwork {
  const { sampleShape, training, scales } = data;
  const before = scales === null ? [] : [standardised(scales)];
  const whole = new Sequential(...before, network, ...answering(data, loss));
  const onnx = exportOnnx(whole, { inputShape: [1, ...sampleShape] });
  for (const layer of whole.layers) if (layer !== network) layer.dispose();
  const values =
    scales === null
      ? training.inputs
      : training.inputs.map((value, at) => {
          const { mean, deviation } = scales[at % scales.length]!;
          return value * deviation + mean;
        });
  const shape = [training.count, ...sampleShape];
  const hash = createHash("sha256").update(values).update(training.targets);
  return {
    onnx,
    reference: referenceOf([{ name: "input", shape, values }]),
    dataHash: hash.digest("hex"),
  };
}

/** (x - mean) / deviation is what batch normalisation does once it has learned. */
function standardised(scales: readonly Scale[]): BatchNorm1d {
  const layer = new BatchNorm1d(scales.length, { eps: 0 });
  scales.forEach(({ mean, deviation }, at) => {
    layer.runningMean.values[at] = mean;
    layer.runningVar.values[at] = deviation ** 2;
  });
  return layer;
}

/** As the lab answers: probabilities of all classes, or amounts in the data's own unit. */
function answering({ task, targetScale, classes }: DataSet, loss: Specification["loss"]): Layer[] {
  if (task === "regression") {
    const { mean, deviation } = targetScale;
    return mean === 0 && deviation === 1 ? [] : [linear([[deviation]], [mean])];
  }
  // One output is the log-odds of the second class: the softmax of 0 and itself says the same.
  const isOne = loss === "BCEWithLogitsLoss" && classes.length === 2;
  return isOne ? [linear([[0], [1]], [0, 0]), new Softmax()] : [new Softmax()];
}

function linear(weight: readonly (readonly number[])[], bias: readonly number[]): Linear {
  const layer = new Linear(weight[0]!.length, bias.length, { chance: seededChance(0) });
  layer.weight.values.set(weight.flat());
  layer.bias!.values.set(bias);
  return layer;
}
