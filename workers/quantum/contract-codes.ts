/** Error correction: codes, their experiments and decoders, and thresholds. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { problemSchema, route } from "../service/contract.ts";
import {
  computeMs,
  decoderSchema,
  seedSchema,
  sizeSchema,
  stimRoutes,
  tags,
} from "./contract-stim.ts";

export const noiseModelSchema = z
  .enum(["code-capacity", "phenomenological", "circuit"])
  .describe("Certain checks; checks with flipped results; every gate, reset and result noisy");
const basisSchema = z.enum(["X", "Z"]);
const distanceSchema = z.int().min(2).max(31);
const probabilitySchema = z.number().min(0).max(0.5).describe("Of each physical error");
const codeIdSchema = z.string().min(1).max(64).describe("One of GET /api/quantum/codes");

const pauliSchema = z.strictObject({
  qubit: z.int().min(0).max(100_000),
  basis: z.enum(["X", "Y", "Z"]),
});
const productSchema = z.array(pauliSchema);
const placeSchema = z.tuple([z.number(), z.number()]).describe("x to the right, y down");
const codeSchema = z.object({
  qubits: z.int().describe("n"),
  logicalQubits: z.int().describe("k"),
  distance: z.int().describe("d"),
  places: z.array(placeSchema).describe("Of each qubit"),
  stabilizers: z.array(
    z.object({
      factors: productSchema,
      place: placeSchema,
      schedule: z
        .array(z.int().nullable())
        .optional()
        .describe("In which order a helper qubit meets the data; null: it waits"),
    }),
  ),
  logicals: z.array(z.object({ x: productSchema, z: productSchema })),
  seesOnlyX: z.boolean().describe("A bit-flip code"),
});

const experimentInput = {
  id: codeIdSchema,
  distance: distanceSchema.default(3),
  noise: noiseModelSchema.default("circuit"),
  probability: probabilitySchema.default(0.001),
  rounds: z.int().min(1).max(1_000).optional().describe("As many as the distance when left out"),
  basis: basisSchema.default("Z").describe("What a circuit keeps; the other models keep both"),
  badOrder: z
    .boolean()
    .default(false)
    .describe("Rotated surface code: gates in the order that lets hook errors halve the distance"),
};
export const experimentInputSchema = z.strictObject(experimentInput);

export const thresholdInputSchema = z.strictObject({
  code: codeIdSchema.default("rotated-surface"),
  distances: z.array(distanceSchema).min(1).max(8).default([3, 5, 7, 9]),
  probabilities: z
    .array(z.number().gt(0).max(0.5))
    .min(1)
    .max(24)
    .default([0.003, 0.005, 0.007, 0.009, 0.011, 0.013]),
  noise: noiseModelSchema.default("circuit"),
  basis: basisSchema.default("Z"),
  decoder: decoderSchema.optional().describe("What suits the code when left out"),
  rounds: z.int().min(1).max(1_000).optional().describe("As many as the distance when left out"),
  shotsMax: z.int().min(1).max(10_000_000).default(20_000).describe("Of each point"),
  errorsMax: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe("A point that has failed that often is done"),
  seed: seedSchema,
});

const pointSchema = z.object({
  distance: z.int(),
  probability: z.number(),
  rounds: z.int(),
  shots: z.int(),
  errors: z.int().describe("Shots whose logical observables were predicted wrongly"),
  rate: z.number(),
  low: z.number().describe("Lower end of the rate's 95 % interval (Wilson)"),
  high: z.number(),
  ratePerRound: z.number(),
  isDone: z.boolean(),
});

export const thresholdEventSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("progress"),
    points: z
      .array(pointSchema)
      .describe("Those that changed, each at its newest; none while it waits"),
  }),
  z.object({
    kind: z.literal("done"),
    points: z.array(pointSchema),
    crossings: z.array(
      z.object({
        distances: z.tuple([z.int(), z.int()]),
        perRound: z
          .number()
          .nullable()
          .describe("Where both have the same rate of one round; null: the curves do not cross"),
        perShot: z.number().nullable().describe("The same for whole shots"),
      }),
    ),
    seed: z.int(),
    computeMs,
  }),
  z.object({ kind: z.literal("failed"), problem: problemSchema }),
]);

export const codeRoutes = {
  ...stimRoutes,
  codes: route
    .route({
      method: "GET",
      path: "/api/quantum/codes",
      tags,
      summary: "Error-correcting codes, noise models and decoders",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        codes: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            summary: z.string(),
            source: z.string().describe("Where it was published"),
            distances: z.object({ min: z.int(), max: z.int(), step: z.int() }),
            isMatchable: z
              .boolean()
              .describe("Each error flips at most two checks of a kind: matching decodes it"),
            hasCircuit: z
              .boolean()
              .describe("Its checks have a circuit: circuit noise is possible"),
            smallest: codeSchema,
          }),
        ),
        noiseModels: z.array(noiseModelSchema),
        decoders: z.array(decoderSchema),
        jobs: z.object({ running: z.int(), waiting: z.int() }).describe("Thresholds"),
      }),
    ),
  codeExperiment: route
    .meta({
      role: "operator",
      examples: {
        "surface code of distance 3": { id: "rotated-surface", distance: 3, probability: 0.001 },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/codes/{id}",
      tags,
      summary: "A code and its memory experiment as a .stim circuit",
    })
    .input(
      z.strictObject({
        ...experimentInput,
        withModel: z.boolean().default(false).describe("With the detector error model as .dem"),
      }),
    )
    .output(
      z.object({
        code: codeSchema,
        stim: z.string(),
        size: sizeSchema,
        coordinates: z.array(z.array(z.number())).describe("Of each detector: x, y, round"),
        dem: z.string().nullable(),
        computeMs,
      }),
    ),
  codeFaults: route
    .meta({
      role: "operator",
      examples: {
        "fault tolerance of distance 3": { id: "rotated-surface", distance: 3 },
        "hook errors": { id: "rotated-surface", distance: 3, badOrder: true },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/codes/{id}/faults",
      tags,
      summary: "Try every single fault of an experiment: which are not corrected?",
      description: "None for a fault-tolerant circuit of distance 3 or more.",
    })
    .input(z.strictObject({ ...experimentInput, decoder: decoderSchema.optional() }))
    .output(
      z.object({
        faults: z.int().describe("Single Paulis and flipped results that were tried"),
        uncorrected: z
          .array(z.object({ label: z.string(), fired: z.array(z.int()) }))
          .describe("The first of them, with the detectors that fire"),
        decoder: decoderSchema,
        computeMs,
      }),
    ),
  decodeErrors: route
    .meta({
      role: "operator",
      examples: {
        "two bit flips": {
          id: "rotated-surface",
          distance: 5,
          errors: [
            { qubit: 7, basis: "X" },
            { qubit: 12, basis: "X" },
          ],
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/codes/{id}/decode",
      tags,
      summary: "Place errors on a code: which checks fire, what the decoder does, what is left",
    })
    .input(
      z.strictObject({
        id: codeIdSchema,
        distance: distanceSchema.default(3),
        errors: z.array(pauliSchema).max(2_000),
        decoder: decoderSchema.optional().describe("What suits the code when left out"),
        probability: z.number().gt(0).max(0.5).default(0.05).describe("Weighs the errors"),
      }),
    )
    .output(
      z.object({
        fired: z.array(z.int()).describe("Numbers of the stabilizers that fire"),
        pairs: z
          .array(z.tuple([z.int(), z.int().nullable()]))
          .describe("How they were matched; null: with the boundary"),
        correction: productSchema,
        rest: productSchema.describe("Errors and correction together"),
        logicalErrors: z
          .array(z.object({ x: z.boolean(), z: z.boolean() }))
          .describe("Of each encoded qubit, what the rest does to it"),
        isCorrected: z.boolean(),
        decoder: decoderSchema,
        computeMs,
      }),
    ),
  threshold: route
    .meta({
      role: "operator",
      examples: {
        "surface code, a few seconds": {
          distances: [3, 5, 7],
          probabilities: [0.004, 0.007, 0.01, 0.013],
          shotsMax: 4_000,
          seed: 1,
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/threshold",
      tags,
      summary: "Logical against physical error for several distances, as server-sent events",
      description:
        "Events of kind progress after batches of shots, then one of kind done or failed. Closing the stream ends the work.",
    })
    .input(thresholdInputSchema)
    .output(eventIterator(thresholdEventSchema)),
};
