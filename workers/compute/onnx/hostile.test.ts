/** Files that are damaged or mean harm are refused in words, and name the node. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mean } from "../autograd/reductions.ts";
import { backward } from "../autograd/tape.ts";
import { MaxPool2d, Conv2d } from "../nn/convolutions.ts";
import { Flatten, Linear } from "../nn/layers.ts";
import { Sequential } from "../nn/module.ts";
import { SGD } from "../optim/optimisers.ts";
import { seededChance } from "../seeded-chance.ts";
import { memoryInUse } from "../tensor/memory.ts";
import { scope, tensor, type Tensor, zeros } from "../tensor/tensor.ts";
import { exportOnnx } from "./export.ts";
import { loadOnnx } from "./import.ts";
import { OnnxError, type OnnxModel, writeModel } from "./model.ts";
import { MessageWriter } from "./protobuf.ts";

const making = { chance: seededChance(1) };
const model = new Sequential(
  new Conv2d(1, 2, 3, making, { padding: 1 }),
  new MaxPool2d(2),
  new Flatten(),
  new Linear(8, 3, making),
);
const inputShape = [1, 1, 4, 4];
const good = exportOnnx(model, { inputShape });

function withNode(
  operator: string,
  inputs: string[],
  attributes: OnnxModel["nodes"][number]["attributes"] = new Map(),
): Uint8Array {
  const port = { name: "x", type: "float", shape: [2] } as const;
  const node = { name: "culprit", operator, domain: "", inputs, outputs: ["y"], attributes };
  const initializers = [
    { name: "big", shape: [4], type: "int64", values: [3_000, 3_000, 3_000, 2] } as const,
  ];
  return writeModel(
    { opset: 21, nodes: [node], initializers, inputs: [port], outputs: [{ ...port, name: "y" }] },
    "test",
  );
}

function run(bytes: Uint8Array): void {
  const graph = loadOnnx(bytes);
  try {
    scope(() => {
      graph.forward(
        new Map(
          graph.inputs.map(({ name, shape }) => [
            name,
            zeros(shape.map((size) => (typeof size === "number" ? size : 1))),
          ]),
        ),
      );
    });
  } finally {
    graph.dispose();
  }
}

describe("a file", () => {
  it.each([
    [
      "of an unknown operator",
      withNode("Evil", ["x"]),
      'Node 0 (Evil "culprit"): the operator Evil is not supported',
    ],
    ["that reads what is not there", withNode("Relu", ["z"]), 'Node 0 (Relu "culprit") reads "z"'],
    ["without an input", withNode("Add", ["x"]), 'Node 0 (Add "culprit"): Input 1 is missing'],
    [
      "of a tensor beyond the limit",
      withNode("Expand", ["x", "big"]),
      'Node 0 (Expand "culprit"): The result has',
    ],
    [
      "of an impossible shape",
      withNode("Reshape", ["x", "big"]),
      'Node 0 (Reshape "culprit"): 2 values do not fit',
    ],
    [
      "of a wrong attribute",
      withNode("Concat", ["x"], new Map([["axis", "left"]])),
      "Attribute axis is not a number",
    ],
    ["of nothing", new Uint8Array(), "It has no graph"],
    [
      "of text",
      new TextEncoder().encode("<!doctype html><p>Not found</p>"),
      "This is not an ONNX model",
    ],
  ])("%s", (_, bytes, complaint) => {
    expect(() => run(bytes)).toThrow(OnnxError);
    expect(() => run(bytes)).toThrow(complaint);
  });

  it("whose tensor claims more than it holds", () => {
    const claims = new MessageWriter()
      .integers(1, [1_000_000, 1_000_000])
      .integer(2, 1)
      .text(8, "w");
    const graph = new MessageWriter().message(5, claims);
    const opset = new MessageWriter().integer(2, 21);
    const bytes = new MessageWriter().message(7, graph).message(8, opset).finish();
    expect(() => loadOnnx(bytes)).toThrow("Tensor w has 1000000000000 values");
  });

  it("that is cut off or changed either runs or is refused, and leaks nothing", () => {
    run(good);
    const before = memoryInUse();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const bytes = isCut ? good.slice(0, at) : good.with(at, byte);
        try {
          run(bytes);
        } catch (error) {
          if (!(error instanceof OnnxError) && !(error instanceof RangeError)) throw error;
        }
        expect(memoryInUse()).toEqual(before);
      }),
      { numRuns: 1_000 },
    );
  });
});

it("gradients reach the initializers of an imported graph", () => {
  const graph = loadOnnx(good);
  const weights = [...graph.initializers.values()];
  for (const each of weights) each.requiresGrad = true;
  const optimiser = new SGD(weights, { lr: 0.1 });
  const input = tensor(
    Array.from({ length: 16 }, (_, index) => index / 16),
    inputShape,
  );
  const losses = Array.from({ length: 20 }, () =>
    scope(() => {
      const output: Tensor = graph.forward(new Map([["input", input]])).get("output")!.tensor;
      optimiser.zeroGrad();
      const loss = mean(output);
      backward(loss);
      optimiser.step();
      return loss.item();
    }),
  );
  expect(losses.at(-1)).toBeLessThan(losses[0]! - 1);
  graph.dispose();
});

describe("trees", () => {
  const sound = {
    n_targets: 1,
    nodes_treeids: [0, 0, 0],
    nodes_nodeids: [0, 1, 2],
    nodes_featureids: [1, 0, 0],
    nodes_modes: ["BRANCH_LEQ", "LEAF", "LEAF"],
    nodes_values: Float32Array.of(0.5, 0, 0),
    nodes_truenodeids: [1, 0, 0],
    nodes_falsenodeids: [2, 0, 0],
    target_treeids: [0, 0],
    target_nodeids: [1, 2],
    target_ids: [0, 0],
    target_weights: Float32Array.of(3, 4),
  };
  function answer(changes: object): number[] {
    const port = (name: string, width: number) =>
      ({ name, type: "float", shape: ["N", width] }) as const;
    const node = {
      name: "culprit",
      operator: "TreeEnsembleRegressor",
      domain: "ai.onnx.ml",
      inputs: ["x"],
      outputs: ["y"],
      attributes: new Map(Object.entries({ ...sound, ...changes })),
    };
    const file = { opset: 21, nodes: [node], initializers: [] };
    const bytes = writeModel({ ...file, inputs: [port("x", 2)], outputs: [port("y", 1)] }, "test");
    const graph = loadOnnx(bytes);
    let values: number[] = [];
    scope(() => {
      const x = tensor([9, 0.5, 0, 0.6], [2, 2]);
      values = [
        ...graph
          .forward(new Map([["x", x]]))
          .get("y")!
          .tensor.toArray(),
      ];
    });
    graph.dispose();
    return values;
  }

  it("that are sound are walked", () => {
    expect(answer({})).toEqual([3, 4]);
  });

  it.each([
    [{ nodes_truenodeids: [7, 0, 0] }, "Tree 0 has no node 7"],
    [{ nodes_truenodeids: [0, 0, 0] }, "goes round in a circle"],
    [{ nodes_featureids: [2, 0, 0] }, "a column beyond 2"],
    [{ nodes_nodeids: [0, 1, 1] }, "one entry for each node"],
    [{ nodes_values: Float32Array.of(1) }, "one entry for each node"],
    [{ nodes_modes: ["BRANCH_EQ", "LEAF", "LEAF"] }, "Nodes of BRANCH_EQ"],
    [{ target_ids: [0, 1] }, "There is no target 1"],
    [{ target_nodeids: [1, 5] }, "Tree 0 has no node 5"],
  ])("that are not are refused: %j", (changes, message) => {
    expect(() => answer(changes)).toThrow(message);
  });
});
