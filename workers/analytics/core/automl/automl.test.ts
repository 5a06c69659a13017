/** The whole search on tables whose answer is known. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { type Table, typedTable } from "../tables/column-types.ts";
import { readKnownColumns } from "../tables/known-columns.ts";
import { readTable } from "../tables/read-table.ts";
import { Automl, type AutomlOrder, type AutomlOutcome } from "./automl.ts";
import { predictWith, restoreModel, saveModel } from "./final-model.ts";
import type { SavedSearch } from "./search.ts";
import { kernel, prior, refusing } from "./test-learners.ts";
import { isFinished, rungs } from "./trials.ts";

const tables = join(import.meta.dirname, "../../../../resources/tables");

async function sample(name: string): Promise<Table> {
  const { columns } = JSON.parse(readFileSync(join(tables, `${name}.json`), "utf8")) as {
    columns: unknown;
  };
  return tableOf(columns);
}

async function tableOf(columns: unknown): Promise<Table> {
  return typedTable(await readTable(new TextEncoder().encode(JSON.stringify(columns)), "json"));
}

const order = (target: string, more: Partial<AutomlOrder> = {}): AutomlOrder => ({
  target,
  task: "auto",
  budgetSeconds: 2,
  folds: 5,
  leaveOut: [],
  seed: 3,
  ...more,
});

/** A clock that goes on with every look at it, so that a run is the same on every machine. */
function ticking(stepMs = 5): () => number {
  let at = 0;
  return () => (at += stepMs);
}

function runToEnd(automl: Automl): AutomlOutcome {
  const work = automl.run();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const learners = [prior, kernel];

describe("a search", () => {
  it("finds that flowers are told apart by their petals", async () => {
    const automl = new Automl(await sample("iris"), order("species"), learners, ticking());
    const { report, model } = runToEnd(automl);
    expect(report).toMatchObject({ task: "classification", metric: "log-loss" });
    expect(report.split).toEqual({ kind: "stratified", folds: 5, by: null });
    const best = report.leaderboard[0]!;
    // The prior of three equal classes has a log loss of ln 3.
    expect(best.mean).toBeLessThan(0.3);
    expect(best.low!).toBeLessThan(best.mean);
    expect(report.importance[0]!.column).toMatch(/petal/);
    expect(report.importance[0]!.mean).toBeGreaterThan(0.1);
    const { diagnostics } = report;
    if (diagnostics.task !== "classification") throw new Error("classes were asked for");
    const right = diagnostics.confusion.reduce((sum, row, label) => sum + row[label]!, 0);
    expect(right / 150).toBeGreaterThan(0.9);
    const counted = diagnostics.calibration.bins.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(150);

    const columns = readKnownColumns(model.schema, [
      { "petal length (cm)": 1.4, "petal width (cm)": 0.2 },
      { "petal length (cm)": "6", "petal width (cm)": "2.2", "sepal length (cm)": 7 },
    ]);
    const probabilities = predictWith(model, columns, Int32Array.of(0, 1));
    expect(probabilities[0]).toBeGreaterThan(0.8);
    expect(probabilities[5]).toBeGreaterThan(0.8);
  });

  it("keeps the whole model in plain JSON", async () => {
    const table = await sample("penguins");
    const { model } = runToEnd(new Automl(table, order("Species"), learners, ticking()));
    const restored = restoreModel(
      JSON.parse(JSON.stringify(saveModel(model))) as ReturnType<typeof saveModel>,
      learners,
    );
    const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
    expect(predictWith(restored, table.columns, rows)).toEqual(
      predictWith(model, table.columns, rows),
    );
  });

  it("predicts amounts and shows what they depend on", async () => {
    const chance = seededChance(5);
    const rows = Array.from({ length: 200 }, () => {
      const x = chance.float() * 4 - 2;
      return { x, noise: chance.float(), y: x * x };
    });
    const { report } = runToEnd(new Automl(await tableOf(rows), order("y"), learners, ticking()));
    expect(report).toMatchObject({ task: "regression", metric: "rmse" });
    expect(report.importance.map(({ column }) => column)).toEqual(["x", "noise"]);
    const curve = report.dependence.find(({ column }) => column === "x")!.curves[0]!.means;
    const middle = curve[Math.floor(curve.length / 2)]!;
    expect(curve[0]! - middle).toBeGreaterThan(1);
    expect(curve.at(-1)! - middle).toBeGreaterThan(1);
    const { diagnostics } = report;
    if (diagnostics.task !== "regression") throw new Error("amounts were asked for");
    expect(Math.abs(diagnostics.residuals.mean)).toBeLessThan(0.3);
  });

  it("is the same again with the same seed, and with a pause in it", async () => {
    const table = await sample("iris");
    const trialsOf = (saved: SavedSearch) =>
      saved.trials.map((trial) => ({ ...trial, durationMs: 0 }));
    const whole = new Automl(table, order("species"), learners, ticking());
    runToEnd(whole);
    const first = new Automl(table, order("species"), learners, ticking());
    const work = first.run();
    while (first.save().trials.length < 20) work.next();
    const saved = JSON.parse(JSON.stringify(first.save())) as SavedSearch;
    const second = new Automl(table, order("species"), learners, ticking(), saved);
    const { report } = runToEnd(second);
    const [one, other] = [trialsOf(whole.save()), trialsOf(second.save())];
    const both = Math.min(one.length, other.length);
    expect(both).toBeGreaterThan(25);
    expect(other.slice(0, both)).toEqual(one.slice(0, both));
    expect(report.trials.tried).toBe(other.length);
  });

  it("halves: of each rung only the better third goes on", async () => {
    const automl = new Automl(await sample("iris"), order("species"), learners, ticking());
    runToEnd(automl);
    const trials = automl.save().trials.filter(isFinished);
    const on = rungs.map((_, rung) => trials.filter((trial) => trial.rung === rung));
    expect(on[0]!.length).toBeGreaterThan(20);
    for (const trial of trials.filter(({ rung }) => rung > 0)) {
      const before = trials.filter(({ number }) => number < trial.number);
      const from = before.find(({ number }) => number === trial.promotedFrom)!;
      expect(from).toMatchObject({ rung: trial.rung - 1, parameters: trial.parameters });
      const rank = before.filter(({ rung, loss }) => rung === from.rung && loss < from.loss).length;
      const size = before.filter(({ rung }) => rung === from.rung).length;
      const isFirst = before.every(({ rung }) => rung < 2);
      expect(isFirst || rank < size / 3).toBe(true);
    }
  });

  it("ends with a result however short the time, and soon after it", async () => {
    const clock = ticking();
    const hasty = order("species", { budgetSeconds: 0.001 });
    const { report } = runToEnd(new Automl(await sample("iris"), hasty, learners, clock));
    expect(report.leaderboard.length).toBeGreaterThan(0);
    expect(report.elapsedSeconds).toBeLessThan(1);
  });

  it("goes on without a learner that fails, and says what it said", async () => {
    const some = [refusing, ...learners];
    const { report } = runToEnd(
      new Automl(await sample("iris"), order("species"), some, ticking()),
    );
    expect(report.trials.failed).toEqual([
      { learner: "refusing", failure: "It takes no such table." },
    ]);
    const alone = new Automl(await sample("iris"), order("species"), [refusing], ticking());
    expect(() => runToEnd(alone)).toThrow("It takes no such table.");
  });
});

describe("what cannot be predicted is refused by name", () => {
  const rows = (cells: (row: number) => object) =>
    tableOf(Array.from({ length: 40 }, (_, row) => cells(row)));
  const begin = (table: Table, of: AutomlOrder) => () => new Automl(table, of, learners, ticking());

  it("as a target", async () => {
    const table = await rows((row) => ({
      same: 1,
      id: `u${row}`,
      x: row % 7,
      rare: row === 0 ? "odd" : row % 2 ? "a" : "b",
      few: row < 5 ? row / 2 : null,
    }));
    expect(begin(table, order("y"))).toThrow('There is no column "y"; there are "same", "id"');
    expect(begin(table, order("same"))).toThrow("the same value in every row");
    expect(begin(table, order("id"))).toThrow("a value of its own in every row");
    expect(begin(table, order("rare"))).toThrow('one row alone is of class "odd"');
    expect(begin(table, order("few"))).toThrow("5 rows have a value");
    expect(begin(table, order("rare", { task: "regression" }))).toThrow("holds words");
    expect(begin(table, order("x", { metric: "rmse", task: "classification" }))).toThrow(
      "does not measure classification",
    );
  });

  it("as a split, or when nothing is left to learn from", async () => {
    const table = await rows((row) => ({ id: `u${row}`, y: row % 2, z: row % 3, w: row % 5 }));
    expect(begin(table, order("y", { split: "time-ordered" }))).toThrow("No column holds dates");
    expect(begin(table, order("y", { split: "grouped", splitBy: "z" }))).toThrow("3 groups");
    expect(begin(table, order("y", { leaveOut: ["z", "w"] }))).toThrow("no column is left");
    expect(begin(table, order("y", { leaveOut: ["q"] }))).toThrow('no column "q"');
  });
});

describe("leaks", () => {
  const chance = seededChance(9);
  const plain = Array.from({ length: 300 }, (_, row) => {
    const x = chance.float();
    return { x, other: chance.float(), sold: x + chance.float() > 1 ? "yes" : "no", row };
  });

  async function leaksOf(rows: readonly object[]) {
    const { report } = runToEnd(
      new Automl(await tableOf(rows), order("sold"), learners, ticking()),
    );
    return report.leaks.map(({ kind, column, severity }) => `${kind} ${column} ${severity}`);
  }

  it("are not seen where there are none", async () => {
    expect(await leaksOf(plain)).toEqual(["identifier row note"]);
  });

  it("are told: copies of the target, near copies, repeated rows and dates", async () => {
    const leaky = plain.map(({ x, other, sold }, index) => ({
      x,
      other,
      sold,
      answer: sold === "yes" ? "S" : "N",
      price: sold === "yes" ? 10 + other : other,
      day: `2024-01-${(index % 28) + 1}`,
    }));
    expect(await leaksOf([...leaky, ...leaky.slice(0, 60)])).toEqual([
      "target copy answer high",
      "predicts alone price high",
      "duplicate rows null high",
      "time day note",
    ]);
  });
});
