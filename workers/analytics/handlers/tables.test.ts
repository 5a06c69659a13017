/** Tables and AutoML through their API, with real threads and a home of their own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRouterClient } from "@orpc/server";
import { afterAll, describe, expect, it } from "vitest";
import { guardPolicy } from "../../service/http-server.ts";
import type { ThreadSetup } from "../../service/lifecycle.ts";
import { problemFrom } from "../../service/errors.ts";
import { Jobs } from "../jobs/jobs.ts";
import { JobTable } from "../jobs/job-table.ts";
import { openTables } from "./tables.ts";

const home = mkdtempSync(join(tmpdir(), "tables-"));
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
const setup = { home, version: "0.0.0-test" } as ThreadSetup;

function open() {
  const jobs = new Jobs(clock, new JobTable(home, clock.now()));
  const tables = openTables({ setup, ...clock }, jobs);
  return { jobs, tables, api: createRouterClient(tables.router) };
}
let { jobs, tables, api } = open();

async function shut(): Promise<void> {
  jobs.close();
  await tables.close();
}
afterAll(async () => {
  await shut();
  rmSync(home, { recursive: true, force: true });
});

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const { code, detail } = problemFrom(error);
  return `${code}: ${detail}`;
};

async function ended(id: string) {
  for (;;) {
    const { state, message } = jobs.get(id);
    if (state !== "running" && state !== "queued") return { state, message };
    await sleep(50);
  }
}

const csv = "weight,colour,kind\n150,red,apple\n120,yellow,lemon\n160,green,apple\n";

describe("tables", () => {
  it("come with the platform, with types and a target to begin with", async () => {
    const { datasets } = await api.datasets.list({});
    const names = datasets.map(({ id, rows, columns }) => `${id} ${rows} ${columns}`);
    expect(names).toEqual([
      "sample-iris 150 5",
      "sample-wine 178 14",
      "sample-breast-cancer 569 31",
      "sample-diabetes 442 11",
      "sample-penguins 344 7",
    ]);
    const penguins = await api.datasets.get({ id: "sample-penguins" });
    const sex = penguins.statistics.find(({ name }) => name === "Sex")!;
    expect(sex).toMatchObject({ kind: "category" });
    expect(await refusal(api.datasets.remove({ id: "sample-iris" }))).toMatch(/^DATASET_FIXED/);
  });

  it("are brought whole or in pieces, looked at, deleted and taken back", async () => {
    const whole = await api.datasets.create({ name: "fruit", format: "csv", text: csv });
    expect(whole).toMatchObject({ rows: 3, columns: 3, bytes: csv.length });
    const bytes = Buffer.from(csv);
    const { upload } = await api.datasets.begin({ name: "f", format: "csv", bytes: bytes.length });
    const send = (offset: number, to: number) =>
      api.datasets.piece({ upload, offset, base64: bytes.subarray(offset, to).toString("base64") });
    await send(0, 10);
    expect(await refusal(send(20, 30))).toMatch(/^UPLOAD_OUT_OF_STEP.*10 of/);
    expect(await refusal(api.datasets.finish({ upload }))).toMatch(/^UPLOAD_OUT_OF_STEP/);
    await send(10, bytes.length);
    const pieces = await api.datasets.finish({ upload });
    expect(pieces.statistics).toEqual(whole.statistics);

    const { id } = pieces;
    const page = await api.datasets.rows({ id, offset: 1, limit: 5 });
    expect(page).toMatchObject({
      total: 3,
      rows: [
        ["120", "yellow", "lemon"],
        ["160", "green", "apple"],
      ],
    });
    await api.datasets.remove({ id });
    expect(await refusal(api.datasets.get({ id }))).toMatch(/^DATASET_UNKNOWN/);
    await api.datasets.restore({ id });
    expect((await api.datasets.get({ id })).name).toBe("f");
  });

  it("are refused by line, and by their announced size before anything is kept", async () => {
    const ragged = api.datasets.create({ name: "x", format: "csv", text: "a,b\n1,2\n3\n" });
    expect(await refusal(ragged)).toBe("DATASET_REFUSED: Line 3 has 1 cells; the header has 2.");
    const huge = api.datasets.begin({ name: "x", format: "csv", bytes: 10 * 2 ** 30 });
    expect(await refusal(huge)).toMatch(/^DATASET_TOO_LARGE/);
  });
});

describe("tables as files", () => {
  it("have a rule of the guard's own, on this thread and its one path alone", () => {
    const policy = guardPolicy(
      {
        ...setup,
        id: "analytics",
        ports: {},
        host: "127.0.0.1",
        token: "t",
        allowedOrigins: [],
      } as never,
      1,
    );
    const rules = policy.bodies!.filter(({ paths }) =>
      paths.test("/api/analytics/datasets/raw?name=x"),
    );
    expect(rules).toHaveLength(1);
    const [rule] = rules;
    expect(rule!.paths.test("/api/analytics/datasets/rawer")).toBe(false);
    for (const type of ["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"]) {
      expect(rule!.types.test(type)).toBe(true);
    }
    // What a page may send across origins without asking.
    for (const type of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
      expect(rule!.types.test(type)).toBe(false);
    }
  });
});

describe("AutoML", () => {
  const order = { dataset: "sample-iris", target: "species", budgetSeconds: 2, folds: 3 };

  it("searches, explains, predicts, describes itself and leaves as ONNX", async () => {
    const checked = await api.automl.check(order);
    expect(checked).toMatchObject({ task: "classification", rows: 150, folds: 3, leaks: [] });
    const { id } = await api.automl.start(order);
    expect(await refusal(api.automl.predict({ id, rows: [{}] }))).toMatch(/^AUTOML_UNFINISHED/);
    expect(await ended(id)).toMatchObject({ state: "done" });
    const { report } = await api.automl.get({ id });
    // A prior of three equal classes would have ln 3 = 1.1.
    expect(report!.leaderboard[0]!.mean).toBeLessThan(0.3);

    const rows = [
      { "petal length (cm)": 1.4, "petal width (cm)": 0.2 },
      { "petal width (cm)": "2.4" },
    ];
    const { predictions } = await api.automl.predict({ id, rows });
    expect(predictions.map(({ prediction }) => prediction)).toEqual(["setosa", "virginica"]);
    for (const { probabilities } of predictions) {
      const sum = Object.values(probabilities!).reduce((total, each) => total + each, 0);
      expect(sum).toBeCloseTo(1, 9);
    }
    const wrong = api.automl.predict({ id, rows: [{ "petal width (cm)": "wide" }] });
    expect(await refusal(wrong)).toMatch(/^DATASET_REFUSED: Row 1, column "petal width \(cm\)"/);

    const { markdown } = await api.automl.card({ id });
    expect(markdown).toContain("Table: `Iris flowers`, 150 rows");
    const onnx = await api.automl.onnx({ id });
    expect(onnx.inputs).toHaveLength(4);
    expect(onnx.base64.length).toBeGreaterThan(100);
  });

  it("goes on after the thread was closed in the middle of a search", async () => {
    const { id } = await api.automl.start({ ...order, budgetSeconds: 6 });
    for (let waits = 0; jobs.get(id).checkpointAt === null; waits += 1) {
      if (waits > 200) throw new Error("No checkpoint came.");
      await sleep(100);
    }
    await shut();
    ({ jobs, tables, api } = open());
    expect(jobs.get(id).state).toBe("interrupted");
    jobs.resume(id);
    expect(await ended(id)).toMatchObject({ state: "done" });
    const { report } = await api.automl.get({ id });
    expect(report!.elapsedSeconds).toBeGreaterThan(4);
    expect(report!.leaderboard.length).toBeGreaterThan(0);
  });

  it("refuses what cannot be predicted before there is a job", async () => {
    const before = jobs.list(100).length;
    const start = (more: object) => refusal(api.automl.start({ ...order, ...more }));
    expect(await start({ target: "genus" })).toMatch(
      /^DATASET_REFUSED: There is no column "genus"/,
    );
    expect(await start({ dataset: "table-0" })).toMatch(/^DATASET_UNKNOWN/);
    expect(await start({ metric: "rmse" })).toMatch(/^DATASET_REFUSED/);
    expect(await start({ learners: ["oracle"] })).toMatch(/^DATASET_REFUSED.*oracle/);
    expect(jobs.list(100)).toHaveLength(before);
  });

  it("stops at once when it is cancelled", async () => {
    const { id } = await api.automl.start({ ...order, budgetSeconds: 600 });
    await sleep(300);
    jobs.cancel(id);
    expect(await ended(id)).toMatchObject({ state: "cancelled" });
  });
});
