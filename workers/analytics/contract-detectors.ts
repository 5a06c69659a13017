/** Detectors by name, and whole series judged by them. */
import { z } from "zod";

/** Readings of one request, over all features; and when every detector judges them. */
export const scoredReadingsMax = 25_000;
export const comparedReadingsMax = 5_000;
export const scoredReadingsMin = 10;
export const featuresMax = 8;
export const labelledWindowsMax = 200;
export const seasonReadingsMax = 2_016;

export const detectorIds = [
  "combined",
  "robust-z",
  "ewma",
  "cusum",
  "bayesian-change-point",
  "seasonal-hybrid-esd",
  "spectral-residual",
  "random-cut-forest",
  "knn-conformal",
  "forecast-interval",
  "autoencoder",
  "windowed-gaussian",
] as const;
export type DetectorId = (typeof detectorIds)[number];

const reasonSchema = z.object({
  feature: z.string(),
  observed: z.number(),
  expected: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  likelihood: z.number().nullable(),
  text: z.string().describe("Which feature stands out, and why"),
});
export type Reason = z.infer<typeof reasonSchema>;

export const alarmSchema = z.object({
  first: z.int().describe("Index of its first reading"),
  last: z.int(),
  firstMs: z.number(),
  lastMs: z.number(),
  readings: z.int().describe("Readings over the threshold that were merged into it"),
  peak: z.number(),
  severity: z.enum(["minor", "major", "critical"]),
  reason: reasonSchema,
});
export type SeriesAlarm = z.infer<typeof alarmSchema>;

const evaluationSchema = z.object({
  windows: z.int().describe("Labelled windows that are scored"),
  probation: z.int().describe("Readings at the start that are not scored"),
  found: z.int().describe("Windows with a detection"),
  falsePositives: z.int().describe("Readings detected outside of all windows"),
  profiles: z.array(
    z.object({
      profile: z.enum(["standard", "low false positives", "low false negatives"]),
      score: z.number().describe("100: perfect; 0: nothing detected; at the threshold asked for"),
      bestThreshold: z.number(),
      bestScore: z.number().describe("With the best threshold for this series"),
    }),
  ),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

const detectorResultSchema = z.object({
  detector: z.enum(detectorIds),
  title: z.string(),
  scores: z.array(z.number().nullable()).describe("0 to 1 for each reading; null: missing"),
  alarms: z.array(alarmSchema).describe("Oldest first, the newest 200"),
  evaluation: evaluationSchema.nullable().describe("null: no windows were given"),
  warmUp: z.int().describe("Readings before the first that could be judged"),
});
export type DetectorResult = z.infer<typeof detectorResultSchema>;

export const featureName = z
  .string()
  .regex(/^[a-z][a-z-]{0,29}$/, "A feature looks like queue-length");
const values = z.array(z.number().nullable()).min(scoredReadingsMin).max(scoredReadingsMax);
export const tuning = {
  season: z
    .int()
    .min(2)
    .max(seasonReadingsMax)
    .optional()
    .describe("Readings in a season; left out: none"),
  threshold: z.number().gt(0).max(1).default(0.5).describe("Scores from here on raise an alarm"),
  likelihood: z
    .boolean()
    .default(false)
    .describe("Whether scores are held against the detector's own past (Lavin and Ahmad 2015)"),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe("Of detectors that draw lots"),
};

export const scoreInputSchema = z.strictObject({
  detector: z.enum([...detectorIds, "all"]).default("combined"),
  values: values.optional().describe("Readings, oldest first; null: missing"),
  features: z
    .record(featureName, values)
    .optional()
    .describe("Several series read at once, by name, in place of `values`"),
  times: z
    .array(z.number())
    .max(scoredReadingsMax)
    .optional()
    .describe("Milliseconds of each reading, ascending; left out: evenly spaced"),
  intervalMs: z.number().gt(0).max(31_536_000_000).default(1_000),
  ...tuning,
  windows: z
    .array(z.tuple([z.int().min(0), z.int().min(0)]))
    .max(labelledWindowsMax)
    .optional()
    .describe("First and last index of labelled windows; with them comes the score of NAB"),
});
export type ScoreInput = z.infer<typeof scoreInputSchema>;

export const scoreOutputSchema = z.object({
  readings: z.int(),
  missing: z.int(),
  computeMs: z.number(),
  results: z.array(detectorResultSchema),
});
export type ScoreOutput = z.infer<typeof scoreOutputSchema>;

const spike = Array.from({ length: 160 }, (_, i) => (i === 140 ? 40 : 10 + ((i * 7) % 5)));
export const scoreExamples = {
  "one spike, every detector": { detector: "all", values: spike },
  "labelled, with the score of NAB": {
    detector: "combined",
    values: spike,
    windows: [[138, 144]],
  },
  "two features": {
    detector: "combined",
    features: { load: spike.map((_, i) => (i * 3) % 7), queue: spike },
  },
} as const;

export const detectorSchema = z.object({
  id: z.enum(detectorIds),
  title: z.string(),
  description: z.string(),
  source: z.string(),
  finds: z.array(z.string()).describe("What it is tested to find"),
  memoryReadings: z.int().describe("Numbers that it keeps at most"),
  warmUp: z.int().describe("Readings before the first that it can judge"),
  parameters: z.array(z.object({ name: z.string(), description: z.string(), default: z.string() })),
});
