import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor, type Tensor } from "../tensor/tensor.ts";
import {
  kaimingNormal,
  kaimingUniform,
  normal,
  xavierNormal,
  xavierUniform,
} from "./initialisers.ts";
import { BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, L1Loss, MSELoss } from "./losses.ts";

const row = (...values: number[]): Tensor => tensor(values, [values.length], "f64");

describe("losses are their definitions", () => {
  const [x, y] = [row(1, -2, 3), row(0, 0, 1)];
  it.each([
    { name: "MSELoss", loss: new MSELoss(), value: (1 + 4 + 4) / 3 },
    { name: "MSELoss, sum", loss: new MSELoss({ reduction: "sum" }), value: 9 },
    { name: "L1Loss", loss: new L1Loss(), value: (1 + 2 + 2) / 3 },
    {
      name: "HuberLoss",
      loss: new HuberLoss({ delta: 1.5 }),
      value: (0.5 + 2 * 1.5 * (2 - 0.75)) / 3,
    },
    {
      name: "BCEWithLogitsLoss",
      loss: new BCEWithLogitsLoss(),
      value: (Math.log1p(Math.exp(1)) + Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-3))) / 3,
    },
  ])("$name", ({ loss, value }) => {
    expect(loss.forward(x, y).item()).toBeCloseTo(value, 12);
  });

  it("CrossEntropyLoss, with a part of the truth spread over all classes", () => {
    const logits = tensor([1, 2, 3, 1, 0, 0], [2, 3], "f64");
    const targets = tensor([2, 1], [2], "i32");
    const probabilities = [
      [1, 2, 3],
      [1, 0, 0],
    ].map((line) => {
      const powers = line.map((each) => Math.exp(each));
      return powers.map((power) => power / powers.reduce((a, b) => a + b));
    });
    for (const smoothing of [0, 0.3]) {
      const expected = probabilities.reduce((total, line, index) => {
        const truth = line.map(
          (_, at) => smoothing / 3 + (at === [2, 1][index] ? 1 - smoothing : 0),
        );
        return total - truth.reduce((sum, share, at) => sum + share * Math.log(line[at]!), 0) / 2;
      }, 0);
      const loss = new CrossEntropyLoss({ labelSmoothing: smoothing });
      expect(loss.forward(logits, targets).item()).toBeCloseTo(expected, 12);
    }
    expect(() => new CrossEntropyLoss().forward(logits, tensor([3, 0], [2], "i32"))).toThrow(
      "Target 3 of 3",
    );
  });

  it("of logits far out stay finite", () => {
    const far = tensor([1e4, -1e4], [1, 2], "f64");
    expect(new CrossEntropyLoss().forward(far, tensor([1], [1], "i32")).item()).toBe(2e4);
    expect(new BCEWithLogitsLoss().forward(row(-1e4), row(1)).item()).toBe(1e4);
  });
});

describe("initial values have the variance of their papers", () => {
  const shape = [60, 40, 3, 3];
  const [fanIn, fanOut] = [40 * 9, 60 * 9];
  it.each([
    { name: "normal", draw: () => normal(shape, 0.5, seededChance(1)), variance: 0.25 },
    {
      name: "xavierUniform",
      draw: () => xavierUniform(shape, seededChance(2)),
      variance: 2 / (fanIn + fanOut),
    },
    {
      name: "xavierNormal",
      draw: () => xavierNormal(shape, seededChance(3)),
      variance: 2 / (fanIn + fanOut),
    },
    {
      name: "kaimingUniform",
      draw: () => kaimingUniform(shape, seededChance(4)),
      variance: 2 / fanIn,
    },
    {
      name: "kaimingNormal",
      draw: () => kaimingNormal(shape, seededChance(5)),
      variance: 2 / fanIn,
    },
  ])("$name", ({ draw, variance }) => {
    scope(() => {
      const values = [...draw().values];
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      const spread = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length;
      // 21,600 values: five standard errors.
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / values.length));
      expect(Math.abs(spread / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    });
  });
});
