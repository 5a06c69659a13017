/**
 * What holds of every learner. ONNX models run in ONNX Runtime where it is installed
 * (`npm i --no-save onnxruntime-node`, or in the folder that ONNXRUNTIME_FOLDER names).
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { learners } from "./all-learners.ts";
import { LearnerError } from "./checks.ts";
import { fitNow } from "./fit-now.ts";
import type { Design, FittedModel, Learner, Parameters, Target } from "./learner.ts";

interface Session {
  run(feeds: object): Promise<Record<string, { readonly data: ArrayLike<number | bigint> }>>;
}
interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array): Promise<Session> };
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

/** Multiples of 1/16, which single precision holds exactly. */
function randomDesign(rows: number, columns: number, seed: number): Design {
  const chance = seededChance(seed);
  const values = Float64Array.from({ length: rows * columns }, () => chance.below(97) / 16 - 3);
  return { rows, columns, values };
}

/** Something to learn from the first two columns, and some that have none. */
function targetOf(design: Design, kind: Target["kind"], classes: number): Target {
  const at = (row: number, column: number): number =>
    design.values[row * design.columns + (column % design.columns)]!;
  const scores = Float64Array.from(
    { length: design.rows },
    (_, row) => at(row, 0) * 2 + at(row, 1) ** 2 + at(row, 2) / 8,
  );
  if (kind === "regression") return { kind, values: scores };
  const sorted = scores.toSorted();
  const labels = scores.map((score) => Math.floor((sorted.indexOf(score) * classes) / design.rows));
  return { kind, classes, labels: Int32Array.from(labels) };
}

interface Case {
  readonly name: string;
  readonly learner: Learner;
  readonly parameters: Parameters;
  readonly kind: Target["kind"];
  readonly classes: number;
}

/** The defaults, and each value of a choice, in each task. */
const cases: readonly Case[] = learners.flatMap((learner) => {
  const variants: Parameters[] = [{}];
  for (const [name, parameter] of Object.entries(learner.space)) {
    if (parameter.kind !== "choice") continue;
    for (const value of parameter.of)
      if (value !== parameter.default) variants.push({ [name]: value });
  }
  const shapes = learner.tasks.flatMap<Pick<Case, "kind" | "classes">>((kind) =>
    kind === "regression" ? [{ kind, classes: 0 }] : [2, 4].map((classes) => ({ kind, classes })),
  );
  return variants.flatMap((parameters) =>
    shapes.map(({ kind, classes }) => {
      const what = kind === "regression" ? "numbers" : `${classes} classes`;
      const given = JSON.stringify(parameters).replaceAll(/["{}]/g, "");
      const name = `${learner.id}: ${what}${given === "" ? "" : `, ${given}`}`;
      return { name, learner, parameters, kind, classes };
    }),
  );
});

const options = { seed: 12, effort: 0.2 };

function fitted({ learner, parameters, kind, classes }: Case, design: Design): FittedModel {
  return fitNow(learner, { design, target: targetOf(design, kind, classes) }, parameters, options);
}

function expectSound(answers: Float64Array, rows: number, classes: number): void {
  expect(answers.length).toBe(rows * Math.max(1, classes));
  expect(answers.every((each) => Number.isFinite(each))).toBe(true);
  if (classes === 0) return;
  for (let row = 0; row < rows; row++) {
    const own = answers.subarray(row * classes, (row + 1) * classes);
    expect(own.every((each) => each >= 0)).toBe(true);
    expect(own.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  }
}

describe.each(cases)("$name", (each) => {
  const design = randomDesign(150, 5, 3);
  const asked = randomDesign(40, 5, 8);

  it("learns the same each time, and comes back from JSON the same to the bit", () => {
    const model = fitted(each, design);
    const answers = model.predict(asked);
    expectSound(answers, asked.rows, each.classes);
    expect(fitted(each, design).predict(asked)).toEqual(answers);
    const saved = JSON.parse(JSON.stringify(model.save())) as unknown;
    expect(each.learner.restore(saved).predict(asked)).toEqual(answers);
    expect(model.predict({ ...asked, rows: 0, values: new Float64Array() })).toHaveLength(0);
  });

  it.skipIf(runtime === null)("says the same in ONNX Runtime", async () => {
    const model = fitted(each, design);
    const answers = model.predict(asked);
    const { InferenceSession, Tensor } = runtime!;
    const session = await InferenceSession.create(model.toOnnx());
    const input = new Tensor("float32", Float32Array.from(asked.values), [asked.rows, 5]);
    const results = await session.run({ input });
    const own = results[each.classes === 0 ? "variable" : "output_probability"]!.data;
    const scale = answers.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(own.length).toBe(answers.length);
    const errors = answers.map((value, index) => Math.abs(Number(own[index]) - value));
    expect(Math.max(...errors) / scale).toBeLessThan(2e-5);
    if (each.classes === 0) return;
    const labels = Array.from(results["output_label"]!.data, Number);
    labels.forEach((label, row) => {
      const chances = answers.subarray(row * each.classes, (row + 1) * each.classes);
      expect(chances[label]).toBeGreaterThan(Math.max(...chances) - 1e-4);
    });
  });

  it("is sound on one row, constant columns and more columns than rows", () => {
    for (const [rows, columns] of [
      [1, 3],
      [2, 1],
      [6, 20],
    ] as const) {
      const small = randomDesign(rows, columns, 5);
      expectSound(fitted(each, small).predict(small), rows, each.classes);
    }
    const flat = { rows: 30, columns: 2, values: new Float64Array(60).fill(0.1) };
    const labels = Int32Array.from({ length: 30 }, (_, row) => (row % 3 === 0 ? 1 : 0));
    const target: Target =
      each.kind === "regression"
        ? { kind: "regression", values: Float64Array.from(labels) }
        : { kind: "classification", classes: each.classes, labels };
    const model = fitNow(each.learner, { design: flat, target }, each.parameters, options);
    const answers = model.predict(flat);
    expectSound(answers, 30, each.classes);
    // Nothing tells the rows apart, so that all are answered alike.
    const width = Math.max(1, each.classes);
    expect(new Set(answers).size).toBeLessThanOrEqual(width);
  });

  it("a target that never changes is what it answers", () => {
    const target: Target =
      each.kind === "regression"
        ? { kind: "regression", values: new Float64Array(150).fill(4.5) }
        : { kind: "classification", classes: each.classes, labels: new Int32Array(150).fill(1) };
    const model = fitNow(each.learner, { design, target }, each.parameters, options);
    const answers = model.predict(asked);
    expectSound(answers, asked.rows, each.classes);
    const own = answers.filter((_, at) => each.classes === 0 || at % each.classes === 1);
    const worst = Math.max(...own.map((value) => Math.abs(value - (each.classes === 0 ? 4.5 : 1))));
    expect(worst).toBeLessThan(1e-9);
  });

  it("a row of weight 0 is as if it were not there", () => {
    const { values } = design;
    const target = targetOf(design, each.kind, each.classes);
    const weights = Float64Array.from({ length: 150 }, (_, row) => (row < 120 ? 1.25 : 0));
    const whole = fitNow(each.learner, { design, target }, each.parameters, {
      ...options,
      weights,
    });
    const part: Target =
      target.kind === "regression"
        ? { ...target, values: target.values.slice(0, 120) }
        : { ...target, labels: target.labels.slice(0, 120) };
    const fewer = { rows: 120, columns: 5, values: values.slice(0, 600) };
    const same = { ...options, weights: new Float64Array(120).fill(1.25) };
    const alone = fitNow(each.learner, { design: fewer, target: part }, each.parameters, same);
    expect(whole.predict(asked)).toEqual(alone.predict(asked));
  });

  it("counts columns that matter above those that do not", () => {
    const shares = fitted(each, design).importance?.();
    if (shares === undefined) return;
    expect(shares).toHaveLength(5);
    expect(shares.every((share) => share >= 0)).toBe(true);
    expect(Math.max(...shares)).toBe(Math.max(shares[0]!, shares[1]!));
    expect(shares[0]).toBeGreaterThan(Math.max(shares[3]!, shares[4]!));
  });
});

describe.each(learners)("$id", (learner) => {
  const design = randomDesign(60, 3, 1);
  const [kind] = learner.tasks;
  const target = targetOf(design, kind!, 3);

  it("has parameters whose ends and defaults it takes", () => {
    for (const [name, parameter] of Object.entries(learner.space)) {
      const ends = parameter.kind === "choice" ? parameter.of : [parameter.min, parameter.max];
      for (const end of ends) {
        const model = fitNow(learner, { design, target }, { [name]: end }, { seed: 1, effort: 0 });
        expectSound(model.predict(design), 60, kind === "regression" ? 0 : 3);
      }
      expect(() => fitNow(learner, { design, target }, { [name]: "nonsense" })).toThrow(
        LearnerError,
      );
    }
  });

  it("keeps the places of classes that had no rows", () => {
    if (target.kind === "regression") return;
    const apart: Target = {
      kind: "classification",
      classes: 6,
      labels: target.labels.map((label) => label * 2),
    };
    const wide = fitNow(learner, { design, target: apart }).predict(design);
    const narrow = fitNow(learner, { design, target }).predict(design);
    expectSound(wide, 60, 6);
    expect(wide.filter((_, at) => at % 2 === 0)).toEqual(narrow);
    expect(wide.filter((_, at) => at % 2 === 1).every((each) => each === 0)).toBe(true);
  });

  it("refuses tables that it cannot take", () => {
    const model = fitNow(learner, { design, target }, {}, { seed: 1, effort: 0 });
    const narrow = { rows: 1, columns: 2, values: new Float64Array(2) };
    expect(() => model.predict(narrow)).toThrow("made for 3 columns; this table has 2");
    const broken = { ...design, values: design.values.with(4, Infinity) };
    expect(() => fitNow(learner, { design: broken, target })).toThrow(
      "Row 1, column 1 is Infinity",
    );
    expect(() => model.predict(broken)).toThrow("Row 1, column 1 is Infinity");
    expect(() => learner.restore({})).toThrow(LearnerError);
  });

  it("refuses saved models that are damaged", () => {
    const saved = fitNow(learner, { design, target }, {}, { seed: 1, effort: 0 }).save() as {
      readonly model: Readonly<Record<string, unknown>>;
    };
    expect(() => learner.restore({ ...saved, columns: 4 })).toThrow(LearnerError);
    expect(() => learner.restore({ ...saved, model: null, classes: null })).toThrow(LearnerError);
    for (const name of Object.keys(saved.model)) {
      const model = { ...saved.model, [name]: "!" };
      expect(() => learner.restore({ ...saved, model })).toThrow(LearnerError);
    }
  });
});
