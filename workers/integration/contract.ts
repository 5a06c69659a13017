/** Integration: coordination across subsystems, and the store of traces and logs. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { predictExamples, predictInputSchema, predictOutputSchema } from "../analytics/contract.ts";
import {
  transferExamples,
  transferInputSchema,
  transferOutputSchema,
} from "../blockchain/contract.ts";
import { consensusContract } from "../consensus/contract.ts";
import { searchExamples, searchInputSchema, searchOutputSchema } from "../quantum/contract.ts";
import { problemSchema, route, subsystemIdSchema, threadStates } from "../service/contract.ts";
import { logLevels, logSchema, spanSchema, telemetryBatchSchema } from "../service/records.ts";
import { auditContract } from "./contract-audit.ts";

export type { AuditEntry } from "./contract-audit.ts";
export { logLevels, type LogRecord, type SpanRecord } from "../service/records.ts";

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
  after: cursorSchema.optional().describe("Only records with a greater id"),
  subsystem: subsystemIdSchema.optional(),
  level: z.enum(logLevels).optional().describe("This level and those above it"),
  query: z.string().max(200).optional().describe("Text that the message contains"),
  traceId: traceIdSchema.optional(),
});

/** The same filters, for the stream of records that arrive from now on. */
export const logsWatchInputSchema = logsInputSchema.omit({
  limit: true,
  before: true,
  after: true,
});
const storedLogSchema = logSchema.extend({ id: z.int() });

export const requestTypes = ["comprehensive_test", "health_check"] as const;
export type RequestType = (typeof requestTypes)[number];
export const aggregations = ["merge", "vote", "first"] as const;
export type Aggregation = (typeof aggregations)[number];

export const processInputSchema = z.strictObject({
  type: z
    .enum(requestTypes)
    .describe("comprehensive_test: each component does real work; health_check: each answers"),
  requiresConsensus: z
    .boolean()
    .default(false)
    .describe("Put the hash of the aggregated result through Raft before answering"),
  aggregation: z
    .enum(aggregations)
    .default("merge")
    .describe(
      "merge: every answer by component; vote: the outcome that a strict majority of the asked components reports; first: the first answer that passes, the others are cancelled",
    ),
  transfer: z
    .boolean()
    .default(false)
    .describe("Let the blockchain move one unit for real instead of reading its status"),
});
export type ProcessInput = z.output<typeof processInputSchema>;

const callProblemSchema = problemSchema.pick({ code: true, detail: true, remedy: true });

export const componentStatuses = [
  "running",
  "ok",
  "failed",
  "timeout",
  "down",
  "absent",
  "cancelled",
] as const;

const componentRunSchema = z.object({
  id: z.string(),
  title: z.string(),
  operation: z.string().describe("What was called"),
  status: z.enum(componentStatuses).describe("absent: its thread is not part of this run"),
  deadlineMs: z.number(),
  startedMs: z.number().describe("After the start of the run"),
  durationMs: z.number().nullable(),
  outcome: z
    .enum(["pass", "fail"])
    .nullable()
    .describe("Whether the answer held the component's own check; null without an answer"),
  note: z.string().nullable().describe("The answer in a sentence"),
  problem: callProblemSchema.nullable(),
});

const agreementSchema = z.object({
  status: z.enum(["pending", "agreed", "failed"]),
  term: z.int().nullable(),
  index: z.int().nullable().describe("Place in the replicated log"),
  durationMs: z.number().nullable(),
  problem: callProblemSchema.nullable(),
});

const runSummarySchema = z.object({
  id: z.int().describe("Counts from 1 since the thread started"),
  type: z.enum(requestTypes),
  aggregation: z.enum(aggregations),
  requiresConsensus: z.boolean(),
  status: z
    .enum(["running", "ok", "partial", "failed"])
    .describe("ok: all passed; partial: some did; failed: none, or agreement was not reached"),
  at: z.number().describe("Milliseconds since the Unix epoch"),
  durationMs: z.number().nullable(),
  traceId: z.string(),
  components: z.array(componentRunSchema),
  resultHash: z.string().nullable().describe("SHA-256 of the aggregated result's canonical JSON"),
  consensus: agreementSchema.nullable(),
});

const aggregateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("merge"), values: z.record(z.string(), z.unknown()) }),
  z.object({
    kind: z.literal("vote"),
    winner: z.string().nullable().describe("null: no outcome has a majority"),
    needed: z.int().describe("Votes that make a strict majority of the asked components"),
    tally: z.record(z.string(), z.int()),
    votes: z.record(z.string(), z.string().nullable()),
  }),
  z.object({
    kind: z.literal("first"),
    component: z.string().nullable(),
    value: z.unknown(),
  }),
]);

export const runSchema = runSummarySchema.extend({
  components: z.array(componentRunSchema.extend({ result: z.unknown() })),
  result: aggregateSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type ComponentRun = Run["components"][number];
export type Aggregate = z.infer<typeof aggregateSchema>;
export type Agreement = z.infer<typeof agreementSchema>;

const flowSchema = z.object({
  name: z.string(),
  summary: z.string(),
  source: z.string(),
  transform: z.string(),
  target: z.string(),
  available: z.boolean().describe("Whether source and target are part of this run"),
  runs: z.int(),
  failures: z.int(),
  retries: z.int(),
  last: z
    .object({
      at: z.number(),
      status: z.enum(["ok", "failed"]),
      durationMs: z.number(),
      attempts: z.int(),
      stages: z.array(z.object({ name: z.string(), durationMs: z.number() })),
      output: z.unknown(),
      problem: callProblemSchema.nullable(),
      traceId: z.string(),
    })
    .nullable(),
});
export type FlowState = z.infer<typeof flowSchema>;

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
  aiPrediction: route
    .meta({ role: "operator", examples: predictExamples })
    .route({
      method: "POST",
      path: "/api/distributed/ai-prediction",
      tags: ["Distributed"],
      summary: "Forecast of the platform's own load, or of a given series",
    })
    .input(predictInputSchema)
    .output(predictOutputSchema.extend({ traceId: z.string() })),
  blockchainTransaction: route
    .meta({ role: "operator", examples: transferExamples })
    .route({
      method: "POST",
      path: "/api/distributed/blockchain-transaction",
      tags: ["Distributed"],
      summary: "Transfer coins on the chain and wait for the block",
    })
    .input(transferInputSchema)
    .output(transferOutputSchema.extend({ traceId: z.string() })),
  process: route
    .meta({
      role: "operator",
      examples: {
        "comprehensive test": {
          type: "comprehensive_test",
          requiresConsensus: true,
          aggregation: "merge",
        },
        "majority vote": { type: "comprehensive_test", aggregation: "vote" },
        "first answer": { type: "health_check", aggregation: "first" },
      },
    })
    .route({
      method: "POST",
      path: "/api/distributed/process",
      tags: ["Distributed"],
      summary: "One request across every registered component, with one answer",
      description:
        "Components are called in parallel, each with a deadline of its own. One that is down or late shows as such; the others still answer.",
    })
    .input(processInputSchema)
    .output(runSchema),
  tests: {
    list: route
      .route({
        method: "GET",
        path: "/api/distributed/tests",
        tags: ["Distributed"],
        summary: "The last distributed requests, newest first",
      })
      .input(z.strictObject({ limit: pageLimitSchema }))
      .output(
        z.object({
          runs: z.array(runSummarySchema),
          dropped: z.int().describe("Older runs that are no longer kept"),
        }),
      ),
    watch: route
      .route({
        method: "GET",
        path: "/api/distributed/tests/watch",
        tags: ["Distributed"],
        summary: "Progress of the newest run as server-sent events",
      })
      .input(z.strictObject({}))
      .output(eventIterator(z.object({ run: runSummarySchema.nullable() }))),
    get: route
      .meta({ role: "viewer", examples: { first: { id: 1 } } })
      .route({
        method: "GET",
        path: "/api/distributed/tests/{id}",
        tags: ["Distributed"],
        summary: "One distributed request with the result of each component",
      })
      .input(z.strictObject({ id: z.coerce.number().int().min(1) }))
      .output(runSchema),
  },
  flows: {
    list: route
      .route({
        method: "GET",
        path: "/api/distributed/flows",
        tags: ["Distributed"],
        summary: "Data flows between components and how they went",
      })
      .input(z.strictObject({}))
      .output(z.object({ flows: z.array(flowSchema) })),
    run: route
      .meta({ role: "operator", examples: { seal: { name: "measurement-to-agreement" } } })
      .route({
        method: "POST",
        path: "/api/distributed/flows/{name}/run",
        tags: ["Distributed"],
        summary: "Run a data flow once: source, transform, target",
      })
      .input(z.strictObject({ name: z.string().max(64) }))
      .output(flowSchema),
  },
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
    .output(z.object({ logs: z.array(storedLogSchema), next: z.int().nullable() })),
  logsWatch: route
    .route({
      method: "GET",
      path: "/api/logs/watch",
      tags: ["Telemetry"],
      summary: "Log records as they are stored, as server-sent events",
      description:
        "Begins with an empty batch that names the newest record. `skipped` counts records that a slow reader missed.",
    })
    .input(logsWatchInputSchema)
    .output(
      eventIterator(
        z.object({ logs: z.array(storedLogSchema), newest: z.int(), skipped: z.boolean() }),
      ),
    ),
  consensus: consensusContract,
  audit: auditContract,
  /** How telemetry of the other threads arrives. */
  ingest: route
    .meta({ role: "admin", internal: true })
    .input(telemetryBatchSchema)
    .output(z.object({ stored: z.int() })),
};
