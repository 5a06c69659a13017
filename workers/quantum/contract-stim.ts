/** Circuits and error models in Stim's formats, and what all of error correction's routes share. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { circuitSchema } from "./contract-circuits.ts";

export const tags = ["Quantum error correction"];
export const decoderSchema = z
  .enum(["matching", "union-find", "lookup"])
  .describe("Exact minimum-weight perfect matching; union-find; maximum likelihood by a table");
export const seedSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .optional()
  .describe("Makes what chance decides repeatable");
export const computeMs = z.number().describe("Time in the thread that did the work");
export const sizeSchema = z.object({
  qubits: z.int(),
  measurements: z.int(),
  detectors: z.int(),
  observables: z.int(),
});
const sourceSchema = z.string().min(1).max(1_000_000);

const bitFlips = [
  "R 0 1 2 3 4",
  "X_ERROR(0.1) 0 2 4",
  "CX 0 1 2 1 2 3 4 3",
  "M 1 3",
  "DETECTOR(1, 0) rec[-2]",
  "DETECTOR(3, 0) rec[-1]",
  "M 4",
  "OBSERVABLE_INCLUDE(0) rec[-1]",
].join("\n");

export const stimRoutes = {
  sampleStim: route
    .meta({
      role: "operator",
      examples: { "bit flips": { source: bitFlips, shots: 1_000, listed: 3, seed: 7 } },
    })
    .route({
      method: "POST",
      path: "/api/quantum/stim/sample",
      tags,
      summary: "Sample a .stim circuit of up to thousands of qubits by Pauli frames",
    })
    .input(
      z.strictObject({
        source: sourceSchema,
        shots: z.int().min(1).max(1_000_000).default(1_024),
        listed: z.int().min(0).max(1_000).default(0).describe("Shots whose results are listed"),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        size: sizeSchema,
        shots: z.int(),
        detectorRates: z.array(z.number()).describe("How often each detector fired"),
        observableRates: z.array(z.number()).describe("How often each observable was flipped"),
        listed: z.array(z.string()).describe("0s and 1s, the first measurement first"),
        seed: z.int(),
        computeMs,
      }),
    ),
  stimModel: route
    .meta({ role: "operator", examples: { "bit flips": { source: bitFlips } } })
    .route({
      method: "POST",
      path: "/api/quantum/stim/model",
      tags,
      summary: "The detector error model of a .stim circuit, as .dem",
    })
    .input(
      z.strictObject({
        source: sourceSchema,
        split: z.boolean().default(false).describe("Hyperedges as sums of edges, joined by ^"),
      }),
    )
    .output(
      z.object({
        dem: z.string(),
        mechanisms: z.int().describe("Independent errors with different symptoms"),
        computeMs,
      }),
    ),
  importStim: route
    .meta({ role: "operator", examples: { Bell: { source: "H 0\nCX 0 1\nM 0 1" } } })
    .route({
      method: "POST",
      path: "/api/quantum/stim/import",
      tags,
      summary: "Read a .stim circuit as a circuit of this simulator",
    })
    .input(z.strictObject({ source: sourceSchema }))
    .output(
      z.object({
        circuit: circuitSchema,
        stim: z.string().describe("The same text in its usual form"),
        size: sizeSchema,
        computeMs,
      }),
    ),
  decodeModel: route
    .meta({
      role: "operator",
      examples: {
        "three bits": {
          dem: "error(0.1) D0 L0\nerror(0.1) D0 D1\nerror(0.1) D1",
          shots: [[0], [0, 1], []],
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/dem/decode",
      tags,
      summary: "Decode shots with a detector error model",
      description: "A hyperedge that has no split into edges is refused, never left out.",
    })
    .input(
      z.strictObject({
        dem: sourceSchema,
        shots: z
          .array(z.array(z.int().min(0).max(1_000_000)).max(2_000))
          .min(1)
          .max(10_000)
          .describe("Of each shot the detectors that fired"),
        decoder: decoderSchema.default("matching"),
      }),
    )
    .output(
      z.object({
        shots: z.array(
          z.object({
            observables: z.array(z.int()).describe("Those that are likely flipped"),
            weight: z.number().nullable().describe("Sum of ln((1 - p) / p) over the edges"),
            edges: z.array(
              z.object({ detectors: z.array(z.int()), observables: z.array(z.int()) }),
            ),
          }),
        ),
        computeMs,
      }),
    ),
};
