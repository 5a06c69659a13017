import { describe, expect, it } from "vitest";
import { checkDesign, checkTarget, checkWidth, effortOf, resolveParameters } from "./checks.ts";
import type { Design, Parameter } from "./learner.ts";

const table = (rows: number, columns: number, values: number[]): Design => ({
  rows,
  columns,
  values: Float64Array.from(values),
});

describe("a learner refuses", () => {
  it("tables that are empty, torn or not of numbers", () => {
    const check =
      (design: Design, mayMiss = false) =>
      (): void =>
        checkDesign(design, { mayMiss });
    expect(check(table(0, 2, []))).toThrow("0 rows and 2 columns");
    expect(check(table(2, 2, [1, 2, 3]))).toThrow("has 3 values");
    expect(check(table(2, 2, [1, 2, 3, NaN]))).toThrow("Row 1, column 1 is NaN");
    expect(check(table(2, 2, [1, 2, 3, NaN]), true)).not.toThrow();
    expect(check(table(2, 2, [1, Infinity, 3, 4]), true)).toThrow("Row 0, column 1 is Infinity");
  });

  it("targets and weights that do not fit the rows", () => {
    const design = table(2, 1, [1, 2]);
    const labels = (...values: number[]) =>
      ({ kind: "classification", labels: Int32Array.from(values), classes: 2 }) as const;
    const numbers = (...values: number[]) =>
      ({ kind: "regression", values: Float64Array.from(values) }) as const;
    const weighed = (...weights: number[]) => ({ seed: 0, weights: Float64Array.from(weights) });
    expect(() => checkTarget(design, labels(1), { seed: 0 })).toThrow("2 rows have 1 targets");
    expect(() => checkTarget(design, labels(0, 2), { seed: 0 })).toThrow("Row 1 is of class 2");
    expect(() => checkTarget(design, labels(0, -1), { seed: 0 })).toThrow("Row 1 is of class -1");
    expect(() => checkTarget(design, numbers(0, NaN), { seed: 0 })).toThrow("row 1 is NaN");
    expect(() => checkTarget(design, numbers(0, 1), weighed(1))).toThrow("2 rows have 1 weights");
    expect(() => checkTarget(design, numbers(0, 1), weighed(1, -1))).toThrow("row 1 is -1");
    expect(() => checkTarget(design, numbers(0, 1), weighed(0, 0))).toThrow("Every weight is 0");
    expect(() => checkTarget(design, numbers(0, 1), weighed(0, 2))).not.toThrow();
    expect(() => checkWidth(design, 2)).toThrow("made for 2 columns; this table has 1");
  });

  it("parameters outside their space", () => {
    const space = {
      depth: { kind: "integer", min: 1, max: 9, default: 3 },
      rate: { kind: "real", min: 0.1, max: 1, log: true, default: 0.5 },
      loss: { kind: "choice", of: ["a", "b"], default: "a" },
    } as const satisfies Record<string, Parameter>;
    expect(resolveParameters(space, { rate: 1 })).toEqual({ depth: 3, rate: 1, loss: "a" });
    expect(() => resolveParameters(space, { depht: 2 })).toThrow("no parameter depht");
    expect(() => resolveParameters(space, { depth: 2.5 })).toThrow("depth is 2.5");
    expect(() => resolveParameters(space, { rate: NaN })).toThrow("rate is NaN");
    expect(() => resolveParameters(space, { rate: "1" })).toThrow("rate is 1; it is a number");
    expect(() => resolveParameters(space, { loss: "c" })).toThrow("loss is c; it may be a, b");
  });

  it("efforts outside 0 to 1, and spends at least one piece", () => {
    expect(effortOf(100, { seed: 0, effort: 0.25 })).toBe(25);
    expect(effortOf(100, { seed: 0, effort: 0 })).toBe(1);
    expect(() => effortOf(100, { seed: 0, effort: 2 })).toThrow("The effort is 2");
  });
});
