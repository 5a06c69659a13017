/** Analytics: live series, anomalies, forecasts and alerts. Computed in the analytics thread. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import { forecastsContract } from "./contract-forecasts.ts";
import {
  alertSchema,
  alertsOutputSchema,
  alertIdSchema,
  alertNoteLengthMax,
  silenceMinutesMax,
} from "./contract-alerts.ts";
import { automlContract } from "./contract-automl.ts";
import { datasetsContract } from "./contract-datasets.ts";
import { distributedTrainingContract } from "./contract-distributed-training.ts";
import { anomaliesContract, anomalySchema, seriesUnits } from "./contract-anomalies.ts";
import { jobsContract } from "./contract-jobs.ts";
import { modelsContract } from "./contract-models.ts";
import { trainingRoutes } from "./contract-training.ts";

export type * from "./contract-registry.ts";

export * from "./contract-alerts.ts";
export * from "./contract-anomalies.ts";
export type { ForecastScore } from "./contract-forecasts.ts";
export { specificationExamples, specificationSchema } from "./contract-training-network.ts";
export type { DataSpecification, Specification } from "./contract-training-network.ts";
export type {
  CurvePoint,
  Experiment,
  TrainingControl,
  TrainingFrame,
  TrainingPlan,
} from "./contract-training.ts";
export { datasetNameLengthMax, datasetPieceBytesMax } from "./contract-datasets.ts";

export const forecastValuesMax = 2_000;
export const forecastValuesMin = 3;
export const forecastHorizonMax = 500;
export const forecastSeasonMax = 366;
export const listLengthMax = 500;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");
export const units = seriesUnits;
export const resolutions = ["1s", "10s"] as const;

const baselineSchema = z.object({
  state: z.enum(["warming up", "watching"]),
  samples: z.int().describe("Readings that the baseline rests on"),
  samplesNeeded: z.int().describe("Readings needed before anything is called unusual"),
  median: z.number().nullable(),
  deviation: z.number().nullable().describe("Scaled median absolute deviation"),
  threshold: z.number().nullable().describe("Score beyond which a reading is unusual"),
  season: z.int().nullable().describe("Readings in a season, when one was found"),
  seasonMs: z.number().nullable().describe("The same in time"),
});

const seriesSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.enum(units),
  subject: z.string().describe("The thread it is about, or `platform`"),
  readings: z.int().describe("One-second readings held"),
  latest: z.number().nullable(),
  latestAt: atSchema.nullable(),
  score: z
    .number()
    .nullable()
    .describe("Robust z-score of the newest reading; null: not enough data"),
  baseline: baselineSchema,
  sensitivity: z.number().describe("By how much labels raised the threshold; 1: not at all"),
});
export type SeriesSummary = z.infer<typeof seriesSummarySchema>;

const seriesPointSchema = z.object({
  at: atSchema,
  value: z.number().nullable().describe("null: nothing was observed then"),
  score: z.number().nullable(),
  low: z.number().nullable().describe("Below this it would have been unusual"),
  high: z.number().nullable().describe("Above this it would have been unusual"),
});
export type SeriesPoint = z.infer<typeof seriesPointSchema>;

const seriesIdSchema = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*\.[a-z-]+$/, "A series id looks like platform.cpu");

const modelNames = ["simple", "holt", "holt damped", "holt-winters"] as const;

const accuracySchema = z.object({
  sMape: z.number().nullable().describe("Symmetric mean absolute percentage error, 0 to 200"),
  mase: z
    .number()
    .nullable()
    .describe("Mean absolute scaled error; below 1 beats the naive forecast"),
  coverage: z.number().nullable().describe("Share of later values within the interval"),
  level: z.number().describe("The share that should be within it"),
  origins: z.int().describe("Places in the past from which was forecast"),
  horizon: z.int(),
});
export type Accuracy = z.infer<typeof accuracySchema>;

export const forecastSchema = z.object({
  series: z.string().nullable().describe("Id of the platform's series; null: the given one"),
  title: z.string(),
  unit: z.enum(units).nullable(),
  status: z.enum(["ok", "not enough data"]),
  observations: z.int(),
  observationsNeeded: z.int(),
  resolutionMs: z
    .number()
    .nullable()
    .describe("Time between values; null: the given series has none"),
  latest: z.number().nullable(),
  model: z
    .object({
      name: z.enum(modelNames),
      alpha: z.number().nullable(),
      beta: z.number().nullable(),
      gamma: z.number().nullable(),
      phi: z.number().nullable(),
      season: z.int().nullable(),
      sigma: z.number().describe("Standard deviation of the one-step errors"),
      aicc: z.number().nullable(),
    })
    .nullable(),
  level: z.number(),
  points: z.array(
    z.object({
      step: z.int(),
      at: atSchema.nullable(),
      mean: z.number(),
      lower: z.number(),
      upper: z.number(),
    }),
  ),
  accuracy: accuracySchema
    .nullable()
    .describe("Measured by forecasting its own past; null: too short"),
  notes: z.array(z.string()).describe("What to know before relying on it"),
});
export type Forecast = z.infer<typeof forecastSchema>;

export const predictInputSchema = z.strictObject({
  series: z
    .array(z.number())
    .min(forecastValuesMin)
    .max(forecastValuesMax)
    .optional()
    .describe("Equally spaced values, oldest first; left out: the platform's own load"),
  horizon: z.int().min(1).max(forecastHorizonMax).optional().describe("Values to forecast"),
  season: z
    .int()
    .min(1)
    .max(forecastSeasonMax)
    .optional()
    .describe("Values in a season; 1: none; left out: looked for"),
  level: z.number().min(0.5).max(0.999).optional().describe("Of the interval; 0.95 when left out"),
});
export type PredictInput = z.infer<typeof predictInputSchema>;

export const predictOutputSchema = z.object({
  subject: z.enum(["platform load", "given series"]),
  at: atSchema,
  computeMs: z.number(),
  forecasts: z.array(forecastSchema),
});
export type PredictOutput = z.infer<typeof predictOutputSchema>;

export const predictExamples = {
  "the platform's own load": {},
  "annual oil production, Saudi Arabia 1996-2013": {
    series: [
      445.3641, 453.195, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291,
      521.2759, 508.9476, 488.8889, 509.8706, 456.7229, 473.8166, 525.9509, 549.8338, 542.3405,
    ],
    horizon: 5,
    season: 1,
  },
  "a season of four": {
    series: [10, 20, 30, 25, 11, 22, 31, 26, 12, 21, 33, 27, 13, 23, 34, 28, 14, 24, 35, 29],
    horizon: 8,
    level: 0.8,
  },
};

const insightSchema = z.object({
  id: z.string(),
  level: z.enum(["info", "advice", "warning"]),
  title: z.string(),
  detail: z.string().describe("What the numbers say"),
  action: z.string().nullable().describe("What to do; null: nothing"),
  series: z.string().nullable().describe("The series it rests on"),
  evidence: z
    .array(z.object({ label: z.string(), path: z.string() }))
    .describe("Screens that show what it rests on"),
});
export type Insight = z.infer<typeof insightSchema>;

const modelRowSchema = z.object({
  series: z.string(),
  title: z.string(),
  unit: z.enum(units),
  fittedAt: atSchema,
  fitMs: z.number(),
  forecast: forecastSchema,
});
export type ModelRow = z.infer<typeof modelRowSchema>;

const anomalyListSchema = z.object({
  anomalies: z.array(anomalySchema).describe("Newest first"),
  total: z.int().describe("Found since the thread started"),
  open: z.int(),
});

const statusSchema = z.object({
  status: z.enum(["healthy", "degraded", "failed", "unknown"]),
  verdict: z.string(),
  at: atSchema,
  observingSince: atSchema.nullable(),
  series: z.int(),
  seriesMax: z.int(),
  readings: z.int().describe("Readings taken since the thread started, over all series"),
  warmingUp: z.int().describe("Series without enough data for anomalies yet"),
  anomalies: z.object({ open: z.int(), total: z.int() }),
  alerts: z.object({ firing: z.int(), pending: z.int() }),
  predictions: z.int().describe("Forecasts computed since the thread started"),
  falsePositiveRate: z.number().describe("Nominal, per reading of stationary noise"),
});

const seriesInputSchema = z.strictObject({
  id: seriesIdSchema.meta({ examples: ["platform.cpu"] }),
  resolution: z.enum(resolutions).default("1s"),
  points: z.coerce.number().int().min(1).max(2_160).default(300),
});

const nothing = z.strictObject({});

interface ReadMeta {
  readonly tag?: string;
  readonly cacheMs?: number;
  readonly examples?: Readonly<Record<string, unknown>>;
}

/** A read; polled ones say for how long an answer may be served again. */
function read(path: `/${string}`, summary: string, { tag = "Analytics", ...meta }: ReadMeta = {}) {
  return route
    .meta({ role: "viewer", ...meta })
    .route({ method: "GET", path, tags: [tag], summary });
}

export type { ScalingPoint, TrainingRun, TrainingView } from "./contract-distributed-training.ts";

export const analyticsContract = {
  forecasts: forecastsContract,
  automl: automlContract,
  datasets: datasetsContract,
  distributedTraining: distributedTrainingContract,
  detection: anomaliesContract,
  jobs: jobsContract,
  registry: modelsContract,
  training: trainingRoutes,
  status: read("/api/analytics/status", "What is observed, how much of it, and what stands out", {
    cacheMs: 100,
  })
    .input(nothing)
    .output(statusSchema),
  series: {
    list: read("/api/analytics/series", "Every series with its newest reading and baseline", {
      cacheMs: 100,
    })
      .input(nothing)
      .output(z.object({ at: atSchema, series: z.array(seriesSummarySchema) })),
    get: read("/api/analytics/series/{id}", "Readings of one series, oldest first", {
      cacheMs: 100,
      examples: { cpu: { id: "platform.cpu" } },
    })
      .input(seriesInputSchema)
      .output(
        z.object({
          series: seriesSummarySchema,
          resolution: z.enum(resolutions),
          points: z.array(seriesPointSchema),
        }),
      ),
  },
  anomalies: {
    list: read("/api/analytics/anomalies", "Unusual stretches of any series, newest first", {
      cacheMs: 100,
    })
      .input(
        z.strictObject({
          limit: z.coerce.number().int().min(1).max(listLengthMax).default(100),
          series: seriesIdSchema.optional(),
        }),
      )
      .output(anomalyListSchema),
    watch: read(
      "/api/analytics/anomalies/watch",
      "The anomalies as a stream of server-sent events, on every change",
    )
      .input(nothing)
      .output(eventIterator(anomalyListSchema)),
  },
  models: read(
    "/api/analytics/models",
    "The forecast model of each platform series, and how well it forecast the past",
    { cacheMs: 1_000 },
  )
    .input(nothing)
    .output(z.object({ at: atSchema, models: z.array(modelRowSchema) })),
  insights: read(
    "/api/analytics/insights",
    "What forecasts, anomalies and alerts mean, in plain words",
    { cacheMs: 1_000 },
  )
    .input(nothing)
    .output(z.object({ at: atSchema, insights: z.array(insightSchema) })),
  predict: route
    .meta({ role: "operator", examples: predictExamples })
    .route({
      method: "POST",
      path: "/api/analytics/predict",
      tags: ["Analytics"],
      summary: "Forecast with intervals: a given series, or without a body the platform's own load",
    })
    .input(predictInputSchema)
    .output(predictOutputSchema),
  alerts: {
    list: read("/api/alerts", "Alerts that are pending, firing or resolved, and the rules", {
      tag: "Alerts",
      cacheMs: 100,
    })
      .input(nothing)
      .output(alertsOutputSchema),
    watch: read("/api/alerts/watch", "The alerts as a stream of server-sent events", {
      tag: "Alerts",
    })
      .input(nothing)
      .output(eventIterator(alertsOutputSchema)),
    acknowledge: route
      .meta({ role: "operator", examples: { note: { id: "alert-1", note: "Looking into it" } } })
      .route({
        method: "POST",
        path: "/api/alerts/{id}/acknowledge",
        tags: ["Alerts"],
        summary: "Say that someone takes care of an alert, with a note",
      })
      .input(
        z.strictObject({ id: alertIdSchema, note: z.string().max(alertNoteLengthMax).default("") }),
      )
      .output(alertSchema),
    silence: route
      .meta({ role: "operator", examples: { hour: { id: "alert-1", minutes: 60 } } })
      .route({
        method: "POST",
        path: "/api/alerts/{id}/silence",
        tags: ["Alerts"],
        summary: "Keep this rule quiet for this subject for some minutes; 0 ends the silence",
      })
      .input(z.strictObject({ id: alertIdSchema, minutes: z.int().min(0).max(silenceMinutesMax) }))
      .output(alertSchema),
  },
};
