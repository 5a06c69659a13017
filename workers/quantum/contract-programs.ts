/** Circuits from texts and into texts, and the algorithms that come with the simulator. */
import { z } from "zod";
import { route } from "../service/contract.ts";
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
const placeSchema = {
  line: z.int(),
  column: z.int(),
  message: z.string(),
};

export const programRoutes = {
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
