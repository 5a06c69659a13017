/** Algorithms that are more than a circuit: searches for angles, estimates, tests, and what theory says. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { circuitSchema } from "./contract-circuits.ts";

const tags = ["Quantum"];
const seedSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .optional()
  .describe("Makes what chance decides repeatable; drawn when left out");
const seedOut = z.int().describe("What repeats this answer");
const computeMs = z.number().describe("Time in the simulator's thread");
const chance = z.number().min(0).max(1);
const angle = z
  .number()
  .min(-2 * Math.PI)
  .max(2 * Math.PI);

const wantedSchema = z
  .union([
    z.strictObject({ states: z.array(z.int().min(0)).max(4_096) }),
    z.strictObject({
      formula: z
        .string()
        .min(1)
        .max(500)
        .describe("Of x, in OpenQASM's notation, such as `x % 3 == 1 && (x & 4) != 0`"),
    }),
  ])
  .describe("The states that are searched for");

const graphSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["ring", "complete"]), vertices: z.int().min(2).max(12) }),
  z.strictObject({ kind: z.literal("petersen") }),
  z.strictObject({
    kind: z.literal("cubic").describe("Random, every vertex with three neighbours"),
    vertices: z.int().min(4).max(12),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
  }),
  z.strictObject({
    kind: z.literal("edges"),
    vertices: z.int().min(2).max(12),
    edges: z.array(z.tuple([z.int().min(0), z.int().min(0)])).max(66),
  }),
]);

const hamiltonianSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("hydrogen"),
    bondLength: z
      .number()
      .describe("Angstrom: 0.3, 0.5, 0.75, 1, 1.5, 2 or 2.5 (O'Malley et al. 2016, table I)"),
  }),
  z.strictObject({
    kind: z.literal("ising").describe("-J sum of ZZ of neighbours - h sum of X"),
    qubits: z.int().min(2).max(6),
    coupling: z.number().min(-10).max(10).default(1),
    field: z.number().min(-10).max(10).default(1),
    closed: z.boolean().default(false).describe("The last spin is the first one's neighbour"),
  }),
]);

const searchSchema = z
  .object({
    point: z.array(z.number()),
    value: z.number(),
    values: z.array(z.number()).describe("Of every evaluation, in their order"),
    improvements: z
      .array(z.object({ evaluation: z.int(), value: z.number(), point: z.array(z.number()) }))
      .describe("Where the best value so far came down"),
    converged: z.boolean().describe("At rest before its evaluations were spent"),
  })
  .describe("The search for the minimum");

export const algorithmRoutes = {
  amplify: route
    .meta({
      role: "operator",
      examples: {
        "by a formula": { qubits: 6, wanted: { formula: "x % 7 == 3 && (x & 8) == 0" } },
        "tilted preparation": { qubits: 4, wanted: { states: [15] }, tilt: 1, iterations: 4 },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/amplify",
      tags,
      summary: "Amplitude amplification: Grover's search for any states and preparation",
      description:
        "Every round is simulated and stands beside sin^2((2k + 1) theta) (Brassard et al. 2000).",
    })
    .input(
      z.strictObject({
        qubits: z.int().min(1).max(14),
        wanted: wantedSchema,
        tilt: angle
          .optional()
          .describe("Each qubit is turned by this about Y; H, and equal weights, when left out"),
        iterations: z.int().min(0).max(1_000).optional().describe("The best count when left out"),
      }),
    )
    .output(
      z.object({
        marked: z.int().describe("How many states are wanted"),
        weight: z.number().describe("Of the wanted states before the first round"),
        optimalIterations: z.int(),
        iterations: z.int(),
        rounds: z
          .array(z.object({ success: z.number(), closedForm: z.number() }))
          .describe("From 0 rounds on"),
        circuit: circuitSchema,
        computeMs,
      }),
    ),
  count: route
    .meta({
      role: "operator",
      examples: { "5 of 32": { qubits: 5, wanted: { formula: "x % 7 == 1" }, counting: 6 } },
    })
    .route({
      method: "POST",
      path: "/api/quantum/count",
      tags,
      summary: "Quantum counting: how many states are wanted, by the phase of Grover's step",
      description: "At most 16 qubits in all (Brassard et al. 2000, section 4).",
    })
    .input(
      z.strictObject({
        qubits: z.int().min(1).max(10),
        wanted: wantedSchema,
        counting: z.int().min(1).max(10).describe("Qubits that the count is read from"),
        shots: z.int().min(1).max(100_000).default(1_000),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        marked: z.int().describe("The true count"),
        estimate: z
          .object({
            count: z.number(),
            error: z.number().describe("By theorem 12, at the estimate itself"),
          })
          .describe("What the most frequent outcome tells"),
        errorBound: z.number().describe("Holds with a chance of at least 8 / pi^2"),
        outcomes: z.array(
          z.object({
            y: z.int(),
            count: z.number().describe("N sin^2(pi y / 2^counting)"),
            chance: z.number(),
            closedForm: z.number(),
            shots: z.int(),
          }),
        ),
        circuit: circuitSchema,
        seed: seedOut,
        computeMs,
      }),
    ),
  maximumCut: route
    .meta({
      role: "operator",
      examples: {
        "Petersen's graph": { graph: { kind: "petersen" }, layers: 1, seed: 2 },
        ring: { graph: { kind: "ring", vertices: 8 }, layers: 2, method: "spsa" },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/maximum-cut",
      tags,
      summary: "QAOA for the maximum cut: angles are searched for, the best are sampled",
      description:
        "Of graphs with at most 12 vertices. One layer stands beside its closed form (Wang et al. 2018).",
    })
    .input(
      z.strictObject({
        graph: graphSchema,
        layers: z.int().min(1).max(6).default(1),
        method: z.enum(["nelder-mead", "spsa"]).default("nelder-mead"),
        evaluationsMax: z.int().min(10).max(1_000).default(300),
        shots: z.int().min(1).max(100_000).default(1_000),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        graph: z.object({
          vertices: z.int(),
          edges: z.array(z.tuple([z.int(), z.int()])),
        }),
        gammas: z.array(z.number()),
        betas: z.array(z.number()),
        expectation: z.number().describe("The mean cut"),
        closedForm: z.number().nullable().describe("Of one layer at these angles"),
        maximum: z.int().describe("The largest cut, by looking at all"),
        ratio: z.number().describe("Mean cut over largest cut"),
        best: z
          .object({ sides: z.string().describe("Vertex 0 last"), cut: z.int() })
          .describe("Of the shots"),
        cutCounts: z.array(z.int()).describe("Shots by the size of their cut, from 0"),
        search: searchSchema.describe("Of the mean cut with its sign changed"),
        circuit: circuitSchema,
        seed: seedOut,
        computeMs,
      }),
    ),
  groundEnergy: route
    .meta({
      role: "operator",
      examples: {
        hydrogen: { hamiltonian: { kind: "hydrogen", bondLength: 0.75 }, seed: 1 },
        "Ising chain": { hamiltonian: { kind: "ising", qubits: 4, field: 1.5 }, layers: 3 },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/ground-energy",
      tags,
      summary: "VQE: the lowest energy of a Hamiltonian, beside its exact value",
      description:
        "The ansatz is RY on every qubit between layers of CX. Evaluations are shared out between the starts.",
    })
    .input(
      z.strictObject({
        hamiltonian: hamiltonianSchema,
        layers: z.int().min(0).max(6).default(1),
        method: z
          .enum(["nelder-mead", "spsa", "coordinate-sines"])
          .default("coordinate-sines")
          .describe("Coordinate-sines takes each angle straight to its minimum"),
        evaluationsMax: z.int().min(10).max(10_000).default(2_000),
        starts: z.int().min(1).max(10).default(2),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        energy: z.number(),
        exact: z.number().describe("By diagonalising the whole matrix"),
        error: z.number(),
        angles: z.array(z.number()),
        terms: z.array(z.object({ paulis: z.string(), factor: z.number() })),
        search: searchSchema,
        circuit: circuitSchema,
        seed: seedOut,
        computeMs,
      }),
    ),
  walk: route
    .meta({
      role: "operator",
      examples: {
        cycle: { on: { kind: "cycle", positions: 7, coin: "balanced" }, steps: 50 },
        hypercube: { on: { kind: "hypercube", coins: 2 }, steps: 4 },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/walk",
      tags,
      summary: "A quantum walk on a cycle or a hypercube, beside a random walk (Kempe 2003)",
    })
    .input(
      z.strictObject({
        on: z.discriminatedUnion("kind", [
          z.strictObject({
            kind: z.literal("cycle"),
            positions: z.int().min(1).max(10).describe("Qubits: 2^positions places"),
            coin: z.enum(["up", "down", "balanced"]).default("balanced"),
          }),
          z.strictObject({
            kind: z.literal("hypercube"),
            coins: z.int().min(1).max(3).describe("Qubits: 2^coins dimensions"),
          }),
        ]),
        steps: z.int().min(0).max(2_000),
      }),
    )
    .output(
      z.object({
        places: z.int(),
        quantum: z.array(z.number()).describe("The chance of each place"),
        classical: z.array(z.number()).describe("Of a walker whose coin falls by chance"),
        spread: z
          .object({ quantum: z.number(), classical: z.number() })
          .nullable()
          .describe("On a cycle: root mean square of the way from the start"),
        farCorner: z
          .object({ quantum: z.number(), classical: z.number() })
          .nullable()
          .describe("On a hypercube: the chance to be at the opposite corner"),
        circuit: circuitSchema,
        computeMs,
      }),
    ),
  bellTest: route
    .meta({ role: "operator", examples: { "best angles": { seed: 7 }, noisy: { noise: 0.1 } } })
    .route({
      method: "POST",
      path: "/api/quantum/bell-test",
      tags,
      summary: "The Bell test of Clauser, Horne, Shimony and Holt, with noise and shots",
      description: "S = E00 + E01 + E10 - E11. The best angles, in the x-z plane, when left out.",
    })
    .input(
      z.strictObject({
        alice: z
          .tuple([angle, angle])
          .default([0, Math.PI / 2])
          .describe("Her two directions, radians from z"),
        bob: z.tuple([angle, angle]).default([Math.PI / 4, -Math.PI / 4]),
        noise: chance
          .default(0)
          .describe("Depolarising on each qubit: S shrinks by (1 - 4 noise / 3)^2"),
        shots: z.int().min(2).max(100_000).default(1_000).describe("Of each setting"),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        settings: z.array(
          z.object({
            alice: z.number(),
            bob: z.number(),
            sign: z.int(),
            exact: z.number().describe("From the simulated distribution"),
            expected: z.number().describe("The closed form"),
            sampled: z.number(),
            standardError: z.number(),
            counts: z.record(z.string(), z.int()),
          }),
        ),
        exact: z.number(),
        expected: z.number(),
        sampled: z.number(),
        standardError: z.number(),
        classicalBound: z.number(),
        quantumBound: z.number(),
        violates: z.boolean().describe("By more than two standard errors"),
        seed: seedOut,
        computeMs,
      }),
    ),
  volume: route
    .meta({ role: "operator", examples: { "noisy device": { width: 4, noise: 0.02, seed: 1 } } })
    .route({
      method: "POST",
      path: "/api/quantum/volume",
      tags,
      summary: "Quantum volume: random model circuits, heavy outputs and the decision",
      description: "Cross et al. 2019. Fewer than 100 circuits never pass.",
    })
    .input(
      z.strictObject({
        width: z.int().min(2).max(8).describe("Qubits, and layers"),
        circuits: z.int().min(1).max(200).default(100),
        shots: z.int().min(1).max(100).default(50),
        noise: chance.default(0).describe("Depolarising on both qubits behind each unitary"),
        seed: seedSchema,
      }),
    )
    .output(
      z.object({
        circuits: z.array(
          z.object({
            ideal: z.number().describe("Weight of the heavy outputs without noise"),
            measured: z.number().describe("Share of shots that were heavy"),
          }),
        ),
        meanIdeal: z.number(),
        mean: z.number(),
        lowerBound: z.number().describe("Two standard deviations below the mean"),
        passed: z.boolean().describe("The lower bound is above 2/3"),
        volume: z.int().nullable().describe("2^width when passed"),
        seed: seedOut,
        computeMs,
      }),
    ),
};
