/** Telemetry records as threads exchange them and the integration thread stores them. */
import { z } from "zod";
import { subsystemIdSchema } from "./contract.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

const attributesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type RecordAttributes = z.infer<typeof attributesSchema>;

export const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  subsystem: subsystemIdSchema,
  name: z.string(),
  kind: z.enum(["internal", "server", "client", "producer", "consumer"]),
  startTimeMs: z.number().describe("Since the Unix epoch, with a fraction"),
  durationMs: z.number(),
  status: z.enum(["unset", "ok", "error"]),
  statusMessage: z.string().nullable(),
  attributes: attributesSchema,
});
export type SpanRecord = z.infer<typeof spanSchema>;

export const logSchema = z.object({
  at: z.number().describe("Milliseconds since the Unix epoch"),
  level: z.enum(logLevels),
  subsystem: subsystemIdSchema,
  message: z.string(),
  traceId: z.string().nullable(),
  attributes: attributesSchema,
});
export type LogRecord = z.infer<typeof logSchema>;
