/** The cluster as its screens read it: compact, bounded, with a revision to go on from. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import { clusterActions, topologyFaultSchema } from "./contract-cluster-actions.ts";

const tags = ["Cluster"];
type Path = `/${string}`;
const read = (path: Path, summary: string) =>
  route.route({ method: "GET", path: `/api/cluster${path}`, tags, summary });
const polled = (path: Path, summary: string) =>
  read(path, summary).meta({ role: "viewer", cacheMs: 200 }).input(z.strictObject({}));

const at = z.number().describe("Milliseconds since the Unix epoch");
const counts = z.record(z.string(), z.int());
const healthSchema = z.enum(["healthy", "degraded", "failed", "unknown"]);
const strings = z.array(z.string());
const integers = z.array(z.int());
const readings = z.array(z.number().nullable());

export const clusterNameSchema = z.string().min(1).max(253);
const namespaceSchema = z.string().min(1).max(63);

const resourcesSchema = z.object({
  cpuMillicores: z.number(),
  memoryBytes: z.number(),
  pods: z.int(),
});

const eventSchema = z.object({
  key: z.string(),
  type: z.enum(["Normal", "Warning"]),
  reason: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  message: z.string(),
  count: z.int(),
  source: z.string(),
  firstAt: at,
  lastAt: at,
});
export type ClusterEventRow = z.infer<typeof eventSchema>;

const overviewSchema = z.object({
  at,
  verdict: z.enum(["healthy", "degraded", "failed", "idle"]),
  sentence: z.string().describe("What is wrong and where"),
  nodes: z.object({
    total: z.int(),
    ready: z.int(),
    cordoned: z.int(),
    zones: z.array(z.object({ zone: z.string(), total: z.int(), ready: z.int(), pods: z.int() })),
  }),
  pods: z.object({ total: z.int(), ready: z.int(), failing: z.int(), phases: counts }),
  workloads: z.object({
    total: z.int(),
    healthy: z.int(),
    progressing: z.int(),
    failing: z.int(),
    worst: z.array(
      z.object({ kind: z.string(), namespace: z.string(), name: z.string(), why: z.string() }),
    ),
  }),
  capacity: resourcesSchema.describe("What the ready nodes offer to pods"),
  requests: resourcesSchema,
  usage: z
    .object({ cpuMillicores: z.number(), memoryBytes: z.number(), at })
    .nullable()
    .describe("null: nothing has been measured yet"),
  warnings: z.array(eventSchema).describe("Of the last ten minutes, newest first"),
});
export type ClusterOverview = z.infer<typeof overviewSchema>;

/** Columns of the same length: the n-th entry of each is of the n-th pod. */
const podColumnsSchema = z.object({
  namespace: strings,
  name: strings,
  node: strings.describe('"" while it waits for a node'),
  status: strings.describe("As kubectl prints it"),
  ready: integers,
  containers: integers,
  restarts: integers,
  createdAt: z.array(at),
  owner: strings.describe('kind/name of the controller, or ""'),
  image: strings.describe("Of the first container"),
  ip: strings,
});
export type PodColumns = z.infer<typeof podColumnsSchema>;

const podsSchema = z.object({
  revision: z.int().describe("Pass it as `since` to get only what changed after it"),
  full: z.boolean().describe("True: these are all pods; false: those added or changed"),
  total: z.int(),
  pods: podColumnsSchema,
  removed: strings.describe("namespace/name"),
  usage: z
    .object({ at, key: strings, cpuMillicores: readings, memoryBytes: readings })
    .nullable()
    .describe("null where nothing was measured after `usageSince`"),
});
export type PodsAnswer = z.infer<typeof podsSchema>;

const nodeSchema = z.object({
  name: z.string(),
  zone: z.string(),
  roles: z.string(),
  ready: z.enum(["True", "False", "Unknown"]),
  cordoned: z.boolean(),
  pressure: strings,
  taints: strings,
  pods: z.int(),
  allocatable: resourcesSchema,
  requests: resourcesSchema,
  cpuMillicores: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  version: z.string(),
  ip: z.string(),
  createdAt: at,
});
export type ClusterNode = z.infer<typeof nodeSchema>;

const workloadSchema = z.object({
  kind: z.enum([
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
  ]),
  namespace: z.string(),
  name: z.string(),
  health: healthSchema,
  state: z.string().describe("In a word: available, progressing, paused, stuck, complete, ..."),
  why: z.string().describe("What is missing, or the condition's message"),
  desired: z.int().nullable(),
  ready: z.int().nullable(),
  updated: z.int().nullable(),
  available: z.int().nullable(),
  images: strings,
  detail: z.string().describe("Schedule, target and bounds, completions, or the strategy"),
  createdAt: at,
});
export type Workload = z.infer<typeof workloadSchema>;

const replicaSetSchema = z.object({
  name: z.string(),
  revision: z.int(),
  images: strings,
  desired: z.int(),
  current: z.int(),
  ready: z.int(),
  available: z.int(),
  pods: counts.describe("By the word that kubectl prints"),
  createdAt: at,
});
const rolloutSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  health: healthSchema,
  state: z.string(),
  sentence: z.string().describe("As `kubectl rollout status` says it"),
  paused: z.boolean(),
  strategy: z.string(),
  desired: z.int(),
  updated: z.int(),
  ready: z.int(),
  available: z.int(),
  unavailable: z.int(),
  conditions: z.array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string(),
      message: z.string(),
      changedAt: at.nullable(),
    }),
  ),
  replicaSets: z.array(replicaSetSchema).describe("Newest revision first"),
  history: z
    .array(
      z.object({
        at,
        sets: z.array(
          z.object({ revision: z.int(), ready: z.int(), starting: z.int(), ending: z.int() }),
        ),
      }),
    )
    .describe("Pods of each revision whenever they changed, oldest first"),
});
export type Rollout = z.infer<typeof rolloutSchema>;

export const objectReferenceSchema = z.strictObject({
  resource: z
    .string()
    .max(120)
    .regex(/^[a-z0-9]+(?:\.[a-z0-9.-]+)?$/, "As kubectl names it: pods, deployments.apps"),
  namespace: namespaceSchema.optional(),
  name: clusterNameSchema,
});
const logLineSchema = z.object({ at: at.nullable(), text: z.string() });

const meshSnapshotSchema = z.object({
  at,
  edges: z.array(
    z.object({
      from: z.int().describe("Index into `services`"),
      to: z.int(),
      requestsPerSecond: z.number(),
      errorsPerSecond: z.number(),
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
    }),
  ),
});
const topologySchema = z.object({
  at,
  services: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      zone: z.string().describe('Where most of its pods are; "" for what runs outside of nodes'),
      pods: z.int(),
      ready: z.int(),
    }),
  ),
  now: meshSnapshotSchema,
  recorded: z.object({ from: at.nullable(), to: at.nullable(), snapshots: z.int() }),
});
export type Topology = z.infer<typeof topologySchema>;

export const clusterContract = {
  overview: polled("/overview", "Verdict over the cluster: what is wrong and where").output(
    overviewSchema,
  ),
  pods: read("/pods", "All pods in columns, or those that changed since a revision")
    .input(
      z.strictObject({
        since: z.coerce.number().int().min(0).optional(),
        usageSince: z.coerce.number().min(0).optional(),
      }),
    )
    .output(podsSchema),
  nodes: polled("/nodes", "Every node with readiness, zone, requests and usage").output(
    z.object({ at, nodes: z.array(nodeSchema) }),
  ),
  workloads: polled("/workloads", "Every controller with desired and present state").output(
    z.object({ at, workloads: z.array(workloadSchema) }),
  ),
  rollout: read("/rollouts/{namespace}/{name}", "One deployment's rollout in motion")
    .input(z.strictObject({ namespace: namespaceSchema, name: clusterNameSchema }))
    .output(rolloutSchema),
  events: read("/events", "Events of the cluster, newest first")
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(1_000).default(200),
        type: z.enum(["Normal", "Warning"]).optional(),
        namespace: namespaceSchema.optional(),
        object: z.string().max(300).optional().describe("kind/name, e.g. pod/web-0"),
      }),
    )
    .output(z.object({ events: z.array(eventSchema), total: z.int() })),
  object: read("/object", "One object as YAML and as JSON, without its managed fields")
    .input(objectReferenceSchema)
    .output(
      z.object({
        yaml: z.string(),
        json: z.record(z.string(), z.unknown()),
        resourceVersion: z.string(),
      }),
    ),
  logs: read("/logs/{namespace}/{pod}", "A container's lines, and new ones as they are written")
    .input(
      z.strictObject({
        namespace: namespaceSchema,
        pod: clusterNameSchema,
        container: z.string().max(63).optional(),
        tail: z.coerce.number().int().min(0).max(5_000).default(200),
        previous: z.stringbool().default(false).describe("Of the container before its restart"),
        follow: z.stringbool().default(true),
      }),
    )
    .output(
      eventIterator(
        z.object({
          lines: z.array(logLineSchema),
          skipped: z.int().describe("Lines left out because the reader was slower"),
        }),
      ),
    ),
  topology: polled("/topology", "Who calls whom now, by service").output(topologySchema),
  recording: read("/topology/recording", "The recorded traffic of the last minutes")
    .input(z.strictObject({}))
    .output(z.object({ services: strings, snapshots: z.array(meshSnapshotSchema) })),
  faults: polled("/chaos", "What is broken on purpose now").output(
    z.object({ at, faults: z.array(topologyFaultSchema) }),
  ),
  ...clusterActions,
};
