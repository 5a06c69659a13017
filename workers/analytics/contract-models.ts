/** The model registry and what it serves: its API. */
import { z } from "zod";
import { datasetIdSchema } from "./contract-datasets.ts";
import { jobSchema } from "./contract-jobs.ts";
import { route } from "../service/contract.ts";
import {
  aliasNameSchema,
  aliasSchema,
  deletionSchema,
  descriptionLengthMax,
  filePartLengthMax,
  healthSchema,
  inferenceInputSchema,
  lineageSchema,
  listSchema,
  modelNameSchema,
  modelSummarySchema,
  predictionSchema,
  resultSources,
  tableLengthMax,
  shortText,
  tagsSchema,
  targetSchema,
  versionNumberSchema,
  versionRefSchema,
  versionSchema,
} from "./contract-registry.ts";

const nameInput = z.strictObject({ name: modelNameSchema });
const versionInput = z.strictObject({ name: modelNameSchema, version: versionRefSchema });
const numberInput = z.strictObject({ name: modelNameSchema, version: versionNumberSchema });

const read = (path: `/${string}`, summary: string, cacheMs?: number) =>
  route
    .meta({ role: "viewer", ...(cacheMs === undefined ? {} : { cacheMs }) })
    .route({ method: "GET", path, tags: ["Models"], summary });
const act = (
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: `/${string}`,
  summary: string,
  examples: Readonly<Record<string, unknown>> = {},
) => route.meta({ role: "operator", examples }).route({ method, path, tags: ["Models"], summary });

const base = "/api/analytics/registry";

export const modelsContract = {
  list: read(base, "Every model with its aliases and how it is doing", 100)
    .input(z.strictObject({}))
    .output(listSchema),
  get: read(`${base}/models/{name}`, "One model with all its versions, newest first", 100)
    .input(nameInput)
    .output(z.object({ model: modelSummarySchema, versions: z.array(versionSchema) })),
  part: act(
    "POST",
    `${base}/uploads`,
    "One part of a large file, in order; then add a version of it",
    {
      first: { upload: "my-upload", offset: 0, data: "CAo=" },
    },
  )
    .input(
      z.strictObject({
        upload: z.string().regex(/^[a-zA-Z0-9-]{1,64}$/),
        offset: z.int().min(0),
        data: z.base64().max(filePartLengthMax),
      }),
    )
    .output(z.object({ upload: z.string(), bytes: z.int().describe("Received so far") })),
  add: act("POST", `${base}/models/{name}/versions`, "Add a version from an ONNX file", {
    "a file in the call": { name: "iris", file: "CAo=", description: "First try" },
    "an upload in parts": { name: "iris", upload: "my-upload" },
  })
    .input(
      z.strictObject({
        name: modelNameSchema,
        file: z.base64().max(filePartLengthMax).optional().describe("In base64"),
        upload: z.string().max(64).optional(),
        description: z.string().max(descriptionLengthMax).default(""),
        tags: tagsSchema.default({}),
        labels: z.array(shortText).default([]),
        lineage: lineageSchema.optional(),
      }),
    )
    .output(versionSchema),
  addResult: act(
    "POST",
    `${base}/models/{name}/results`,
    "Add what a search or a training found as a version, with where it comes from",
    {
      "an experiment of the lab": { name: "spiral", source: "training", id: "run-1" },
      "the best model of a search": {
        name: "iris",
        source: "automl",
        id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11",
        champion: true,
      },
    },
  )
    .input(
      z.strictObject({
        name: modelNameSchema,
        source: z.enum(resultSources),
        id: z.string().max(60).describe("Of the job, in the training lab of the experiment"),
        description: z.string().max(descriptionLengthMax).default(""),
        champion: z.boolean().default(false).describe("Whether it answers from now on"),
      }),
    )
    .output(versionSchema),
  file: read(`${base}/models/{name}/versions/{version}/file`, "One part of a version's file")
    .input(
      versionInput.extend({
        offset: z.coerce.number().int().min(0).default(0),
      }),
    )
    .output(
      z.object({
        sha256: z.string(),
        bytes: z.int().describe("Of the whole file"),
        offset: z.int(),
        data: z.string().describe("In base64"),
      }),
    ),
  describe: act("PATCH", `${base}/models/{name}`, "Change what is said of a model", {
    words: { name: "iris", description: "Which iris it is, by four lengths" },
  })
    .input(nameInput.extend({ description: z.string().max(descriptionLengthMax) }))
    .output(modelSummarySchema),
  describeVersion: act(
    "PATCH",
    `${base}/models/{name}/versions/{version}`,
    "Change description, tags or labels of a version; its file never changes",
    { tags: { name: "iris", version: 1, tags: { owner: "me" } } },
  )
    .input(
      numberInput.extend({
        description: z.string().max(descriptionLengthMax).optional(),
        tags: tagsSchema.optional(),
        labels: z.array(shortText).optional(),
      }),
    )
    .output(versionSchema),
  setAlias: act(
    "PUT",
    `${base}/models/{name}/aliases/{alias}`,
    "Point an alias at one version, or share its requests out; at once for all requests that follow",
    {
      champion: { name: "iris", alias: "champion", targets: [{ version: 1 }] },
      canary: {
        name: "iris",
        alias: "champion",
        targets: [
          { version: 1, weight: 90 },
          { version: 2, weight: 10 },
        ],
      },
      shadow: { name: "iris", alias: "champion", targets: [{ version: 1 }], shadow: 2 },
    },
  )
    .input(
      z.strictObject({
        name: modelNameSchema,
        alias: aliasNameSchema,
        targets: z.array(targetSchema).min(1).max(2),
        shadow: z.int().min(1).max(1_000_000).nullable().default(null),
        revision: z
          .int()
          .optional()
          .describe("Refused when the alias has another by now; 0: it must be new"),
      }),
    )
    .output(aliasSchema),
  removeAlias: act("DELETE", `${base}/models/{name}/aliases/{alias}`, "Remove an alias", {
    challenger: { name: "iris", alias: "challenger" },
  })
    .input(z.strictObject({ name: modelNameSchema, alias: aliasNameSchema }))
    .output(aliasSchema),
  remove: act(
    "DELETE",
    `${base}/models/{name}`,
    "Delete a model with all its versions; can be undone",
    {
      iris: { name: "iris" },
    },
  )
    .input(nameInput)
    .output(deletionSchema),
  removeVersion: act(
    "DELETE",
    `${base}/models/{name}/versions/{version}`,
    "Delete one version, and the aliases that point at it alone; can be undone",
    { first: { name: "iris", version: 1 } },
  )
    .input(numberInput)
    .output(deletionSchema),
  undo: act("POST", `${base}/deletions/{id}/undo`, "Restore what was deleted", {
    last: { id: "deletion-1" },
  })
    .input(z.strictObject({ id: z.string().max(64) }))
    .output(deletionSchema),
  load: act(
    "POST",
    `${base}/models/{name}/versions/{version}/load`,
    "Serve a version, and warm it up",
    {
      first: { name: "iris", version: "1" },
    },
  )
    .input(versionInput)
    .output(versionSchema),
  unload: act(
    "POST",
    `${base}/models/{name}/versions/{version}/unload`,
    "Serve a version no longer",
    {
      first: { name: "iris", version: "1" },
    },
  )
    .input(versionInput)
    .output(versionSchema),
  predict: act(
    "POST",
    `${base}/models/{name}/predict`,
    "Run a model on tensors; version: a number or an alias, the champion when left out",
    {
      "four lengths": {
        name: "iris",
        inputs: [{ name: "input", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }],
      },
    },
  )
    .input(
      z.strictObject({
        name: modelNameSchema,
        version: versionRefSchema.optional(),
        inputs: z.array(inferenceInputSchema).min(1).max(64),
      }),
    )
    .output(predictionSchema),
  predictTable: act(
    "POST",
    `${base}/models/{name}/predict-table`,
    "Run a model on a table of numbers as a job; its result holds the answers as CSV",
    {
      "two rows": { name: "iris", rows: "5.1,3.5,1.4,0.2\n6.7,3,5.2,2.3" },
      "a table that is kept": { name: "iris", dataset: "sample-iris" },
    },
  )
    .input(
      z.strictObject({
        name: modelNameSchema,
        version: versionRefSchema.optional(),
        format: z.enum(["csv", "json"]).default("csv"),
        dataset: datasetIdSchema.optional().describe("A table that is kept, instead of `rows`"),
        columns: z
          .array(z.string().max(200))
          .max(1_000)
          .default([])
          .describe("Which columns of a dataset of numbers, in the model's order; all when empty"),
        rows: z
          .string()
          .min(1)
          .max(tableLengthMax)
          .optional()
          .describe("Lines of numbers, with a header or without; or a JSON list of lists"),
      }),
    )
    .output(jobSchema),
  health: read(
    `${base}/models/{name}/versions/{version}/health`,
    "Latency, drift and shadows of a version",
    500,
  )
    .input(versionInput)
    .output(healthSchema),
  renewReference: act(
    "POST",
    `${base}/models/{name}/versions/{version}/reference`,
    "Compare with the newest requests from now on",
    { first: { name: "iris", version: "1" } },
  )
    .input(versionInput)
    .output(healthSchema),
};
