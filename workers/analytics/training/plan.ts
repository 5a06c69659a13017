/** A network checked layer by layer: what each is given, gives, holds and costs. */
import type {
  LayerSpecification,
  PlainLayer,
  Specification,
} from "../contract-training-network.ts";
import type { TrainingPlan } from "../contract-training.ts";
import type { DataDescription } from "./data-sets.ts";
import { networkLimits } from "./training-limits.ts";

type LayerPlan = TrainingPlan["layers"][number];
type Shape = readonly number[];

/** A layer that does not fit what comes, or an end that does not fit the loss. */
class Misfit extends Error {
  readonly expected: string | null;
  readonly found: string | null;

  constructor(message: string, expected: string | null = null, found: string | null = null) {
    super(message);
    this.expected = expected;
    this.found = found;
  }
}

interface Costs {
  readonly output: Shape;
  readonly parameters: number;
  /** Of one sample forwards. */
  readonly flops: number;
}

export const layerName = (index: number, type: string): string => `${index + 1} ${type}`;
export const shapeText = (shape: Shape): string => `[${shape.join(", ")}]`;
const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** The plan of a specification for its data; a problem in it is part of the plan. */
export function planOf(specification: Specification, data: DataDescription): TrainingPlan {
  const { layers: wanted, batchSize } = specification;
  const layers: LayerPlan[] = [];
  const start = {
    task: data.task,
    classes: [...data.classes],
    inputs: [...data.inputNames],
    samples: { training: data.trainingCount, validation: data.validationCount },
  };
  let problem: TrainingPlan["problem"] = null;
  let input: Shape = data.sampleShape;
  let at: number | null = 0;
  try {
    for (const [index, layer] of wanted.entries()) {
      at = index;
      const isIds = index === 0 && data.kind === "brackets";
      const { output, parameters, flops } = costsOf(
        layer,
        input,
        isIds,
        layerName(index, layer.type),
      );
      layers.push({
        name: layerName(index, layer.type),
        type: layer.type,
        input: [...input],
        output: [...output],
        parameters,
        flops,
        // Values and gradients of four bytes each.
        memoryBytes: 8 * (parameters + batchSize * sizeOf(output)),
      });
      input = output;
    }
    at = null;
    checkEnd(specification, data, input);
    checkSize(layers);
    if (layers.every(({ parameters }) => parameters === 0))
      throw new Misfit("Nothing in the network can learn: add a Linear layer.");
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    problem = { layer: at, message: error.message, expected: error.expected, found: error.found };
  }
  const sum = (of: (layer: LayerPlan) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  return {
    ...start,
    layers,
    problem,
    parameters: sum(({ parameters }) => parameters),
    flops: sum(({ flops }) => flops),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
  };
}

function costsOf(layer: LayerSpecification, input: Shape, isIds: boolean, name: string): Costs {
  if (isIds && layer.type !== "Embedding") {
    throw new Misfit(
      `Layer ${name} is given the numbers of symbols: begin with an Embedding.`,
      "Embedding",
      shapeText(input),
    );
  }
  if (layer.type !== "Residual") return plainCosts(layer, input, name);
  let inner = input;
  let [parameters, flops] = [0, sizeOf(input)];
  layer.layers.forEach((each, index) => {
    const costs = plainCosts(each, inner, `${name}, inner layer ${layerName(index, each.type)}`);
    inner = costs.output;
    parameters += costs.parameters;
    flops += costs.flops;
  });
  if (shapeText(inner) !== shapeText(input)) {
    throw new Misfit(
      `Layer ${name} adds its input ${shapeText(input)} to its inner layers' output ${shapeText(inner)}: the two must be the same.`,
      shapeText(input),
      shapeText(inner),
    );
  }
  return { output: input, parameters, flops };
}

function plainCosts(layer: PlainLayer, input: Shape, name: string): Costs {
  const mustHave = (rank: number, form: string): void => {
    if (input.length !== rank) throw misfit(name, form, input);
  };
  switch (layer.type) {
    case "Linear": {
      mustHave(1, "[features]");
      const features = input[0]!;
      if (layer.inFeatures !== null && layer.inFeatures !== features)
        throw misfit(name, shapeText([layer.inFeatures]), input);
      const { outFeatures } = layer;
      const parameters = (features + 1) * outFeatures;
      return { output: [outFeatures], parameters, flops: 2 * parameters - outFeatures };
    }
    case "Conv2d":
      mustHave(3, "[channels, height, width]");
      if (layer.inChannels !== null && layer.inChannels !== input[0])
        throw misfit(name, shapeText([layer.inChannels, input[1]!, input[2]!]), input);
      return convolution(layer, input, name);
    case "MaxPool2d":
    case "AvgPool2d": {
      mustHave(3, "[channels, height, width]");
      const stride = layer.stride ?? layer.kernelSize;
      const [height, width] = windows(input, layer.kernelSize, stride, 0, name);
      const output = [input[0]!, height, width];
      return { output, parameters: 0, flops: sizeOf(output) * layer.kernelSize ** 2 };
    }
    case "Flatten":
      if (input.length < 2) throw misfit(name, "at least two axes", input);
      return { output: [sizeOf(input)], parameters: 0, flops: 0 };
    case "BatchNorm1d":
      mustHave(1, "[features]");
      return { output: input, parameters: 2 * input[0]!, flops: 4 * input[0]! };
    case "BatchNorm2d":
      mustHave(3, "[channels, height, width]");
      return { output: input, parameters: 2 * input[0]!, flops: 4 * sizeOf(input) };
    case "LayerNorm":
      return { output: input, parameters: 2 * input.at(-1)!, flops: 8 * sizeOf(input) };
    case "Embedding":
      mustHave(1, "[steps]");
      return {
        output: [input[0]!, layer.embeddingDim],
        parameters: 3 * layer.embeddingDim,
        flops: 0,
      };
    case "LSTM":
    case "GRU": {
      mustHave(2, "[steps, features]");
      const [steps, features] = input as readonly [number, number];
      const gates = layer.type === "LSTM" ? 4 : 3;
      const { hiddenSize } = layer;
      const weights = gates * hiddenSize * (features + hiddenSize);
      return {
        output: [hiddenSize],
        parameters: weights + 2 * gates * hiddenSize,
        flops: steps * (2 * weights + 12 * hiddenSize),
      };
    }
    default:
      return { output: input, parameters: 0, flops: sizeOf(input) };
  }
}

function convolution(
  layer: Extract<PlainLayer, { type: "Conv2d" }>,
  input: Shape,
  name: string,
): Costs {
  const { outChannels, kernelSize, stride, padding } = layer;
  const [height, width] = windows(input, kernelSize, stride, padding, name);
  const weights = input[0]! * kernelSize ** 2 * outChannels;
  return {
    output: [outChannels, height, width],
    parameters: weights + outChannels,
    flops: (2 * weights + outChannels) * height * width,
  };
}

function windows(
  input: Shape,
  kernelSize: number,
  stride: number,
  padding: number,
  name: string,
): readonly [number, number] {
  const [height, width] = [input[1]!, input[2]!];
  if (Math.min(height, width) + 2 * padding < kernelSize) {
    throw misfit(name, `at least ${kernelSize} x ${kernelSize} with its padding`, input);
  }
  const count = (size: number): number =>
    Math.floor((size + 2 * padding - kernelSize) / stride) + 1;
  return [count(height), count(width)];
}

function misfit(name: string, expected: string, input: Shape): Misfit {
  const found = shapeText(input);
  return new Misfit(`Layer ${name} expects ${expected} and is given ${found}.`, expected, found);
}

function checkEnd({ loss, batchSize, layers }: Specification, data: DataDescription, end: Shape) {
  const isClasses = data.task === "classification";
  const found = shapeText(end);
  const needs = (expected: string, why: string): never => {
    throw new Misfit(
      `The last layer gives ${found}, and ${loss} over ${why} expects ${expected}.`,
      expected,
      found,
    );
  };
  if (isClasses !== (loss === "CrossEntropyLoss" || loss === "BCEWithLogitsLoss")) {
    throw new Misfit(
      isClasses
        ? `${loss} is for numbers; these data have classes: take CrossEntropyLoss.`
        : `${loss} is for classes; these data have numbers: take MSELoss.`,
    );
  }
  const classes = data.classes.length;
  if (loss === "CrossEntropyLoss" && found !== shapeText([classes]))
    needs(shapeText([classes]), `${classes} classes`);
  if (loss === "BCEWithLogitsLoss") {
    if (classes !== 2) throw new Misfit(`${loss} is for two classes; these data have ${classes}.`);
    if (found !== "[1]") needs("[1]", "two classes");
  }
  if (!isClasses && found !== "[1]") needs("[1]", "one number a sample");
  const normalises = layers.some(({ type }) => type === "BatchNorm1d");
  const rest = data.trainingCount % batchSize;
  if (normalises && (batchSize === 1 || rest === 1)) {
    throw new Misfit(
      `BatchNorm1d cannot learn from a batch of one: ${data.trainingCount} samples in batches of ${batchSize} leave one.`,
    );
  }
}

function checkSize(layers: readonly LayerPlan[]): void {
  const { parametersMax, flopsMax, memoryBytesMax } = networkLimits;
  const total = (of: (layer: LayerPlan) => number) =>
    layers.reduce((sum, layer) => sum + of(layer), 0);
  const over = (what: string, value: number, max: number, of: (layer: LayerPlan) => number) => {
    if (value <= max) return;
    const largest = layers.reduce((a, b) => (of(b) > of(a) ? b : a));
    throw new Misfit(
      `The network has ${value.toLocaleString("en-US")} ${what}, at most ${max.toLocaleString("en-US")} are allowed; most are in layer ${largest.name}.`,
    );
  };
  const [parameters, flops, memory] = [
    (layer: LayerPlan) => layer.parameters,
    (layer: LayerPlan) => layer.flops,
    (layer: LayerPlan) => layer.memoryBytes,
  ];
  over("parameters", total(parameters), parametersMax, parameters);
  over("FLOPs a sample", total(flops), flopsMax, flops);
  over("bytes a batch", total(memory), memoryBytesMax, memory);
}
