/** Training over real threads: the same bits whatever their number, and whatever happens to them. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { childThread } from "../../service/child-thread.ts";
import { batchOf, epochOrder } from "../core/distributed-training/batches.ts";
import { Replica } from "../core/distributed-training/replica.ts";
import { empty } from "../../compute/tensor/tensor.ts";
import { RoundControl, RoundGivenUp } from "./barrier.ts";
import { prepareData } from "./prepare-data.ts";
import { ThreadTraining, type ThreadTrainingOptions } from "./thread-training.ts";

/** Threads are started and ended many times, and a machine may be busy. */
vi.setConfig({ testTimeout: 90_000 });

const entry = childThread("analytics", "distributed-training/shard-thread");
const now = (): number => performance.timeOrigin + performance.now();
const data = prepareData({ kind: "spirals", samples: 600, seed: 5 });
const network = { layers: [2, 24, 24, 3], seed: 3, optimiser: "adam", learningRate: 0.01 } as const;
const plan = { network, seed: 9, batchSize: 64, shards: 8 };
const usual = { plan, epochs: 6, checkpointEverySteps: 0, stallMs: 8_000 };

/** @param act is called on every change, and once for each epoch first */
function train(
  options: Partial<ThreadTrainingOptions> & { workers: number },
  act: (training: ThreadTraining, epochs: number) => void = () => {},
): ThreadTraining {
  let training: ThreadTraining | null = null;
  let seen = 0;
  training = new ThreadTraining({ ...usual, ...options }, data, {
    entry,
    now,
    changed: () => {
      const epochs = training?.record.epochs.length ?? 0;
      if (training === null || epochs <= seen) return;
      seen = epochs;
      act(training, epochs);
    },
  });
  return training;
}

const hashesOf = ({ record }: ThreadTraining): (string | undefined)[] =>
  record.epochs.map(({ hashes }) => {
    // All replicas are equal.
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(1);
    return hashes[0]?.hash;
  });

describe("training over threads", () => {
  let undisturbed: (string | undefined)[] = [];
  let losses: readonly number[] = [];

  beforeAll(async () => {
    const training = train({ workers: 1 });
    await training.run();
    undisturbed = hashesOf(training);
    losses = training.record.losses.values;
  });

  it("changes the parameters in every epoch", () => {
    expect(undisturbed).toHaveLength(6);
    expect(new Set(undisturbed).size).toBe(6);
  });

  it.each([2, 3, 4])("has the same parameters in every epoch with %i workers", async (workers) => {
    const training = train({ workers });
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
    expect(training.record.losses.values).toEqual(losses);
    expect(training.record.epochs.every((epoch) => epoch.workers === workers)).toBe(true);
  });

  it("is what one replica learns from whole batches, but for rounding", async () => {
    const replica = new Replica(network);
    const gradient = empty([replica.size]).keep();
    for (let epoch = 0; epoch < 2; epoch++) {
      const order = epochOrder(600, plan.seed, epoch);
      for (let step = 0; step < 10; step++) {
        const batch = batchOf(order, plan.batchSize, step);
        replica.gradient(data.training, batch, batch.length, gradient);
        replica.apply(gradient.values as Float32Array);
      }
    }
    const training = train({ workers: 2, epochs: 2 });
    await training.run();
    const trained = training.checkpoint!.state.parameters;
    const whole = replica.parameters();
    const furthest = whole.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - trained[at]!)),
      0,
    );
    expect(furthest).toBeLessThan(1e-3);
    expect(furthest).toBeGreaterThan(0);
  });

  it("goes on without a worker that crashes, with the same parameters", async () => {
    const training = train({ workers: 3 }, (running, epochs) => {
      if (epochs === 2) expect(running.crash(2)).toBe(true);
    });
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
    expect(training.record.epochs.at(-1)?.hashes.map(({ worker }) => worker)).toEqual([1, 3]);
    expect(training.record.events.map(({ text }) => text)).toContain("Worker 2 is gone");
  });

  it("gives up a worker that stands still, with the same parameters", async () => {
    const training = train({ workers: 2, stallMs: 400 }, (running, epochs) => {
      // The next segment has begun by then.
      if (epochs === 2) setTimeout(() => running.freeze(1), 0);
    });
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
    expect(training.record.epochs.at(-1)?.hashes.map(({ worker }) => worker)).toEqual([2]);
  });

  it("takes in and lets go workers between segments, with the same parameters", async () => {
    const training = train({ workers: 1, checkpointEverySteps: 3 }, (running, epochs) => {
      if (epochs === 1) running.add();
      if (epochs === 2) running.add();
      if (epochs === 4) running.remove(1);
    });
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
    expect(training.record.epochs.map(({ workers }) => workers)).toEqual([1, 2, 3, 3, 2, 2]);
    expect(training.checkpoints).toBeGreaterThan(12);
  });

  it("stops at once and resumes from its checkpoint, with the same parameters", async () => {
    const training = train({ workers: 2 }, (running, epochs) => {
      if (epochs === 3) setTimeout(() => running.stop(), 0);
    });
    expect(await training.run()).toBe("stopped");
    expect(training.step).toBeLessThan(training.totalSteps);
    expect(training.members.map(({ id }) => id)).toEqual([1, 2]);
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
  });

  it("ends when nobody is left, and goes on when somebody joins", async () => {
    const training = train({ workers: 1 }, (running, epochs) => {
      if (epochs === 2) running.crash(1);
    });
    expect(await training.run()).toBe("no workers left");
    expect(training.add()).toBe(2);
    expect(await training.run()).toBe("done");
    expect(hashesOf(training)).toEqual(undisturbed);
  });
});

describe("the barrier", () => {
  it("does not wait for ever", () => {
    const control = new RoundControl(2);
    expect(() => control.meet(0, 150)).toThrow("did not come within 150 ms");
  });

  it("lets nobody in after the round was given up", () => {
    const control = new RoundControl(2);
    control.giveUp();
    expect(() => control.meet(0, 10_000)).toThrow(RoundGivenUp);
  });
});
