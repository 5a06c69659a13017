/** Serving as other parts of the thread use it: tables, shadows, drift, and what outlasts a bad file. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelsRouter } from "../handlers/models.ts";
import { JobTable } from "../jobs/job-table.ts";
import { Jobs } from "../jobs/jobs.ts";
import { acrossRows, adder, nothingElse, openServing } from "./testdata/served-models.ts";
import { readBatch } from "./batch-table.ts";
import type { BatchResult } from "./batch-prediction.ts";

const { serving, kit } = openServing(null);
const jobs = new Jobs(kit, new JobTable(null, 0));
const client = createRouterClient(modelsRouter(serving, { jobs, now: kit.now, ...nothingElse }));

beforeAll(async () => {
  for (const constant of [1, 1.5])
    await serving.registry.add({ name: "plus", bytes: adder(constant) });
  await serving.registry.add({ name: "centred", bytes: acrossRows() });
});
afterAll(async () => {
  jobs.close();
  await serving.close();
});

const ask = (data: number[], version?: string) =>
  client.predict({
    name: "plus",
    ...(version === undefined ? {} : { version }),
    inputs: [{ name: "input0", shape: [data.length / 2, 2], datatype: "FP32", data }],
  });

async function ended(id: string) {
  for (let tries = 0; tries < 400; tries += 1) {
    const job = jobs.get(id);
    if (job.state !== "queued" && job.state !== "running") return job;
    await sleep(25);
  }
  throw new Error("The job did not end.");
}

describe("a table", () => {
  it("comes back with the answers of every row, in order", async () => {
    const rows = Array.from({ length: 700 }, (_, at) => `${at},${-at}`);
    const started = await client.predictTable({
      name: "plus",
      version: "1",
      rows: `a,b\n${rows.join("\n")}`,
    });
    const { state, result, message } = await ended(started.id);
    expect([state, message]).toEqual(["done", "Done."]);
    const { csv, ...facts } = result as BatchResult;
    expect(facts).toEqual({ rows: 700, model: "plus", version: 1 });
    const expected = Array.from({ length: 700 }, (_, at) => `${at + 1},${at + 1},${1 - at}`);
    expect(csv.trimEnd().split("\n")).toEqual(["row,output0_0,output0_1", ...expected]);
  });

  it("goes on from its last checkpoint", async () => {
    const kind = (await import("./batch-prediction.ts")).batchPrediction(
      serving,
      nothingElse.tables,
    );
    const saved = { header: "row,output0_0,output0_1", lines: ["1,7,7"] };
    const input = { name: "plus", version: "1", format: "csv", rows: "0,0\n1,1\n2,2" };
    const run = {
      signal: new AbortController().signal,
      id: "job-test",
      saved,
      report() {},
      checkpoint() {},
    };
    const result = (await kind.run(input, run)) as BatchResult;
    expect(result.csv).toBe("row,output0_0,output0_1\n1,7,7\n2,2,2\n3,3,3\n");
  });

  it.each([
    ["of too few columns", "1,2\n3", "Row 2 has 1 values; the model takes 2."],
    ["with a word", "1,2\n3,x", 'Row 2, column 2: "x" is not a number.'],
    ["of a header alone", "a,b", "The table has no rows."],
  ])("%s is refused at once, by row and column", async (_, rows, detail) => {
    await expect(client.predictTable({ name: "plus", rows })).rejects.toThrow(detail);
  });

  it("is not for a model whose rows depend on each other", async () => {
    await expect(client.predictTable({ name: "centred", rows: "1,2" })).rejects.toThrow(
      "cannot be run together",
    );
  });

  it("may be JSON, and have gaps", () => {
    expect(readBatch("[[1,[2]],[null,4]]", "json", 2).values).toEqual(
      Float64Array.from([1, 2, Number.NaN, 4]),
    );
    expect(readBatch("\uFEFF1;2\r\n;NA\r\n", "csv", 2).values).toEqual(
      Float64Array.from([1, 2, Number.NaN, Number.NaN]),
    );
    expect(() => readBatch("{}", "json", 2)).toThrow("not a JSON list");
  });
});

describe("an alias", () => {
  it("with a shadow answers by its own version, and says how often they agree", async () => {
    await client.setAlias({
      name: "plus",
      alias: "champion",
      targets: [{ version: 1 }],
      shadow: 2,
    });
    const answer = await ask([10, 20, 30, 25]);
    expect(answer).toMatchObject({ version: 1, outputs: [{ data: [11, 21, 31, 26] }] });
    let shadows = (await client.health({ name: "plus", version: "1" })).shadows;
    for (let tries = 0; tries < 200 && shadows[0]?.requests !== 1; tries += 1) {
      await sleep(25);
      ({ shadows } = await client.health({ name: "plus", version: "1" }));
    }
    // The larger of two numbers stays the larger, and they are half a unit apart.
    expect(shadows).toMatchObject([
      { alias: "champion", version: 2, requests: 1, rows: 2, agreement: 1, differenceMax: 0.5 },
    ]);
  });

  it("shares requests out by weight", async () => {
    await client.setAlias({
      name: "plus",
      alias: "canary",
      targets: [
        { version: 1, weight: 0 },
        { version: 2, weight: 3 },
      ],
    });
    expect((await ask([0, 0], "canary")).outputs[0]!.data).toEqual([1.5, 1.5]);
  });
});

describe("drift", () => {
  it("is against the first requests until others are chosen", async () => {
    const rows = (count: number, offset: number) =>
      Array.from({ length: count * 2 }, (_, at) => ((at * 7_919) % 1_000) / 100 + offset);
    for (let at = 0; at < 2; at += 1) await ask(rows(140, 0), "2");
    expect((await client.health({ name: "plus", version: "2" })).drift).toMatchObject({
      source: "first requests",
    });
    await ask(rows(200, 50), "2");
    const { drift } = await client.health({ name: "plus", version: "2" });
    expect(drift.word).toBe("major shift");
    expect(drift.verdict).toContain("input0[0]");
    const after = await client.renewReference({ name: "plus", version: "2" });
    expect(after.drift).toMatchObject({ source: "chosen requests", word: "not enough data" });
    await expect(client.renewReference({ name: "plus", version: "2" })).rejects.toMatchObject({
      code: "MODEL_CONFLICT",
    });
  });
});

it("a file in parts is put together in order, or refused", async () => {
  const bytes = Buffer.from(adder(3));
  const part = (offset: number, to: number) =>
    client.part({ upload: "u-1", offset, data: bytes.subarray(offset, to).toString("base64") });
  await expect(part(10, 20)).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
  expect((await part(0, 50)).bytes).toBe(50);
  await expect(part(60, 70)).rejects.toMatchObject({ code: "MODEL_CONFLICT" });
  await part(50, bytes.length);
  const added = await client.add({ name: "parts", upload: "u-1", tags: { owner: "me" } });
  expect(added).toMatchObject({ version: 1, bytes: bytes.length, tags: { owner: "me" } });
  await expect(client.add({ name: "parts", upload: "u-1" })).rejects.toMatchObject({
    code: "UPLOAD_UNKNOWN",
  });
  const file = await client.file({ name: "parts", version: "1" });
  expect(Buffer.from(file.data, "base64")).toEqual(bytes);
});
