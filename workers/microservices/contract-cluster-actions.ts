/** What the cluster's screens change: objects through the Kubernetes API, and faults. */
import { z } from "zod";
import { route } from "../service/contract.ts";

const tags = ["Cluster"];
type Examples = Readonly<Record<string, unknown>>;
const change = (path: `/${string}`, summary: string, examples: Examples, description?: string) =>
  route.meta({ role: "operator", examples }).route({
    method: "POST",
    path: `/api/cluster${path}`,
    tags,
    summary,
    ...(description !== undefined && { description }),
  });

const namespace = z.string().min(1).max(63);
const name = z.string().min(1).max(253);
const workloadKind = z.enum(["Deployment", "StatefulSet", "DaemonSet"]);
const scaledKind = z.enum(["Deployment", "StatefulSet"]);
const done = z.object({ message: z.string().describe("As kubectl would say it") });
const nodeInput = z.strictObject({ node: name });
const deploymentInput = z.strictObject({ namespace, name });
const web = { namespace: "default", name: "web" };
/** Replicas that one command may ask for. */
export const clusterReplicasMax = 5_000;
export const yamlLengthMax = 262_144;

const appliedSchema = z.object({
  resource: z.string(),
  namespace: z.string(),
  name: z.string(),
  outcome: z.enum(["created", "configured", "unchanged"]),
  before: z.string().describe('YAML; "" of an object that is new'),
  after: z.string().describe("YAML as the API server answered it"),
});
const yamlProblemSchema = z.object({
  line: z.int().nullable().describe("From 1; null where no line can be told"),
  field: z.string(),
  message: z.string(),
});
export type YamlProblem = z.infer<typeof yamlProblemSchema>;

const drainSchema = z.object({
  id: z.int(),
  node: z.string(),
  state: z.enum(["draining", "drained", "cancelled", "failed"]),
  total: z.int(),
  evicted: z.int(),
  left: z.array(z.string()),
  sentence: z.string(),
  startedAt: z.number(),
});
export type Drain = z.infer<typeof drainSchema>;

const trafficTarget = z.strictObject({
  namespace,
  service: name.optional().describe("Every pod behind this service"),
  pod: name.optional(),
});
const targetRule = ({ service, pod }: z.infer<typeof trafficTarget>): boolean =>
  (service === undefined) !== (pod === undefined);
const target = trafficTarget.refine(targetRule, "Name either a service or a pod");
const share = z.number().min(0).max(1);

export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("kill-pod"), namespace, pod: name }),
  z.strictObject({ kind: z.literal("stop-node"), node: name }),
  z.strictObject({ kind: z.literal("zone-outage"), zone: z.string().min(1).max(63) }),
  z.strictObject({
    kind: z.literal("slow"),
    target,
    delayMs: z.int().min(1).max(60_000),
    share: share.default(1),
  }),
  z.strictObject({
    kind: z.literal("fail"),
    target,
    status: z.int().min(400).max(599).default(503),
    share: share.default(1),
  }),
  z.strictObject({
    kind: z.literal("partition"),
    target,
    from: trafficTarget.optional().describe("Callers that are cut off; without it, all of them"),
  }),
]);
export type Fault = z.output<typeof faultSchema>;

export const topologyFaultSchema = z.object({
  id: z.string(),
  kind: z.string(),
  subject: z.string(),
  sentence: z.string(),
  since: z.number(),
  until: z.number().nullable().describe("When it ends by itself; null: when somebody ends it"),
});
export type ActiveFault = z.infer<typeof topologyFaultSchema>;

export const clusterActions = {
  apply: change(
    "/apply",
    "Apply YAML, or try it without keeping anything",
    {
      "a config map": {
        yaml: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: greeting\n  namespace: default\ndata:\n  text: hello\n",
        dryRun: true,
      },
    },
    "apply: server-side apply, fields that others own are taken over with force. replace: the object becomes exactly this text, as `kubectl replace` does. Documents are applied in their order; the first refusal ends it.",
  )
    .input(
      z.strictObject({
        yaml: z.string().min(1).max(yamlLengthMax),
        dryRun: z.boolean().default(true),
        force: z.boolean().default(false),
        mode: z.enum(["apply", "replace"]).default("apply"),
      }),
    )
    .output(
      z.object({
        dryRun: z.boolean(),
        applied: z.array(appliedSchema),
        problems: z.array(yamlProblemSchema).describe("Why it was refused; empty where it was not"),
        refusal: z.string().nullable().describe("The message of the refusing Status"),
      }),
    ),
  delete: change("/delete", "Delete objects; each answer says what became of it", {
    "a pod": { objects: [{ resource: "pods", namespace: "default", name: "web-0" }] },
  })
    .input(
      z.strictObject({
        objects: z
          .array(
            z.strictObject({
              resource: z.string().max(120),
              namespace: namespace.optional(),
              name,
            }),
          )
          .min(1)
          .max(500),
        gracePeriodSeconds: z.int().min(0).max(3_600).optional(),
        propagation: z.enum(["Background", "Foreground", "Orphan"]).default("Background"),
      }),
    )
    .output(
      z.object({
        deleted: z.int(),
        refused: z.array(z.object({ object: z.string(), message: z.string() })),
      }),
    ),
  scale: change("/scale", "Set the replicas of a workload", {
    web: { ...web, kind: "Deployment", replicas: 5 },
  })
    .input(
      z.strictObject({
        kind: scaledKind,
        namespace,
        name,
        replicas: z.int().min(0).max(clusterReplicasMax),
      }),
    )
    .output(done),
  restart: change("/restart", "Replace every pod of a workload, by its own strategy", {
    web: { ...web, kind: "Deployment" },
  })
    .input(z.strictObject({ kind: workloadKind, namespace, name }))
    .output(done),
  undo: change("/undo", "Go back to an earlier revision of a deployment", { web })
    .input(z.strictObject({ namespace, name, revision: z.int().min(1).optional() }))
    .output(done),
  pause: change("/pause", "Hold a rollout where it is", { web })
    .input(deploymentInput)
    .output(done),
  resume: change("/resume", "Let a paused rollout go on", { web })
    .input(deploymentInput)
    .output(done),
  cordon: change("/cordon", "Let no new pod onto a node", { node: { node: "node-1" } })
    .input(nodeInput)
    .output(done),
  uncordon: change("/uncordon", "Let pods onto a node again", { node: { node: "node-1" } })
    .input(nodeInput)
    .output(done),
  drain: {
    start: change("/drain", "Cordon a node and evict its pods, within their budgets", {
      node: { node: "node-1" },
    })
      .input(nodeInput)
      .output(drainSchema),
    list: route
      .route({
        method: "GET",
        path: "/api/cluster/drain",
        tags,
        summary: "Drains under way, and the last ones that ended",
      })
      .input(z.strictObject({}))
      .output(z.object({ drains: z.array(drainSchema) })),
    cancel: change("/drain/{id}/cancel", "Stop evicting; the node stays cordoned", {
      first: { id: 1 },
    })
      .input(z.strictObject({ id: z.coerce.number().int().min(1) }))
      .output(drainSchema),
  },
  exec: change(
    "/exec",
    "Run one command in a container",
    { uptime: { namespace: "default", pod: "web-0", command: "ls /" } },
    "Each call is a command of its own: working directory and variables do not stay. Words are split as a shell splits them, quotes included; nothing is expanded.",
  )
    .input(
      z.strictObject({
        namespace,
        pod: name,
        container: z.string().max(63).optional(),
        command: z.string().min(1).max(4_096),
      }),
    )
    .output(
      z.object({
        output: z.string(),
        exitCode: z.int().nullable().describe("null: it was stopped before it ended"),
        truncated: z.boolean(),
        timedOut: z.boolean(),
        durationMs: z.number(),
      }),
    ),
  inject: change("/chaos/inject", "Break something on purpose", {
    "kill a pod": { fault: { kind: "kill-pod", namespace: "default", pod: "web-0" } },
    "slow a service": {
      fault: {
        kind: "slow",
        target: { namespace: "default", service: "web" },
        delayMs: 500,
        share: 0.5,
      },
    },
  })
    .input(
      z.strictObject({
        fault: faultSchema,
        forSeconds: z
          .int()
          .min(1)
          .max(86_400)
          .optional()
          .describe("Until it ends by itself; without it somebody has to end it"),
      }),
    )
    .output(z.object({ fault: topologyFaultSchema.nullable().describe("null: nothing lasts") })),
  restore: change("/chaos/restore", "End one fault, or all of them", { all: {} })
    .input(z.strictObject({ id: z.string().max(100).optional() }))
    .output(z.object({ restored: z.int() })),
};
