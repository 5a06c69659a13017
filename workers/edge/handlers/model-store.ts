/** The trained models in resources/, read when first needed so that the thread starts quickly. */
import type { Model } from "../contract.ts";
import { LatencyWindow } from "../core/latency-window.ts";

export class LoadedModel {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly labels: readonly string[];
  readonly weightsBytes: number;
  readonly latency = new LatencyWindow();
  readonly #probabilities: (pixels: Float32Array) => number[];
  readonly #description: Omit<Model, "inferences" | "latency">;

  /** @param probabilities of the labels, for the pixels of one image */
  constructor(
    probabilities: (pixels: Float32Array) => number[],
    description: Omit<Model, "inferences" | "latency">,
  ) {
    this.#probabilities = probabilities;
    this.#description = description;
    this.name = description.name;
    this.inputShape = description.inputShape;
    this.labels = description.labels;
    this.weightsBytes = description.weightsBytes;
  }

  /** Probabilities in the order of the labels. */
  infer(pixels: Float32Array): number[] {
    return this.#probabilities(pixels);
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
  // The engine too is loaded with the first image: most of the thread's work needs none of it.
  const [{ default: record }, { default: weights }, engine] = await Promise.all([
    import("../../../resources/models/image-classifier.json", { with: { type: "json" } }),
    import("../../../resources/models/image-classifier.weights.json", { with: { type: "json" } }),
    import("../../compute/nn/dense-classifier.ts"),
  ]);
  const { shape, ...description } = record;
  const classifier = engine.loadDenseClassifier(shape, littleEndianFloats(weights.data));
  return new LoadedModel(classifier.probabilities, {
    ...description,
    architecture: `${shape.join(" - ")}, dense layers with ReLU, softmax`,
    parameters: classifier.parameters,
    weightsBytes: classifier.parameters * Float32Array.BYTES_PER_ELEMENT,
  });
}

function littleEndianFloats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) =>
    bytes.readFloatLE(index * 4),
  );
}
