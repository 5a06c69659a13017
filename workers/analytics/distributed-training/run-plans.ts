/** From what the API asks for to what threads and the simulated cluster do. */
import type { TrainingInput } from "../contract-distributed-training.ts";
import type { SimulationPlan } from "../core/distributed-training/simulation/plan.ts";
import type { NetworkOptions } from "../core/distributed-training/replica.ts";
import { edgeProfile } from "./edge-profile.ts";
import type { ThreadTrainingOptions } from "./thread-training.ts";

const stallMs = 10_000;
/** Nodes of a simulation that can join while it runs. */
const spares = 4;
const bytesPerMsOfMbps = 125;

function networkOf(input: TrainingInput): NetworkOptions {
  const [inputs, classes] = input.dataSet === "digits" ? [784, 10] : [2, 3];
  return {
    layers: [inputs, ...input.hidden, classes],
    seed: input.seed,
    optimiser: input.optimiser,
    learningRate: input.learningRate,
  };
}

export function threadOptions(input: TrainingInput): ThreadTrainingOptions {
  const { seed, batchSize, shards, workers, epochs, checkpointEverySteps } = input;
  return {
    plan: { network: networkOf(input), seed, batchSize, shards },
    workers,
    epochs,
    checkpointEverySteps,
    stallMs,
  };
}

export function simulationPlan(input: TrainingInput): SimulationPlan {
  const { strategy, seed, batchSize, shards, workers, epochs, cluster } = input;
  const perEpoch = strategy === "federated" ? 1 : Math.ceil(input.samples / batchSize);
  return {
    network: networkOf(input),
    seed,
    strategy,
    workers,
    spares,
    batchSize,
    shards,
    epochs,
    checkpointEverySteps: input.checkpointEverySteps || perEpoch,
    backups: cluster.backups,
    stalenessMax: cluster.stalenessMax,
    federated: {
      fraction: cluster.clientFraction,
      localEpochs: cluster.localEpochs,
      localBatchSize: cluster.localBatchSize,
      alpha: cluster.dirichletAlpha,
    },
    faults: {
      lossChance: cluster.lossChance,
      stragglerChance: cluster.stragglerChance,
      stragglerFactor: cluster.stragglerFactor,
      crashEveryMs: cluster.crashEverySeconds * 1_000,
      restartAfterMs: cluster.restartAfterSeconds * 1_000,
      crashServer: cluster.crashServer,
    },
    places: Array.from({ length: workers + spares + 1 }, (_, index) => {
      const place = edgeProfile[index % edgeProfile.length]!;
      const isServer = index === workers + spares;
      return {
        name: isServer ? "server" : cluster.edgePlaces ? place.name : `worker ${index + 1}`,
        latencyMs: cluster.edgePlaces && !isServer ? place.latencyMs : cluster.latencyMs,
        bytesPerMs: cluster.bandwidthMbps * bytesPerMsOfMbps,
        gflops: cluster.gflops,
      };
    }),
  };
}
