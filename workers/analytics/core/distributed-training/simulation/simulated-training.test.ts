/** Whole runs on the simulated cluster, against what one machine learns alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../../cluster/random.ts";
import { empty } from "../../../../compute/tensor/tensor.ts";
import { batchOf, epochOrder, shardOf } from "../batches.ts";
import { treeAdds } from "../reduction-tree.ts";
import { hashOf, Replica, ShardSums } from "../replica.ts";
import { spirals } from "../spirals.ts";
import { exchangeBytes } from "../theory.ts";
import { treeSendsUp } from "./collectives.ts";
import { dirichletSplit } from "./dirichlet.ts";
import type { SimulationPlan } from "./plan.ts";
import { SimulatedTraining } from "./simulated-training.ts";

const data = spirals(200, 1);
const heldBack = spirals(150, 2);
const network = { layers: [2, 16, 3], seed: 3, optimiser: "momentum", learningRate: 0.1 } as const;
const calm = {
  lossChance: 0,
  stragglerChance: 0,
  stragglerFactor: 4,
  crashEveryMs: 0,
  restartAfterMs: 300,
  crashServer: false,
};

type Changes = Partial<Omit<SimulationPlan, "faults">> & {
  readonly faults?: Partial<SimulationPlan["faults"]>;
};

function planOf({ faults, ...changes }: Changes): SimulationPlan {
  const workers = changes.workers ?? 4;
  const spares = changes.spares ?? 1;
  return {
    network,
    seed: 7,
    strategy: "tree",
    batchSize: 40,
    shards: 8,
    epochs: 3,
    checkpointEverySteps: 3,
    backups: 0,
    stalenessMax: null,
    federated: { fraction: 0.5, localEpochs: 2, localBatchSize: 16, alpha: 0.5 },
    places: Array.from({ length: workers + spares + 1 }, (_, index) => ({
      name: `node ${index}`,
      latencyMs: 0.2,
      bytesPerMs: 10_000,
      gflops: 0.01,
    })),
    ...changes,
    workers,
    spares,
    faults: { ...calm, ...faults },
  };
}

function train(
  changes: Changes,
  act: (training: SimulatedTraining) => void = () => {},
): SimulatedTraining {
  const training = new SimulatedTraining(planOf(changes), data, heldBack);
  while (!training.isDone) {
    training.advance(100_000);
    act(training);
  }
  return training;
}

const lastHashes = ({ record }: SimulatedTraining): string[] =>
  record.epochs.at(-1)!.hashes.map(({ hash }) => hash);

/** Plain training on one machine, its batches cut into `parts` whose gradients are added in a tree. */
function alone(parts: number, epochs: number): string {
  const replica = new Replica(network);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(200, 7, epoch);
    for (let step = 0; step < 5; step++) {
      const batch = batchOf(order, 40, step);
      const sums = new ShardSums(replica.size, 0, parts);
      for (let part = 0; part < parts; part++) {
        replica.gradient(data, shardOf(batch, part, parts), batch.length, sums.at(part));
      }
      for (const { into, from } of treeAdds(parts)) sums.add(into, from);
      replica.apply(sums.at(0).values as Float32Array);
      sums.dispose();
    }
  }
  return hashOf(replica.parameters());
}

describe("synchronous training", () => {
  it.each([1, 2, 3, 4, 5, 8])("by a tree of %i workers is the bits of one machine", (workers) => {
    const hashes = lastHashes(train({ workers }));
    expect(hashes).toHaveLength(workers);
    expect(new Set(hashes)).toEqual(new Set([alone(8, 3)]));
  });

  it.each([1, 2, 3, 5, 8])("by a server with %i workers is the bits of one machine", (workers) => {
    const hashes = lastHashes(train({ workers, strategy: "parameter-server" }));
    expect(hashes).toHaveLength(workers);
    expect(new Set(hashes)).toEqual(new Set([alone(workers, 3)]));
  });

  it("moves the bytes of the formulas", () => {
    const workers = 5;
    for (const strategy of ["ring", "tree", "parameter-server"] as const) {
      const { traffic, parameters, totalSteps, checkpoints } = train({ workers, strategy });
      const gradient = parameters * 4;
      const exchanges =
        totalSteps * exchangeBytes(strategy, workers, gradient, treeSendsUp(workers, 8));
      // The last parameters; or the world at the beginning, at each checkpoint one state and a word
      // from everybody, and a word to everybody after each but the last.
      const words = workers * (1 + checkpoints + (checkpoints - 1));
      const rest =
        strategy === "parameter-server"
          ? workers * gradient
          : 64 * words + checkpoints * 2 * gradient;
      expect(traffic.bytes).toBe(exchanges + rest);
      expect(traffic.retransmissions).toBe(0);
    }
  });

  it("comes to the same bits through loss, crashes of anybody and stragglers", () => {
    const wanted = alone(8, 3);
    const chaos = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      workers: fc.integer({ min: 1, max: 6 }),
      lossChance: fc.constantFrom(0, 0.05, 0.2),
      crashEveryMs: fc.constantFrom(150, 400, 1_500),
      crashServer: fc.boolean(),
      stragglerChance: fc.constantFrom(0, 0.2),
    });
    fc.assert(
      fc.property(chaos, ({ workers, seed, ...faults }) => {
        // The seed of the plan decides the batches too; the faults have one of their own.
        const training = train({ workers, faults: { ...faults, seed } });
        expect(new Set(lastHashes(training))).toEqual(new Set([wanted]));
        training.dispose();
      }),
      { numRuns: 25 },
    );
  });

  it("goes on with others when workers are crashed, removed and added", () => {
    const seen = new Set<number>();
    const training = train({ workers: 3, spares: 2 }, (running) => {
      if (seen.has(running.step)) return;
      seen.add(running.step);
      if (running.step === 3) expect(running.crash(2, null)).toBe(true);
      if (running.step === 6) expect(running.add()).toBe(2);
      if (running.step === 7) expect(running.add()).toBe(4);
      if (running.step === 11) expect(running.remove(1)).toBe(true);
    });
    expect(training.record.epochs.at(-1)!.hashes.map(({ worker }) => worker)).toEqual([2, 3, 4]);
    expect(new Set(lastHashes(training))).toEqual(new Set([alone(8, 3)]));
    expect(training.states).toEqual([
      "left",
      "training",
      "training",
      "training",
      "absent",
      "training",
    ]);
  });

  it("does not wait for stragglers when there are backup workers", () => {
    const faults = { stragglerChance: 0.15, stragglerFactor: 20 };
    const patient = train({ strategy: "parameter-server", workers: 6, faults });
    const spared = train({ strategy: "parameter-server", workers: 6, backups: 2, faults });
    expect(spared.step).toBe(patient.step);
    expect(spared.nowMs).toBeLessThan(0.8 * patient.nowMs);
    expect(spared.record.epochs.at(-1)!.loss).toBeLessThan(spared.record.epochs[0]!.loss);
  });
});

describe("checkpoints", () => {
  it("that were acknowledged are never lost", () => {
    const chaos = fc.record({
      strategy: fc.constantFrom("ring" as const, "tree" as const, "parameter-server" as const),
      seed: fc.integer({ min: 0, max: 1e6 }),
      crashEveryMs: fc.constantFrom(60, 120, 300),
    });
    fc.assert(
      fc.property(chaos, ({ strategy, seed, crashEveryMs }) => {
        let newest = 0;
        let restarts = 0;
        const faults = {
          seed,
          crashEveryMs,
          crashServer: true,
          lossChance: 0.05,
          restartAfterMs: 50,
        };
        const training = new SimulatedTraining(planOf({ strategy, faults }), data, heldBack);
        while (!training.isDone) {
          training.advance(1);
          newest = Math.max(newest, training.checkpointStep);
          for (const { text } of training.record.events.splice(0)) {
            const from = /go on from step (\d+)/.exec(text)?.[1];
            if (from === undefined) continue;
            restarts += 1;
            expect(Number(from)).toBeGreaterThanOrEqual(newest);
          }
        }
        expect(restarts).toBeGreaterThan(0);
        training.dispose();
      }),
      { numRuns: 20 },
    );
  });
});

describe("asynchronous training", () => {
  it.each([0, 1, 3])("keeps workers within %i steps of the slowest", (stalenessMax) => {
    const training = new SimulatedTraining(
      planOf({ strategy: "asynchronous", stalenessMax, epochs: 6 }),
      data,
      heldBack,
    );
    training.slow(1, 10);
    training.run();
    // Between two updates of the slowest, each of the three others makes at most 1 + the bound, twice.
    expect(training.staleness.length - 1).toBeLessThanOrEqual(3 * 2 * (stalenessMax + 1));
    expect(training.record.epochs.at(-1)!.loss).toBeLessThan(training.record.epochs[0]!.loss);
  });

  it("is not held up by one slow worker, as synchronous training is", () => {
    const timeOf = (strategy: "asynchronous" | "parameter-server"): number => {
      const training = new SimulatedTraining(planOf({ strategy }), data, heldBack);
      training.slow(2, 15);
      training.run();
      return training.nowMs;
    };
    expect(timeOf("asynchronous")).toBeLessThan(0.7 * timeOf("parameter-server"));
  });
});

describe("federated averaging", () => {
  it("with one client, one batch and one pass is plain gradient descent", () => {
    const federated = { fraction: 1, localEpochs: 1, localBatchSize: 200, alpha: 1 };
    const training = train({ strategy: "federated", workers: 1, spares: 0, epochs: 4, federated });
    const replica = new Replica({ ...network, optimiser: "sgd" });
    const room = empty([replica.size]).keep();
    for (let round = 0; round < 4; round++) {
      const order = epochOrder(200, 7 + 1, round);
      replica.gradient(data, order, 200, room);
      replica.apply(room.values as Float32Array);
    }
    const own = replica.parameters();
    expect(lastHashes(training)).toEqual([hashOf(own)]);
  });

  it("learns from clients that see few classes each", () => {
    const federated = { fraction: 0.6, localEpochs: 5, localBatchSize: 10, alpha: 0.3 };
    const training = train({ strategy: "federated", workers: 5, epochs: 40, federated });
    expect(training.record.epochs.at(-1)!.accuracy!).toBeGreaterThan(
      training.record.epochs[0]!.accuracy! + 0.1,
    );
    expect(training.totalSteps).toBe(40);
  });

  it("splits all samples, once each, unevenly when alpha is small", () => {
    const spreadOf = (alpha: number): number => {
      const parts = dirichletSplit(data.labels, 6, alpha, new Random(4));
      const all = parts.flatMap((part) => [...part]).toSorted((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: 200 }, (_, at) => at));
      // The mean share of a client's most frequent class.
      const shares = parts
        .filter((part) => part.length > 0)
        .map((part) => {
          const counts = [0, 1, 2].map(
            (label) => part.filter((at) => data.labels[at] === label).length,
          );
          return Math.max(...counts) / part.length;
        });
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    expect(spreadOf(0.1)).toBeGreaterThan(0.7);
    expect(spreadOf(1_000)).toBeLessThan(0.45);
  });
});

it("a run is the same every time, to the microsecond", () => {
  const faults = { lossChance: 0.1, crashEveryMs: 300, crashServer: true, stragglerChance: 0.1 };
  const once = (): unknown => {
    const training = train({ strategy: "ring", faults });
    const { record, traffic, nowMs } = training;
    return {
      epochs: record.epochs,
      events: record.events,
      spans: record.newestSpans(),
      traffic,
      nowMs,
    };
  };
  expect(once()).toEqual(once());
});
