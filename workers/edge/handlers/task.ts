/** A checked request as something that a node can compute. */
import {
  modelNames,
  type Operation,
  operations,
  type ProcessInput,
  requestTypes,
  type EdgeResult,
} from "../contract.ts";
import { prepareImage } from "../core/image-input.ts";
import { normalize, smooth, statisticsOf } from "../core/series-operations.ts";
import { edgeProblem } from "../errors.ts";
import type { LoadedModel, ModelStore } from "./model-store.ts";

type RequestType = (typeof requestTypes)[number];

export interface Task {
  readonly type: RequestType;
  /** The model or the operation. */
  readonly subject: string;
  /** Distinguishes cached results beside the data. */
  readonly cacheSubject: string;
  readonly data: readonly number[];
  /** What the node must have loaded. */
  readonly model: { readonly name: string; readonly bytes: number } | null;
  compute(): EdgeResult;
}

const smoothWindowDefault = 5;
/** Below this the network itself is not sure. */
const confidenceLow = 0.6;

/** @throws an edge problem that lists what is known */
export async function taskOf(input: ProcessInput, models: ModelStore): Promise<Task> {
  const type = known(input.type, requestTypes);
  if (type === "ai_inference") return inferenceOf(input, models);
  if (type === "data_processing") return processingOf(input);
  throw edgeProblem(
    "EDGE_TYPE_UNKNOWN",
    `“${input.type}” is no type of request. Known are ${listOf(requestTypes)}.`,
  );
}

async function inferenceOf(input: ProcessInput, models: ModelStore): Promise<Task> {
  refuse(input, ["operation", "window"]);
  if (input.model === undefined || known(input.model, modelNames) === undefined) {
    throw edgeProblem(
      "EDGE_MODEL_UNKNOWN",
      `${input.model === undefined ? "The field `model` is missing" : `“${input.model}” is no model`}. Known is ${listOf(modelNames)}.`,
    );
  }
  const model = await models.imageClassifier();
  return {
    type: "ai_inference",
    subject: model.name,
    cacheSubject: model.name,
    data: input.data,
    model: { name: model.name, bytes: model.weightsBytes },
    compute: () => classify(model, input.data),
  };
}

function processingOf(input: ProcessInput): Task {
  refuse(input, ["model"]);
  const operation = known(input.operation ?? "statistics", operations);
  if (operation === undefined) {
    throw edgeProblem(
      "EDGE_OPERATION_UNKNOWN",
      `“${input.operation}” is no operation. Known are ${listOf(operations)}.`,
    );
  }
  if (operation !== "smooth") refuse(input, ["window"]);
  const window = input.window ?? smoothWindowDefault;
  return {
    type: "data_processing",
    subject: operation,
    cacheSubject: `${operation} ${window}`,
    data: input.data,
    model: null,
    compute: () => processed(operation, input.data, window),
  };
}

function processed(operation: Operation, data: readonly number[], window: number): EdgeResult {
  if (operation === "statistics") return { kind: "statistics", statistics: statisticsOf(data) };
  const values = operation === "normalize" ? normalize(data) : smooth(data, window);
  return { kind: "series", operation, values };
}

function classify(model: LoadedModel, data: readonly number[]): EdgeResult {
  const { pixels, resampled, scaled } = prepareImage(data, model.inputShape);
  const probabilities = model
    .infer(pixels)
    .map((probability, index) => ({ label: model.labels[index] ?? "", probability }))
    .toSorted((a, b) => b.probability - a.probability);
  const best = probabilities[0] ?? { label: "", probability: 0 };
  return {
    kind: "classification",
    model: model.name,
    label: best.label,
    confidence: best.probability,
    probabilities,
    resampled,
    scaled,
    note: noteOn(resampled !== null, best.probability),
  };
}

/** The network must choose one of its labels, also for what is no digit at all. */
function noteOn(resampled: boolean, confidence: number): string | null {
  if (resampled) {
    return "The input was stretched to the model's shape; a label is only meaningful if it shows a handwritten digit.";
  }
  return confidence < confidenceLow
    ? "The network is not sure; the input may show no handwritten digit."
    : null;
}

function refuse(input: ProcessInput, fields: readonly ("model" | "operation" | "window")[]): void {
  const present = fields.find((field) => input[field] !== undefined);
  if (present !== undefined) {
    const where = input.operation === undefined ? input.type : `${input.type} ${input.operation}`;
    throw edgeProblem("EDGE_FIELD_UNFIT", `The field \`${present}\` has no meaning in ${where}.`);
  }
}

function known<Name extends string>(name: string, names: readonly Name[]): Name | undefined {
  return names.find((candidate) => candidate === name);
}

function listOf(names: readonly string[]): string {
  return names.join(", ");
}
