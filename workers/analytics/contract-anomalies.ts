/** Anomalies: detectors by name, sessions of one's own telemetry, labels and what they change. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import {
  alarmSchema,
  detectorIds,
  detectorSchema,
  featureName,
  featuresMax,
  scoreExamples,
  scoreInputSchema,
  scoreOutputSchema,
  tuning,
} from "./contract-detectors.ts";

export * from "./contract-detectors.ts";

export const fedReadingsMax = 500;
export const sessionTitleLengthMax = 80;
export const labelNoteLengthMax = 500;

export const seriesUnits = ["fraction", "bytes", "ms", "per second", "count"] as const;
export const labelVerdicts = ["true alarm", "false alarm"] as const;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

export const labelSchema = z.object({
  verdict: z.enum(labelVerdicts),
  note: z.string(),
  at: atSchema,
});

export const anomalySchema = z.object({
  id: z.int(),
  series: z.string(),
  title: z.string(),
  unit: z.enum(seriesUnits),
  kind: z.enum(["spike", "drop", "level shift"]),
  severity: z.enum(["low", "medium", "high"]),
  since: atSchema,
  until: atSchema.nullable().describe("null: still going on"),
  view: z.enum(["reading", "mean"]).describe("What stands out: readings, or a mean of twelve"),
  peak: z.number().describe("The reading, or mean, furthest from the baseline"),
  peakAt: atSchema,
  expected: z.number().describe("Median of the baseline"),
  low: z.number().describe("Below this it was unusual"),
  high: z.number().describe("Above this it was unusual"),
  score: z.number().describe("Robust z-score of the peak"),
  threshold: z.number().describe("Score beyond which a reading was unusual"),
  sensitivity: z.number().describe("By how much labels had raised it; 1: not at all"),
  likelihood: z.number().describe("1 less the chance that stationary noise goes so far"),
  readings: z.int().describe("Unusual readings in it"),
  explanation: z.string(),
  label: labelSchema.nullable().describe("What somebody said of it"),
});
export type Anomaly = z.infer<typeof anomalySchema>;

const sessionInputSchema = z.strictObject({
  title: z.string().trim().min(1).max(sessionTitleLengthMax),
  detector: z.enum(detectorIds).default("combined"),
  features: z.array(featureName).min(1).max(featuresMax).default(["value"]),
  unit: z.enum(seriesUnits).default("count"),
  intervalMs: z.number().gt(0).max(86_400_000).default(1_000),
  ...tuning,
});
export type SessionInput = z.infer<typeof sessionInputSchema>;

const verdictSchema = z.object({
  at: atSchema,
  score: z.number().nullable().describe("Of the session's detector; null: the reading is missing"),
  alarm: z.boolean(),
  unusual: z.array(z.string()).describe("Features that the live detector calls unusual"),
  reason: z.string().nullable(),
});
export type SessionVerdict = z.infer<typeof verdictSchema>;

const sessionSchema = z.object({
  id: z.string(),
  title: z.string(),
  detector: z.enum(detectorIds),
  features: z.array(z.string()),
  series: z.array(z.string()).describe("Ids of its series, one for each feature"),
  unit: z.enum(seriesUnits),
  createdAt: atSchema,
  expiresAt: atSchema.describe("When it ends unless it is fed before"),
  readings: z.int(),
  state: z.string().describe("`watching`, or `warming up, n of m`"),
  newest: z.array(verdictSchema).describe("Of the newest readings, oldest first"),
  alarms: z.array(alarmSchema.omit({ first: true, last: true })).describe("Oldest first"),
});
export type Session = z.infer<typeof sessionSchema>;

const sessionIdSchema = z.string().regex(/^session-\d{1,9}$/, "An id looks like session-1");

const opinionSchema = z.object({
  detector: z.enum(detectorIds),
  title: z.string(),
  peak: z.number().describe("Its highest score from shortly before to shortly after the anomaly"),
  alarm: z.boolean().describe("Whether that reaches 0.5"),
  reason: z.string().nullable(),
});
export type Opinion = z.infer<typeof opinionSchema>;

const opinionsSchema = z.object({
  readings: z.int().describe("Readings that the detectors were given"),
  note: z.string().nullable().describe("Why there are none"),
  opinions: z.array(opinionSchema),
});
export type Opinions = z.infer<typeof opinionsSchema>;

const feedbackSchema = z.object({
  rule: z.string().describe("How labels change thresholds, in words"),
  kept: z.enum(["on disk", "until the thread ends"]),
  labels: z.array(
    z.object({
      series: z.string(),
      title: z.string(),
      since: atSchema,
      strength: z.number().describe("Score of the peak over the unadjusted threshold"),
      ...labelSchema.shape,
      counts: z.boolean().describe("false: from before the series was reset"),
    }),
  ),
  adjustments: z.array(
    z.object({
      series: z.string(),
      factor: z.number().describe("By how much the threshold is raised; 1: not at all"),
      trueAlarms: z.int(),
      falseAlarms: z.int(),
    }),
  ),
  detectors: z.array(
    z.object({
      detector: z.string(),
      title: z.string(),
      trueAlarms: z.int().describe("Labelled anomalies that it also called one, rightly"),
      falseAlarms: z.int(),
      precision: z.number().nullable().describe("null: nothing labelled"),
    }),
  ),
});
export type Feedback = z.infer<typeof feedbackSchema>;

const anomalyIdSchema = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const nothing = z.strictObject({});

const operate = (method: "POST" | "DELETE", path: `/${string}`, summary: string, examples = {}) =>
  route.meta({ role: "operator", examples }).route({ method, path, tags: ["Anomalies"], summary });
const read = (path: `/${string}`, summary: string, examples = {}) =>
  route
    .meta({ role: "viewer", examples })
    .route({ method: "GET", path, tags: ["Anomalies"], summary });

const oneSession = z.strictObject({ id: sessionIdSchema });
const oneAnomaly = z.strictObject({ id: anomalyIdSchema });
const sessionExample = { session: { id: "session-1" } };
const anomalyExample = { anomaly: { id: 1 } };

export const anomaliesContract = {
  detectors: read("/api/analytics/detectors", "The detectors, what they do and their parameters")
    .input(nothing)
    .output(z.object({ detectors: z.array(detectorSchema) })),
  score: operate(
    "POST",
    "/api/analytics/detectors/score",
    "Judge a series by one detector or all: scores, alarms with reasons, and the score of NAB",
    scoreExamples,
  )
    .input(scoreInputSchema)
    .output(scoreOutputSchema),
  sessions: {
    create: operate(
      "POST",
      "/api/analytics/detector-sessions",
      "Begin to watch telemetry of one's own; it ends 15 minutes after the last reading",
      { queue: { title: "Length of my queue", features: ["queue"] } },
    )
      .input(sessionInputSchema)
      .output(sessionSchema),
    list: read("/api/analytics/detector-sessions", "The sessions that are open")
      .input(nothing)
      .output(z.object({ sessions: z.array(sessionSchema), sessionsMax: z.int() })),
    get: read("/api/analytics/detector-sessions/{id}", "One session", sessionExample)
      .input(oneSession)
      .output(sessionSchema),
    feed: operate(
      "POST",
      "/api/analytics/detector-sessions/{id}/readings",
      "Feed a session with readings, oldest first; each is judged by those before it",
      { one: { id: "session-1", readings: [{ values: { value: 12 } }] } },
    )
      .input(
        z.strictObject({
          id: sessionIdSchema,
          readings: z
            .array(
              z.strictObject({
                at: atSchema
                  .optional()
                  .describe("Left out: one interval after the last, or when it arrived if later"),
                values: z
                  .record(featureName, z.number().nullable())
                  .describe("By feature; null: missing"),
              }),
            )
            .min(1)
            .max(fedReadingsMax),
        }),
      )
      .output(z.object({ session: sessionSchema, verdicts: z.array(verdictSchema) })),
    watch: read(
      "/api/analytics/detector-sessions/{id}/watch",
      "A session as a stream of server-sent events, on every reading",
      sessionExample,
    )
      .input(oneSession)
      .output(eventIterator(sessionSchema)),
    remove: operate(
      "DELETE",
      "/api/analytics/detector-sessions/{id}",
      "End a session",
      sessionExample,
    )
      .input(oneSession)
      .output(z.object({ sessions: z.int().describe("That are left") })),
  },
  get: read("/api/analytics/anomalies/{id}", "One anomaly", anomalyExample)
    .input(oneAnomaly)
    .output(anomalySchema),
  opinions: operate(
    "POST",
    "/api/analytics/anomalies/{id}/opinions",
    "What every detector makes of the readings around an anomaly",
    anomalyExample,
  )
    .input(oneAnomaly)
    .output(opinionsSchema),
  label: operate(
    "POST",
    "/api/analytics/anomalies/{id}/label",
    "Say whether an anomaly was a true or a false alarm; false ones raise the series' threshold",
    { "false alarm": { id: 1, verdict: "false alarm", note: "The nightly backup" } },
  )
    .input(
      z.strictObject({
        id: anomalyIdSchema,
        verdict: z.enum(labelVerdicts),
        note: z.string().max(labelNoteLengthMax).default(""),
      }),
    )
    .output(anomalySchema),
  unlabel: operate(
    "DELETE",
    "/api/analytics/anomalies/{id}/label",
    "Take the label of an anomaly back, and what it changed",
    anomalyExample,
  )
    .input(oneAnomaly)
    .output(anomalySchema),
  feedback: read(
    "/api/analytics/anomaly-feedback",
    "Every label, the thresholds they raised, and how often each detector was right",
  )
    .input(nothing)
    .output(feedbackSchema),
  reset: operate(
    "POST",
    "/api/analytics/anomaly-feedback/reset",
    "Set a series' threshold back: its labels so far are kept, but change nothing any more",
    { cpu: { series: "platform.cpu" } },
  )
    .input(z.strictObject({ series: z.string().max(100) }))
    .output(feedbackSchema),
};
