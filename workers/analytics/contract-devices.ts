/** What this machine computes with: backends measured beside each other, and kernels of one's own. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { jobSchema } from "./contract-jobs.ts";

export const kernelSourceLengthMax = 8_000;
/** All inputs of a kernel together, and its output. */
export const kernelValuesMax = 32_768;
const inputsMax = 8;
const constantsMax = 16;

export const kernelModes = ["auto", "webgpu", "webasm", "cpu"] as const;
export const verdicts = ["right", "wrong", "slow", "failed"] as const;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

const backendSchema = z.object({
  name: z.string().describe("Such as wasm-simd or gpu.js-webgpu"),
  available: z.boolean(),
  device: z.string().nullable().describe("What it computes on; null: it is not available"),
  reason: z.string().nullable().describe("Why it is not available"),
});
export type DeviceBackend = z.infer<typeof backendSchema>;

export const measurementSchema = z.object({
  backend: z.string(),
  operation: z.string().describe("product, convolution, sigmoid, multiply or column sums"),
  size: z.string(),
  msMedian: z.number().nullable().describe("null: it did not come to a measurement"),
  gigaflops: z
    .number()
    .nullable()
    .describe("10^9 multiplications and additions a second; a sigmoid counts as one"),
  maxError: z
    .number()
    .nullable()
    .describe("Largest difference from double precision, as a share of the largest value"),
  verdict: z.enum(verdicts).describe("Only what is right may be chosen"),
  note: z.string().describe("What was wrong; empty when it is right"),
});
export type DeviceMeasurement = z.infer<typeof measurementSchema>;

export const choiceSchema = z.object({
  operation: z.string(),
  size: z.string(),
  backend: z.string(),
});

/** What is kept of a measurement, and shown. */
export const measuredSchema = z.object({
  measuredAt: atSchema,
  tookMs: z.number(),
  backends: z.array(backendSchema).max(16),
  measurements: z.array(measurementSchema).max(200),
  chosen: z.array(choiceSchema).max(50).describe("The fastest that is right, for each operation"),
});
export type Measured = z.infer<typeof measuredSchema>;

const machineSchema = z.object({
  cpu: z.string(),
  cores: z.int(),
  node: z.string(),
  simd: z.boolean().describe("WebAssembly with 128-bit SIMD"),
  relaxedSimd: z.boolean().describe("WebAssembly with relaxed SIMD, whose results may differ"),
  kernels: z.string().describe("Versions of the kernels; other kernels are measured anew"),
});

const devicesSchema = z.object({
  at: atSchema,
  machine: machineSchema,
  measured: measuredSchema.nullable().describe("null: nothing has been measured yet"),
  remembered: z.boolean().describe("Whether it was measured in an earlier run of the platform"),
  running: jobSchema.nullable().describe("The measurement at work, or waiting for its turn"),
});
export type Devices = z.infer<typeof devicesSchema>;

const sizeSchema = z.array(z.int().min(1).max(kernelValuesMax)).min(1).max(3);

const inputSchema = z.union([
  z.number(),
  z.strictObject({
    values: z.array(z.number()).min(1).max(kernelValuesMax),
    size: sizeSchema.describe("x, then y, then z: a[z][y][x]"),
  }),
]);

const nameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "A name has letters and digits");

export const kernelInputSchema = z.strictObject({
  source: z
    .string()
    .min(1)
    .max(kernelSourceLengthMax)
    .describe("function name(a, b) { return a[this.thread.x] * b; }"),
  inputs: z.array(inputSchema).max(inputsMax).default([]).describe("One for each argument"),
  constants: z
    .record(nameSchema, z.number())
    .refine((constants) => Object.keys(constants).length <= constantsMax, "at most 16 constants")
    .default({})
    .describe("What this.constants holds; a kernel sees no other variable from outside"),
  output: sizeSchema.describe("How many values, x, then y, then z: one run of the kernel for each"),
  mode: z.enum(kernelModes).default("auto").describe("auto: the fastest that was measured right"),
});
export type KernelInput = z.input<typeof kernelInputSchema>;

const kernelResultSchema = z.object({
  asked: z.enum(kernelModes),
  mode: z.string().describe("What really ran: GPU.js falls back to another mode without a word"),
  fallback: z.string().nullable().describe("Why another mode ran; null: the mode asked for ran"),
  device: z.string(),
  firstMs: z.number().describe("The first run, which compiles"),
  secondMs: z.number(),
  differenceFromCpu: z
    .number()
    .nullable()
    .describe("From the same kernel as JavaScript; null: a value is no number on one side alone"),
  values: z.array(z.number().nullable()).describe("Row after row; null: not a finite number"),
});
export type KernelResult = z.infer<typeof kernelResultSchema>;

const examples = {
  "scale and shift": {
    source: "function scale(x, by) {\n  return x[this.thread.x] * by + this.constants.shift;\n}",
    inputs: [{ values: [1, 2, 3, 4], size: [4] }, 10],
    constants: { shift: 0.5 },
    output: [4],
    mode: "auto",
  },
  "product of matrices": {
    source:
      "function product(a, b) {\n  let sum = 0;\n  for (let i = 0; i < this.constants.inner; i++) {\n    sum += a[this.thread.y][i] * b[i][this.thread.x];\n  }\n  return sum;\n}",
    inputs: [
      { values: [1, 2, 3, 4, 5, 6], size: [3, 2] },
      { values: [1, 0, 0, 1, 1, 1], size: [2, 3] },
    ],
    constants: { inner: 3 },
    output: [2, 2],
    mode: "webasm",
  },
  "Mandelbrot set": {
    source:
      "function mandelbrot() {\n  const cx = -2.2 + (3 * this.thread.x) / this.output.x;\n  const cy = -1.2 + (2.4 * this.thread.y) / this.output.y;\n  let x = 0;\n  let y = 0;\n  let steps = 0;\n  for (let i = 0; i < this.constants.most; i++) {\n    if (x * x + y * y < 4) {\n      const next = x * x - y * y + cx;\n      y = 2 * x * y + cy;\n      x = next;\n      steps += 1;\n    }\n  }\n  return steps;\n}",
    inputs: [],
    constants: { most: 60 },
    output: [96, 64],
    mode: "auto",
  },
} as const satisfies Record<string, KernelInput>;
export const kernelExamples: Readonly<Record<string, KernelInput>> = examples;

const tags = ["Devices"];
const path = "/api/analytics/devices" as const;

export const devicesContract = {
  get: route
    .meta({ role: "viewer" })
    .route({
      method: "GET",
      path,
      tags,
      summary: "This machine, what it can compute with, how fast each is, and which were chosen",
    })
    .input(z.strictObject({}))
    .output(devicesSchema),
  measure: route
    .meta({ role: "operator", examples: { again: {} } })
    .route({
      method: "POST",
      path: `${path}/measurements`,
      tags,
      summary: "Measure every backend again, as a job; one that is at work already is answered",
    })
    .input(z.strictObject({}))
    .output(jobSchema),
  run: route
    .meta({ role: "operator", examples })
    .route({
      method: "POST",
      path: `${path}/kernels`,
      tags,
      summary: "Run a kernel of one's own through GPU.js, and say which mode really ran",
    })
    .input(kernelInputSchema)
    .output(kernelResultSchema),
};
