/**
 * Modules through ONNX and back: through our own reader, and through ONNX Runtime where it is installed
 * (`npm i --no-save onnxruntime-node`, or in the folder that ONNXRUNTIME_FOLDER names).
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noGrad } from "../autograd/tape.ts";
import {
  ELU,
  GELU,
  Hardsigmoid,
  Hardswish,
  LeakyReLU,
  LogSoftmax,
  Mish,
  ReLU,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from "../nn/activations.ts";
import { MultiheadAttention } from "../nn/attention.ts";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  MaxPool2d,
} from "../nn/convolutions.ts";
import { Dropout, Embedding, Flatten, Linear } from "../nn/layers.ts";
import { type Layer, type Making, type Module, Residual, Sequential } from "../nn/module.ts";
import { BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm } from "../nn/normalisations.ts";
import { GRU, LSTM } from "../nn/recurrent.ts";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor, type Tensor } from "../tensor/tensor.ts";
import { exportOnnx } from "./export.ts";
import { loadOnnx } from "./import.ts";

const activations = [
  ELU,
  GELU,
  Hardsigmoid,
  Hardswish,
  LeakyReLU,
  LogSoftmax,
  Mish,
  ReLU,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
];
const chance = seededChance(5);
const making: Making = { chance };

interface Case {
  readonly name: string;
  readonly model: Module;
  readonly shape: readonly number[];
  readonly forward: (x: Tensor) => readonly Tensor[];
  /** Indices below this rather than numbers. */
  readonly ids?: number;
}

const layer = (name: string, model: Layer, shape: readonly number[]): Case => ({
  name,
  model,
  shape,
  forward: (x) => [model.forward(x)],
});

function recurrent(name: string, model: LSTM | GRU, shape: readonly number[]): Case {
  return {
    name,
    model,
    shape,
    forward: (x) => {
      if (model instanceof LSTM) {
        const { output, hidden, cell } = model.forward(x);
        return [output, hidden, cell];
      }
      const { output, hidden } = model.forward(x);
      return [output, hidden];
    },
  };
}

const attention = new MultiheadAttention(8, 2, making);
const embedding = new Embedding(6, 3, making);
const normed = new BatchNorm2d(4);
normed.runningMean.values.set([0.1, -0.2, 0.3, 0]);
normed.runningVar.values.set([0.5, 1, 2, 1.5]);

const cases: readonly Case[] = [
  ...activations.map((Kind) => layer(Kind.name, new Kind(), [2, 3, 4])),
  layer("GELU by tanh", new GELU("tanh"), [2, 3]),
  layer(
    "a perceptron",
    new Sequential(
      new Flatten(),
      new Linear(12, 8, making),
      new ReLU(),
      new Dropout(0.5, chance),
      new Linear(8, 5, making, { bias: false }),
      new Softmax(),
    ),
    [3, 3, 4],
  ),
  layer("Linear over sequences", new Linear(4, 5, making), [2, 3, 4]),
  layer("Flatten of inner axes", new Flatten(1, 2), [2, 3, 4, 5]),
  layer(
    "a residual network",
    new Sequential(
      new Conv2d(2, 4, 3, making, { padding: 1 }),
      normed,
      new Residual(
        new Sequential(
          new Conv2d(4, 4, [3, 1], making, { padding: [2, 0], dilation: [2, 1], groups: 4 }),
          new GroupNorm(2, 4),
        ),
        new Conv2d(4, 4, 1, making),
      ),
      new MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
      new ConvTranspose2d(4, 6, 3, making, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
      new AvgPool2d(2, { padding: 1 }),
      new AdaptiveAvgPool2d(1),
      new Flatten(),
      new Linear(6, 3, making),
    ),
    [2, 2, 8, 8],
  ),
  layer(
    "Conv1d and BatchNorm1d",
    new Sequential(new Conv1d(3, 4, 3, making, { stride: 2, padding: 1 }), new BatchNorm1d(4)),
    [2, 3, 9],
  ),
  layer("LayerNorm", new LayerNorm([3, 4]), [2, 3, 4]),
  recurrent("LSTM", new LSTM(3, 4, making), [5, 2, 3]),
  recurrent(
    "LSTM, two layers in both directions",
    new LSTM(3, 4, making, { numLayers: 2, bidirectional: true, batchFirst: true }),
    [2, 5, 3],
  ),
  recurrent("GRU", new GRU(3, 4, making), [5, 2, 3]),
  recurrent(
    "GRU, two layers in both directions",
    new GRU(3, 4, making, { numLayers: 2, bidirectional: true }),
    [5, 2, 3],
  ),
  {
    name: "MultiheadAttention",
    model: attention,
    shape: [2, 5, 8],
    forward: (x) => [attention.forward(x, x, x)],
  },
  {
    name: "Embedding",
    model: embedding,
    shape: [2, 3],
    ids: 6,
    forward: (x) => [embedding.forward(x)],
  },
];

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: object,
  ): Promise<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>;
}
interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array): Promise<Session> };
  readonly Tensor: new (
    type: string,
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => object;
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

/** Inputs, and what the model in use makes of them. */
function expectation({ model, shape, ids, forward }: Case): {
  input: number[];
  outputs: { shape: readonly number[]; values: number[] }[];
} {
  const source = seededChance(77);
  const size = shape.reduce((a, b) => a * b, 1);
  const input = Array.from({ length: size }, () =>
    ids === undefined ? source.float() * 4 - 2 : source.below(ids),
  );
  model.eval();
  const outputs: { shape: readonly number[]; values: number[] }[] = [];
  scope(() => {
    const x = tensor(input, shape, ids === undefined ? "f32" : "i32");
    for (const out of noGrad(() => forward(x)))
      outputs.push({ shape: out.shape, values: [...out.toArray()] });
  });
  return { input, outputs };
}

function expectClose(own: ArrayLike<number>, values: readonly number[]): void {
  const worst = Math.max(...values.map((value, index) => Math.abs(own[index]! - value)));
  expect(worst).toBeLessThan(1e-5);
}

describe.each(cases)("$name", (each) => {
  it("comes back through the importer", () => {
    const { input, outputs } = expectation(each);
    const graph = loadOnnx(exportOnnx(each.model, { inputShape: each.shape }));
    scope(() => {
      const results = [...graph.forward(new Map([["input", tensor(input, each.shape)]])).values()];
      expect(results.map((result) => result.tensor.shape)).toEqual(
        outputs.map(({ shape }) => shape),
      );
      results.forEach((result, index) =>
        expectClose(result.tensor.toArray(), outputs[index]!.values),
      );
    });
    graph.dispose();
  });

  it.skipIf(runtime === null)("does the same in ONNX Runtime", async () => {
    const { Tensor: OrtTensor, InferenceSession } = runtime!;
    const { input, outputs } = expectation(each);
    const session = await InferenceSession.create(
      exportOnnx(each.model, { inputShape: each.shape }),
    );
    const feed =
      each.ids === undefined
        ? new OrtTensor("float32", Float32Array.from(input), each.shape)
        : new OrtTensor("int64", BigInt64Array.from(input, BigInt), each.shape);
    const results = await session.run({ input: feed });
    session.outputNames.forEach((name, index) => {
      expect(results[name]!.dims).toEqual(outputs[index]!.shape);
      expectClose(results[name]!.data, outputs[index]!.values);
    });
  });
});
