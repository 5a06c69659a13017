/** Microservices: registry, orchestration, gateway and mesh. Deployments use Kubernetes' words. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const replicasMax = 50;
export const ttlSecondsDefault = 60;
export const eventsPageMax = 500;

/** RFC 1123 label, as Kubernetes names its objects. */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const nameSchema = z
  .string()
  .regex(
    label,
    "A name is an RFC 1123 label: at most 63 of a-z, 0-9 and '-', a letter or digit at both ends",
  );
const podNameSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, "A pod's name has a-z, 0-9 and '-'");
const instanceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,127})$/, "An id has letters, digits, '-', '_' and '.'");
/** Like Kubernetes, take any text for an image: what is no image fails when it is pulled. */
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

export const imageViewSchema = z.object({
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
    z.object({
      name: z.string(),
      revision: z.int(),
      image: z.string(),
      desired: z.int(),
      current: z.int(),
      ready: z.int(),
    }),
  ),
});
export type DeploymentView = z.infer<typeof deploymentSchema>;

const probeResultSchema = z.object({
  kind: z.enum(["readiness", "liveness"]),
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

export const checkKinds = ["tcp", "http"] as const;

const instanceSchema = z.object({
  service: z.string(),
  id: z.string(),
  host: z.string(),
  port: z.int(),
  source: z.enum(["registered", "pod"]),
  health: z.enum(["passing", "failing", "unchecked"]),
  detail: z.string().describe("Outcome of the last check"),
  checkedAt: z.number().nullable(),
  registeredAt: z.number(),
  ttlSeconds: z.int().nullable().describe("null: a pod lives as long as its controller lets it"),
  expiresAt: z.number().nullable(),
  circuit: z.enum(["closed", "open", "half-open"]),
  pending: z.int(),
});
export type ServiceInstance = z.infer<typeof instanceSchema>;

const serviceSchema = z.object({
  name: z.string(),
  route: z.string(),
  healthy: z.int(),
  instances: z.array(instanceSchema),
});
export type ServiceView = z.infer<typeof serviceSchema>;

const latencySchema = z.object({
  count: z.int(),
  meanMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p90Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
  buckets: z
    .array(z.object({ upToMs: z.number().nullable(), count: z.int() }))
    .describe("Counts per bucket; the last one has no upper bound"),
});
export type Latency = z.infer<typeof latencySchema>;

const gatewayRouteSchema = z.object({
  service: z.string(),
  path: z.string(),
  instances: z.int(),
  healthy: z.int(),
  openCircuits: z.int(),
  pending: z.int(),
  requests: z.int().describe("Answered since the thread started, retries not counted"),
  errors: z.int().describe("Of these, answered with 500 or above, or not at all"),
  retries: z.int(),
  refused: z.int().describe("Without a healthy instance, or too many at once"),
  requestsPerSecond: z.number().describe("Over the last ten seconds"),
  latency: latencySchema,
});
export type GatewayRoute = z.infer<typeof gatewayRouteSchema>;

const meshEdgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  requests: z.int(),
  errors: z.int(),
  requestsPerSecond: z.number(),
  meanMs: z.number().nullable(),
  p99Ms: z.number().nullable(),
  lastAt: z.number(),
});
export type MeshEdge = z.infer<typeof meshEdgeSchema>;

const tags = ["Microservices"];
const nameInput = z.strictObject({ name: nameSchema });

const checkSchema = z.strictObject({
  kind: z.enum(checkKinds),
  path: z
    .string()
    .max(256)
    .regex(/^\/[\x21-\x7e]*$/, "A path starts with a slash and has no spaces")
    .default("/"),
});

export const microservicesContract = {
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/orchestration/status",
      tags,
      summary: "Services, deployments, pods and gateway in numbers",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        verdict: z.enum(["healthy", "degraded", "idle"]),
        sentence: z.string(),
        services: z.object({ total: z.int(), instances: z.int(), healthy: z.int() }),
        deployments: z.object({ total: z.int(), available: z.int(), progressing: z.int() }),
        pods: z.object({
          desired: z.int(),
          ready: z.int(),
          running: z.int(),
          pending: z.int(),
          failing: z.int(),
          restarts: z.int(),
          capacity: z.int(),
        }),
        gateway: z.object({
          routes: z.int(),
          requests: z.int(),
          errors: z.int(),
          pending: z.int(),
          requestsPerSecond: z.number(),
          p50Ms: z.number().nullable(),
          p99Ms: z.number().nullable(),
          openCircuits: z.int(),
        }),
      }),
    ),
  events: route
    .route({
      method: "GET",
      path: "/api/orchestration/events",
      tags,
      summary: "What the controllers did and why, newest first",
    })
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(eventsPageMax).default(100),
        object: z.string().max(120).optional().describe("Only of this object, e.g. pod/NAME"),
      }),
    )
    .output(z.object({ events: z.array(clusterEventSchema), dropped: z.int() })),
  images: route
    .route({
      method: "GET",
      path: "/api/orchestration/images",
      tags,
      summary: "The image catalogue: what a deployment can run",
    })
    .input(z.strictObject({}))
    .output(z.object({ images: z.array(imageViewSchema) })),
  mesh: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/orchestration/mesh",
      tags,
      summary: "Who called whom, measured on each connection",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        nodes: z.array(
          z.object({ name: z.string(), kind: z.enum(["gateway", "service"]), healthy: z.int() }),
        ),
        edges: z.array(meshEdgeSchema),
      }),
    ),
  services: {
    list: route
      .meta({ role: "viewer", cacheMs: 100 })
      .route({
        method: "GET",
        path: "/api/services",
        tags,
        summary: "Every service with its instances, registered and from pods",
      })
      .input(z.strictObject({}))
      .output(z.object({ services: z.array(serviceSchema) })),
    register: route
      .meta({
        role: "operator",
        examples: {
          "user-service": { name: "user-service", id: "user-1", host: "localhost", port: 3001 },
        },
      })
      .route({
        method: "POST",
        path: "/api/services/register",
        tags,
        summary: "Register an instance on this machine, or renew it",
        description:
          "The instance is checked at once and every 10 s. A passed check or a heartbeat renews it; without either it expires after ttlSeconds. Only loopback hosts are taken.",
      })
      .input(
        z.strictObject({
          name: nameSchema,
          id: instanceIdSchema,
          host: z.string().min(1).max(255),
          port: z.int().min(1).max(65_535),
          ttlSeconds: z.int().min(5).max(3_600).default(ttlSecondsDefault),
          check: checkSchema.default({ kind: "tcp", path: "/" }),
        }),
      )
      .output(instanceSchema),
    heartbeat: route
      .meta({ role: "operator", examples: { "user-1": { name: "user-service", id: "user-1" } } })
      .route({
        method: "POST",
        path: "/api/services/heartbeat",
        tags,
        summary: "Renew a registered instance",
      })
      .input(z.strictObject({ name: nameSchema, id: instanceIdSchema }))
      .output(instanceSchema),
    deregister: route
      .meta({ role: "operator", examples: { "user-1": { name: "user-service", id: "user-1" } } })
      .route({
        method: "POST",
        path: "/api/services/deregister",
        tags,
        summary: "Take a registered instance out",
      })
      .input(z.strictObject({ name: nameSchema, id: instanceIdSchema }))
      .output(z.object({ name: z.string(), id: z.string(), deregistered: z.literal(true) })),
  },
  deployments: {
    list: route
      .meta({ role: "viewer", cacheMs: 100 })
      .route({
        method: "GET",
        path: "/api/deployments",
        tags,
        summary: "Every deployment with its state",
      })
      .input(z.strictObject({}))
      .output(z.object({ deployments: z.array(deploymentSchema) })),
    get: route
      .route({
        method: "GET",
        path: "/api/deployments/{name}",
        tags,
        summary: "One deployment with its ReplicaSets and conditions",
      })
      .input(nameInput)
      .output(deploymentSchema),
    create: route
      .meta({
        role: "operator",
        examples: {
          "web-app": { name: "web-app", image: "nginx:latest", replicas: 3 },
          crashing: { name: "crasher", image: "failing", replicas: 1 },
          "unknown image": { name: "typo", image: "ngnix:latest", replicas: 1 },
        },
      })
      .route({
        method: "POST",
        path: "/api/deployments/create",
        tags,
        summary: "Run replicas of an image behind a service of the same name",
      })
      .input(
        z.strictObject({
          name: nameSchema,
          image: imageSchema,
          replicas: replicasSchema.default(1),
          environment: environmentSchema.default({}),
        }),
      )
      .output(deploymentSchema),
    scale: route
      .meta({ role: "operator", examples: { "web-app": { name: "web-app", replicas: 5 } } })
      .route({
        method: "POST",
        path: "/api/deployments/scale",
        tags,
        summary: "Set how many replicas a deployment has",
      })
      .input(z.strictObject({ name: nameSchema, replicas: replicasSchema }))
      .output(deploymentSchema),
    update: route
      .meta({ role: "operator", examples: { echo: { name: "web-app", image: "echo" } } })
      .route({
        method: "POST",
        path: "/api/deployments/update",
        tags,
        summary: "Roll out another image or environment",
      })
      .input(
        z.strictObject({
          name: nameSchema,
          image: imageSchema.optional(),
          environment: environmentSchema.optional(),
        }),
      )
      .output(deploymentSchema),
    restart: route
      .meta({ role: "operator", examples: { "web-app": { name: "web-app" } } })
      .route({
        method: "POST",
        path: "/api/deployments/restart",
        tags,
        summary: "Replace every pod, a few at a time",
      })
      .input(nameInput)
      .output(deploymentSchema),
    remove: route
      .meta({ role: "operator", examples: { "web-app": { name: "web-app" } } })
      .route({
        method: "POST",
        path: "/api/deployments/delete",
        tags,
        summary: "Delete a deployment with its ReplicaSets and pods",
      })
      .input(nameInput)
      .output(z.object({ name: z.string(), deleted: z.literal(true) })),
  },
  pods: {
    list: route
      .meta({ role: "viewer", cacheMs: 100 })
      .route({
        method: "GET",
        path: "/api/pods",
        tags,
        summary: "Every pod with phase, conditions and restarts",
      })
      .input(z.strictObject({ deployment: nameSchema.optional() }))
      .output(z.object({ pods: z.array(podSchema) })),
    get: route
      .route({ method: "GET", path: "/api/pods/{name}", tags, summary: "One pod" })
      .input(z.strictObject({ name: podNameSchema }))
      .output(podSchema),
    logs: route
      .route({
        method: "GET",
        path: "/api/pods/{name}/logs",
        tags,
        summary: "The last lines that a pod wrote",
      })
      .input(
        z.strictObject({
          name: podNameSchema,
          tail: z.coerce.number().int().min(1).max(500).default(100),
        }),
      )
      .output(
        z.object({
          lines: z.array(z.object({ at: z.number(), text: z.string() })),
          dropped: z.int(),
        }),
      ),
    kill: route
      .meta({ role: "operator" })
      .route({
        method: "POST",
        path: "/api/pods/{name}/kill",
        tags,
        summary: "Kill a pod's server and watch it come back",
        description:
          "pod: the server ends at once, the pod is gone, and its ReplicaSet makes a new one. container: the server ends with code 137 and is restarted inside the same pod.",
      })
      .input(
        z.strictObject({
          name: podNameSchema,
          target: z.enum(["pod", "container"]).default("pod"),
        }),
      )
      .output(z.object({ name: z.string(), target: z.enum(["pod", "container"]) })),
  },
  gateway: {
    routes: route
      .meta({ role: "viewer", cacheMs: 100 })
      .route({
        method: "GET",
        path: "/api/orchestration/gateway",
        tags,
        summary: "The gateway's routes with what was measured on them",
      })
      .input(z.strictObject({}))
      .output(z.object({ routes: z.array(gatewayRouteSchema) })),
    send: route
      .meta({
        role: "operator",
        examples: { "web-app": { name: "web-app", method: "GET", path: "/" } },
      })
      .route({
        method: "POST",
        path: "/api/orchestration/gateway/send",
        tags,
        summary: "Send one request through the gateway and see which instance answered",
        description: "The same way as /services/{name}/* on port 3005, reachable from every port.",
      })
      .input(
        z.strictObject({
          name: nameSchema,
          method: z.enum(["GET", "POST", "PUT", "DELETE"]).default("GET"),
          path: z
            .string()
            .max(1_024)
            .regex(/^\/[\x21-\x7e]*$/, "A path starts with a slash and has no spaces")
            .default("/"),
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
};
