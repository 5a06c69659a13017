/** Microservices: registry, orchestration, gateway and mesh, in Kubernetes' words; parts beside it. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { gatewayConfigContract } from "./contract-gateway.ts";
import { clusterContract } from "./contract-cluster.ts";
import { gatewayRouteSchema } from "./contract-measures.ts";
import { poolsContract } from "./contract-pools.ts";
import { registryContract } from "./contract-registry.ts";
import { meshEdgeSchema } from "./contract-traffic.ts";
export {
  type ConfigVersion,
  type GatewayConfig,
  type GatewayTrial,
  type GatewayTrialAnswer,
  parseGatewayConfig,
  type RouteConfig,
  type ServicePolicy,
} from "./contract-gateway.ts";
export {
  type GatewayMeasures,
  type GatewayRoute,
  type GoldenMetrics,
  type Latency,
} from "./contract-measures.ts";
export {
  type ActiveFault,
  type Drain,
  type Fault,
  clusterReplicasMax,
  type YamlProblem,
} from "./contract-cluster-actions.ts";
export type {
  ClusterEventRow,
  ClusterNode,
  ClusterOverview,
  PodColumns,
  PodsAnswer,
  Rollout,
  Topology,
  Workload,
} from "./contract-cluster.ts";
export type { CheckSpec, Found, ServiceInstance, ServiceView } from "./contract-registry.ts";
export type { MeshEdge } from "./contract-traffic.ts";
export const replicasMax = 50;

/** RFC 1123 label, as Kubernetes names its objects. */
const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, "At most 63 of a-z, 0-9 and '-' inside");
const podNameSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, "A pod's name has a-z, 0-9 and '-'");
const imageSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, "An image reference has no spaces");
const replicasSchema = z.int().min(0).max(replicasMax);
const environmentSchema = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "A variable's name is an identifier"),
    z.string().max(256),
  )
  .refine((variables) => Object.keys(variables).length <= 16, "At most 16 variables");

const counts = <Name extends string>(...names: Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.int()])) as Record<Name, z.ZodInt>);

export const podPhases = ["Pending", "Running", "Succeeded", "Failed"] as const;

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  lastTransitionAt: z.number(),
});
export type Condition = z.infer<typeof conditionSchema>;

const probeSchema = z.object({
  path: z.string(),
  initialDelayMs: z.number(),
  periodMs: z.number(),
  timeoutMs: z.number(),
  successThreshold: z.int(),
  failureThreshold: z.int(),
});
export type ProbeSpec = z.infer<typeof probeSchema>;

const imageViewSchema = z.object({
  image: z.string(),
  summary: z.string(),
  environment: z.array(z.object({ name: z.string(), summary: z.string(), fallback: z.string() })),
  readiness: probeSchema.nullable(),
  liveness: probeSchema.nullable(),
});
export type ImageView = z.infer<typeof imageViewSchema>;

const deploymentSchema = z.object({
  name: z.string(),
  image: z.string(),
  environment: z.record(z.string(), z.string()),
  replicas: z.int().describe("Desired"),
  ready: z.int(),
  updated: z.int().describe("Pods of the newest template"),
  available: z.int(),
  current: z.int().describe("Pods that exist, those that are ending aside"),
  revision: z.int(),
  createdAt: z.number(),
  conditions: z.array(conditionSchema),
  replicaSets: z.array(
    counts("revision", "desired", "current", "ready").extend({
      name: z.string(),
      image: z.string(),
    }),
  ),
});
export type DeploymentView = z.infer<typeof deploymentSchema>;

const probeResultSchema = z.object({
  kind: z.enum(["startup", "readiness", "liveness"]),
  at: z.number(),
  ok: z.boolean(),
  message: z.string(),
});

const podSchema = z.object({
  name: z.string(),
  deployment: z.string(),
  replicaSet: z.string(),
  image: z.string(),
  phase: z.enum(podPhases),
  status: z.string().describe("What kubectl prints: Running, CrashLoopBackOff, Terminating, ..."),
  message: z.string().nullable(),
  ready: z.boolean(),
  restarts: z.int(),
  port: z.int().nullable().describe("Of its HTTP server on 127.0.0.1; null while none runs"),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  nextRestartAt: z.number().nullable().describe("When its back-off ends"),
  lastTermination: z.object({ exitCode: z.int(), reason: z.string(), at: z.number() }).nullable(),
  conditions: z.array(conditionSchema),
  probes: z.array(probeResultSchema).describe("The last result of each probe"),
});
export type PodView = z.infer<typeof podSchema>;

const clusterEventSchema = z.object({
  sequence: z.int(),
  type: z.enum(["Normal", "Warning"]),
  reason: z.string(),
  object: z.string().describe("kind/name"),
  message: z.string(),
  count: z.int(),
  firstAt: z.number(),
  lastAt: z.number(),
});
export type ClusterEvent = z.infer<typeof clusterEventSchema>;

const tags = ["Microservices"];
const nameInput = z.strictObject({ name: nameSchema });
const nameExample = { "web-app": { name: "web-app" } };

const pathSchema = z
  .string()
  .max(1_024)
  .regex(/^\/[\x21-\x7e]*$/, "A path starts with a slash and has no spaces")
  .default("/");
const logLineSchema = z.object({ at: z.number(), text: z.string() });
const targetSchema = z.enum(["pod", "container"]);

type Path = `/${string}`;

const read = (path: Path, summary: string) => route.route({ method: "GET", path, tags, summary });

/** A read that many clients poll: its encoded answer is served again for a moment. */
const polled = (path: Path, summary: string) =>
  read(path, summary).meta({ role: "viewer", cacheMs: 100 }).input(z.strictObject({}));

const change = (
  path: Path,
  summary: string,
  examples: Readonly<Record<string, unknown>>,
  description?: string,
) =>
  route
    .meta({ role: "operator", examples })
    .route({ method: "POST", path, tags, summary, ...(description && { description }) });

export const microservicesContract = {
  status: polled("/api/orchestration/status", "The cluster in numbers and in a sentence").output(
    z.object({
      verdict: z.enum(["healthy", "degraded", "idle"]),
      sentence: z.string(),
      services: counts("total", "instances", "healthy"),
      deployments: counts("total", "available", "progressing"),
      pods: counts("desired", "ready", "running", "pending", "failing", "restarts", "capacity"),
      gateway: counts("routes", "requests", "errors", "pending", "openCircuits").extend({
        requestsPerSecond: z.number(),
        p50Ms: z.number().nullable(),
        p99Ms: z.number().nullable(),
      }),
    }),
  ),
  events: read("/api/orchestration/events", "What the controllers did and why, newest first")
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(500).default(100),
        object: z.string().max(120).optional().describe("Only of this object, e.g. pod/NAME"),
      }),
    )
    .output(z.object({ events: z.array(clusterEventSchema), dropped: z.int() })),
  images: read("/api/orchestration/images", "The image catalogue: what a deployment can run")
    .input(z.strictObject({}))
    .output(z.object({ images: z.array(imageViewSchema) })),
  mesh: polled("/api/orchestration/mesh", "Who called whom, measured on each connection").output(
    z.object({
      nodes: z.array(
        z.object({ name: z.string(), kind: z.enum(["gateway", "service"]), healthy: z.int() }),
      ),
      edges: z.array(meshEdgeSchema),
    }),
  ),
  services: registryContract,
  deployments: {
    list: polled("/api/deployments", "Every deployment with its state").output(
      z.object({ deployments: z.array(deploymentSchema) }),
    ),
    get: read("/api/deployments/{name}", "One deployment with its ReplicaSets and conditions")
      .input(nameInput)
      .output(deploymentSchema),
    create: change(
      "/api/deployments/create",
      "Run replicas of an image behind a service of the same name",
      {
        "web-app": { name: "web-app", image: "nginx:latest", replicas: 3 },
        crashing: { name: "crasher", image: "failing", replicas: 1 },
        "unknown image": { name: "typo", image: "ngnix:latest", replicas: 1 },
      },
    )
      .input(
        z.strictObject({
          name: nameSchema,
          image: imageSchema,
          replicas: replicasSchema.default(1),
          environment: environmentSchema.default({}),
        }),
      )
      .output(deploymentSchema),
    scale: change("/api/deployments/scale", "Set how many replicas a deployment has", {
      "web-app": { name: "web-app", replicas: 5 },
    })
      .input(z.strictObject({ name: nameSchema, replicas: replicasSchema }))
      .output(deploymentSchema),
    update: change("/api/deployments/update", "Roll out another image or environment", {
      echo: { name: "web-app", image: "echo" },
    })
      .input(
        z.strictObject({
          name: nameSchema,
          image: imageSchema.optional(),
          environment: environmentSchema.optional(),
        }),
      )
      .output(deploymentSchema),
    restart: change("/api/deployments/restart", "Replace every pod, a few at a time", nameExample)
      .input(nameInput)
      .output(deploymentSchema),
    remove: change(
      "/api/deployments/delete",
      "Delete a deployment with its ReplicaSets and pods",
      nameExample,
    )
      .input(nameInput)
      .output(z.object({ name: z.string(), deleted: z.literal(true) })),
  },
  pods: {
    list: read("/api/pods", "Every pod with phase, conditions and restarts")
      .meta({ role: "viewer", cacheMs: 100 })
      .input(z.strictObject({ deployment: nameSchema.optional() }))
      .output(z.object({ pods: z.array(podSchema) })),
    get: read("/api/pods/{name}", "One pod")
      .input(z.strictObject({ name: podNameSchema }))
      .output(podSchema),
    logs: read("/api/pods/{name}/logs", "The last lines that a pod wrote")
      .input(
        z.strictObject({
          name: podNameSchema,
          tail: z.coerce.number().int().min(1).max(500).default(100),
        }),
      )
      .output(z.object({ lines: z.array(logLineSchema), dropped: z.int() })),
    kill: change(
      "/api/pods/{name}/kill",
      "Kill a pod's server and watch it come back",
      { pod: { name: "web-app-6d4b75cb6d-hx2lp" } },
      "pod: the server ends at once, the pod is gone, and its ReplicaSet makes a new one. container: the server ends with code 137 and is restarted inside the same pod.",
    )
      .input(z.strictObject({ name: podNameSchema, target: targetSchema.default("pod") }))
      .output(z.object({ name: z.string(), target: targetSchema })),
  },
  pools: poolsContract,
  gateway: {
    ...gatewayConfigContract,
    routes: polled("/api/orchestration/gateway", "The gateway's routes, measured").output(
      z.object({ routes: z.array(gatewayRouteSchema) }),
    ),
    send: change(
      "/api/orchestration/gateway/send",
      "Send one request through the gateway and see which instance answered",
      { "web-app": { name: "web-app", method: "GET", path: "/" } },
      "The same way as /services/{name}/* on port 3005, reachable from every port.",
    )
      .input(
        z.strictObject({
          name: nameSchema,
          method: z.enum(["GET", "POST", "PUT", "DELETE"]).default("GET"),
          path: pathSchema,
          body: z.string().max(16_384).optional(),
        }),
      )
      .output(
        z.object({
          status: z.int(),
          instance: z.string(),
          attempts: z.int(),
          durationMs: z.number(),
          contentType: z.string().nullable(),
          body: z.string(),
          truncated: z.boolean(),
        }),
      ),
  },
  cluster: clusterContract,
};
