/** Telemetry records as threads exchange them and the integration thread stores them. */
import { z } from "zod";
import { roles, subsystemIdSchema } from "./contract.ts";

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

/** What an operator did, or tried: never with what was sent or answered. */
export const actionSchema = z.object({
  at: z.number().describe("Milliseconds since the Unix epoch, when it ended"),
  subsystem: subsystemIdSchema.describe("Whose port it came in by"),
  operation: z.string().describe("Such as blockchain.transfer"),
  method: z.string(),
  route: z.string().describe("With {parameters}, not their values"),
  role: z.enum(roles).nullable(),
  authenticated: z.boolean(),
  outcome: z.enum(["ok", "failed", "refused"]).describe("refused: the role was too low"),
  code: z.string().nullable().describe("Of the problem; null where it went well"),
  traceId: z.string().nullable(),
});
export type ActionRecord = z.infer<typeof actionSchema>;

/** What the other threads tell the integration thread. */
export const telemetryBatchSchema = z.strictObject({
  spans: z.array(spanSchema),
  logs: z.array(logSchema),
  dropped: z.int().describe("Records that the sender had to drop before this batch"),
  actions: z.array(actionSchema).optional(),
  actionsDropped: z.int().optional(),
});
