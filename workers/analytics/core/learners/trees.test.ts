/** What holds of everything made of trees: gaps, order, held-back rows, and what only ranks decide. */
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { sampleTable } from "../../sample-tables.ts";
import { binColumns, gapCode } from "./binning.ts";
import { histGradientBoosting } from "./boosting.ts";
import { fitNow } from "./fit-now.ts";
import { decisionTree, extraTrees, randomForest } from "./forests.ts";
import type { Design, Target } from "./learner.ts";
import { accuracy, likeliest, rSquared } from "./metrics.ts";

const everyTree = [decisionTree, randomForest, extraTrees, histGradientBoosting];
const options = { seed: 3, effort: 0.3 };

function mapped(design: Design, change: (value: number, column: number) => number): Design {
  const values = design.values.map((value, at) => change(value, at % design.columns));
  return { ...design, values };
}

describe.each([decisionTree, randomForest, histGradientBoosting])("$id", (learner) => {
  it.each(["wine", "diabetes"] as const)("sees %s the same when its scales are bent", (name) => {
    const table = sampleTable(name);
    const bends = [
      Math.log,
      Math.sqrt,
      (x: number): number => x ** 3,
      (x: number): number => -1 / x,
    ];
    const bent = mapped(table.design, (value, column) => bends[column % 4]!(value + 1));
    const straight = fitNow(learner, table, {}, options).predict(table.design);
    const other = fitNow(learner, { ...table, design: bent }, {}, options).predict(bent);
    expect(other).toEqual(straight);
  });
});

describe.each([decisionTree, histGradientBoosting])("$id", (learner) => {
  it("does not depend on the order of rows, but for the rounding of sums", () => {
    const { design, target } = sampleTable("breast-cancer");
    if (target.kind === "regression") throw new TypeError("not classes");
    const { rows, columns } = design;
    const flipped = { rows, columns, values: new Float64Array(design.values.length) };
    for (let row = 0; row < rows; row++) {
      const own = design.values.subarray(row * columns, (row + 1) * columns);
      flipped.values.set(own, (rows - 1 - row) * columns);
    }
    const labels = target.labels.toReversed();
    const one = fitNow(learner, { design, target }, {}, options).predict(design);
    const other = fitNow(learner, { design: flipped, target: { ...target, labels } }, {}, options);
    const answers = other.predict(design);
    expect(Math.max(...one.map((each, at) => Math.abs(each - answers[at]!)))).toBeLessThan(1e-4);
  });
});

describe.each(everyTree)("$id", (learner) => {
  /** Where the first column has a gap, the target is high, or the class the second. */
  const rows = 400;
  const chance = seededChance(9);
  const values = Float64Array.from({ length: rows * 2 }, (_, at) =>
    at % 2 === 0 && chance.below(4) === 0 ? Number.NaN : chance.float(),
  );
  const design = { rows, columns: 2, values };
  const isGap = Float64Array.from({ length: rows }, (_, row) =>
    Number.isNaN(values[row * 2]!) || values[row * 2]! < 0.3 ? 1 : 0,
  );

  it("learns what a gap means", () => {
    const numbers = fitNow(learner, { design, target: { kind: "regression", values: isGap } });
    expect(rSquared(isGap, numbers.predict(design))).toBeGreaterThan(0.99);
    const labels = Int32Array.from(isGap);
    const target: Target = { kind: "classification", labels, classes: 2 };
    const model = fitNow(learner, { design, target });
    expect(accuracy(labels, likeliest(model.predict(design), 2))).toBe(1);
  });

  it("parts gaps from a column that is otherwise constant", () => {
    const gaps = mapped(design, (value, column) => (Number.isNaN(value) ? value : column));
    const target = {
      kind: "regression",
      values: Float64Array.from({ length: rows }, (_, row) =>
        Number.isNaN(values[row * 2]!) ? 7 : 5,
      ),
    } as const;
    const answers = fitNow(learner, { design: gaps, target }, {}, { seed: 1 }).predict(gaps);
    const worst = Math.max(...answers.map((each, row) => Math.abs(each - target.values[row]!)));
    expect(worst).toBeLessThan(1e-3);
  });

  const folder = process.env["ONNXRUNTIME_FOLDER"];
  it.skipIf(folder === undefined)("says the same of gaps in ONNX Runtime", async () => {
    const rounded = mapped(design, Math.fround);
    const model = fitNow(learner, {
      design: rounded,
      target: { kind: "regression", values: isGap },
    });
    const { InferenceSession, Tensor } = createRequire(join(folder!, "package.json"))(
      "onnxruntime-node",
    ) as {
      InferenceSession: {
        create(
          bytes: Uint8Array,
        ): Promise<{ run(feeds: object): Promise<{ variable: { data: Float32Array } }> }>;
      };
      Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
    };
    const session = await InferenceSession.create(model.toOnnx());
    const input = new Tensor("float32", Float32Array.from(rounded.values), [rows, 2]);
    const { data } = (await session.run({ input })).variable;
    const answers = model.predict(rounded);
    expect(Math.max(...answers.map((each, row) => Math.abs(each - data[row]!)))).toBeLessThan(1e-5);
  });
});

it("codes follow the order of values, and edges say the same", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.option(number, { nil: Number.NaN, freq: 9 }), { minLength: 1, maxLength: 600 }),
      fc.integer({ min: 2, max: 255 }),
      (numbers, bins) => {
        const design = { rows: numbers.length, columns: 1, values: Float64Array.from(numbers) };
        const steps = binColumns(design, bins);
        let step = steps.next();
        while (step.done !== true) step = steps.next();
        const { codes, edges } = step.value;
        expect(edges[0]!.length).toBeLessThan(bins);
        numbers.forEach((value, row) => {
          const code = codes[row]!;
          if (Number.isNaN(value)) expect(code).toBe(gapCode);
          else expect(edges[0]!.filter((edge) => value > edge)).toHaveLength(code);
        });
        const values = new Set(
          numbers.filter((value) => !Number.isNaN(value)).map((value) => value + 0),
        );
        if (values.size <= bins) expect(edges[0]!.length).toBe(Math.max(0, values.size - 1));
      },
    ),
    { seed: 6, numRuns: 200 },
  );
});

it("boosting stops when held-back rows gain nothing, and is then better on new ones", () => {
  const chance = seededChance(2);
  const noisy = (rows: number): { design: Design; target: Target & { kind: "regression" } } => {
    const values = Float64Array.from({ length: rows * 3 }, () => chance.float());
    const targets = Float64Array.from(
      { length: rows },
      (_, row) => values[row * 3]! + (chance.float() - 0.5) * 3,
    );
    return {
      design: { rows, columns: 3, values },
      target: { kind: "regression", values: targets },
    };
  };
  const [training, others] = [noisy(1_000), noisy(2_000)];
  const scored = (stopEarly: boolean): { trees: number; score: number } => {
    const model = fitNow(histGradientBoosting, training, { stopEarly, rounds: 300 });
    const { model: saved } = model.save() as { model: { trees: { roots: string } } };
    const trees = Buffer.from(saved.trees.roots, "base64").length / 4;
    return { trees, score: rSquared(others.target.values, model.predict(others.design)) };
  };
  const [whole, stopped] = [scored(false), scored(true)];
  expect(whole.trees).toBe(300);
  expect(stopped.trees).toBeLessThan(100);
  expect(stopped.score).toBeGreaterThan(whole.score + 0.1);
});

it("a decision tree of exact halves is the one drawn by hand", () => {
  const design = { rows: 5, columns: 1, values: Float64Array.of(1, 2, 3, 4, 5) };
  const target: Target = {
    kind: "classification",
    classes: 2,
    labels: Int32Array.of(0, 0, 1, 1, 0),
  };
  const model = fitNow(decisionTree, { design, target }, { depth: 1 });
  // Parting after 2 gives 2 + (4 + 1) / 3 = 3.67, the most.
  const asked = { rows: 3, columns: 1, values: Float64Array.of(2.5, 2.500_001, 9) };
  const third = 1 / 3;
  [1, 0, third, 1 - third, third, 1 - third].forEach((each, at) => {
    expect(model.predict(asked)[at]).toBeCloseTo(each, 12);
  });
  expect(model.importance!()).toEqual(Float64Array.of(1));
});
