/** Rows have no order, a weight of two is two rows, and our own reader runs what most learners write. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadOnnx } from "../../../compute/onnx/import.ts";
import { scope, tensor } from "../../../compute/tensor/tensor.ts";
import { sampleTable, standardised } from "../../sample-tables.ts";
import { learners } from "./all-learners.ts";
import { fitNow } from "./fit-now.ts";
import type { Design, Target } from "./learner.ts";

type Table = { readonly design: Design; readonly target: Target };

const named = (...ids: string[]): typeof learners => learners.filter(({ id }) => ids.includes(id));
const deterministic = named(
  "least-squares",
  "ridge",
  "lasso",
  "elastic-net",
  "logistic-regression",
  "naive-bayes",
  "nearest-neighbours",
  "decision-tree",
);

/** Rows in the order, and as often, as they are named. */
function taken({ design, target }: Table, rows: readonly number[]): Table {
  const { columns } = design;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, at) => {
    values.set(design.values.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return {
    design: { rows: rows.length, columns, values },
    target:
      target.kind === "regression"
        ? { ...target, values: Float64Array.from(rows, (row) => target.values[row]!) }
        : { ...target, labels: Int32Array.from(rows, (row) => target.labels[row]!) },
  };
}

function worstOf(one: Float64Array, other: Float64Array): number {
  expect(one.length).toBe(other.length);
  const scale = one.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
  return Math.max(...one.map((each, at) => Math.abs(each - other[at]!))) / scale;
}

function tableFor(kind: Target["kind"]): Table {
  const table = sampleTable(kind === "regression" ? "diabetes" : "wine");
  return { ...table, design: standardised(table.design) };
}

describe.each(deterministic)("$id", (learner) => {
  const table = tableFor(learner.tasks.at(-1)!);
  const { rows } = table.design;
  const answers = fitNow(learner, table).predict(table.design);

  it("does not depend on the order of rows", () => {
    const places = Array.from({ length: rows }, (_, row) => row);
    const orders = fc.shuffledSubarray(places, { minLength: rows, maxLength: rows });
    fc.assert(
      fc.property(orders, (order) => {
        const other = fitNow(learner, taken(table, order)).predict(table.design);
        expect(worstOf(answers, other)).toBeLessThan(1e-5);
      }),
      { seed: 2, numRuns: 3 },
    );
  });

  // Neighbours are counted in rows, which weights do not add to.
  it.skipIf(learner.id === "nearest-neighbours")("takes a weight of two for two rows", () => {
    const times = Array.from({ length: rows }, (_, row) => 1 + (row % 2));
    const repeated = times.flatMap((count, row) => Array.from({ length: count }, () => row));
    const weights = Float64Array.from(times);
    const weighed = fitNow(learner, table, {}, { seed: 0, weights }).predict(table.design);
    const whole = fitNow(learner, taken(table, repeated)).predict(table.design);
    expect(worstOf(whole, weighed)).toBeLessThan(1e-5);
    // A full-grown tree has every row by heart, whatever its weight.
    if (learner.id !== "decision-tree") expect(worstOf(answers, weighed)).toBeGreaterThan(1e-5);
  });
});

describe.each(
  named(
    "ridge",
    "lasso",
    "logistic-regression",
    "naive-bayes",
    "neural-network",
    "decision-tree",
    "random-forest",
    "extra-trees",
    "hist-gradient-boosting",
  ),
)("$id", (learner) => {
  it.each(learner.tasks)("is read back by our own engine: %s", (kind) => {
    const table = tableFor(kind);
    // Singles, so that both stand on the same side of every threshold.
    const design = { ...table.design, values: table.design.values.map(Math.fround) };
    const model = fitNow(learner, { ...table, design }, {}, { seed: 0, effort: 0.1 });
    const answers = model.predict(design);
    const graph = loadOnnx(model.toOnnx());
    const input = Float32Array.from(design.values);
    let own = new Float64Array();
    scope(() => {
      const x = tensor(input, [design.rows, design.columns]);
      const outputs = graph.forward(new Map([["input", x]]));
      const name = kind === "regression" ? "variable" : "output_probability";
      own = Float64Array.from(outputs.get(name)!.tensor.toArray());
    });
    graph.dispose();
    expect(worstOf(answers, own)).toBeLessThan(1e-4);
  });
});
