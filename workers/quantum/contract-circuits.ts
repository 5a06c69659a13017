/** Circuits as they cross the API: the schema of what core/circuit.ts describes. */
import { z } from "zod";

/** Qubits of a state vector that the API simulates: 24 take 256 MiB in float64. */
export const denseQubitsMax = 24;
export const stateQubitsMax = 12;
export const matrixQubitsMax = 7;
export const operationsMax = 20_000;
export const shotsMax = 1_000_000;
/** Qubits of a stabilizer state; core/limits.ts says what they cost. */
export const tableauQubitsMax = 4_096;
const bitsMax = tableauQubitsMax;
/** A larger number of qubits is refused by its memory, which says more than a bound. */
const qubitsMax = 1_000_000;

const qubitSchema = z.int().min(0).max(qubitsMax);
const qubitsSchema = z.array(qubitSchema).max(denseQubitsMax);
const bitSchema = z
  .int()
  .min(0)
  .max(bitsMax - 1);
const controlsSchema = z
  .array(
    z.strictObject({
      qubit: qubitSchema,
      value: z.union([z.literal(0), z.literal(1)]).describe("0: a negative control"),
    }),
  )
  .max(denseQubitsMax)
  .optional();
const placed = { qubits: qubitsSchema, controls: controlsSchema };
const labelSchema = z.string().min(1).max(64);
const chanceSchema = z.number().min(0).max(1);

const channelSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pauli"), x: chanceSchema, y: chanceSchema, z: chanceSchema }),
  z.strictObject({
    kind: z.enum(["depolarising", "amplitude-damping", "phase-damping", "loss"]),
    probability: chanceSchema,
  }),
]);

type ConditionInput =
  | {
      kind: "compare";
      bits: number[];
      operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
      value: number;
    }
  | { kind: "not"; of: ConditionInput }
  | { kind: "all" | "any"; of: ConditionInput[] };
const conditionSchema: z.ZodType<ConditionInput> = z.lazy(() =>
  z.union([
    z.strictObject({
      kind: z.literal("compare"),
      bits: z.array(bitSchema).min(1).max(32).describe("Read as a number, the first bit lowest"),
      operator: z.enum(["==", "!=", "<", "<=", ">", ">="]),
      value: z.int().min(0),
    }),
    z.strictObject({ kind: z.literal("not"), of: conditionSchema }),
    z.strictObject({ kind: z.enum(["all", "any"]), of: z.array(conditionSchema).max(32) }),
  ]),
);

const plainOperationSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gate"),
    name: labelSchema.describe("One that GET /api/quantum/capabilities lists, or a definition"),
    qubits: qubitsSchema.describe("Controls of the gate's own first, as in cx: control, target"),
    parameters: z.array(z.number()).max(8).describe("Angles in radians"),
    controls: controlsSchema,
    power: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal("global-phase"), angle: z.number(), controls: controlsSchema }),
  z.strictObject({
    kind: z.literal("unitary"),
    label: labelSchema,
    elements: z.array(z.number()).max(2_048).describe("Row-major, real and imaginary in turn"),
    ...placed,
  }),
  z.strictObject({
    kind: z.literal("diagonal"),
    label: labelSchema,
    angles: z.array(z.number()).max(65_536),
    ...placed,
  }),
  z.strictObject({
    kind: z.literal("permutation"),
    label: labelSchema,
    images: z.array(z.int().min(0)).max(65_536),
    ...placed,
  }),
  z.strictObject({
    kind: z.literal("initialise"),
    qubits: qubitsSchema,
    amplitudes: z.array(z.number()).max(8_192),
  }),
  z.strictObject({ kind: z.literal("measure"), qubit: qubitSchema, bit: bitSchema }),
  z.strictObject({ kind: z.literal("reset"), qubit: qubitSchema }),
  z.strictObject({
    kind: z.literal("assign"),
    bit: bitSchema,
    value: z.union([z.literal(0), z.literal(1), conditionSchema]),
  }),
  z.strictObject({
    kind: z.literal("barrier"),
    qubits: z.array(qubitSchema).max(tableauQubitsMax),
  }),
  z.strictObject({ kind: z.literal("noise"), channel: channelSchema, qubits: qubitsSchema }),
]);

type OperationInput =
  | z.infer<typeof plainOperationSchema>
  | {
      kind: "if";
      condition: ConditionInput;
      whenTrue: OperationInput[];
      whenFalse: OperationInput[];
    }
  | { kind: "while"; condition: ConditionInput; body: OperationInput[] }
  | { kind: "repeat"; count: number; body: OperationInput[] }
  | {
      kind: "switch";
      bits: number[];
      cases: { values: number[]; body: OperationInput[] }[];
      otherwise: OperationInput[];
    };
const operationSchema: z.ZodType<OperationInput> = z.lazy(() =>
  z.union([
    plainOperationSchema,
    z.strictObject({
      kind: z.literal("if"),
      condition: conditionSchema,
      whenTrue: operationsSchema,
      whenFalse: operationsSchema,
    }),
    z.strictObject({
      kind: z.literal("while"),
      condition: conditionSchema,
      body: operationsSchema,
    }),
    z.strictObject({
      kind: z.literal("repeat"),
      count: z.int().min(0).max(10_000),
      body: operationsSchema,
    }),
    z.strictObject({
      kind: z.literal("switch"),
      bits: z.array(bitSchema).min(1).max(32),
      cases: z
        .array(z.strictObject({ values: z.array(z.int().min(0)).max(256), body: operationsSchema }))
        .max(256),
      otherwise: operationsSchema,
    }),
  ]),
);
const operationsSchema = z.array(operationSchema).max(operationsMax);

const registersSchema = z
  .array(
    z.strictObject({
      name: labelSchema,
      first: z.int().min(0).max(qubitsMax),
      size: z.int().min(1).max(qubitsMax),
    }),
  )
  .max(256)
  .optional()
  .describe("Names of stretches of qubits or bits; one register of all when left out");

export const circuitSchema = z.strictObject({
  qubits: z.int().min(1).max(qubitsMax),
  bits: z.int().min(0).max(bitsMax).default(0).describe("Classical bits, which measurements set"),
  definitions: z
    .array(
      z.strictObject({
        name: labelSchema,
        qubits: z.int().min(1).max(denseQubitsMax),
        body: operationsSchema.describe("Its qubits are the arguments, by their place"),
      }),
    )
    .max(256)
    .default([]),
  operations: operationsSchema,
  quantumRegisters: registersSchema,
  classicalRegisters: registersSchema,
  readout: z
    .strictObject({ oneFor0: chanceSchema, zeroFor1: chanceSchema })
    .optional()
    .describe("Wrong answers of the measuring device"),
});
export type CircuitInput = z.infer<typeof circuitSchema>;

/** How a circuit is to be simulated. */
export const methodOptions = {
  method: z
    .enum(["auto", "state-vector", "density-matrix", "stabilizer"])
    .default("auto")
    .describe("auto: the cheapest that can do the circuit; the answer says which and why"),
  precision: z
    .enum(["double", "single"])
    .default("double")
    .describe("Of amplitudes; single halves their memory and is right to about five digits"),
};

export const methodSchema = z.object({
  name: z.enum(["state-vector", "density-matrix", "stabilizer"]),
  reason: z.string(),
  memoryBytes: z.int().describe("Of the state"),
  precision: z.enum(["double", "single"]),
  sampling: z
    .enum(["one-simulation", "shot-by-shot"])
    .describe("Shot by shot where chance decides before the end: noise, reset, mid-circuit"),
});
