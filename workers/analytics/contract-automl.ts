/** AutoML: from a table and the name of a column to a model, with how sure it is and why. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { datasetIdSchema, datasetTextLengthMax } from "./contract-datasets.ts";
import { jobIdSchema, jobSchema } from "./contract-jobs.ts";

export const automlBudgetSecondsMax = 3_600;
export const automlFoldsMax = 10;
export const automlPredictRowsMax = 1_000;

const taskSchema = z.enum(["classification", "regression"]);
export const automlMetrics = [
  "log-loss",
  "accuracy",
  "balanced-accuracy",
  "roc-auc",
  "f1-macro",
  "rmse",
  "mae",
  "r2",
] as const;
const metricSchema = z.enum(automlMetrics);
const splitSchema = z
  .enum(["k-fold", "stratified", "grouped", "time-ordered"])
  .describe("grouped keeps rows of one group together; time-ordered tests on later rows only");
const columnNameSchema = z.string().min(1).max(200);

export const automlOrderSchema = z.strictObject({
  dataset: datasetIdSchema,
  target: columnNameSchema.describe("The column to predict"),
  task: z.enum(["auto", "classification", "regression"]).default("auto"),
  metric: metricSchema
    .optional()
    .describe("log-loss for classes and rmse for amounts, if left out"),
  budgetSeconds: z.number().min(1).max(automlBudgetSecondsMax).default(30),
  folds: z.int().min(2).max(automlFoldsMax).default(5),
  split: splitSchema.optional(),
  splitBy: columnNameSchema.optional().describe("The column of groups or times"),
  leaveOut: z.array(columnNameSchema).max(1_000).default([]),
  learners: z.array(z.string().max(60)).max(50).default([]).describe("All, if empty"),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type AutomlOrderInput = z.infer<typeof automlOrderSchema>;

const valueSchema = z.union([z.number(), z.string(), z.boolean()]);
const entrySchema = z.object({
  id: z.string(),
  kind: z.enum(["single", "weighted", "stacked"]),
  title: z.string(),
  learner: z.string().nullable(),
  parameters: z.record(z.string(), valueSchema).nullable(),
  members: z.array(z.object({ entry: z.string(), weight: z.number() })),
  scores: z
    .array(z.number())
    .describe("The metric on each fold, of rows that were not learned from"),
  mean: z.number(),
  standardError: z.number(),
  low: z.number().nullable().describe("Corrected t interval of 95 % (Nadeau and Bengio 2003)"),
  high: z.number().nullable(),
  fitMs: z.number().nullable(),
});
export type AutomlEntry = z.infer<typeof entrySchema>;

const leakSchema = z.object({
  kind: z.enum(["target copy", "predicts alone", "duplicate rows", "identifier", "time"]),
  column: z.string().nullable(),
  severity: z.enum(["high", "note"]),
  message: z.string(),
});

const calibrationSchema = z.object({
  of: z.string().nullable().describe("null: of whatever class was most probable"),
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      count: z.int(),
      predicted: z.number(),
      observed: z.number(),
    }),
  ),
  expectedError: z.number().describe("Expected calibration error (Guo and others 2017)"),
});

const diagnosticsSchema = z.discriminatedUnion("task", [
  z.object({
    task: z.literal("classification"),
    confusion: z.array(z.array(z.int())).describe("Rows: true class; columns: predicted class"),
    calibration: calibrationSchema,
  }),
  z.object({
    task: z.literal("regression"),
    residuals: z.object({
      histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.int() })),
      mean: z.number(),
      deviation: z.number(),
      points: z.array(z.object({ actual: z.number(), predicted: z.number() })),
    }),
  }),
]);

const reportSchema = z.object({
  target: z.string(),
  task: taskSchema,
  metric: metricSchema,
  classes: z.array(z.string()),
  rows: z.object({ inTable: z.int(), withoutTarget: z.int(), used: z.int() }),
  columns: z.array(z.object({ name: z.string(), kind: z.string() })),
  leftOut: z.array(z.string()),
  split: z.object({ kind: splitSchema, folds: z.int(), by: z.string().nullable() }),
  seed: z.int(),
  budgetSeconds: z.number(),
  elapsedSeconds: z.number(),
  trials: z.object({
    tried: z.int(),
    full: z.int(),
    failed: z.array(z.object({ learner: z.string(), failure: z.string() })),
  }),
  leaderboard: z.array(entrySchema),
  best: z.string(),
  leaks: z.array(leakSchema),
  warnings: z.array(z.string()),
  importance: z
    .array(z.object({ column: z.string(), mean: z.number(), deviation: z.number() }))
    .describe("How much worse the metric becomes without the column's information"),
  dependence: z.array(
    z.object({
      column: z.string(),
      values: z.array(z.union([z.number(), z.string()])),
      curves: z.array(z.object({ name: z.string(), means: z.array(z.number()) })),
    }),
  ),
  diagnostics: diagnosticsSchema,
});
export type AutomlReportOutput = z.infer<typeof reportSchema>;

const progressSchema = z.object({
  leaderboard: z.array(entrySchema),
  tried: z.int(),
});

const byJob = z.strictObject({ id: jobIdSchema });
const read = (path: `/${string}`, summary: string) =>
  route.route({ method: "GET", path, tags: ["AutoML"], summary });

const irisOrder = { dataset: "sample-iris", target: "species", budgetSeconds: 10 };

export const automlContract = {
  options: read("/api/analytics/automl/options", "Learners and metrics to choose from")
    .input(z.strictObject({}))
    .output(
      z.object({
        learners: z.array(
          z.object({ id: z.string(), title: z.string(), tasks: z.array(taskSchema) }),
        ),
        metrics: z.array(
          z.object({
            id: metricSchema,
            title: z.string(),
            task: taskSchema,
            greaterIsBetter: z.boolean(),
          }),
        ),
      }),
    ),
  check: route
    .meta({ role: "operator", examples: { iris: { dataset: "sample-iris", target: "species" } } })
    .route({
      method: "POST",
      path: "/api/analytics/automl/check",
      tags: ["AutoML"],
      summary: "What a search would predict, and signs that the table gives the answer away",
    })
    .input(automlOrderSchema)
    .output(
      z.object({
        task: taskSchema,
        metric: metricSchema,
        classes: z.array(z.string()),
        rows: z.int(),
        split: splitSchema,
        folds: z.int(),
        leaks: z.array(leakSchema),
      }),
    ),
  start: route
    .meta({ role: "operator", examples: { iris: irisOrder } })
    .route({
      method: "POST",
      path: "/api/analytics/automl",
      tags: ["AutoML"],
      summary: "Begin a search; it goes on as a job that can be watched, cancelled and resumed",
    })
    .input(automlOrderSchema)
    .output(jobSchema),
  get: read("/api/analytics/automl/{id}", "A search: its leaderboard so far, or all it found")
    .input(byJob)
    .output(
      z.object({
        job: jobSchema,
        order: automlOrderSchema,
        progress: progressSchema.nullable(),
        report: reportSchema.nullable().describe("null until the search has ended"),
      }),
    ),
  card: read(
    "/api/analytics/automl/{id}/card",
    "The model card: data, split, scores, limits, seeds",
  )
    .input(byJob)
    .output(z.object({ fileName: z.string(), markdown: z.string() })),
  predict: route
    .meta({
      role: "operator",
      examples: {
        iris: {
          id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11",
          rows: [{ "petal length (cm)": 1.4, "petal width (cm)": 0.2 }],
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/analytics/automl/{id}/predict",
      tags: ["AutoML"],
      summary: "Ask the best model about new rows",
    })
    .input(
      byJob.extend({
        rows: z
          .array(z.record(z.string().max(200), z.union([valueSchema, z.null()])))
          .min(1)
          .max(automlPredictRowsMax)
          .describe("By column name; what a row lacks counts as missing"),
      }),
    )
    .output(
      z.object({
        predictions: z.array(
          z.object({
            prediction: z.union([z.number(), z.string()]),
            probabilities: z.record(z.string(), z.number()).nullable(),
          }),
        ),
      }),
    ),
  predictTable: route
    .meta({
      role: "operator",
      examples: {
        "a table that is kept": {
          id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11",
          dataset: "sample-iris",
        },
        "two rows": {
          id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11",
          rows: "petal length (cm),petal width (cm)\n1.4,0.2\n5.1,1.9\n",
        },
      },
    })
    .route({
      method: "POST",
      path: "/api/analytics/automl/{id}/predict-table",
      tags: ["AutoML"],
      summary: "Ask the best model about a whole table, as a job; its result holds a CSV",
    })
    .input(
      byJob.extend({
        dataset: datasetIdSchema.optional(),
        rows: z.string().min(1).max(datasetTextLengthMax).optional().describe("CSV with a header"),
      }),
    )
    .output(jobSchema),
  onnx: read("/api/analytics/automl/{id}/onnx", "The best model with its preprocessing, as ONNX")
    .input(byJob)
    .output(
      z.object({
        fileName: z.string(),
        base64: z.string(),
        inputs: z
          .array(
            z.object({
              name: z.string(),
              kind: z.string(),
              levels: z
                .array(z.string())
                .describe("Words and the numbers that stand for them, from 0"),
            }),
          )
          .describe("The columns of the input, in their order; a missing value is NaN"),
        classes: z.array(z.string()),
      }),
    ),
};
