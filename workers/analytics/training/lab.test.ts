/** The lab with real threads: trained, paused, resumed after a restart, asked. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noGrad } from "../../compute/autograd/tape.ts";
import { loadOnnx } from "../../compute/onnx/import.ts";
import { scope, tensor } from "../../compute/tensor/tensor.ts";
import { specificationExamples, specificationSchema } from "../contract-training-network.ts";
import type { CurvePoint, Experiment } from "../contract-training.ts";
import { JobTable } from "../jobs/job-table.ts";
import { Jobs } from "../jobs/jobs.ts";
import { differencesOf } from "./comparison.ts";
import { appendCurve } from "./curve.ts";
import { ExperimentStore } from "./experiment-store.ts";
import { TrainingLab } from "./lab.ts";
import { runLimits } from "./training-limits.ts";

const host = { now: () => Date.now(), monotonicMs: () => performance.now() };
let home: string;
const open: { lab: TrainingLab; jobs: Jobs }[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lab-"));
});
afterEach(async () => {
  for (const each of open.splice(0)) await closed(each);
  rmSync(home, { recursive: true, force: true });
});

function start() {
  const jobs = new Jobs(host, new JobTable(home, host.now()));
  const opened = { jobs, lab: new TrainingLab(host, new ExperimentStore(home, host.now()), jobs) };
  open.push(opened);
  return opened;
}

async function closed({ lab, jobs }: { lab: TrainingLab; jobs: Jobs }): Promise<void> {
  await lab.close();
  jobs.close();
}

const specification = (changes: object = {}) =>
  specificationSchema.parse({ ...specificationExamples.circle, ...changes });

async function until(lab: TrainingLab, id: string, holds: (now: Experiment) => boolean) {
  for await (const { experiment } of lab.watch(id, undefined))
    if (holds(experiment)) return experiment;
  throw new Error("the stream ended");
}

describe("an experiment", () => {
  it("is trained as a job until its epochs are done, then answers and is exported", async () => {
    const { lab, jobs } = start();
    const { id } = await lab.start("Circle", specification({ epochs: 60 }), false);
    const done = await until(lab, id, ({ state }) => state === "done");
    expect(done).toMatchObject({ progress: 1, hasCheckpoint: true });
    expect(done.message).toMatch(/epochs/);
    expect(done.result!.validationAccuracy).toBeGreaterThan(0.9);
    expect(jobs.list(10)).toMatchObject([{ kind: "training", title: "Trains Circle" }]);
    const points = [
      [0.2, -0.1],
      [4.4, 0.3],
    ];
    const { outputs, answers } = await lab.predict(id, points);
    expect(answers).toEqual(["1", "0"]);
    const graph = loadOnnx(await lab.onnx(id));
    scope(() => {
      const logits = noGrad(() =>
        graph.forward(new Map([["input", tensor(points.flat(), [2, 2])]])),
      ).get("output")!.tensor.values;
      logits.forEach((logit, row) =>
        expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(outputs[row]![1]!, 5),
      );
    });
    await expect(lab.control(id, { action: "resume" })).rejects.toThrow(/all its epochs/);
  });

  it.each([
    ["classes", "high", "low"],
    ["amounts", "11.5", "3.25"],
  ])("of a table of %s is given to the registry as it answers in the lab", async (_, one, two) => {
    const { lab } = start();
    const rows = Array.from({ length: 80 }, (_row, at) => {
      const isHigh = at % 2 === 0;
      return `${isHigh ? 900 + at : 100 + at},${at % 7},${isHigh ? one : two}`;
    });
    const data = {
      kind: "table",
      csv: `size,other,kind\n${rows.join("\n")}\n`,
      target: "kind",
      validationShare: 0.25,
    };
    const layers = [{ type: "Linear", outFeatures: one === "high" ? 2 : 1 }];
    const loss = one === "high" ? "CrossEntropyLoss" : "MSELoss";
    const { id } = await lab.start(
      "Sizes",
      specification({ data, layers, loss, epochs: 20 }),
      false,
    );
    await until(lab, id, ({ state }) => state === "done");
    const { bytes, lineage, reference, labels } = await lab.publish(id);
    expect(lineage).toMatchObject({ kind: "training", job: id });
    expect(labels).toEqual(one === "high" ? ["high", "low"] : []);
    // As the table has them, of the rows that were learned from.
    expect(reference!["input[0]"]).toHaveLength(60);
    expect(Math.min(...reference!["input[0]"]!)).toBeGreaterThan(99);
    const asked = [
      [950, 3],
      [130, 5],
    ];
    const { outputs } = await lab.predict(id, asked);
    scope(() => {
      const given = new Map([["input", tensor(asked.flat(), [2, 2])]]);
      const answer = noGrad(() => loadOnnx(bytes).forward(given)).get("output")!.tensor.values;
      outputs.flat().forEach((value, at) => expect(answer[at]).toBeCloseTo(value, 4));
    });
  });

  it("is paused, stepped once, has its rate and weights changed, and goes on", async () => {
    const { lab, jobs } = start();
    const { id } = await lab.start("", specification({ epochs: 10_000 }), false);
    await until(lab, id, ({ result }) => (result?.step ?? 0) > 0);
    await expect(lab.control(id, { action: "step" })).rejects.toThrow(/being trained/);
    const paused = await lab.control(id, { action: "pause" });
    expect(paused.state).toBe("paused");
    const { step } = paused.result!;
    expect((await lab.control(id, { action: "step" })).result!.step).toBe(step + 1);
    await lab.control(id, { action: "rate", learningRate: 0.0625 });
    expect(lab.get(id).result!.learningRate).toBe(0.0625);
    await lab.control(id, { action: "edit", layer: 0, output: 1, input: 0, value: 1.5 });
    expect(lab.details(id).frame!.layers[0]!.matrix![1]![0]).toBe(1.5);
    await expect(
      lab.control(id, { action: "edit", layer: 1, output: 0, input: 0, value: 1 }),
    ).rejects.toThrow(/Layer 2 has no weights/);
    await lab.control(id, { action: "resume" });
    await until(lab, id, ({ result }) => result!.step > step + 1);
    expect((await lab.control(id, { action: "stop" })).state).toBe("stopped");
    expect(jobs.list(1)[0]!.state).toBe("cancelled");
  });

  it("outlives the thread, and goes on from its checkpoint bit for bit", async () => {
    const first = start();
    const { id } = await first.lab.start("", specification({ epochs: 10_000 }), true);
    for (let count = 0; count < 5; count++) await first.lab.control(id, { action: "step" });
    const before = first.lab.get(id);
    await first.lab.control(id, { action: "resume" });
    await until(first.lab, id, ({ state }) => state === "running");
    await closed(open.pop()!);

    const second = start();
    expect(second.lab.get(id)).toMatchObject({ state: "interrupted", hasCheckpoint: true });
    await second.lab.control(id, { action: "step" });
    expect(second.lab.get(id).result!.step).toBeGreaterThan(before.result!.step);
    await second.lab.control(id, { action: "resume" });
    await until(second.lab, id, ({ result }) => result!.step > 50);
    await second.lab.control(id, { action: "pause" });

    const straight = await second.lab.start("", specification({ epochs: 10_000 }), true);
    for (let count = 0; count < 5; count++)
      await second.lab.control(straight.id, { action: "step" });
    expect(second.lab.get(straight.id).parameterHash).toBe(before.parameterHash);
  });

  it("that explodes is failed with the layer named, and so is its job", async () => {
    const { lab, jobs } = start();
    const wild = specification({
      data: { kind: "sine", samples: 200 },
      loss: "MSELoss",
      layers: [
        { type: "Linear", outFeatures: 8 },
        { type: "ReLU" },
        { type: "Linear", outFeatures: 1 },
      ],
      optimiser: { type: "SGD", lr: 100 },
    });
    const { id } = await lab.start("", wild, false);
    const failed = await until(lab, id, ({ state }) => state === "failed");
    expect(failed.message).toMatch(/layer \d Linear/);
    expect(jobs.list(1)[0]).toMatchObject({ state: "failed", message: failed.message });
  });

  it("waits for its turn, and is paused while it waits", async () => {
    const { lab } = start();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++)
      ids.push((await lab.start("", specification({ epochs: 10_000 }), false)).id);
    await until(lab, ids[1]!, ({ state }) => state === "running");
    expect(lab.get(ids[2]!).state).toBe("queued");
    expect((await lab.control(ids[2]!, { action: "pause" })).state).toBe("paused");
  });

  it("is deleted and brought back with what it has learned", async () => {
    const { lab } = start();
    const { id } = await lab.start("Kept", specification(), true);
    await lab.control(id, { action: "step" });
    const { parameterHash } = lab.get(id);
    await lab.remove(id);
    expect(() => lab.get(id)).toThrow(/no experiment/);
    expect(lab.list().experiments).toEqual([]);
    expect(lab.restore(id)).toMatchObject({ name: "Kept", parameterHash, hasCheckpoint: true });
  });

  it("whose network does not fit is never begun", async () => {
    const { lab } = start();
    const layers = [{ type: "Linear", inFeatures: 3, outFeatures: 1 }];
    await expect(lab.start("", specification({ layers }), false)).rejects.toThrow(
      /Layer 1 Linear expects \[3\] and is given \[2\]/,
    );
    expect(lab.list().experiments).toEqual([]);
  });
});

describe("experiments compared", () => {
  it("differ where a setting does, layers by their number", () => {
    const [one, other] = [
      specification(),
      specification({ batchSize: 8, layers: [{ type: "Linear", outFeatures: 1 }] }),
    ];
    const differences = differencesOf([one, other]);
    expect(differences).toContainEqual({ setting: "batchSize", values: ["16", "8"] });
    expect(differences).toContainEqual({ setting: "layers.1.outFeatures", values: ["4", "1"] });
    expect(differences).toContainEqual({ setting: "layers.2.type", values: ["Tanh", null] });
    expect(differences.some(({ setting }) => setting.startsWith("optimiser"))).toBe(false);
    expect(differencesOf([one, one])).toEqual([]);
  });

  it("have curves that stay short and keep their ends", () => {
    const point = (step: number): CurvePoint => ({
      step,
      epoch: step,
      loss: 1,
      validationLoss: 1,
      accuracy: 1,
      validationAccuracy: 1,
      learningRate: 1,
      gradientNorms: [],
    });
    let curve = [point(0)];
    for (let step = 1; step <= 5_000; step++) curve = appendCurve(curve, point(step));
    expect(curve.length).toBeLessThanOrEqual(runLimits.curvePointsMax + 1);
    expect([curve[0]!.step, curve.at(-1)!.step]).toEqual([0, 5_000]);
    expect(curve.map(({ step }) => step)).toEqual(
      curve.map(({ step }) => step).toSorted((a, b) => a - b),
    );
    expect(appendCurve(curve, point(5_000))).toHaveLength(curve.length);
  });
});
