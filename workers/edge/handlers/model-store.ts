/** The trained models in resources/, read when first needed so that the thread starts quickly. */
import { Network } from "../../compute/network.ts";
import { softmax } from "../../compute/softmax.ts";
import type { Model } from "../contract.ts";
import { LatencyWindow } from "../core/latency-window.ts";

export class LoadedModel {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly labels: readonly string[];
  readonly weightsBytes: number;
  readonly latency = new LatencyWindow();
  readonly #network: Network;
  readonly #description: Omit<Model, "inferences" | "latency">;

  constructor(network: Network, description: Omit<Model, "inferences" | "latency">) {
    this.#network = network;
    this.#description = description;
    this.name = description.name;
    this.inputShape = description.inputShape;
    this.labels = description.labels;
    this.weightsBytes = description.weightsBytes;
  }

  /** Probabilities in the order of the labels. */
  infer(pixels: Float32Array): number[] {
    return softmax(this.#network.forward(pixels, 1));
  }

  view(): Model {
    return {
      ...this.#description,
      inferences: this.latency.total,
      latency: this.latency.percentiles(),
    };
  }
}

export class ModelStore {
  #classifier: Promise<LoadedModel> | null = null;

  imageClassifier(): Promise<LoadedModel> {
    this.#classifier ??= loadImageClassifier();
    return this.#classifier;
  }
}

async function loadImageClassifier(): Promise<LoadedModel> {
  const [{ default: record }, { default: weights }] = await Promise.all([
    import("../../../resources/models/image-classifier.json", { with: { type: "json" } }),
    import("../../../resources/models/image-classifier.weights.json", { with: { type: "json" } }),
  ]);
  const network = new Network(record.shape);
  network.load(littleEndianFloats(weights.data));
  const { shape, ...description } = record;
  return new LoadedModel(network, {
    ...description,
    architecture: `${shape.join(" - ")}, dense layers with ReLU, softmax`,
    parameters: network.parameterCount,
    weightsBytes: network.parameterCount * Float32Array.BYTES_PER_ELEMENT,
  });
}

function littleEndianFloats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) =>
    bytes.readFloatLE(index * 4),
  );
}
