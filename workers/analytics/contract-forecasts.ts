/** Forecasts of given values and of the platform's series, and the comparison of methods. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { jobIdSchema, jobSchema } from "./contract-jobs.ts";

export const forecastOrderValuesMax = 2_000;
export const forecastOrderHorizonMax = 500;
export const forecastOrderSeasonMax = 1_000;
export const forecastOriginsMax = 50;
const levelsMax = 5;
const methodsMax = 19;

export const forecastMethodIds = [
  "median",
  "ets",
  "arima",
  "dynamic-theta",
  "ces",
  "theta",
  "comb",
  "mstl",
  "ses",
  "holt",
  "damped",
  "naive",
  "seasonal-naive",
  "naive2",
  "drift",
  "mean",
  "croston",
  "sba",
  "tsb",
] as const;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

const valuesSchema = z
  .array(z.number().nullable())
  .min(2)
  .max(forecastOrderValuesMax)
  .describe("Equally spaced values, oldest first; null: a gap, which is filled");
const seriesIdSchema = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*\.[a-z-]+$/, "A series id looks like platform.cpu");

const shared = {
  values: valuesSchema.optional(),
  series: seriesIdSchema.optional().describe("A series of the platform, instead of values"),
  seasons: z
    .array(z.int().min(2).max(forecastOrderSeasonMax))
    .max(3)
    .optional()
    .describe("Lengths of the seasons in values; empty: none; left out: looked for"),
  horizon: z.int().min(1).max(forecastOrderHorizonMax).default(12),
  levels: z
    .array(z.number().min(0.5).max(0.999))
    .max(levelsMax)
    .default([0.8, 0.95])
    .describe("Shares that the intervals should hold"),
  origins: z
    .int()
    .min(1)
    .max(forecastOriginsMax)
    .default(5)
    .describe("Places in the past that are forecast from, to measure the accuracy"),
};

const oneSource = (input: { values?: unknown; series?: unknown }) =>
  (input.values === undefined) !== (input.series === undefined);
const oneSourceMessage = { message: "Give either values or the id of a series.", path: ["values"] };

export const forecastInputSchema = z
  .strictObject({
    ...shared,
    method: z.enum(["auto", ...forecastMethodIds]).default("auto"),
    interval: z
      .enum(["analytic", "conformal"])
      .default("analytic")
      .describe("analytic: the model's own; conformal: from errors of past forecasts"),
    floor: z.number().optional().describe("The least value that can be, such as 0"),
    limit: z.number().optional().describe("Say when the forecast reaches this value"),
    holdBack: z
      .int()
      .min(0)
      .max(forecastOrderHorizonMax)
      .default(0)
      .describe("Newest values that the method does not see, to compare its forecast with"),
  })
  .refine(oneSource, oneSourceMessage);
export type ForecastInput = z.infer<typeof forecastInputSchema>;

export const compareInputSchema = z
  .strictObject({
    ...shared,
    methods: z
      .array(z.enum(forecastMethodIds))
      .min(1)
      .max(methodsMax)
      .default([
        "median",
        "ets",
        "arima",
        "dynamic-theta",
        "theta",
        "damped",
        "seasonal-naive",
        "naive",
      ]),
  })
  .refine(oneSource, oneSourceMessage);
export type CompareInput = z.infer<typeof compareInputSchema>;

const scoreSchema = z.object({
  method: z.enum(forecastMethodIds),
  title: z.string(),
  origins: z.int(),
  horizon: z.int(),
  sMape: z.number().nullable().describe("Symmetric mean absolute percentage error, 0 to 200"),
  mase: z.number().nullable().describe("Mean absolute scaled error; below 1 beats the naive one"),
  meanAbsoluteError: z.number().nullable(),
  rootMeanSquareError: z.number().nullable(),
  owa: z.number().nullable().describe("Of the M4 competition; below 1 beats Naive2"),
  levels: z.array(
    z.object({
      level: z.number(),
      coverage: z.number().describe("Share of later values within the interval"),
      msis: z.number().nullable().describe("Mean scaled interval score"),
    }),
  ),
  stepErrors: z
    .array(z.number())
    .describe("Mean absolute error of each step ahead, over the origins"),
  problem: z.string().nullable().describe("Why there is no score"),
});
export type ForecastScore = z.infer<typeof scoreSchema>;

const source = {
  at: atSchema,
  computeMs: z.number(),
  series: z.string().nullable().describe("null: the given values"),
  title: z.string(),
  unit: z.string().nullable(),
  seasons: z.array(z.int()),
  observations: z.int(),
};

export const forecastOutputSchema = z.object({
  ...source,
  resolutionMs: z.number().nullable().describe("Time between values; null: unknown"),
  method: z.enum(forecastMethodIds),
  methodTitle: z.string(),
  model: z.object({
    name: z.string(),
    parameters: z.record(z.string(), z.number()),
    why: z.array(z.string()).describe("Why this model"),
    logLikelihood: z.number().nullable(),
    aicc: z.number().nullable(),
  }),
  points: z.array(
    z.object({
      step: z.int(),
      at: atSchema.nullable(),
      mean: z.number(),
      bands: z.array(z.object({ level: z.number(), lower: z.number(), upper: z.number() })),
    }),
  ),
  history: z.array(z.number()).describe("What was forecast from, with gaps filled"),
  actual: z
    .array(z.number().nullable())
    .describe("The values that were held back, for the first steps of the forecast"),
  actualScore: z
    .object({
      sMape: z.number(),
      mase: z.number().nullable(),
      levels: z.array(z.object({ level: z.number(), coverage: z.number() })),
    })
    .nullable()
    .describe("How well the forecast met the values held back; null: there are none"),
  decomposition: z
    .object({
      trend: z.array(z.number()),
      seasonal: z.array(z.object({ season: z.int(), values: z.array(z.number()) })),
      remainder: z.array(z.number()),
    })
    .nullable()
    .describe("By loess: the history is the sum of these; null: fewer than 8 values"),
  fitted: z.array(z.number().nullable()).describe("One-step forecasts of the past"),
  residuals: z.array(z.number().nullable()),
  diagnostics: z.object({
    count: z.int(),
    mean: z.number(),
    deviation: z.number(),
    autocorrelations: z.array(z.number()).describe("Of the residuals, from lag 0"),
    autocorrelationLimit: z.number().describe("Beyond it, unusual for noise at 95 %"),
    ljungBox: z
      .object({ statistic: z.number(), lags: z.int(), degrees: z.int(), pValue: z.number() })
      .nullable()
      .describe("A small p-value: the residuals still hold a pattern"),
  }),
  accuracy: z.array(scoreSchema).describe("The method, then naive forecasts to compare with"),
  reaches: z
    .object({
      limit: z.number(),
      name: z.string(),
      expected: z.int().nullable().describe("Step at which the mean reaches it"),
      earliest: z.int().nullable().describe("Step at which the widest band reaches it"),
      expectedAt: atSchema.nullable(),
      earliestAt: atSchema.nullable(),
    })
    .nullable(),
  notes: z.array(z.string()),
});
export type ForecastOutput = z.infer<typeof forecastOutputSchema>;

export const compareOutputSchema = z.object({
  ...source,
  scores: z.array(scoreSchema).describe("Best first"),
  best: z.enum(forecastMethodIds).nullable(),
  notes: z.array(z.string()),
});
export type CompareOutput = z.infer<typeof compareOutputSchema>;

const comparisonSchema = z.object({
  job: jobSchema,
  result: compareOutputSchema.nullable().describe("null until it is done"),
});

const methodSchema = z.object({
  id: z.enum(forecastMethodIds),
  title: z.string(),
  description: z.string(),
  valuesMin: z.int().describe("Fewer values are refused"),
});

/** Monthly airline passengers in thousands, 1957 to 1960 (Box and Jenkins, series G). */
const passengers = [
  315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491,
  505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391,
  419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
];

export const forecastExamples = {
  "monthly passengers, a year ahead": { values: passengers, seasons: [12], horizon: 12 },
  "ARIMA with intervals from past errors": {
    values: passengers,
    seasons: [12],
    method: "arima",
    interval: "conformal",
    origins: 12,
  },
  "demand that comes now and then": {
    values: [0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 0, 0, 4, 0, 0, 6, 0, 0, 0, 2, 0, 0, 3],
    seasons: [],
    horizon: 6,
  },
  "when the platform's memory reaches its budget": { series: "platform.memory", horizon: 60 },
};

export const forecastsContract = {
  methods: route
    .meta({ role: "viewer" })
    .route({
      method: "GET",
      path: "/api/analytics/forecasts/methods",
      tags: ["Forecasts"],
      summary: "Every method of forecasting, with what it is for",
    })
    .input(z.strictObject({}))
    .output(z.object({ methods: z.array(methodSchema) })),
  forecast: route
    .meta({ role: "operator", examples: forecastExamples })
    .route({
      method: "POST",
      path: "/api/analytics/forecasts",
      tags: ["Forecasts"],
      summary:
        "Forecast values or a series of the platform: intervals, the model and why, accuracy on the past, residuals",
    })
    .input(forecastInputSchema)
    .output(forecastOutputSchema),
  compare: route
    .meta({
      role: "operator",
      examples: { passengers: { values: passengers, seasons: [12], horizon: 6, origins: 4 } },
    })
    .route({
      method: "POST",
      path: "/api/analytics/forecasts/compare",
      tags: ["Forecasts"],
      summary: "Several methods tested on the same past, best first",
    })
    .input(compareInputSchema)
    .output(compareOutputSchema),
  startComparison: route
    .meta({
      role: "operator",
      examples: { passengers: { values: passengers, seasons: [12], horizon: 12, origins: 12 } },
    })
    .route({
      method: "POST",
      path: "/api/analytics/forecasts/comparisons",
      tags: ["Forecasts"],
      summary: "The same as a job with progress, which can be cancelled and may take minutes",
    })
    .input(compareInputSchema)
    .output(jobSchema),
  comparison: route
    .meta({ role: "viewer" })
    .route({
      method: "GET",
      path: "/api/analytics/forecasts/comparisons/{id}",
      tags: ["Forecasts"],
      summary: "A comparison that was started as a job: its progress, then its scores",
    })
    .input(z.strictObject({ id: jobIdSchema }))
    .output(comparisonSchema),
};
