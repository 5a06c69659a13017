/**
 * Exported models against ONNX Runtime where it is installed (`npm i --no-save onnxruntime-node`, or
 * in the folder that ONNXRUNTIME_FOLDER names).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModel } from "../../../compute/onnx/model.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { learners } from "../learners/all-learners.ts";
import { type Column, type Table, typedTable } from "../tables/column-types.ts";
import { readTable } from "../tables/read-table.ts";
import { Automl, type AutomlOrder } from "./automl.ts";
import { Validation } from "./cross-validation.ts";
import type { Combination } from "./ensembles.ts";
import { type FinalModel, fitFinal, predictWith } from "./final-model.ts";
import { onnxOf } from "./onnx-pipeline.ts";
import { kFold } from "./splitters.ts";
import { problemOf } from "./target.ts";

interface Session {
  run(feeds: object): Promise<Record<string, { readonly data: ArrayLike<number> }>>;
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

const tables = join(import.meta.dirname, "../../../../resources/tables");

/** Penguins with their gaps, a date, a yes or no, and an amount. */
async function table(): Promise<Table> {
  const { columns } = JSON.parse(readFileSync(join(tables, "penguins.json"), "utf8")) as {
    columns: Record<string, (string | number | null)[]>;
  };
  const rows = columns["Island"]!.length;
  const day = Array.from({ length: rows }, (_, row) =>
    row % 11 === 0 ? null : new Date(Date.UTC(2007, 10, 11 + row, row % 24)).toISOString(),
  );
  const tagged = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? "yes" : "no"));
  const bytes = new TextEncoder().encode(JSON.stringify({ ...columns, day, tagged }));
  return typedTable(await readTable(bytes, "json"));
}

const memberIds = {
  classification: ["logistic-regression", "naive-bayes"],
  regression: ["ridge", "k-nearest-neighbours"],
};

function finalModel(from: Table, target: string, combination: Combination): FinalModel {
  const problem = problemOf(from, target, "auto");
  const columns = from.columns.filter(({ name }) => name !== target);
  const folds = kFold(problem.rows.length, 2, seededChance(4));
  const metric = problem.task === "regression" ? "rmse" : "log-loss";
  const validation = new Validation({ problem, columns, folds, metric });
  const able = learners.filter(({ tasks }) => tasks.includes(problem.task));
  const named = able.filter(({ id }) => memberIds[problem.task].includes(id));
  const members = (named.length === 2 ? named : able.slice(0, 2))
    .slice(0, combination.kind === "single" ? 1 : 2)
    .map((learner) => ({ learner, parameters: {} }));
  const work = fitFinal(validation, { members, combination }, folds[0]!.train, 1);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const stack = (task: "classification" | "regression", classes: number) => ({
  task,
  weights: [0.7, 0.4],
  offsets: Array.from({ length: task === "regression" ? 1 : classes }, (_, at) => at / 10),
});
const combinations = (task: "classification" | "regression"): Combination[] => [
  { kind: "single" },
  { kind: "weighted", weights: [0.25, 0.75] },
  { kind: "stacked", stack: stack(task, 3) },
];

const dayMs = 86_400_000;
const partOf: Record<string, (timeMs: number) => number> = {
  days: (timeMs) => timeMs / dayMs,
  month: (timeMs) => new Date(timeMs).getUTCMonth() + 1,
  weekday: (timeMs) => new Date(timeMs).getUTCDay(),
  hour: (timeMs) => new Date(timeMs).getUTCHours(),
};

/** What whoever uses the file does: columns as they are, dates in parts, NaN where one is missing. */
function inputOf(columns: readonly Column[], name: string, row: number): number {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return exact.values[row]!;
  const [, column, part] = /^(.*) \((\w+)\)$/.exec(name)!;
  const timeMs = columns.find((each) => each.name === column)!.values[row]!;
  return Number.isNaN(timeMs) ? Number.NaN : partOf[part!]!(timeMs);
}

const cases = [
  ...combinations("classification").map((combination) => ({ target: "Species", combination })),
  ...combinations("regression").map((combination) => ({ target: "Body Mass (g)", combination })),
];

describe("an exported model", () => {
  it.each(cases)(
    "of $target, $combination.kind, is one graph from columns to answers",
    async (each) => {
      const model = finalModel(await table(), each.target, each.combination);
      const { onnx, inputs } = onnxOf(model);
      const graph = readModel(onnx);
      expect(graph.inputs).toEqual([{ name: "input", type: "float", shape: ["N", inputs.length] }]);
      const names = new Set([
        "input",
        ...graph.initializers.map(({ name }) => name),
        ...graph.nodes.flatMap(({ outputs }) => outputs),
      ]);
      const wanted = [
        ...graph.nodes.flatMap((node) => node.inputs),
        ...graph.outputs.map(({ name }) => name),
      ];
      expect(wanted.filter((name) => !names.has(name))).toEqual([]);
      expect(inputs.map(({ name }) => name)).toContain("day (weekday)");
    },
  );

  it.skipIf(runtime === null).each(cases)(
    "of $target, $combination.kind, says in ONNX Runtime what it says here",
    async ({ target, combination }) => {
      const own = await table();
      const model = finalModel(own, target, combination);
      const { onnx, inputs } = onnxOf(model);
      const rows = Int32Array.from({ length: own.rows }, (_, row) => row);
      const data = Float32Array.from({ length: rows.length * inputs.length }, (_, at) =>
        inputOf(own.columns, inputs[at % inputs.length]!.name, Math.floor(at / inputs.length)),
      );
      const session = await runtime!.InferenceSession.create(onnx);
      const input = new runtime!.Tensor("float32", data, [rows.length, inputs.length]);
      const outputs = await session.run({ input });
      const said = outputs["output_probability"] ?? outputs["variable"]!;
      const expected = predictWith(model, own.columns, rows);
      const scale = Math.max(...expected.map(Math.abs));
      const apart = expected.map((value, at) => Math.abs(value - Number(said.data[at])) / scale);
      expect(said.data).toHaveLength(expected.length);
      expect(Math.max(...apart)).toBeLessThan(2e-4);
    },
  );

  it.skipIf(runtime === null)("takes a word that it does not know for a rare one", async () => {
    const own = await table();
    const model = finalModel(own, "Species", { kind: "single" });
    const { onnx, inputs } = onnxOf(model);
    const row = inputs.map(({ name }) => inputOf(own.columns, name, 7));
    const island = inputs.findIndex(({ name }) => name === "Island");
    const session = await runtime!.InferenceSession.create(onnx);
    const data = Float32Array.from(row.with(island, 99));
    const input = new runtime!.Tensor("float32", data, [1, inputs.length]);
    const { output_probability: said } = await session.run({ input });
    const columns = own.columns.map((column) =>
      column.name === "Island"
        ? { ...column, levels: [...column.levels, "Elsewhere"], values: column.values.map(() => 3) }
        : column,
    );
    const expected = predictWith(model, columns, Int32Array.of(7));
    for (const [at, value] of expected.entries())
      expect(Number(said!.data[at])).toBeCloseTo(value, 4);
  });
});

it("a whole search ends with a model that can leave", async () => {
  const order: AutomlOrder = {
    target: "Species",
    task: "auto",
    budgetSeconds: 0.5,
    folds: 3,
    leaveOut: [],
    seed: 1,
  };
  let at = 0;
  const automl = new Automl(await table(), order, learners, () => (at += 5));
  const work = automl.run();
  for (;;) {
    const step = work.next();
    if (step.done !== true) continue;
    expect(readModel(onnxOf(step.value.model).onnx).outputs.map(({ name }) => name)).toEqual([
      "output_label",
      "output_probability",
    ]);
    return;
  }
});
