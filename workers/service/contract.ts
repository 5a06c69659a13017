/**
 * What all subsystems share: their table, the platform API that every port serves, and the shapes
 * of problems, roles and threads. The renderer imports this file, so it depends on zod and the
 * contract library alone.
 */
import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";

/** The subsystem threads, in start order. `portOffset` is added to the port base (default 3000). */
/** How many validators may keep the ledger; PBFT needs 3f + 1 of them to survive f faults. */
export const validatorCounts = { min: 3, max: 7, pbftMin: 4 } as const;

export const subsystems = [
  {
    id: "integration",
    title: "Integration",
    portOffset: 7,
    dashboard: "/",
    summary: "Cross-system coordination, traces and logs",
  },
  {
    id: "quantum",
    title: "Quantum",
    portOffset: null,
    dashboard: "/quantum",
    summary: "State-vector simulator and quantum algorithms",
  },
  {
    id: "analytics",
    title: "Analytics",
    portOffset: 2,
    dashboard: "/analytics",
    summary: "Live series, anomalies, forecasts and alerts",
  },
  {
    id: "edge",
    title: "Edge",
    portOffset: 3,
    dashboard: "/edge",
    summary: "Edge nodes in many places, routing and inference",
  },
  {
    id: "microservices",
    title: "Microservices",
    portOffset: 5,
    dashboard: "/microservices",
    summary: "Service registry, orchestration, gateway and mesh",
  },
  {
    id: "blockchain",
    title: "Blockchain",
    portOffset: 6,
    dashboard: "/blockchain",
    summary: "EVM chain, wallets and Ethereum JSON-RPC",
  },
  {
    id: "gateway",
    title: "Gateway",
    portOffset: 0,
    dashboard: "/",
    summary: "The control center and every API under one origin",
  },
] as const satisfies readonly SubsystemRow[];

interface SubsystemRow {
  readonly id: string;
  readonly title: string;
  /** null: no port of its own; its API is reachable through every other thread's port. */
  readonly portOffset: number | null;
  /** The page that `/` opens on this subsystem's port. */
  readonly dashboard: string;
  readonly summary: string;
}

export type SubsystemId = (typeof subsystems)[number]["id"];
export const subsystemIds = subsystems.map(({ id }) => id) as [SubsystemId, ...SubsystemId[]];
export const subsystemIdSchema = z.enum(subsystemIds).meta({ examples: ["quantum"] });

/** Each role may do everything that the roles before it may. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** What a route says about itself beside its shape. */
export interface RouteMeta {
  /** The least role that may call it; "public" needs none, not even with `--auth required`. */
  readonly role: Role | "public";
  /** An internal procedure is reachable between threads only, never over HTTP. */
  readonly internal?: boolean;
  /** How long an encoded answer may be served again, for reads that many clients poll. */
  readonly cacheMs?: number;
  /** Its bodies hold secrets: the API console does not remember them. */
  readonly secret?: boolean;
  /** Example inputs for the API console and the documentation, by name. */
  readonly examples?: Readonly<Record<string, unknown>>;
}

/** The start of every contract: `route.meta({ role: "operator" }).route(...)`. */
export const route = oc.$meta<RouteMeta>({ role: "viewer" });

/** What `GET /api/health` answers, and thereby what a liveness probe sees. */
export const healthSchema = z.object({
  status: z.literal("ok"),
  subsystem: z.enum(subsystemIds),
  version: z.string(),
});

/** RFC 9457 problem details, with a stable code and a remedy. */
export const problemSchema = z.object({
  type: z.string().describe("A URI reference that names the kind of problem"),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().describe("Stable identifier of the problem, e.g. BODY_TOO_LARGE"),
  detail: z.string().describe("What happened, in a sentence"),
  remedy: z.string().describe("What to do next"),
  traceId: z.string().optional(),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe("For invalid input: each offending field"),
});
export type Problem = z.infer<typeof problemSchema>;

export const threadStates = [
  "starting",
  "ready",
  "restarting",
  "stopping",
  "stopped",
  "failed",
] as const;

const exitSchema = z.object({
  at: z.number().describe("Milliseconds since the Unix epoch"),
  kind: z.enum(["crash", "exit", "spin", "blocked", "start-failed", "stopped"]),
  reason: z.string().describe("The error or log line that says why"),
});

/** Readings that a thread takes of itself once a second. */
export const vitalsSchema = z.object({
  heapUsedBytes: z.number(),
  heapTotalBytes: z.number(),
  externalBytes: z.number(),
  eventLoopDelayP50Ms: z.number(),
  eventLoopDelayP99Ms: z.number(),
  eventLoopDelayMaxMs: z.number(),
  eventLoopUtilization: z.number().min(0).max(1),
  requestsTotal: z.number().describe("HTTP requests answered since the thread started"),
  requestErrorsTotal: z.number().describe("Of these, answered with a status of 500 or above"),
  requestsInFlight: z.number(),
});
export type Vitals = z.infer<typeof vitalsSchema>;

export const threadSchema = z.object({
  id: subsystemIdSchema,
  title: z.string(),
  state: z.enum(threadStates),
  port: z.int().nullable(),
  url: z.string().nullable(),
  since: z.number().describe("When the present state began, milliseconds since the Unix epoch"),
  startedAt: z.number().nullable().describe("When the running thread became ready"),
  restarts: z.int().describe("Automatic restarts since the platform started"),
  startDurationMs: z.number().nullable().describe("From thread creation to ready, last start"),
  downtimeMs: z.number().nullable().describe("From its last exit to ready again"),
  lastExit: exitSchema.nullable(),
  cpuFraction: z.number().nullable().describe("Share of one core over the last second"),
  vitals: vitalsSchema.nullable(),
});
export type Thread = z.infer<typeof threadSchema>;
export type ThreadExit = z.infer<typeof exitSchema>;

export const platformStateSchema = z.object({
  version: z.string(),
  instanceId: z.string().describe("Changes with each start of the platform"),
  host: z.enum(["electron", "headless"]),
  auth: z.enum(["open", "required"]),
  ephemeral: z.boolean(),
  home: z.string().nullable().describe("Where data is kept; null when ephemeral"),
  startedAt: z.number(),
  readyAfterMs: z.number().nullable().describe("From process start until all threads were ready"),
  process: z.object({
    pid: z.int(),
    node: z.string(),
    os: z.string(),
    cores: z.int(),
    residentBytes: z.number(),
    cpuFraction: z.number().describe("Of one core, over the last second"),
  }),
  at: z.number().describe("When this state was observed"),
  threads: z.array(threadSchema),
});
export type PlatformState = z.infer<typeof platformStateSchema>;

export const lifecycleEventSchema = z.object({
  sequence: z.int(),
  at: z.number(),
  thread: subsystemIdSchema,
  level: z.enum(["info", "warn", "error"]),
  message: z.string(),
});
export type LifecycleEvent = z.infer<typeof lifecycleEventSchema>;

const sessionSchema = z.object({
  role: z.enum(roles).nullable().describe("null: not signed in, and the platform requires it"),
  subsystem: subsystemIdSchema,
  authenticated: z.boolean().describe("True when a valid token was presented"),
});

const threadInput = z.strictObject({ id: subsystemIdSchema });

/** Served by every port from the state that the supervisor broadcasts. */
export const platformContract = {
  health: route
    .meta({ role: "public" })
    .route({
      method: "GET",
      path: "/api/health",
      tags: ["Platform"],
      summary: "The thread behind this port answers",
    })
    .input(z.strictObject({}))
    .output(healthSchema),
  state: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/platform",
      tags: ["Platform"],
      summary: "State of the platform and each of its threads",
    })
    .input(z.strictObject({}))
    .output(platformStateSchema),
  watch: route
    .route({
      method: "GET",
      path: "/api/platform/watch",
      tags: ["Platform"],
      summary: "The same state as a stream of server-sent events, at least once a second",
    })
    .input(z.strictObject({}))
    .output(eventIterator(platformStateSchema)),
  events: route
    .route({
      method: "GET",
      path: "/api/platform/events",
      tags: ["Platform"],
      summary: "Starts, exits, restarts and what caused them, oldest first",
    })
    .input(z.strictObject({ thread: subsystemIdSchema.optional() }))
    .output(z.object({ events: z.array(lifecycleEventSchema), dropped: z.int() })),
  start: route
    .meta({ role: "operator", examples: { quantum: { id: "quantum" } } })
    .route({
      method: "POST",
      path: "/api/platform/threads/{id}/start",
      tags: ["Platform"],
      summary: "Start a stopped thread",
    })
    .input(threadInput)
    .output(threadSchema),
  stop: route
    .meta({ role: "operator", examples: { quantum: { id: "quantum" } } })
    .route({
      method: "POST",
      path: "/api/platform/threads/{id}/stop",
      tags: ["Platform"],
      summary: "Drain and stop a thread; its port closes until it is started again",
    })
    .input(threadInput)
    .output(threadSchema),
  restart: route
    .meta({ role: "operator", examples: { quantum: { id: "quantum" } } })
    .route({
      method: "POST",
      path: "/api/platform/threads/{id}/restart",
      tags: ["Platform"],
      summary: "Drain, stop and start a thread",
    })
    .input(threadInput)
    .output(threadSchema),
  fault: route
    .meta({ role: "operator", examples: { crash: { id: "quantum", kind: "crash" } } })
    .route({
      method: "POST",
      path: "/api/platform/threads/{id}/fault",
      tags: ["Platform"],
      summary: "Break a thread on purpose and watch the supervisor bring it back",
      description:
        "crash throws an uncaught error, exit ends the thread, spin blocks its event loop, kill terminates it from outside.",
    })
    .input(
      z.strictObject({ id: subsystemIdSchema, kind: z.enum(["crash", "exit", "spin", "kill"]) }),
    )
    .output(z.object({ id: subsystemIdSchema, kind: z.string(), injectedAt: z.number() })),
  session: route
    .meta({ role: "public" })
    .route({
      method: "GET",
      path: "/api/session",
      tags: ["Platform"],
      summary: "Which role this request has, and which thread answers",
    })
    .input(z.strictObject({}))
    .output(sessionSchema),
  signIn: route
    .meta({
      role: "public",
      examples: { code: { code: "the code after # in the printed address" } },
    })
    .route({
      method: "POST",
      path: "/api/session",
      tags: ["Platform"],
      summary: "Exchange the one-time code of a printed address for the access token",
    })
    .input(z.strictObject({ code: z.string().max(128) }))
    .output(z.object({ token: z.string(), role: z.enum(roles) })),
};
