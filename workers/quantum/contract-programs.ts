/** Circuits from texts and into texts, and the algorithms that come with the simulator. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { algorithmRoutes } from "./contract-algorithms.ts";
import { circuitSchema } from "./contract-circuits.ts";

const sourceLengthMax = 1_000_000;
export const exportFormats = [
  "qasm3",
  "qasm2",
  "qiskit",
  "cirq",
  "quirk",
  "quantikz",
  "stim",
] as const;
const tags = ["Quantum"];
const bell = {
  qubits: 2,
  operations: [
    { kind: "gate" as const, name: "h", qubits: [0], parameters: [] },
    { kind: "gate" as const, name: "cx", qubits: [0, 1], parameters: [] },
  ],
};
const computeMs = z.number().describe("Time in the simulator's thread");
const bytesSchema = z.number().nullable().describe("Bytes; null where they are too many to count");
const costSchema = z.object({
  qubits: z.int(),
  bits: z.int(),
  operations: z.int().describe("Without barriers and phases of everything"),
  byName: z.record(z.string(), z.int()).describe("A c for each control"),
  twoQubit: z.int(),
  manyQubit: z.int().describe("On three qubits or more"),
  tCount: z.int().describe("T, its inverse, and other turns by odd multiples of pi / 4"),
  depth: z.int().describe("Moments, everything as early as it can be"),
  memory: z.object({
    stateVectorFloat64: bytesSchema,
    stateVectorFloat32: bytesSchema,
    densityMatrixFloat64: bytesSchema,
  }),
});
const placeSchema = {
  line: z.int(),
  column: z.int(),
  message: z.string(),
};

export const programRoutes = {
  ...algorithmRoutes,
  importQasm: route
    .meta({
      role: "operator",
      examples: {
        "Bell pair": {
          source:
            'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n',
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/qasm/import",
      tags,
      summary: "Read OpenQASM 2 or 3 as a circuit",
      description:
        "What is wrong comes back as CIRCUIT_INVALID, each mistake with its line, its column, a caret and a hint.",
    })
    .input(
      z.strictObject({
        source: z.string().min(1).max(sourceLengthMax),
        inputs: z
          .record(z.string().max(64), z.union([z.number(), z.string().regex(/^[01]+$/)]))
          .optional()
          .describe("Values of the source's input parameters"),
      }),
    )
    .output(
      z.object({
        circuit: circuitSchema,
        warnings: z.array(z.object(placeSchema)),
      }),
    ),
  exportCircuit: route
    .meta({ role: "operator", examples: { "Bell pair": { circuit: bell, format: "qasm3" } } })
    .route({
      method: "POST",
      path: "/api/quantum/export",
      tags,
      summary: "Write a circuit as OpenQASM, Qiskit, Cirq, Quirk, LaTeX or .stim",
    })
    .input(z.strictObject({ circuit: circuitSchema, format: z.enum(exportFormats) }))
    .output(z.object({ format: z.enum(exportFormats), text: z.string() })),
  algorithms: route
    .route({
      method: "GET",
      path: "/api/quantum/algorithms",
      tags,
      summary: "The algorithms that come as circuits, with their parameters",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        algorithms: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            summary: z.string(),
            source: z.string().describe("Where it was published"),
            parameters: z.array(
              z.object({
                name: z.string(),
                title: z.string(),
                min: z.number(),
                max: z.number(),
                default: z.number(),
                isAngle: z.boolean(),
              }),
            ),
          }),
        ),
      }),
    ),
  algorithm: route
    .meta({
      role: "operator",
      examples: { "Grover over 16": { id: "grover", parameters: { qubits: 4, marked: 11 } } },
    })
    .route({
      method: "POST",
      path: "/api/quantum/algorithms/{id}",
      tags,
      summary: "The circuit of an algorithm",
    })
    .input(
      z.strictObject({
        id: z.string().max(64),
        parameters: z.record(z.string().max(64), z.number()).default({}),
      }),
    )
    .output(z.object({ id: z.string(), circuit: circuitSchema })),
  cost: route
    .meta({ role: "operator", examples: { "Bell pair": { circuit: bell } } })
    .route({
      method: "POST",
      path: "/api/quantum/cost",
      tags,
      summary: "What a circuit costs: operations, depth, T count, memory",
      description:
        "Of loops the body so many times, of branches the costlier, of defined gates what they stand for.",
    })
    .input(z.strictObject({ circuit: circuitSchema }))
    .output(costSchema.extend({ computeMs })),
  optimise: route
    .meta({
      role: "operator",
      examples: {
        "cancels past a control": {
          circuit: {
            qubits: 2,
            operations: [
              { kind: "gate" as const, name: "cx", qubits: [0, 1], parameters: [] },
              { kind: "gate" as const, name: "t", qubits: [0], parameters: [] },
              { kind: "gate" as const, name: "cx", qubits: [0, 1], parameters: [] },
            ],
          },
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/optimise",
      tags,
      summary: "A shorter circuit that does exactly the same, its global phase included",
      description:
        "Inverses cancel and turns add up past what they commute with; runs of gates on one qubit become one, Clifford gates and T aside. Measurements, resets, noise, barriers and control flow are borders.",
    })
    .input(
      z.strictObject({
        circuit: circuitSchema,
        relabel: z
          .boolean()
          .default(false)
          .describe("Leaves swaps out: the qubits end where `layout` says"),
      }),
    )
    .output(
      z.object({
        circuit: circuitSchema,
        before: costSchema,
        after: costSchema,
        layout: z.array(z.int()).describe("Qubit q ends as qubit layout[q]"),
        computeMs,
      }),
    ),
  equivalence: route
    .meta({
      role: "operator",
      examples: {
        "equal up to a phase": {
          first: {
            qubits: 1,
            operations: [{ kind: "gate" as const, name: "rz", qubits: [0], parameters: [1] }],
          },
          second: {
            qubits: 1,
            operations: [{ kind: "gate" as const, name: "p", qubits: [0], parameters: [1] }],
          },
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/quantum/equivalence",
      tags,
      summary: "Whether two circuits do the same, with a state that shows it where they do not",
      description:
        "By matrices up to 10 qubits, by tableaus up to 1,000 under Clifford gates, by random states between, with a confidence. Circuits that measure: by the exact chances of their bits, up to 12 qubits.",
    })
    .input(
      z.strictObject({
        first: circuitSchema,
        second: circuitSchema,
        exactly: z.boolean().default(false).describe("A global phase makes a difference"),
        seed: z
          .int()
          .min(0)
          .max(2 ** 32 - 1)
          .optional()
          .describe("Of the random states"),
      }),
    )
    .output(
      z.object({
        equal: z.boolean(),
        method: z.enum(["matrix", "tableau", "random-states", "distribution"]),
        confidence: z.number().describe("1 where the answer is certain"),
        statement: z.string().describe("What the answer says, and what it does not"),
        overlap: z.number().nullable().describe("|tr(V^-1 U)| / 2^n"),
        phase: z.number().nullable().describe("first = e^(i phase) second, in radians"),
        counterexample: z
          .object({
            qubits: z
              .array(z.tuple([z.number(), z.number()]))
              .describe("Of each qubit theta and phi of its Bloch vector"),
            fidelity: z.number(),
          })
          .nullable(),
        seed: z.int(),
        computeMs,
      }),
    ),
  factor: route
    .meta({ role: "operator", examples: { fifteen: { modulus: 15, base: 7 } } })
    .route({
      method: "POST",
      path: "/api/quantum/factor",
      tags,
      summary: "Factor a number by Shor's algorithm, order finding on the simulator included",
    })
    .input(
      z.strictObject({
        modulus: z.int().min(2).max(1_000_000),
        base: z.int().min(2).max(1_000_000).optional().describe("Drawn when left out"),
        counting: z.int().min(2).max(20).optional().describe("Qubits that the phase is read from"),
        seed: z
          .int()
          .min(0)
          .max(2 ** 32 - 1)
          .optional(),
      }),
    )
    .output(
      z.object({
        modulus: z.int(),
        factors: z.tuple([z.int(), z.int()]).nullable().describe("null: every attempt was in vain"),
        qubits: z.int(),
        counting: z.int(),
        attempts: z.array(
          z.object({
            base: z.int(),
            sharedFactor: z.int().nullable().describe("Base and number shared it already"),
            measured: z.int().nullable(),
            convergents: z
              .array(z.object({ whole: z.int(), numerator: z.int(), denominator: z.int() }))
              .describe("Of measured / 2^counting: one of the denominators tells the order"),
            order: z.int().nullable(),
            factors: z.tuple([z.int(), z.int()]).nullable(),
          }),
        ),
        seed: z.int(),
        computeMs: z.number(),
      }),
    ),
};
