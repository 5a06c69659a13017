/** The network as columns: a layer with weights, and those after it that change each value by itself. */
import type {
  Specification,
  TrainingFrame,
  TrainingPlan,
} from "../../../workers/analytics/contract.ts";
import type { Layer } from "./lab-document.ts";

/** More are not drawn one by one; the server sends no pictures of more. */
export const drawnNeuronsMax = 24;

export interface Column {
  /** Of the layer with weights in the specification; null: the inputs. */
  readonly layer: number | null;
  readonly title: string;
  /** Layers after it that belong to it, such as its activation. */
  readonly followers: readonly { readonly index: number; readonly type: string }[];
  /** 0: they are too many, or it is no row of neurons. */
  readonly neurons: number;
  /** What comes out, for a column that is drawn as a box. */
  readonly shape: string;
  readonly problem: string | null;
}

const elementwise = new Set([
  "ReLU",
  "Tanh",
  "Sigmoid",
  "LeakyReLU",
  "ELU",
  "GELU",
  "SiLU",
  "Dropout",
  "BatchNorm1d",
  "BatchNorm2d",
  "LayerNorm",
]);

export function columnsOf({ layers, data }: Specification, plan: TrainingPlan | null): Column[] {
  const features = "features" in data ? data.features : null;
  const first = plan?.layers[0]?.input ?? null;
  const columns: Column[] = [
    {
      layer: null,
      title: "Inputs",
      followers: [],
      neurons: features?.length ?? 0,
      shape: first === null ? "" : `[${first.join(", ")}]`,
      problem: null,
    },
  ];
  layers.forEach((layer, index) => {
    const problem = plan?.problem?.layer === index ? plan.problem.message : null;
    const last = columns.at(-1)!;
    if (elementwise.has(layer.type) && last.layer !== null && last.neurons > 0) {
      const followers = [...last.followers, { index, type: layer.type }];
      columns[columns.length - 1] = { ...last, followers, problem: last.problem ?? problem };
      return;
    }
    const planned = plan?.layers[index];
    columns.push({
      layer: index,
      title: layer.type,
      followers: [],
      neurons: neuronsOf(layer),
      shape: planned === undefined ? "" : `[${planned.output.join(", ")}]`,
      problem,
    });
  });
  return columns;
}

function neuronsOf(layer: Layer): number {
  return layer.type === "Linear" && layer.outFeatures <= drawnNeuronsMax ? layer.outFeatures : 0;
}

/** A frame shows this network only if its layers are those that were trained. */
export function framesNetwork(
  frame: TrainingFrame | null,
  trained: Specification | null,
  shown: Specification,
): boolean {
  if (frame === null || trained === null) return false;
  const featuresOf = ({ data }: Specification) => ("features" in data ? data.features : data.kind);
  return (
    JSON.stringify([trained.layers, featuresOf(trained)]) ===
    JSON.stringify([shown.layers, featuresOf(shown)])
  );
}

/** What the plane's input feature is at a point, for its picture. */
export function featureAt(feature: string, x: number, y: number): number {
  const values: Readonly<Record<string, number>> = {
    x,
    y,
    "x^2": x * x,
    "y^2": y * y,
    xy: x * y,
    "sin x": Math.sin(x),
    "sin y": Math.sin(y),
  };
  return values[feature] ?? 0;
}
