/** Integration: coordination across subsystems, and the store of traces and logs. */
import { z } from "zod";
import { searchExamples, searchInputSchema, searchOutputSchema } from "../quantum/contract.ts";
import { route, subsystemIdSchema, threadStates } from "../service/contract.ts";
import { logLevels, logSchema, spanSchema } from "../service/records.ts";

export { logLevels };
export type { LogRecord, SpanRecord } from "../service/records.ts";

export const pageSizeMax = 500;

const cursorSchema = z.coerce.number().int().min(0);
const pageLimitSchema = z.coerce.number().int().min(1).max(pageSizeMax).default(100);

export const tracesInputSchema = z.strictObject({
  limit: pageLimitSchema,
  before: cursorSchema.optional().describe("`next` of the page before"),
  subsystem: subsystemIdSchema.optional(),
  status: z.enum(["ok", "error"]).optional(),
  minDurationMs: z.coerce.number().min(0).optional(),
});

const traceIdSchema = z.string().regex(/^[0-9a-f]{32}$/, "A trace id has 32 hexadecimal digits");

export const logsInputSchema = z.strictObject({
  limit: pageLimitSchema,
  before: cursorSchema.optional().describe("`next` of the page before"),
  subsystem: subsystemIdSchema.optional(),
  level: z.enum(logLevels).optional().describe("This level and those above it"),
  query: z.string().max(200).optional().describe("Text that the message contains"),
  traceId: traceIdSchema.optional(),
});

const componentSchema = z.object({
  id: subsystemIdSchema,
  title: z.string(),
  status: z.enum(["healthy", "degraded", "failed", "unknown"]),
  state: z.enum(threadStates),
  port: z.int().nullable(),
  uptimeMs: z.number().nullable(),
  restarts: z.int(),
  roundTripMs: z.number().nullable().describe("Last ping over the message port; null when down"),
  detail: z.string(),
});

export const integrationContract = {
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/distributed/status",
      tags: ["Distributed"],
      summary: "Verdict over all components, each with its health",
      description: "Observed at most a second ago; `at` says when.",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        status: z.enum(["healthy", "degraded", "failed"]),
        verdict: z.string(),
        at: z.number(),
        uptimeMs: z.number(),
        components: z.array(componentSchema),
        telemetry: z.object({
          spans: z.int(),
          spansMax: z.int(),
          logs: z.int(),
          logsMax: z.int(),
          dropped: z.int().describe("Oldest rows deleted to stay within the limits"),
        }),
      }),
    ),
  quantumSearch: route
    .meta({ role: "operator", examples: searchExamples })
    .route({
      method: "POST",
      path: "/api/distributed/quantum-search",
      tags: ["Distributed"],
      summary: "Grover search, computed by the quantum thread",
    })
    .input(searchInputSchema)
    .output(searchOutputSchema.extend({ traceId: z.string() })),
  traces: {
    list: route
      .route({
        method: "GET",
        path: "/api/traces",
        tags: ["Telemetry"],
        summary: "Traces, newest first",
      })
      .input(tracesInputSchema)
      .output(
        z.object({
          traces: z.array(
            z.object({
              traceId: z.string(),
              name: z.string(),
              subsystem: subsystemIdSchema,
              subsystems: z.array(subsystemIdSchema),
              startTimeMs: z.number(),
              durationMs: z.number(),
              spans: z.int(),
              errors: z.int(),
            }),
          ),
          next: z.int().nullable(),
        }),
      ),
    get: route
      .meta({ role: "viewer", examples: { id: { traceId: "0af7651916cd43dd8448eb211c80319c" } } })
      .route({
        method: "GET",
        path: "/api/traces/{traceId}",
        tags: ["Telemetry"],
        summary: "Every stored span of one trace, by start time",
      })
      .input(z.strictObject({ traceId: traceIdSchema }))
      .output(z.object({ traceId: z.string(), spans: z.array(spanSchema) })),
  },
  logs: route
    .route({
      method: "GET",
      path: "/api/logs",
      tags: ["Telemetry"],
      summary: "Log records, newest first",
    })
    .input(logsInputSchema)
    .output(
      z.object({ logs: z.array(logSchema.extend({ id: z.int() })), next: z.int().nullable() }),
    ),
  /** How telemetry of the other threads arrives. */
  ingest: route
    .meta({ role: "admin", internal: true })
    .input(
      z.strictObject({
        spans: z.array(spanSchema),
        logs: z.array(logSchema),
        dropped: z.int().describe("Records that the sender had to drop before this batch"),
      }),
    )
    .output(z.object({ stored: z.int() })),
};
