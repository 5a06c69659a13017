/** The specification as a document: edits that can be undone, and what a layer begins with. */
import {
  type Specification,
  specificationExamples,
  specificationSchema,
} from "../../../workers/analytics/contract.ts";

export type Layer = Specification["layers"][number];
export type LayerType = Layer["type"];
type Data = Specification["data"];

export interface LabDocument {
  readonly present: Specification;
  readonly past: readonly Specification[];
  readonly future: readonly Specification[];
}

export type LabAction =
  | { readonly kind: "change"; readonly to: Partial<Specification> }
  | { readonly kind: "undo" | "redo" }
  | { readonly kind: "load"; readonly specification: Specification };

const historyMax = 100;
export const exampleNames = Object.keys(
  specificationExamples,
) as (keyof typeof specificationExamples)[];

export function exampleOf(name: keyof typeof specificationExamples): Specification {
  return specificationSchema.parse(specificationExamples[name]);
}

export function labReducer(document: LabDocument, action: LabAction): LabDocument {
  const { present, past, future } = document;
  switch (action.kind) {
    case "undo": {
      const before = past.at(-1);
      if (before === undefined) return document;
      return { present: before, past: past.slice(0, -1), future: [present, ...future] };
    }
    case "redo": {
      const [next, ...rest] = future;
      if (next === undefined) return document;
      return { present: next, past: [...past, present], future: rest };
    }
    case "load":
      return withPresent(document, action.specification);
    default:
      return withPresent(document, { ...present, ...action.to });
  }
}

function withPresent({ present, past }: LabDocument, next: Specification): LabDocument {
  if (JSON.stringify(next) === JSON.stringify(present)) return { present, past, future: [] };
  return { present: next, past: [...past, present].slice(-historyMax), future: [] };
}

/** A layer of a type with what it usually has. */
export function newLayer(type: LayerType): Layer {
  switch (type) {
    case "Linear":
      return { type, inFeatures: null, outFeatures: 8 };
    case "Conv2d":
      return { type, inChannels: null, outChannels: 8, kernelSize: 3, stride: 1, padding: 1 };
    case "MaxPool2d":
    case "AvgPool2d":
      return { type, kernelSize: 2, stride: null };
    case "Dropout":
      return { type, p: 0.2 };
    case "Embedding":
      return { type, embeddingDim: 4 };
    case "LSTM":
    case "GRU":
      return { type, hiddenSize: 16 };
    case "Residual":
      return { type, layers: [{ type: "LayerNorm" }, { type: "ReLU" }] };
    default:
      return { type };
  }
}

export const layerTypes: readonly LayerType[] = [
  "Linear",
  "ReLU",
  "Tanh",
  "Sigmoid",
  "LeakyReLU",
  "ELU",
  "GELU",
  "SiLU",
  "Dropout",
  "BatchNorm1d",
  "LayerNorm",
  "Residual",
  "Conv2d",
  "BatchNorm2d",
  "MaxPool2d",
  "AvgPool2d",
  "Flatten",
  "Embedding",
  "LSTM",
  "GRU",
];

/** The number that says how wide a layer is, by the name of its setting; null: it has none. */
export function widthSetting(layer: Layer): { name: string; value: number } | null {
  switch (layer.type) {
    case "Linear":
      return { name: "outFeatures", value: layer.outFeatures };
    case "Conv2d":
      return { name: "outChannels", value: layer.outChannels };
    case "Embedding":
      return { name: "embeddingDim", value: layer.embeddingDim };
    case "LSTM":
    case "GRU":
      return { name: "hiddenSize", value: layer.hiddenSize };
    case "Dropout":
      return { name: "p", value: layer.p };
    case "MaxPool2d":
    case "AvgPool2d":
      return { name: "kernelSize", value: layer.kernelSize };
    default:
      return null;
  }
}

export function withSetting(layer: Layer, name: string, value: number | null): Layer {
  return { ...layer, [name]: value };
}

/** A hidden layer with its activation, before the last one. */
export function withHiddenLayer(layers: readonly Layer[]): Layer[] {
  const last = layers.findLastIndex(({ type }) => type === "Linear");
  const at = Math.max(0, last);
  return layers.toSpliced(at, 0, newLayer("Linear"), newLayer("Tanh"));
}

const planeKinds = ["circle", "xor", "gaussians", "spiral", "moons", "plane", "sine"] as const;
export const dataKinds: readonly Data["kind"][] = [
  ...planeKinds,
  "points",
  "table",
  "digits",
  "brackets",
];

const sampleTable = `length,width,kind
5.1,1.4,a
4.9,1.3,a
5.0,1.5,a
4.6,1.4,a
5.4,1.7,a
6.4,4.5,b
6.9,4.9,b
5.5,4.0,b
6.5,4.6,b
5.7,4.5,b`;

/** Data of a kind, and a network and loss that go with them where the present ones cannot. */
export function withData(now: Specification, kind: Data["kind"]): Partial<Specification> {
  const features = "features" in now.data ? now.data.features : (["x", "y"] as const);
  if (kind === "digits") return exampleOf("digits, dense");
  if (kind === "brackets") return exampleOf("brackets in balance");
  const data = dataOf(kind, [...features]);
  const isRegression = kind === "plane" || kind === "sine";
  const wasFlat = "features" in now.data || now.data.kind === "table";
  if (!wasFlat) return { ...exampleOf(isRegression ? "regression of a wave" : "circle"), data };
  const wasRegression = now.loss !== "CrossEntropyLoss" && now.loss !== "BCEWithLogitsLoss";
  if (isRegression === wasRegression) return { data };
  return { data, loss: isRegression ? "MSELoss" : "BCEWithLogitsLoss" };
}

function dataOf(
  kind: Data["kind"],
  features: Extract<Data, { features: unknown }>["features"],
): Data {
  const validationShare = 0.3;
  if (kind === "table") return { kind, csv: sampleTable, target: "kind", validationShare };
  if (kind !== "points") {
    const plane = planeKinds.find((each) => each === kind) ?? "circle";
    return { kind: plane, samples: 400, noise: 0.1, features, validationShare };
  }
  const corners = [-2, -1, 1, 2];
  const points = corners.flatMap((x) => corners.map((y) => ({ x, y, label: Number(x * y > 0) })));
  return { kind, points, features, validationShare };
}

/** @returns the specification, or what is wrong with the text */
export function readSpecification(text: string): Specification | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`;
  }
  const read = specificationSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `${issue?.path.join(".") || "The specification"}: ${issue?.message ?? "it does not fit"}`;
}
