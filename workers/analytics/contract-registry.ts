/** Shapes of the model registry: versions, aliases, predictions, latency, drift. */
import { z } from "zod";

export const modelNameSchema = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/,
    "A model name has letters, digits, . _ - (64 at most)",
  )
  .meta({ examples: ["iris"] });
export const aliasNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "An alias is like champion: a-z, 0-9 and -, from a letter on")
  .meta({ examples: ["champion"] });
export const versionNumberSchema = z.coerce.number().int().min(1).max(1_000_000);
export const versionRefSchema = z
  .string()
  .max(32)
  .regex(/^(?:[1-9]\d{0,6}|[a-z][a-z0-9-]{0,31})$/, "A version is a number or an alias");

/** Of the Open Inference Protocol. */
export const datatypes = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP32",
  "FP64",
] as const;
export type Datatype = (typeof datatypes)[number];

/** What adds its results to the registry; each is the `kind` of their lineage. */
export const resultSources = ["automl", "training", "distributed-training"] as const;
export type ResultSource = (typeof resultSources)[number];

export const descriptionLengthMax = 2_000;
export const filePartBytesMax = 1_048_576;
/** In base64. */
export const filePartLengthMax = Math.ceil(filePartBytesMax / 3) * 4;
/** Characters of a table to predict. */
export const tableLengthMax = 1_900_000;
export const inferenceValuesMax = 90_000;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");
export const shortText = z.string().max(200);

const tensorSchema = z.object({
  name: z.string(),
  datatype: z.enum(datatypes),
  shape: z.array(z.int()).describe("-1: any size"),
});
export type TensorDescription = z.infer<typeof tensorSchema>;

export const tagsSchema = z.record(z.string().min(1).max(64), shortText);

export const lineageSchema = z.strictObject({
  kind: z.string().max(64).describe("What made it, such as upload, training, automl"),
  job: z
    .string()
    .max(100)
    .nullable()
    .default(null)
    .describe("Id of the job or experiment that made it"),
  dataset: shortText.nullable().default(null),
  datasetHash: z.string().max(128).nullable().default(null),
  note: z.string().max(500).default(""),
  metric: z
    .strictObject({ name: shortText, value: z.number() })
    .nullable()
    .default(null)
    .describe("How good it was on rows that were not learned from"),
  columns: z
    .array(
      z.strictObject({ name: shortText, kind: shortText, levels: z.array(z.string().max(10_000)) }),
    )
    .max(1_000)
    .default([])
    .describe("Of the table that it was made for, where it takes rows of one"),
});
export type Lineage = z.infer<typeof lineageSchema>;

const percentilesSchema = z
  .object({
    count: z.int(),
    p50: z.number().nullable(),
    p90: z.number().nullable(),
    p99: z.number().nullable(),
    max: z.number().nullable(),
  })
  .describe("Milliseconds");

const servingSchema = z.object({
  requests: z.int(),
  failures: z.int(),
  refused: z.int().describe("Because too many waited, or for too long"),
  rows: z.int(),
  batches: z.int(),
  waiting: z.int(),
  total: percentilesSchema.describe("From arrival to answer, since the thread started"),
  lastMinute: percentilesSchema,
  queue: percentilesSchema.describe("Waiting for a batch and a thread"),
  run: percentilesSchema.describe("The graph alone, by batch"),
});
export type ServingStatistics = z.infer<typeof servingSchema>;

export const versionSchema = z.object({
  model: z.string(),
  version: z.int(),
  createdAt: atSchema,
  description: z.string(),
  tags: tagsSchema,
  lineage: lineageSchema,
  sha256: z.string(),
  bytes: z.int(),
  state: z.enum(["ready", "unloaded"]),
  aliases: z.array(z.string()),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
  labels: z.array(z.string()).describe("Names of the classes, where it has some; else empty"),
  opset: z.int(),
  nodes: z.int(),
  parameters: z.int(),
  operators: z.array(z.object({ name: z.string(), count: z.int() })),
  batching: z.object({ allowed: z.boolean(), reason: z.string() }),
});
export type ModelVersion = z.infer<typeof versionSchema>;

export const targetSchema = z.strictObject({
  version: z.int().min(1).max(1_000_000),
  weight: z.number().min(0).max(1_000).default(1),
});

export const aliasSchema = z.object({
  alias: z.string(),
  targets: z.array(targetSchema).describe("Requests are shared out by their weights"),
  shadow: z.int().nullable().describe("Version that is sent a copy of each request"),
  changedAt: atSchema,
  revision: z.int().describe("Grows by one with each change"),
});
export type Alias = z.infer<typeof aliasSchema>;

export const modelSummarySchema = z.object({
  name: z.string(),
  description: z.string(),
  createdAt: atSchema,
  changedAt: atSchema,
  versions: z.int(),
  latest: z.int().nullable(),
  serves: z
    .int()
    .nullable()
    .describe("Version that a request without one goes to; null: by weights"),
  aliases: z.array(aliasSchema),
  bytes: z.int(),
  requests: z.int(),
  failures: z.int(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  lastMinute: z.int().describe("Requests in the last minute"),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;

export const deletionSchema = z.object({
  id: z.string(),
  at: atSchema,
  undoUntil: atSchema,
  model: z.string(),
  wholeModel: z.boolean(),
  versions: z.array(z.int()),
  aliases: z.array(z.string()).describe("Aliases that went with them"),
  bytes: z.int(),
});
export type Deletion = z.infer<typeof deletionSchema>;

export const listSchema = z.object({
  at: atSchema,
  models: z.array(modelSummarySchema),
  deletions: z.array(deletionSchema).describe("That can still be undone, newest first"),
  bytes: z.int(),
  bytesMax: z.int(),
  modelsMax: z.int(),
  persistent: z.boolean().describe("false: everything is in memory and gone at the end"),
  threads: z.object({ running: z.int(), waiting: z.int(), max: z.int() }),
});

const driftColumnSchema = z.object({
  column: z.string(),
  test: z.enum(["Kolmogorov-Smirnov", "chi-square"]),
  psi: z.number().nullable().describe("Population stability index"),
  statistic: z.number().nullable(),
  pValue: z.number().nullable(),
  word: z.enum(["stable", "moderate shift", "major shift", "not enough data"]),
  referenceMedian: z.number().nullable(),
  liveMedian: z.number().nullable(),
  bins: z.array(z.object({ label: z.string(), reference: z.number(), live: z.number() })),
});
export type DriftColumn = z.infer<typeof driftColumnSchema>;

const driftSchema = z.object({
  source: z.enum(["training", "first requests", "chosen requests", "none yet"]),
  referenceRowsMissing: z.int().describe("Rows until the first requests make a reference"),
  liveRows: z.int(),
  verdict: z.string(),
  word: driftColumnSchema.shape.word,
  columns: z.array(driftColumnSchema),
});
export type Drift = z.infer<typeof driftSchema>;

const shadowSchema = z.object({
  alias: z.string(),
  version: z.int(),
  requests: z.int(),
  rows: z.int(),
  agreement: z.number().nullable().describe("Share of rows with the same answer"),
  differenceMax: z.number().nullable(),
  failures: z.int(),
  skipped: z.int().describe("Not sent to the shadow because the threads had enough to do"),
  ownP50Ms: z.number().nullable(),
  shadowP50Ms: z.number().nullable(),
  ownP99Ms: z.number().nullable(),
  shadowP99Ms: z.number().nullable(),
});

export const healthSchema = z.object({
  at: atSchema,
  model: z.string(),
  version: z.int(),
  state: z.enum(["ready", "unloaded"]),
  serving: servingSchema,
  drift: driftSchema,
  shadows: z.array(shadowSchema),
});
export type VersionHealth = z.infer<typeof healthSchema>;

const valuesSchema: z.ZodType<unknown[]> = z
  .array(z.unknown())
  .max(inferenceValuesMax)
  .describe("Numbers or booleans, flat or nested as the shape is");
export const inferenceInputSchema = z.strictObject({
  name: z.string().max(200),
  shape: z.array(z.int().min(0).max(100_000_000)).max(8),
  datatype: z.enum(datatypes),
  data: valuesSchema,
});
export const predictionSchema = z.object({
  model: z.string(),
  version: z.int(),
  batchRows: z.int().describe("Rows that were run together, with those of other requests"),
  queueMs: z.number(),
  runMs: z.number(),
  loadMs: z.number().describe("Of reading the file, where that was needed first"),
  totalMs: z.number(),
  outputs: z.array(tensorSchema.extend({ data: z.array(z.number().nullable()) })),
});
export type Prediction = z.infer<typeof predictionSchema>;
