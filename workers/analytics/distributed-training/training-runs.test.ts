/** Runs as jobs: started, disturbed, cancelled and resumed as over the API. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noGrad } from "../../compute/autograd/tape.ts";
import { loadOnnx } from "../../compute/onnx/import.ts";
import { scope, tensor } from "../../compute/tensor/tensor.ts";
import { findPlace } from "../../edge/core/places.ts";
import { greatCircleKm, roundTripMs } from "../../edge/core/network-model.ts";
import {
  trainingExamples,
  type TrainingRun,
  trainingInputSchema,
} from "../contract-distributed-training.ts";
import { JobTable } from "../jobs/job-table.ts";
import { Jobs } from "../jobs/jobs.ts";
import { edgeProfile } from "./edge-profile.ts";
import { prepareData } from "./prepare-data.ts";
import { TrainingRuns } from "./training-runs.ts";

/** Threads are started and ended many times, and a machine may be busy. */
vi.setConfig({ testTimeout: 90_000 });

const now = (): number => performance.timeOrigin + performance.now();
let jobs: Jobs;
let runs: TrainingRuns;
beforeEach(() => {
  jobs = new Jobs({ now: () => Math.round(now()), monotonicMs: now }, new JobTable(null, 0));
  const kept = new Map<string, Float32Array>();
  runs = new TrainingRuns(jobs, {
    now,
    keepParameters: (job, parameters) => void kept.set(job, parameters.slice()),
    parametersOf: (job) => kept.get(job) ?? null,
  });
});
afterEach(() => jobs.close());

const threads = { mode: "threads", samples: 640, hidden: [16], epochs: 200, workers: 2 };
const simulation = { mode: "simulation", samples: 640, hidden: [16], epochs: 12, workers: 3 };
const start = (input: object): string => runs.start(trainingInputSchema.parse(input)).id;

/** Follows a run until it has ended; `act` sees each state. */
async function follow(
  id: string,
  act: (run: TrainingRun) => void = () => {},
): Promise<TrainingRun> {
  let last: TrainingRun | null = null;
  for await (const run of runs.watch(id, undefined)) {
    last = run;
    act(run);
  }
  return last!;
}

/** At the first view that fits, once. */
function once(fits: (run: TrainingRun) => boolean, act: () => void): (run: TrainingRun) => void {
  let isDone = false;
  return (run) => {
    if (isDone || !fits(run)) return;
    isDone = true;
    act();
  };
}

const lastHash = ({ view }: TrainingRun): string | undefined =>
  view?.epochs.at(-1)?.hashes[0]?.hash;
const stepped = (least: number) => (run: TrainingRun) => (run.view?.step ?? 0) >= least;

describe("a run over threads", () => {
  it("goes on when a worker is crashed, and from its checkpoint after a cancel", async () => {
    const undisturbed = await follow(start(threads));
    expect(undisturbed.job.state).toBe("done");
    expect(undisturbed.view).toMatchObject({ step: 2_000, totalSteps: 2_000, clock: "real" });

    const id = start(threads);
    const stopped = await follow(
      id,
      once(stepped(200), () => {
        void runs.act(id, { deed: "crash", worker: 1, amount: 0 });
        setTimeout(() => jobs.cancel(id), 300);
      }),
    );
    expect(stopped.job.state).toBe("cancelled");
    expect(stopped.view!.events.map(({ text }) => text)).toContain("Worker 1 is crashed");
    await expect(runs.act(id, { deed: "add", worker: null, amount: 0 })).rejects.toMatchObject({
      code: "TRAINING_NOT_AT_WORK",
    });
    jobs.resume(id);
    const resumed = await follow(id);
    expect(resumed.job.state).toBe("done");
    expect(resumed.view!.losses).toEqual(undisturbed.view!.losses);
    expect(lastHash(resumed)).toBe(lastHash(undisturbed));
  });

  it("fails with a sentence when nobody is left", async () => {
    const id = start({ ...threads, epochs: 2_000, workers: 1 });
    const failed = await follow(
      id,
      once(stepped(20), () => void runs.act(id, { deed: "crash", worker: 1, amount: 0 })),
    );
    expect(failed.job).toMatchObject({
      state: "failed",
      message: expect.stringContaining("no workers left"),
    });
  });
});

describe("a trained network", () => {
  it.each([
    ["of threads", { ...threads, epochs: 30 }],
    ["of a simulated ring", { ...simulation, strategy: "ring" }],
    ["of a parameter server", { ...simulation, strategy: "parameter-server" }],
    ["of federated averaging", { ...simulation, strategy: "federated", learningRate: 0.1 }],
  ])("%s is right as often by its ONNX form as its run says", async (_, input) => {
    const id = start(input);
    await expect(runs.published(id)).rejects.toMatchObject({ code: "TRAINING_UNFINISHED" });
    const { view, job } = await follow(id);
    expect(job.state).toBe("done");
    const { bytes, labels, reference, lineage } = await runs.published(id);
    const { samples, seed } = trainingInputSchema.parse(input);
    const { training, heldBack } = prepareData({ kind: "spirals", samples, seed });
    const count = heldBack.labels.length;
    let right = 0;
    scope(() => {
      const given = tensor([...heldBack.inputs], [count, 2]);
      const output = noGrad(() => loadOnnx(bytes).forward(new Map([["input", given]])));
      const { values } = output.get("output")!.tensor;
      heldBack.labels.forEach((label, row) => {
        const own = [...values.subarray(3 * row, 3 * row + 3)] as number[];
        expect(own.reduce((sum, each) => sum + each)).toBeCloseTo(1, 5);
        right += own.indexOf(Math.max(...own)) === label ? 1 : 0;
      });
    });
    expect(right / count).toBe(view!.epochs.at(-1)!.accuracy);
    expect(lineage!.metric).toEqual({ name: "accuracy", value: right / count });
    expect(labels).toEqual(["0", "1", "2"]);
    const first = training.inputs.filter((_value, at) => at % 2 === 0);
    expect(reference!["input[0]"]).toEqual([...first]);
  });
});

describe("a simulated run", () => {
  it("is brought back with all that was done to it after a cancel", async () => {
    const slow = { ...simulation, cluster: { stepsPerSecond: 150, lossChance: 0.05 } };
    const crash = (id: string) =>
      once(stepped(1), () => void runs.act(id, { deed: "crash", worker: 2, amount: 0 }));
    const id = start(slow);
    const crashing = crash(id);
    const stopping = once(stepped(40), () => jobs.cancel(id));
    const stopped = await follow(id, (run) => {
      crashing(run);
      stopping(run);
    });
    expect(stopped.job.state).toBe("cancelled");
    const seen = stopped.view!;
    jobs.resume(id);
    const resumed = await follow(id);
    expect(resumed.job.state).toBe("done");
    // What had been seen before is how it went again, to the microsecond.
    const events = resumed.view!.events.slice(0, seen.events.length);
    expect(events).toEqual(seen.events);
    expect(resumed.view!.losses.values.slice(0, 40)).toEqual(seen.losses.values.slice(0, 40));
    expect(resumed.view!.workers[1]?.state).toBe("crashed");
  });

  it.each(["ring", "parameter-server", "asynchronous", "federated"])(
    "by %s ends well",
    async (strategy) => {
      const run = await follow(start({ ...simulation, strategy, epochs: 3 }));
      expect(run.job.state).toBe("done");
      expect(run.view!.epochs.at(-1)?.epoch).toBe(3);
    },
  );
});

describe("scaling", () => {
  it("on a fast network comes near the model, and loses on a slow one", async () => {
    const base = { ...simulation, strategy: "ring", hidden: [64, 64] };
    const speedUps = async (cluster: object) => {
      const { points } = await runs.scaling(trainingInputSchema.parse({ ...base, cluster }));
      return points.map(({ speedUp, model }) => ({ speedUp, model: model! }));
    };
    const fast = await speedUps({ latencyMs: 0.01, bandwidthMbps: 100_000, gflops: 0.01 });
    for (const { speedUp, model } of fast) expect(Math.abs(speedUp / model - 1)).toBeLessThan(0.15);
    expect(fast.at(-1)!.speedUp).toBeGreaterThan(10);
    const slow = await speedUps({ latencyMs: 50, gflops: 10 });
    expect(slow.at(-1)!.speedUp).toBeLessThan(1);
  });

  it("over threads measures them", async () => {
    const { points } = await runs.scaling(trainingInputSchema.parse(threads));
    expect(points.map(({ workers }) => workers)).toEqual([1, 2, 3, 4]);
    expect(points.every(({ stepMs }) => stepMs > 0)).toBe(true);
  });
});

it("the examples are possible, and what is not is refused by name", () => {
  for (const example of Object.values(trainingExamples)) jobs.cancel(start(example));
  const refusals = [
    { mode: "threads", strategy: "ring" },
    { mode: "threads", workers: 9, shards: 16 },
    { mode: "simulation", strategy: "tree", workers: 9 },
  ];
  for (const refused of refusals) {
    expect(() => start(refused)).toThrow(
      expect.objectContaining({ code: "TRAINING_PLAN_IMPOSSIBLE" }),
    );
  }
});

it("clients stand as far from Frankfurt as the edge's model says", () => {
  const frankfurt = findPlace("Frankfurt")!;
  for (const { name, latencyMs } of edgeProfile) {
    const oneWay = roundTripMs(greatCircleKm(frankfurt, findPlace(name)!)) / 2;
    expect(Math.abs(oneWay - latencyMs)).toBeLessThan(0.01);
  }
});
