/** Distributed training: over real threads, or on a simulated cluster. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import { jobIdSchema, jobSchema } from "./contract-jobs.ts";

export const trainingThreadsMax = 8;
export const trainingNodesMax = 16;
export const trainingSamplesMax = 8_000;
export const trainingEpochsMax = 2_000;
export const slowFactorMax = 50;

export const trainingStrategies = [
  "tree",
  "ring",
  "parameter-server",
  "asynchronous",
  "federated",
] as const;
export const trainingModes = ["threads", "simulation"] as const;
export const trainingDeeds = ["crash", "freeze", "slow", "add", "remove"] as const;

const clusterSchema = z
  .strictObject({
    latencyMs: z.number().min(0).max(1_000).default(0.2).describe("One way, between any two"),
    bandwidthMbps: z.number().min(1).max(400_000).default(1_000).describe("Of each node's link"),
    gflops: z.number().min(0.01).max(10_000).default(1).describe("Of each worker"),
    edgePlaces: z
      .boolean()
      .default(false)
      .describe("Workers stand at the edge's places, with the latency from there to Frankfurt"),
    lossChance: z.number().min(0).max(0.5).default(0).describe("That a message is lost"),
    stragglerChance: z.number().min(0).max(1).default(0).describe("Per step and worker"),
    stragglerFactor: z.number().min(1).max(slowFactorMax).default(5),
    crashEverySeconds: z
      .number()
      .min(0)
      .max(3_600)
      .default(0)
      .describe("Mean, of virtual time; 0: no crashes by chance"),
    restartAfterSeconds: z.number().min(0.05).max(600).default(1),
    crashServer: z.boolean().default(false).describe("Whether the server may crash too"),
    backups: z
      .int()
      .min(0)
      .max(trainingNodesMax - 1)
      .default(0)
      .describe("Parameter server: so many of the slowest workers are not waited for"),
    stalenessMax: z
      .int()
      .min(0)
      .max(1_000)
      .nullable()
      .default(3)
      .describe("Asynchronous: steps that a worker may be ahead; null: any number"),
    clientFraction: z.number().min(0.01).max(1).default(0.5).describe("Federated, per round"),
    localEpochs: z.int().min(1).max(20).default(2).describe("Federated"),
    localBatchSize: z.int().min(1).max(512).default(32).describe("Federated"),
    dirichletAlpha: z
      .number()
      .min(0.01)
      .max(1_000)
      .default(0.5)
      .describe("Federated: small: clients see few classes; large: all see the same"),
    stepsPerSecond: z
      .number()
      .min(0)
      .max(1_000)
      .default(0)
      .describe("At most so many are shown a second; 0: as fast as it goes"),
  })
  .prefault({});

export const trainingInputSchema = z.strictObject({
  mode: z
    .enum(trainingModes)
    .default("threads")
    .describe("Real worker threads, or a simulated cluster in virtual time"),
  strategy: z
    .enum(trainingStrategies)
    .default("tree")
    .describe("How gradients are exchanged; threads use the tree"),
  dataSet: z.enum(["digits", "spirals"]).default("spirals"),
  samples: z.int().min(100).max(trainingSamplesMax).default(1_000),
  hidden: z.array(z.int().min(2).max(512)).max(3).default([32, 32]),
  optimiser: z.enum(["sgd", "momentum", "adam"]).default("adam"),
  learningRate: z.number().min(1e-6).max(10).default(0.01),
  batchSize: z.int().min(8).max(2_048).default(64).describe("Over all workers"),
  shards: z
    .int()
    .min(1)
    .max(16)
    .default(8)
    .describe("Parts that every batch is cut into whatever the number of workers, for the tree"),
  epochs: z.int().min(1).max(trainingEpochsMax).default(30).describe("Federated: rounds"),
  workers: z.int().min(1).max(trainingNodesMax).default(2),
  checkpointEverySteps: z.int().min(0).max(10_000).default(0).describe("0: after each epoch"),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  cluster: clusterSchema,
});
export type TrainingInput = z.output<typeof trainingInputSchema>;

export const trainingExamples = {
  "two threads on spirals": { mode: "threads", workers: 2 },
  "digits over four threads": {
    dataSet: "digits",
    samples: 4_000,
    hidden: [128],
    batchSize: 256,
    learningRate: 0.001,
    workers: 4,
    epochs: 10,
  },
  "a ring of eight with loss": {
    mode: "simulation",
    strategy: "ring",
    workers: 8,
    cluster: { lossChance: 0.05 },
  },
  "federated at the edge": {
    mode: "simulation",
    strategy: "federated",
    workers: 8,
    epochs: 40,
    learningRate: 0.1,
    cluster: { edgePlaces: true, dirichletAlpha: 0.3, bandwidthMbps: 100 },
  },
};

const hashSchema = z.string().describe("SHA-256 of the parameters' bytes");
const viewSchema = z.object({
  clock: z.enum(["real", "virtual"]).describe("What its milliseconds are of"),
  step: z.int(),
  totalSteps: z.int(),
  stepsPerEpoch: z.int(),
  parameters: z.int().describe("Of the network"),
  elapsedMs: z.number(),
  stepMs: z.number().nullable().describe("Of the newest steps"),
  checkpointStep: z.int().describe("What would be gone on from"),
  checkpoints: z.int(),
  bytes: z.number().describe("Of gradients, parameters and checkpoints, sent for the first time"),
  messages: z.int(),
  retransmissions: z.int(),
  retransmittedBytes: z.number(),
  staleness: z
    .array(z.int())
    .describe("Asynchronous: updates by how many others came since their parameters were read"),
  workers: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      state: z.enum(["training", "joining", "stopped", "leaving", "crashed", "absent", "left"]),
      slow: z.number().describe("Threads: milliseconds a step; simulation: times as long"),
    }),
  ),
  losses: z.object({
    stepsPerPoint: z.int(),
    values: z.array(z.number()),
  }),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      loss: z.number().nullable(),
      accuracy: z.number().nullable().describe("On held-back samples"),
      hashes: z.array(z.object({ worker: z.int(), hash: hashSchema })),
      workers: z.int(),
      ms: z.number(),
    }),
  ),
  spans: z
    .array(
      z.object({
        worker: z.int(),
        step: z.int(),
        kind: z.string().describe("compute, reduce, send, wait, update or down"),
        fromMs: z.number(),
        toMs: z.number(),
      }),
    )
    .describe("Of the newest steps"),
  events: z.array(z.object({ atMs: z.number(), text: z.string() })),
});
export type TrainingView = z.infer<typeof viewSchema>;

const runSchema = z.object({
  job: jobSchema,
  input: trainingInputSchema,
  view: viewSchema.nullable().describe("null: nothing has been done yet"),
});
export type TrainingRun = z.output<typeof runSchema>;

const scalingPointSchema = z.object({
  workers: z.int(),
  stepMs: z.number().describe("Median of the measured steps"),
  speedUp: z.number(),
  efficiency: z.number().describe("speedUp / workers"),
  model: z.number().nullable().describe("Speed-up by the alpha-beta model; null: there is none"),
  bytesPerStep: z.number(),
});
export type ScalingPoint = z.infer<typeof scalingPointSchema>;

const byId = z.strictObject({ id: jobIdSchema });
const tags = ["Distributed training"];
const path = "/api/analytics/distributed" as const;

export const distributedTrainingContract = {
  start: route
    .meta({ role: "operator", examples: trainingExamples })
    .route({
      method: "POST",
      path: `${path}/runs`,
      tags,
      summary: "Train a network over threads or on a simulated cluster, as a job",
    })
    .input(trainingInputSchema)
    .output(jobSchema),
  get: route
    .meta({ role: "viewer" })
    .route({
      method: "GET",
      path: `${path}/runs/{id}`,
      tags,
      summary: "A run: losses, epochs with hashes of the parameters, timeline, events",
    })
    .input(byId)
    .output(runSchema),
  watch: route
    .meta({ role: "viewer" })
    .route({
      method: "GET",
      path: `${path}/runs/{id}/watch`,
      tags,
      summary: "A run as a stream of server-sent events, until it has ended",
    })
    .input(byId)
    .output(eventIterator(runSchema)),
  act: route
    .meta({
      role: "operator",
      examples: {
        crash: {
          id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11",
          deed: "crash",
          worker: 1,
        },
      },
    })
    .route({
      method: "POST",
      path: `${path}/runs/{id}/deeds`,
      tags,
      summary: "Crash, freeze, slow down, add or remove a worker of a run at work",
    })
    .input(
      z.strictObject({
        id: jobIdSchema,
        deed: z.enum(trainingDeeds),
        worker: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("Not for `add`; the server of a simulation comes after the last worker"),
        amount: z
          .number()
          .min(0)
          .max(2_000)
          .default(0)
          .describe("`slow`: threads: milliseconds a step; simulation: times as long; 0: no more"),
      }),
    )
    .output(z.object({ done: z.boolean().describe("false: there is no such worker at work") })),
  scaling: route
    .meta({ role: "operator", examples: trainingExamples })
    .route({
      method: "POST",
      path: `${path}/scaling`,
      tags,
      summary: "Measure some steps with 1, 2, … workers beside what the alpha-beta model says",
    })
    .input(trainingInputSchema)
    .output(z.object({ points: z.array(scalingPointSchema) })),
};
