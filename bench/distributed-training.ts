/** Data-parallel training over threads: two workers beside one, and beside plain training. */
import { availableParallelism } from "node:os";
import { trainInSteps } from "../workers/compute/nn/classifier.ts";
import { Linear } from "../workers/compute/nn/layers.ts";
import { ReLU } from "../workers/compute/nn/activations.ts";
import { Sequential } from "../workers/compute/nn/module.ts";
import { Adam } from "../workers/compute/optim/optimisers.ts";
import { seededChance } from "../workers/compute/seeded-chance.ts";
import { prepareData } from "../workers/analytics/distributed-training/prepare-data.ts";
import { ThreadTraining } from "../workers/analytics/distributed-training/thread-training.ts";
import { childThread } from "../workers/service/child-thread.ts";
import { type BenchResult, median, spread } from "./result.ts";

const target = 1.6;
const rounds = 5;
const epochs = 6;
/** The first epochs compile. */
const warmUp = 2;
const batchSize = 256;
const layers = [784, 256, 10] as const;
const learningRate = 0.001;
const workerCounts = [1, 2, 4];

export async function benchDistributedTraining(): Promise<BenchResult> {
  const data = prepareData({ kind: "digits", samples: 8_000, seed: 1 });
  const times = new Map<number, number[]>(workerCounts.map((workers) => [workers, []]));
  const ratios: number[] = [];
  const hashes = new Set<string>();
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    plain.push(plainStepMs(data.training));
    const medians = new Map<number, number>();
    for (const workers of workerCounts) {
      const training = new ThreadTraining(
        {
          plan: {
            network: { layers: [...layers], seed: 1, optimiser: "adam", learningRate },
            seed: 1,
            batchSize,
            shards: 8,
          },
          workers,
          epochs,
          checkpointEverySteps: 0,
          stallMs: 10_000,
        },
        data,
        {
          entry: childThread("analytics", "distributed-training/shard-thread"),
          now: () => performance.timeOrigin + performance.now(),
          changed: () => {},
        },
      );
      await training.run();
      const steps = training.record.epochs.slice(warmUp).map(({ ms }) => ms / training.perEpoch);
      medians.set(workers, median(steps));
      times.get(workers)!.push(median(steps));
      for (const { hash } of training.record.epochs.at(-1)!.hashes) hashes.add(hash);
    }
    ratios.push(medians.get(1)! / medians.get(2)!);
  }
  const ratio = median(ratios);
  const failures = [
    ...(ratio < target
      ? [`two workers are ${ratio.toFixed(2)} times as fast as one, not ${target}`]
      : []),
    ...(hashes.size === 1 ? [] : [`the parameters came out in ${hashes.size} ways`]),
  ];
  return {
    peer: "one worker of the same trainer, and plain training without threads",
    rows: [
      {
        measure: "two workers against one",
        value: `${spread(ratios, 2)} times`,
        target: `>= ${target}`,
      },
      ...workerCounts.map((workers) => ({
        measure: `${workers} ${workers === 1 ? "worker" : "workers"}, ms a step`,
        value: spread(times.get(workers)!, 2),
      })),
      { measure: "plain training, ms a step", value: spread(plain, 2) },
      { measure: "different parameters after training", value: String(hashes.size), target: "1" },
    ],
    notes: [
      `MLP ${layers.join("-")}, global batch ${batchSize} in 8 micro-shards, Adam, 8,000 digits, ${epochs} epochs of which ${warmUp} warm up; ${rounds} rounds, one after the other with each number of workers. More workers than the ${availableParallelism()} cores take turns.`,
      "One worker adds up micro-shards as more of them do, which costs it a little over plain training and makes the bits the same.",
    ],
    failures,
  };
}

function plainStepMs(samples: {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}): number {
  const chance = seededChance(1);
  const making = { chance };
  const model = new Sequential(
    new Linear(layers[0], layers[1], making),
    new ReLU(),
    new Linear(layers[1], layers[2], making),
  );
  const optimiser = new Adam(model.parameters(), { lr: learningRate });
  const options = { sampleShape: [layers[0]], epochs, batchSize, optimiser, chance };
  const steps: number[] = [];
  let began = performance.now();
  for (const { epoch } of trainInSteps(model, samples, options)) {
    const now = performance.now();
    if (epoch >= warmUp) steps.push(now - began);
    began = now;
  }
  model.dispose();
  optimiser.dispose();
  return median(steps);
}
