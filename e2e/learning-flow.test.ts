/** From a table to a served model as a client meets it: found, registered, asked, and of whole tables. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const analyticsPort = 2;

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only", "analytics,gateway"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function call<T>(path: string, body?: unknown, status = 200): Promise<T> {
  const answer = await fetch(platform.url(path, analyticsPort), {
    method: body === undefined ? "GET" : "POST",
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const json = (await answer.json()) as T;
  expect([answer.status, json]).toEqual([status, json]);
  return json;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly message: string;
  readonly result: { readonly csv: string; readonly rows: number };
}

async function done({ id }: { id: string }): Promise<Job> {
  for (let waits = 0; waits < 400; waits += 1) {
    // oxlint-disable-next-line no-await-in-loop -- it is asked until it has ended
    const job = await call<Job>(`/api/analytics/jobs/${id}`);
    if (job.state === "done") return job;
    expect(["queued", "running"], job.message).toContain(job.state);
    await sleep(100);
  }
  throw new Error(`${id} did not end.`);
}

/** Words, numbers, gaps and a date in one table; `kind` follows from colour and weight. */
const rows = Array.from({ length: 90 }, (_, row) => ({
  weight: row % 11 === 0 ? "" : String(100 + (row % 3) * 40 + (row % 7)),
  colour: ["red", "yellow", "green"][row % 3]!,
  picked: `2024-0${1 + (row % 9)}-1${row % 10}`,
  kind: ["apple", "lemon", "pear"][row % 3]!,
}));
const csv = `weight,colour,picked,kind\n${rows
  .map(({ weight, colour, picked, kind }) => `${weight},${colour},${picked},${kind}`)
  .join("\n")}\n`;

interface Version {
  readonly version: number;
  readonly aliases: readonly string[];
  readonly labels: readonly string[];
  readonly lineage: {
    readonly kind: string;
    readonly job: string;
    readonly datasetHash: string;
    readonly metric: { readonly name: string; readonly value: number };
    readonly columns: readonly { readonly name: string; readonly levels: readonly string[] }[];
  };
}

it("a search's model answers from the registry as it does in AutoML, for words and dates too", async () => {
  const table = { name: "fruit", format: "csv", text: csv };
  const { id: dataset } = await call<{ id: string }>("/api/analytics/datasets", table);
  const order = { dataset, target: "kind", budgetSeconds: 2, folds: 3 };
  const search = await call<Job>("/api/analytics/automl", order);
  await call(
    `/api/analytics/registry/models/fruit/results`,
    { source: "automl", id: search.id },
    409,
  );
  await done(search);

  const given = { source: "automl", id: search.id, champion: true };
  const version = await call<Version>("/api/analytics/registry/models/fruit/results", given);
  expect(version).toMatchObject({
    version: 1,
    aliases: ["champion"],
    lineage: { kind: "automl", job: search.id, dataset, metric: { name: "log-loss" } },
  });
  expect([...version.labels].toSorted()).toEqual(["apple", "lemon", "pear"]);
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(csv)));
  expect(version.lineage.datasetHash).toBe(hash.toString("hex"));

  const byAutoml = await done(
    await call<Job>(`/api/analytics/automl/${search.id}/predict-table`, { dataset }),
  );
  const byModel = await done(
    await call<Job>("/api/analytics/registry/models/fruit/predict-table", { dataset }),
  );
  const pasted = await done(
    await call<Job>("/api/analytics/registry/models/fruit/predict-table", { rows: csv }),
  );
  expect(pasted.result.csv).toBe(byModel.result.csv);
  const lines = (text: string) =>
    text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(","));
  const [header, ...found] = lines(byAutoml.result.csv);
  expect(header!.slice(0, 2)).toEqual(["row", "kind"]);
  const [, ...served] = lines(byModel.result.csv);
  expect([found.length, served.length]).toEqual([90, 90]);
  found.forEach((line, row) => {
    // The file gives the label's place, then the probabilities.
    expect(version.labels[Number(served[row]![1])]).toBe(line[1]);
    line.slice(2).forEach((chance, at) => {
      expect(Number(served[row]![2 + at])).toBeCloseTo(Number(chance), 4);
    });
  });
  const right = found.filter((line, row) => line[1] === rows[row]!.kind).length;
  expect(right).toBeGreaterThan(80);

  const lacking = { rows: "weight,colour\n120,red\n" };
  const path = `/api/analytics/automl/${search.id}/predict-table`;
  const refused = await call<Job>(path, lacking);
  await expect(done(refused)).rejects.toThrow(/"picked"/);
});

it("an experiment of the lab and a distributed run become versions that are served", async () => {
  const layers = [
    { type: "Linear", outFeatures: 8 },
    { type: "ReLU" },
    { type: "Linear", outFeatures: 2 },
  ];
  const specification = {
    data: { kind: "table", csv: csv.replaceAll("pear", "apple"), target: "kind" },
    layers,
    loss: "CrossEntropyLoss",
    optimiser: { type: "SGD", lr: 0.1 },
  };
  // Its columns of words are no numbers: said, and not trained on.
  await call("/api/analytics/training/experiments", { specification }, 422);

  const run = await call<Job>("/api/analytics/distributed/runs", {
    samples: 300,
    hidden: [8],
    epochs: 4,
  });
  await done(run);
  const version = await call<Version>("/api/analytics/registry/models/spirals/results", {
    source: "distributed-training",
    id: run.id,
  });
  expect(version.lineage).toMatchObject({ kind: "distributed-training", job: run.id });
  const answer = await call<{ outputs: { data: number[] }[] }>("/v2/models/spirals/infer", {
    inputs: [{ name: "input", shape: [1, 2], datatype: "FP32", data: [0.4, -0.2] }],
  });
  expect(answer.outputs[0]!.data.reduce((sum, each) => sum + each)).toBeCloseTo(1, 5);
});
