/** Whole networks: that they learn, begin where they should, and do the same every time. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { backward } from "../autograd/tape.ts";
import { gradientError } from "../autograd/gradient-check.ts";
import { mean } from "../autograd/reductions.ts";
import { select } from "../autograd/shape.ts";
import { clipGradNorm } from "../optim/clipping.ts";
import { Adam, AdamW, SGD } from "../optim/optimisers.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { seededChance } from "../seeded-chance.ts";
import { memoryInUse } from "../tensor/memory.ts";
import { scope, tensor, type Tensor } from "../tensor/tensor.ts";
import { GELU, ReLU, Tanh } from "./activations.ts";
import { MultiheadAttention } from "./attention.ts";
import { AdaptiveAvgPool2d, Conv2d, MaxPool2d } from "./convolutions.ts";
import { Dropout, Embedding, Flatten, Linear } from "./layers.ts";
import { CrossEntropyLoss } from "./losses.ts";
import { Layer, type Making, type Module, Residual, Sequential } from "./module.ts";
import { BatchNorm2d, GroupNorm, LayerNorm } from "./normalisations.ts";
import { GRU, LSTM } from "./recurrent.ts";

const classes = 5;

function images(count: number, dtype: "f32" | "f64" = "f32"): Tensor {
  const chance = seededChance(11);
  return tensor(
    Array.from({ length: count * 64 }, () => chance.float()),
    [count, 1, 8, 8],
    dtype,
  ).keep();
}
function labels(count: number): Tensor {
  return tensor(
    Array.from({ length: count }, (_, index) => index % classes),
    [count],
    "i32",
  ).keep();
}

const mlp = (making: Making): Layer =>
  new Sequential(
    new Flatten(),
    new Linear(64, 32, making),
    new Tanh(),
    new Linear(32, classes, making),
  );
const cnn = (making: Making): Layer =>
  new Sequential(
    new Conv2d(1, 4, 3, making, { padding: 1, bias: false }),
    new BatchNorm2d(4, making),
    new ReLU(),
    new Residual(
      new Sequential(
        new Conv2d(4, 4, 3, making, { padding: 1, groups: 2 }),
        new GroupNorm(2, 4, making),
        new GELU(),
      ),
    ),
    new MaxPool2d(2),
    new Conv2d(4, 8, 3, making, { stride: 2, padding: 1 }),
    new AdaptiveAvgPool2d(2),
    new Flatten(),
    new Linear(32, classes, making),
  );

/** Rows of the image are steps of a sequence. */
class Reader extends Layer {
  readonly memory: LSTM | GRU;
  readonly head: Linear;
  constructor(making: Making, Kind: typeof LSTM | typeof GRU) {
    super();
    this.memory = this.addChild(
      "memory",
      new Kind(8, 12, making, { batchFirst: true, bidirectional: true, numLayers: 2 }),
    );
    this.head = this.addChild("head", new Linear(24, classes, making));
  }
  override forward(x: Tensor): Tensor {
    const { output } = this.memory.forward(select(x, 1, 0));
    return this.head.forward(mean(output, { axes: 1 }));
  }
}

class Attentive extends Layer {
  readonly attention: MultiheadAttention;
  readonly norm: LayerNorm;
  readonly head: Linear;
  constructor(making: Making) {
    super();
    this.attention = this.addChild("attention", new MultiheadAttention(8, 2, making));
    this.norm = this.addChild("norm", new LayerNorm(8, making));
    this.head = this.addChild("head", new Linear(8, classes, making));
  }
  override forward(x: Tensor): Tensor {
    const rows = select(x, 1, 0);
    return this.head.forward(
      mean(this.norm.forward(this.attention.forward(rows, rows, rows)), { axes: 1 }),
    );
  }
}

const models: readonly { readonly name: string; readonly make: (making: Making) => Layer }[] = [
  { name: "dense layers", make: mlp },
  { name: "convolutions, normalisation and a residual", make: cnn },
  { name: "an LSTM", make: (making) => new Reader(making, LSTM) },
  { name: "a GRU", make: (making) => new Reader(making, GRU) },
  { name: "attention", make: (making) => new Attentive(making) },
];

function learn(model: Layer, optimiser: Optimiser, x: Tensor, y: Tensor, steps: number): number[] {
  const loss = new CrossEntropyLoss();
  return Array.from({ length: steps }, () =>
    scope(() => {
      optimiser.zeroGrad();
      const value = loss.forward(model.forward(x), y);
      backward(value);
      clipGradNorm(model.parameters(), 5);
      optimiser.step();
      return value.item();
    }),
  );
}

function hash(model: Module): string {
  const digest = createHash("sha256");
  for (const [name, { values }] of Object.entries(model.stateDict())) {
    digest.update(name).update(new Uint8Array(values.buffer));
  }
  return digest.digest("hex");
}

describe.each(models)("$name", ({ make }) => {
  it("begin with a loss near ln(classes)", () => {
    const model = make({ chance: seededChance(2) });
    const loss = learn(
      model,
      new SGD(model.parameters(), { lr: 0 }),
      images(40),
      labels(40),
      1,
    )[0]!;
    expect(Math.abs(loss - Math.log(classes))).toBeLessThan(0.3);
  });

  it("learn one batch by heart", () => {
    const model = make({ chance: seededChance(2) });
    const losses = learn(
      model,
      new Adam(model.parameters(), { lr: 0.02 }),
      images(10),
      labels(10),
      250,
    );
    expect(losses.at(-1)).toBeLessThan(0.05);
  });

  it("come out the same, bit for bit, and go on exactly from a saved state", () => {
    const run = (stopAfter: number | null): string => {
      let model = make({ chance: seededChance(4) });
      let optimiser = new AdamW(model.parameters(), { lr: 0.01 });
      const [x, y] = [images(10), labels(10)];
      if (stopAfter !== null) {
        learn(model, optimiser, x, y, stopAfter);
        const [saved, savedOptimiser] = [model.stateDict(), optimiser.stateDict()];
        model = make({ chance: seededChance(99) });
        model.loadStateDict(saved);
        optimiser = new AdamW(model.parameters(), { lr: 1 });
        optimiser.loadStateDict(savedOptimiser);
      }
      learn(model, optimiser, x, y, 12 - (stopAfter ?? 0));
      return hash(model);
    };
    const once = run(null);
    expect(run(null)).toBe(once);
    expect(run(5)).toBe(once);
  });

  it("have the gradients of central differences, in every parameter", () => {
    const making = { chance: seededChance(6), dtype: "f64" } as const;
    const model = make(making);
    const [x, y] = [images(3, "f64"), labels(3)];
    const loss = new CrossEntropyLoss();
    const call = (): Tensor => loss.forward(model.forward(x), y);
    // ReLU and maxima have kinks, which a step may cross.
    expect(gradientError(call, model.parameters(), seededChance(1), 11)).toBeLessThan(1e-4);
  });
});

it("training leaks nothing over 10,000 steps", () => {
  const making = { chance: seededChance(1) };
  const model = new Sequential(
    new Linear(4, 6, making),
    new ReLU(),
    new Dropout(0.2, making.chance),
    new Linear(6, classes, making),
  );
  const optimiser = new Adam(model.parameters());
  const x = tensor(
    Array.from({ length: 40 }, (_, index) => index / 40),
    [10, 4],
  ).keep();
  const y = labels(10);
  learn(model, optimiser, x, y, 1);
  const before = memoryInUse();
  learn(model, optimiser, x, y, 10_000);
  expect(memoryInUse()).toEqual(before);
});

it("an embedding learns only the rows that were read", () => {
  const table = new Embedding(4, 3, { chance: seededChance(1) }, 0);
  expect(Array.from(table.weight.values.subarray(0, 3))).toEqual([0, 0, 0]);
  scope(() => backward(mean(table.forward(tensor([1, 3, 1], [3], "i32")))));
  const ninth = Math.fround(1 / 9);
  const slopes = Array.from(table.weight.grad!.values);
  expect(slopes.map((each) => Math.round(each / ninth))).toEqual([
    0, 0, 0, 2, 2, 2, 0, 0, 0, 1, 1, 1,
  ]);
  expect(() => table.forward(tensor([4], [1], "i32"))).toThrow("Index 4 of 4");
});

it("batch normalisation remembers the moments it will use", () => {
  scope(() => {
    const norm = new BatchNorm2d(1, { momentum: 0.5 });
    const x = tensor([1, 3, 5, 7], [1, 1, 2, 2]);
    const trained = norm.forward(x).toArray();
    expect(trained[3]).toBeCloseTo(3 / Math.sqrt(5), 4);
    expect(norm.runningMean.item()).toBe(2);
    // The unbiased variance of 1, 3, 5 and 7 is 20 / 3.
    expect(norm.runningVar.item()).toBeCloseTo(0.5 + 10 / 3, 5);
    norm.eval();
    expect(norm.forward(x).toArray()[3]).toBeCloseTo(5 / Math.sqrt(0.5 + 10 / 3), 4);
  });
});

it("dropout keeps the mean in training, and everything in use", () => {
  scope(() => {
    const layer = new Dropout(0.25, seededChance(8));
    const x = tensor(new Float32Array(40_000).fill(1), [40_000]);
    const out = layer.forward(x);
    expect(mean(out).item()).toBeCloseTo(1, 1);
    expect(new Set(out.values)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(layer.eval().forward(x)).toBe(x);
  });
});

it("a saved model is checked before it is loaded", () => {
  const model = mlp({ chance: seededChance(1) });
  const state = model.stateDict();
  expect(Object.keys(state)).toEqual(["1.weight", "1.bias", "3.weight", "3.bias"]);
  const bias = state["1.bias"]!;
  expect(() => model.loadStateDict({ ...state, extra: bias })).toThrow("The model has no extra");
  expect(() => model.loadStateDict({ "1.bias": bias })).toThrow("1.weight is missing");
  expect(() => model.loadStateDict({ ...state, "3.bias": bias })).toThrow(
    "3.bias: A tensor of shape [32]",
  );
  const wrong = { ...bias, values: bias.values.map(() => Number.NaN) };
  expect(() => model.loadStateDict({ ...state, "1.bias": wrong })).toThrow("not a finite number");
});
