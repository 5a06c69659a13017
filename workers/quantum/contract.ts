/** Quantum: its API. Computed in the quantum thread, reachable through every port. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import {
  circuitSchema,
  matrixQubitsMax,
  methodOptions,
  methodSchema,
  shotsMax,
  stateQubitsMax,
  tableauQubitsMax,
} from "./contract-circuits.ts";
import { codeRoutes } from "./contract-codes.ts";
import { programRoutes } from "./contract-programs.ts";

export const searchItemsMax = 4096;
export const searchIterationsMax = 10_000;

const seedSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .optional()
  .describe("Makes what chance decides repeatable");

export const searchInputSchema = z.strictObject({
  items: z
    .array(z.string().max(256))
    .min(1)
    .max(searchItemsMax)
    .describe("The list to search; its order gives each item its basis state"),
  target: z.string().max(256).describe("The item to find; every equal item is marked"),
  iterations: z
    .int()
    .min(0)
    .max(searchIterationsMax)
    .optional()
    .describe("Grover iterations to apply; the optimal count when left out"),
  seed: seedSchema,
});
export type SearchInput = z.infer<typeof searchInputSchema>;

export const searchOutputSchema = z.object({
  found: z.boolean().describe("Whether the measured item equals the target"),
  item: z.string().nullable().describe("The measured item; null for a basis state beyond the list"),
  index: z.int().nullable().describe("Its place in the list"),
  measuredState: z.int().describe("The measured basis state"),
  probability: z.number().describe("Probability of the measured basis state"),
  qubits: z.int(),
  states: z.int().describe("N = 2^qubits, the size of the search space"),
  marked: z.int().describe("M, how many items equal the target"),
  iterations: z.int().describe("k, Grover iterations applied"),
  optimalIterations: z
    .int()
    .describe("round(pi / (4 asin(sqrt(M/N))) - 1/2), at least 0; 0 when nothing is marked"),
  successProbability: z.number().describe("Sum over the marked states, from the state vector"),
  closedForm: z.number().describe("sin^2((2k+1) asin(sqrt(M/N)))"),
  deviation: z.number().describe("|successProbability - closedForm|"),
  classicalProbability: z.number().describe("Chance that one random look finds it: M / items"),
  itemProbabilities: z
    .array(z.object({ item: z.string(), probability: z.number(), marked: z.boolean() }))
    .describe("In the order of the list"),
  paddingProbability: z.number().describe("Weight on basis states beyond the list"),
  seed: z.int().describe("The seed of the final measurement"),
  simulationMs: z.number().describe("Time spent in the state vector"),
});
export type SearchOutput = z.infer<typeof searchOutputSchema>;

export const searchExamples = {
  "one of four": { items: ["apple", "banana", "cherry", "date"], target: "cherry", iterations: 5 },
  "optimal iterations": { items: ["apple", "banana", "cherry"], target: "cherry" },
  "absent target": { items: ["apple", "banana", "cherry", "date"], target: "fig" },
};

const bell = {
  qubits: 2,
  operations: [
    { kind: "gate" as const, name: "h", qubits: [0], parameters: [] },
    { kind: "gate" as const, name: "cx", qubits: [0, 1], parameters: [] },
  ],
};
const runInputSchema = z.strictObject({
  circuit: circuitSchema,
  shots: z.int().min(1).max(shotsMax).default(1_000),
  seed: seedSchema,
  ...methodOptions,
});
/** Different outcomes that are told while a run is under way. */
export const progressOutcomesMax = 1_024;
export const longRunMinutes = 10;
const trajectoriesMax = 100_000;
const timings = { computeMs: z.number().describe("Time in the simulator's thread") };
const tags = ["Quantum"];

export const quantumContract = {
  ...programRoutes,
  ...codeRoutes,
  status: route
    .route({
      method: "GET",
      path: "/api/quantum/status",
      tags: ["Quantum"],
      summary: "What the simulator is and what it has run",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        method: z.literal("state vector"),
        precision: z.literal("float64"),
        searchItemsMax: z.int(),
        searches: z.int().describe("Searches run since the thread started"),
        lastSearch: z
          .object({
            at: z.number(),
            qubits: z.int(),
            iterations: z.int(),
            simulationMs: z.number(),
          })
          .nullable(),
      }),
    ),
  search: route
    .meta({ role: "operator", examples: searchExamples })
    .route({
      method: "POST",
      path: "/api/quantum/search",
      tags: ["Quantum"],
      summary: "Grover search over a list, on a real state vector",
    })
    .input(searchInputSchema)
    .output(searchOutputSchema),
  capabilities: route
    .route({
      method: "GET",
      path: "/api/quantum/capabilities",
      tags,
      summary: "Gates by name, methods and limits of the simulator",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        gates: z.array(
          z.object({
            name: z.string(),
            title: z.string(),
            parameters: z.array(z.string()),
            controls: z.int().describe("Qubits of its own that control it; they come first"),
            targets: z.int(),
          }),
        ),
        channels: z.array(z.string()),
        methods: z.array(
          z.object({
            name: z.enum(["state-vector", "density-matrix", "stabilizer"]),
            qubitsMax: z.int(),
            simulates: z.string(),
          }),
        ),
        limits: z.record(z.string(), z.int()),
        backends: z.array(
          z.object({
            name: z.string(),
            precision: z.enum(["double", "single"]),
            msPerGate: z
              .number()
              .nullable()
              .describe("Of a circuit of 18 qubits; null if it was not measured"),
            correct: z.boolean().describe("Whether it agreed with plain loops"),
            chosen: z.boolean(),
            note: z.string().describe("What it computes with, or why it was not measured"),
          }),
        ),
        threadsFromQubits: z.int().nullable().describe("Where threads are faster; null if never"),
        gpuFromQubits: z
          .int()
          .nullable()
          .describe("Where GPU.js is faster in single precision; null if never"),
        jobs: z.object({ running: z.int(), waiting: z.int() }),
      }),
    ),
  run: route
    .meta({
      role: "operator",
      examples: { "Bell pair": { circuit: bell, shots: 1_000, seed: 7 } },
    })
    .route({
      method: "POST",
      path: "/api/quantum/run",
      tags,
      summary: "Run a circuit many times and count what is measured",
      description: "A circuit that measures nothing is asked for all of its qubits.",
    })
    .input(runInputSchema)
    .output(
      z.object({
        counts: z.record(z.string(), z.int()).describe("By the value of the bits, bit 0 last"),
        shots: z.int(),
        seed: z.int(),
        method: methodSchema,
        ...timings,
      }),
    ),
  sample: route
    .meta({
      role: "operator",
      examples: { "Bell pair": { circuit: bell, shots: 1_000, seed: 7 } },
    })
    .route({
      method: "POST",
      path: "/api/quantum/sample",
      tags,
      summary: "Like run, as server-sent events with the shots done so far",
      description: `For long simulations, of up to ${longRunMinutes} minutes; closing the stream cancels them. The last event has the method and all counts.`,
    })
    .input(runInputSchema)
    .output(
      eventIterator(
        z.object({
          done: z.int().describe("Shots so far"),
          shots: z.int(),
          counts: z
            .record(z.string(), z.int())
            .nullable()
            .describe(`So far; null on the way while there are more than ${progressOutcomesMax}`),
          seed: z.int(),
          method: methodSchema.nullable().describe("With the last event"),
          computeMs: z.number().nullable().describe("With the last event"),
        }),
      ),
    ),
  state: route
    .meta({ role: "operator", examples: { "Bell pair": { circuit: bell } } })
    .route({
      method: "POST",
      path: "/api/quantum/state",
      tags,
      summary: "The final state of a circuit: amplitudes, probabilities and Bloch vectors",
      description: `Of at most ${stateQubitsMax} qubits. Measurements on the way are drawn with the seed.`,
    })
    .input(z.strictObject({ circuit: circuitSchema, seed: seedSchema }))
    .output(
      z.object({
        qubits: z.int(),
        amplitudes: z.array(z.number()).describe("Real and imaginary in turn, qubit 0 lowest"),
        blochVectors: z.array(z.tuple([z.number(), z.number(), z.number()])),
        bits: z.string().describe("Classical bits, bit 0 last"),
        seed: z.int(),
        ...timings,
      }),
    ),
  expectation: route
    .meta({
      role: "operator",
      examples: {
        "Bell pair": {
          circuit: bell,
          terms: [
            { paulis: "ZZ", factor: 1 },
            { paulis: "XX", factor: 1 },
          ],
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/expectation",
      tags,
      summary: "The expectation value of a sum of Pauli strings in a circuit's final state",
    })
    .input(
      z.strictObject({
        circuit: circuitSchema,
        terms: z
          .array(
            z.strictObject({
              paulis: z
                .string()
                .regex(/^[IXYZ]+$/)
                .max(tableauQubitsMax)
                .describe("One letter for each qubit, qubit 0 last"),
              factor: z.number(),
            }),
          )
          .min(1)
          .max(1_000),
        shots: z
          .int()
          .min(1)
          .max(trajectoriesMax)
          .default(1_000)
          .describe("Averaged over where the circuit leaves something to chance"),
        seed: seedSchema,
        ...methodOptions,
      }),
    )
    .output(
      z.object({
        value: z.number(),
        standardError: z.number().describe("Of the average; 0 for an exact value"),
        seed: z.int(),
        method: methodSchema,
        ...timings,
      }),
    ),
  unitary: route
    .meta({ role: "operator", examples: { "Bell pair": { circuit: bell } } })
    .route({
      method: "POST",
      path: "/api/quantum/unitary",
      tags,
      summary: "The matrix of a circuit that neither measures nor resets",
      description: `Of at most ${matrixQubitsMax} qubits.`,
    })
    .input(z.strictObject({ circuit: circuitSchema }))
    .output(
      z.object({
        size: z.int(),
        elements: z.array(z.number()).describe("Row-major, real and imaginary in turn"),
        ...timings,
      }),
    ),
};
