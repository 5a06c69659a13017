/** Linear models beside scikit-learn 1.2.1 (testdata/expected.py), and where its data cannot go. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rowsOf, sampleTable, type SampleTableName, standardised } from "../../sample-tables.ts";
import { elasticNet, lasso } from "./elastic-net.ts";
import { fitNow } from "./fit-now.ts";
import type { Design, FittedModel, Learner, Parameters, Target } from "./learner.ts";
import { ordinaryLeastSquares } from "./least-squares.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { ridge } from "./ridge.ts";

interface Expected {
  readonly linear: Record<string, { readonly coefficients: number[]; readonly intercept: number }>;
  readonly logistic: Record<
    string,
    { readonly coefficients: number[]; readonly intercepts: number[]; readonly c: number }
  >;
}
const file = join(import.meta.dirname, "testdata/sklearn-1.2.1.json");
const expected = JSON.parse(readFileSync(file, "utf8")) as Expected;

const raw = sampleTable("diabetes");
const scaled = { ...raw, design: standardised(raw.design) };
const wide = rowsOf(scaled, (row) => row < 8);
const twin = { ...scaled, design: withTwin(scaled.design) };

/** The first column once more, and a constant one. */
function withTwin({ rows, columns, values }: Design): Design {
  const wider = Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * columns, (row + 1) * columns);
    return [...own, own[0]!, 7];
  });
  return { rows, columns: columns + 2, values: Float64Array.from(wider.flat()) };
}

function cycledWeights(rows: number): Float64Array {
  const weights = Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3));
  const mean = weights.reduce((sum, each) => sum + each, 0) / rows;
  return weights.map((each) => each / mean);
}

/** What the model says at 0 and at 1 of each column. */
function responses(model: FittedModel, columns: number): Float64Array {
  const values = new Float64Array((columns + 1) * columns);
  for (let column = 0; column < columns; column++) values[(column + 1) * columns + column] = 1;
  return model.predict({ rows: columns + 1, columns, values });
}

/** The largest difference, in units of the largest of theirs where that is above 1. */
function errorOf(own: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(own.length).toBe(theirs.length);
  const list = Array.from(theirs);
  const scale = Math.max(1, ...list.map(Math.abs));
  return Math.max(...list.map((each, index) => Math.abs(each - own[index]!))) / scale;
}

type Table = { readonly design: Design; readonly target: Target };
const regressions: readonly [string, Learner, Table, Parameters, number][] = [
  ["least-squares", ordinaryLeastSquares, raw, {}, 1e-10],
  ["least-squares weighed", ordinaryLeastSquares, raw, {}, 1e-10],
  ["least-squares wide", ordinaryLeastSquares, wide, {}, 1e-10],
  ["least-squares twin", ordinaryLeastSquares, twin, {}, 1e-10],
  ["ridge", ridge, raw, { alpha: 2.5 }, 1e-10],
  ["ridge weighed", ridge, raw, { alpha: 100 }, 1e-10],
  ["ridge wide", ridge, wide, { alpha: 0.5 }, 1e-10],
  ["lasso", lasso, scaled, { strength: 0.05 }, 1e-5],
  ["lasso weighed", lasso, scaled, { strength: 0.05 }, 1e-5],
  ["lasso wide", lasso, wide, { strength: 0.1 }, 1e-5],
  ["elastic-net", elasticNet, scaled, { strength: 0.02, l1Share: 0.3 }, 1e-5],
];

describe("has scikit-learn's coefficients", () => {
  it.each(regressions)("%s", (name, learner, table, parameters, tolerance) => {
    const { coefficients, intercept } = expected.linear[name]!;
    const weights = name.endsWith("weighed") ? cycledWeights(table.design.rows) : undefined;
    const options = { seed: 0, ...(weights === undefined ? {} : { weights }) };
    const model = fitNow(learner, table, parameters, options);
    const [base, ...others] = responses(model, table.design.columns);
    expect(
      errorOf(
        others.map((each) => each - base!),
        coefficients,
      ),
    ).toBeLessThan(tolerance);
    expect(errorOf([base!], [intercept])).toBeLessThan(tolerance);
    expect(errorOf(model.importance!(), coefficients.map(Math.abs))).toBeLessThan(tolerance);
  });

  it.each(Object.keys(expected.logistic))("logistic regression on %s", (name) => {
    const { coefficients, intercepts, c } = expected.logistic[name]!;
    const table = sampleTable(name.split(" ")[0] as SampleTableName);
    const design = name === "iris" ? table.design : standardised(table.design);
    const weights = name.endsWith("weighed") ? cycledWeights(design.rows) : undefined;
    const options = { seed: 0, ...(weights === undefined ? {} : { weights }) };
    const model = fitNow(logisticRegression, { ...table, design }, { c }, options);
    const { columns } = design;
    const probabilities = responses(model, columns);
    const classes = probabilities.length / (columns + 1);
    // Differences of log-odds between the first class and each other one.
    const scores = (row: number, each: number): number =>
      Math.log(probabilities[row * classes + each]! / probabilities[row * classes]!);
    for (let each = 1; each < classes; each++) {
      const of = (list: readonly number[], width: number, at: number): number =>
        classes === 2 ? list[at]! : list[each * width + at]! - list[at]!;
      expect(errorOf([scores(0, each)], [of(intercepts, 1, 0)])).toBeLessThan(1e-5);
      for (let column = 0; column < columns; column++) {
        const step = scores(column + 1, each) - scores(0, each);
        expect(errorOf([step], [of(coefficients, columns, column)])).toBeLessThan(1e-5);
      }
    }
  });
});

it("the strongest penalty of a lasso leaves the mean alone", () => {
  const model = fitNow(lasso, scaled, { strength: 1 });
  const { target } = scaled;
  if (target.kind !== "regression") throw new TypeError("not numbers");
  const mean = target.values.reduce((sum, each) => sum + each, 0) / target.values.length;
  expect(model.importance!().every((each) => each < 1e-9)).toBe(true);
  expect(model.predict(wide.design)[3]).toBeCloseTo(mean, 9);
});

it("logistic regression on columns of very different sizes arrives where scaled ones do", () => {
  const table = sampleTable("wine");
  const design = standardised(table.design);
  const sizes = [1, 100, 1e5];
  // The penalty is told apart from the scale: with next to none both must agree.
  const stretched = {
    ...design,
    values: design.values.map(
      (value, at) => 5 + value * sizes[(at % design.columns) % sizes.length]!,
    ),
  };
  const noise = { kind: "classification", classes: 3 } as const;
  const labels = Int32Array.from({ length: design.rows }, (_, row) => (row * 7) % 3);
  const target: Target = { ...noise, labels };
  const a = fitNow(logisticRegression, { design, target }, { c: 1e5 }).predict(design);
  const b = fitNow(logisticRegression, { design: stretched, target }, { c: 1e5 });
  expect(errorOf(b.predict(stretched), a)).toBeLessThan(1e-3);
});
