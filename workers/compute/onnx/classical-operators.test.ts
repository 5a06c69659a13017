/**
 * The operators of ai.onnx.ml against what the standard says of them, worked out by hand, and against
 * ONNX Runtime where it is installed (see round-trip.test.ts).
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor } from "../tensor/tensor.ts";
import { loadOnnx } from "./import.ts";
import { type Attribute, OnnxError, type OnnxModel, writeModel } from "./model.ts";

interface Runtime {
  readonly InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      run(
        feeds: object,
      ): Promise<
        Record<
          string,
          { readonly dims: readonly number[]; readonly data: ArrayLike<number | bigint> }
        >
      >;
    }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
}

const runtime = ((): Runtime | null => {
  const folder = process.env["ONNXRUNTIME_FOLDER"];
  const from = folder === undefined ? import.meta.url : join(folder, "package.json");
  try {
    return createRequire(from)("onnxruntime-node") as Runtime;
  } catch {
    return null;
  }
})();

type Attributes = Readonly<Record<string, Attribute>>;

function modelOf(
  operator: string,
  attributes: Attributes,
  columns: number,
  outputs: readonly ("int64" | "float")[],
): Uint8Array {
  const model: OnnxModel = {
    opset: 17,
    nodes: [
      {
        name: "classical",
        operator,
        domain: "ai.onnx.ml",
        inputs: operator === "ArrayFeatureExtractor" ? ["input", "columns"] : ["input"],
        outputs: outputs.map((type) => `out_${type}`),
        attributes: new Map(Object.entries(attributes)),
      },
    ],
    initializers:
      operator === "ArrayFeatureExtractor"
        ? [{ name: "columns", shape: [2], type: "int64", values: [2, 0] }]
        : [],
    inputs: [{ name: "input", type: "float", shape: ["N", columns] }],
    outputs: outputs.map((type) => ({
      name: `out_${type}`,
      type,
      shape: type === "int64" ? ["N"] : ["N", "C"],
    })),
  };
  return writeModel(model, "test");
}

function run(bytes: Uint8Array, values: readonly number[], shape: readonly number[]): number[][] {
  const graph = loadOnnx(bytes);
  const out: number[][] = [];
  scope(() => {
    const results = graph.forward(new Map([["input", tensor(values, shape)]]));
    for (const { tensor: each } of results.values()) out.push([...each.toArray()]);
  });
  graph.dispose();
  return out;
}

/** Two trees over two columns: x0 <= 0.5 and x1 < -1, then x0 > 2. */
const nodes: Attributes = {
  nodes_treeids: [0, 0, 0, 1, 1, 1, 1, 1],
  nodes_nodeids: [0, 1, 2, 0, 1, 2, 3, 4],
  nodes_featureids: [0, 0, 0, 1, 0, 0, 0, 0],
  nodes_modes: "BRANCH_LEQ,LEAF,LEAF,BRANCH_LT,LEAF,BRANCH_GT,LEAF,LEAF",
  nodes_values: [0.5, 0, 0, -1, 0, 2, 0, 0],
  nodes_truenodeids: [1, 0, 0, 1, 0, 3, 0, 0],
  nodes_falsenodeids: [2, 0, 0, 2, 0, 4, 0, 0],
  nodes_missing_value_tracks_true: [1, 0, 0, 0, 0, 0, 0, 0],
};
const leaves = { treeids: [0, 0, 1, 1, 1], nodeids: [1, 2, 1, 3, 4] };
const regressor = (more: Attributes = {}): Attributes => ({
  ...nodes,
  target_treeids: leaves.treeids,
  target_nodeids: leaves.nodeids,
  target_ids: [0, 0, 0, 0, 0],
  target_weights: [1, 2, 10, 20, 30.5],
  n_targets: 1,
  ...more,
});
const classifier = (more: Attributes = {}): Attributes => ({
  ...nodes,
  class_treeids: leaves.treeids,
  class_nodeids: leaves.nodeids,
  class_ids: [0, 1, 2, 1, 0],
  class_weights: [0.5, 0.5, 0.5, 0.25, 0.5],
  classlabels_int64s: [4, 7, 9],
  ...more,
});
const oneClass = (weights: readonly number[], more: Attributes = {}): Attributes =>
  classifier({
    class_ids: [0, 0, 0, 0, 0],
    classlabels_int64s: [3, 8],
    class_weights: weights,
    ...more,
  });
const rows = [0.5, -2, 0.6, -1, 3, 5, -7, 0, 2, -1.5];

describe("worked out by hand", () => {
  it("a regressor adds the leaf of each tree, at and beyond its thresholds", () => {
    const [values] = run(modelOf("TreeEnsembleRegressor", regressor(), 2, ["float"]), rows, [5, 2]);
    expect(values).toEqual([1 + 10, 2 + 30.5, 2 + 20, 1 + 30.5, 2 + 10]);
  });

  it("a missing value goes where its split says", () => {
    const bytes = modelOf("TreeEnsembleRegressor", regressor(), 2, ["float"]);
    expect(run(bytes, [Number.NaN, -2, 3, Number.NaN], [2, 2])).toEqual([[1 + 10, 2 + 20]]);
  });

  it("a classifier counts the votes of its leaves", () => {
    const outputs = ["int64", "float"] as const;
    const [labels, scores] = run(
      modelOf("TreeEnsembleClassifier", classifier(), 2, outputs),
      [3, 5, 0.6, -2],
      [2, 2],
    );
    expect(labels).toEqual([7, 7]);
    expect(scores).toEqual([0, 0.75, 0, 0, 0.5, 0.5]);
  });

  it("of two classes with votes of their own the larger wins", () => {
    const two = classifier({ class_ids: [0, 1, 1, 0, 1], classlabels_int64s: [0, 1] });
    const [labels, scores] = run(
      modelOf("TreeEnsembleClassifier", two, 2, ["int64", "float"]),
      [0, 3, 3, 5],
      [2, 2],
    );
    expect(scores).toEqual([0.5, 0.5, 0.25, 0.5]);
    expect(labels).toEqual([0, 1]);
  });

  it("a linear classifier and its softmax", () => {
    const bytes = modelOf(
      "LinearClassifier",
      {
        coefficients: [1, 0, 0, 1, 0, 0],
        intercepts: [0, 0, 0.5],
        classlabels_ints: [1, 2, 3],
        post_transform: "SOFTMAX",
      },
      2,
      ["int64", "float"],
    );
    const [labels, scores] = run(bytes, [Math.log(2), 0], [1, 2]);
    expect(labels).toEqual([1]);
    const total = 2 + 1 + Math.exp(0.5);
    [2, 1, Math.exp(0.5)].forEach((part, at) => expect(scores![at]).toBeCloseTo(part / total, 6));
  });
});

const chance = seededChance(11);
const input = Array.from({ length: 36 }, () => Math.fround(chance.float() * 6 - 3));
const linearClasses: Attributes = {
  coefficients: Array.from({ length: 9 }, () => Math.fround(chance.float() * 2 - 1)),
  intercepts: [0.1, -0.2, 0.3],
  classlabels_ints: [5, 6, 7],
};
const both = ["int64", "float"] as const;
const only = ["float"] as const;
const cases: readonly [string, string, Attributes, number, readonly ("int64" | "float")[]][] = [
  ["Normalizer MAX", "Normalizer", { norm: "MAX" }, 3, only],
  ["Normalizer L1", "Normalizer", { norm: "L1" }, 3, only],
  ["Normalizer L2", "Normalizer", { norm: "L2" }, 3, only],
  ["Scaler", "Scaler", { offset: [1, 2, 3], scale: [0.5, 2, -1] }, 3, only],
  ["Scaler, one for all", "Scaler", { offset: [1], scale: [0.5] }, 3, only],
  ["Binarizer", "Binarizer", { threshold: 0.25 }, 3, only],
  ["ArrayFeatureExtractor", "ArrayFeatureExtractor", {}, 3, only],
  [
    "LinearRegressor",
    "LinearRegressor",
    { coefficients: [1, 2, 3, -1, 0.5, 0.25], intercepts: [1, -1], targets: 2 },
    3,
    only,
  ],
  ["LinearClassifier", "LinearClassifier", linearClasses, 3, both],
  ["its softmax", "LinearClassifier", { ...linearClasses, post_transform: "SOFTMAX" }, 3, both],
  ["its logistic", "LinearClassifier", { ...linearClasses, post_transform: "LOGISTIC" }, 3, both],
  [
    "of two classes",
    "LinearClassifier",
    {
      coefficients: [1, -1, 2, -1, 1, -2],
      intercepts: [0.5, -0.5],
      classlabels_ints: [0, 1],
      post_transform: "LOGISTIC",
    },
    3,
    both,
  ],
  ["TreeEnsembleRegressor", "TreeEnsembleRegressor", regressor(), 2, only],
  ["average", "TreeEnsembleRegressor", regressor({ aggregate_function: "AVERAGE" }), 2, only],
  ["least", "TreeEnsembleRegressor", regressor({ aggregate_function: "MIN" }), 2, only],
  ["most", "TreeEnsembleRegressor", regressor({ aggregate_function: "MAX" }), 2, only],
  ["base value", "TreeEnsembleRegressor", regressor({ base_values: [7.5] }), 2, only],
  ["TreeEnsembleClassifier", "TreeEnsembleClassifier", classifier(), 2, both],
  ["softmax", "TreeEnsembleClassifier", classifier({ post_transform: "SOFTMAX" }), 2, both],
  ["bases", "TreeEnsembleClassifier", classifier({ base_values: [0.1, 0.2, 0.9] }), 2, both],
  ["one class of two", "TreeEnsembleClassifier", oneClass([0.1, 0.2, 0.3, 0.5, 0.6]), 2, both],
  ["one class, mixed", "TreeEnsembleClassifier", oneClass([-1, 2, -3, 0.5, 0.6]), 2, both],
  [
    "one class, logistic",
    "TreeEnsembleClassifier",
    oneClass([-1, 2, -3, 0.5, 0.6], { post_transform: "LOGISTIC", base_values: [-0.25] }),
    2,
    both,
  ],
];

describe.skipIf(runtime === null)("as ONNX Runtime does", () => {
  it.each(cases)("%s", async (_, operator, attributes, columns, outputs) => {
    const bytes = modelOf(operator, attributes, columns, outputs);
    const shape = [input.length / columns, columns];
    const session = await runtime!.InferenceSession.create(bytes);
    const feed = new runtime!.Tensor("float32", Float32Array.from(input), shape);
    const results = await session.run({ input: feed });
    const own = run(bytes, input, shape);
    outputs.forEach((type, at) => {
      const expected = Array.from(results[`out_${type}`]!.data, Number);
      expect(own[at]).toHaveLength(expected.length);
      const worst = Math.max(...expected.map((value, index) => Math.abs(own[at]![index]! - value)));
      expect(worst).toBeLessThan(1e-5);
    });
  });
});

describe("an ensemble that is no forest is refused", () => {
  const circle = [1, 0, 0, 1, 0, 3, 0, 0];
  it.each([
    ["in a circle", { nodes_truenodeids: circle.with(0, 0) }, "no forest|circle|Two splits"],
    ["with a child that is not there", { nodes_truenodeids: circle.with(0, 77) }, "no node 77"],
    [
      "with an unknown mode",
      { nodes_modes: "BRANCH_UP,LEAF,LEAF,BRANCH_LT,LEAF,BRANCH_GT,LEAF,LEAF" },
      "BRANCH_UP",
    ],
    ["with too few values", { nodes_values: [1] }, "not as many"],
    ["that votes beyond its targets", { target_ids: [0, 0, 0, 0, 1_000_000] }, "beyond the 1"],
  ])("%s", (_, change, complaint) => {
    const bytes = modelOf("TreeEnsembleRegressor", regressor(change), 2, ["float"]);
    expect(() => run(bytes, rows, [5, 2])).toThrow(OnnxError);
    expect(() => run(bytes, rows, [5, 2])).toThrow(new RegExp(complaint));
    expect(() => run(bytes, rows, [5, 2])).toThrow('Node 0 (TreeEnsembleRegressor "classical")');
  });

  it("and one that reads more columns than there are", () => {
    const bytes = modelOf("TreeEnsembleRegressor", regressor(), 1, ["float"]);
    expect(() => run(bytes, [1, 2], [2, 1])).toThrow("reads 2 columns; 1 are given");
  });
});
