/** Quantum: its API. Computed in the quantum thread, reachable through every port. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const searchItemsMax = 4096;
export const searchIterationsMax = 10_000;

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
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .describe("Makes the final measurement repeatable"),
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
  "one of four": {
    items: ["apple", "banana", "cherry", "date"],
    target: "cherry",
    iterations: 5,
  },
  "optimal iterations": { items: ["apple", "banana", "cherry"], target: "cherry" },
  "absent target": { items: ["apple", "banana", "cherry", "date"], target: "fig" },
};

export const quantumContract = {
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
};
