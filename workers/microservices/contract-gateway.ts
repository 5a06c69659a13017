/** The gateway's configuration: routes and policies, versions of them, and what they measured. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { balancerNames, measuresSchema } from "./contract-measures.ts";

const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, "At most 63 of a-z, 0-9 and '-' inside");
/** A service here, or NAME.NAMESPACE. */
const serviceNameSchema = z
  .string()
  .max(127)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)?$/, "A service");
const hostSchema = z
  .string()
  .max(253)
  .regex(
    /^(?:\*|(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)$/,
    "A host in lower case without its port, *.host for one label before it, or *",
  );
const pathSchema = z
  .string()
  .max(1_024)
  .regex(/^\/[\x21-\x7e]*$/, "A path starts with a slash and has no spaces");
const headerNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, "A header's name in lower case");
const headerValueSchema = z
  .string()
  .max(1_024)
  .regex(/^[\x20-\x7e]*$/, "A header's value has printable characters");
const percentSchema = z.number().min(0).max(100);
const headerRecordSchema = z
  .record(headerNameSchema, headerValueSchema)
  .refine((headers) => Object.keys(headers).length <= 16, "At most 16 headers")
  .default({});

const headerChangesSchema = z.strictObject({
  set: headerRecordSchema.describe("In place of what is there"),
  add: headerRecordSchema.describe("Beside what is there"),
  remove: z.array(headerNameSchema).max(16).default([]),
});
const rateLimitSchema = z.strictObject({
  perSecond: z.number().min(0.01).max(1_000_000),
  burst: z.int().min(1).max(1_000_000),
});

const gatewayMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const retryConditions = ["connect-failure", "reset", "gateway-error", "5xx"] as const;

const routeConfigSchema = z.strictObject({
  name: nameSchema,
  hosts: z.array(hostSchema).min(1).max(16).default(["*"]),
  path: z
    .strictObject({
      kind: z.enum(["exact", "prefix", "regex"]),
      value: z.string().min(1).max(1_024),
    })
    .default({ kind: "prefix", value: "/" })
    .describe(
      "prefix goes by whole segments; regex is matched in linear time, over the whole path",
    ),
  methods: z.array(z.enum(gatewayMethods)).max(7).default([]).describe("Empty: every method"),
  headers: z
    .array(
      z.strictObject({
        name: headerNameSchema,
        kind: z.enum(["exact", "prefix", "present", "absent"]),
        value: headerValueSchema.default(""),
      }),
    )
    .max(8)
    .default([]),
  to: z
    .array(
      z.strictObject({ service: serviceNameSchema, weight: z.int().min(0).max(1_000).default(1) }),
    )
    .max(8)
    .default([]),
  redirect: z
    .strictObject({
      status: z.union([
        z.literal(301),
        z.literal(302),
        z.literal(303),
        z.literal(307),
        z.literal(308),
      ]),
      host: hostSchema.nullable().default(null),
      path: pathSchema.nullable().default(null),
    })
    .nullable()
    .default(null),
  rewrite: z
    .strictObject({
      path: pathSchema.describe("In place of the matched prefix, or of the whole path"),
    })
    .nullable()
    .default(null),
  requestHeaders: headerChangesSchema.default({ set: {}, add: {}, remove: [] }),
  responseHeaders: headerChangesSchema.default({ set: {}, add: {}, remove: [] }),
  mirror: z
    .strictObject({ service: serviceNameSchema, percent: percentSchema.default(100) })
    .nullable()
    .default(null)
    .describe("A copy of requests without a body, whose answer nobody sees"),
  fault: z
    .strictObject({
      delayMs: z.int().min(0).max(30_000).default(0),
      delayPercent: percentSchema.default(100),
      abortStatus: z.int().min(400).max(599).nullable().default(null),
      abortPercent: percentSchema.default(100),
    })
    .nullable()
    .default(null),
  timeoutMs: z.int().min(1).max(300_000).default(15_000).describe("Until the answer begins"),
  perTryTimeoutMs: z.int().min(1).max(300_000).nullable().default(null),
  retry: z
    .strictObject({
      attempts: z.int().min(0).max(5).default(2).describe("Beyond the first"),
      on: z.array(z.enum(retryConditions)).default(["connect-failure", "reset", "gateway-error"]),
      anyMethod: z.boolean().default(false).describe("Also methods that are not idempotent"),
    })
    .default({ attempts: 2, on: ["connect-failure", "reset", "gateway-error"], anyMethod: false }),
  hedge: z
    .strictObject({
      afterMs: z.int().min(1).max(60_000),
      percentile: z.number().min(50).max(99.9).nullable().default(null),
    })
    .nullable()
    .default(null)
    .describe("A second request after the percentile of this route's latency, or after afterMs"),
  rateLimit: rateLimitSchema.nullable().default(null),
  clientRateLimit: rateLimitSchema.nullable().default(null),
});
export type RouteConfig = z.infer<typeof routeConfigSchema>;

const countSchema = z.int().min(1).max(1_000_000);
const outlierSchema = z.strictObject({
  consecutive5xx: countSchema.default(5),
  consecutiveGatewayFailure: countSchema.default(5),
  intervalMs: z.int().min(100).max(3_600_000).default(10_000),
  baseEjectionMs: z.int().min(100).max(3_600_000).default(30_000),
  maxEjectionMs: z.int().min(100).max(3_600_000).default(300_000),
  maxEjectionPercent: percentSchema.default(10),
  successRateMinimumHosts: countSchema.default(5),
  successRateRequestVolume: countSchema.default(100),
  successRateStdevFactor: z.int().min(0).max(100_000).default(1_900),
  failurePercentageThreshold: percentSchema.default(85),
  failurePercentageMinimumHosts: countSchema.default(5),
  failurePercentageRequestVolume: countSchema.default(50),
  enforcingConsecutive5xx: percentSchema.default(100),
  enforcingConsecutiveGatewayFailure: percentSchema.default(0),
  enforcingSuccessRate: percentSchema.default(100),
  enforcingFailurePercentage: percentSchema.default(0),
});
const breakersSchema = z.strictObject({
  maxConnections: z.int().min(1).max(1_024).default(1_024),
  maxPendingRequests: z.int().min(0).max(1_024).default(1_024),
  maxRequests: z.int().min(1).max(1_024).default(1_024),
  maxRetries: z.int().min(0).max(1_024).nullable().default(null),
  retryBudgetPercent: percentSchema.default(20),
  retryBudgetMinimum: z.int().min(0).max(1_024).default(3),
});

const servicePolicySchema = z.strictObject({
  service: serviceNameSchema,
  balancer: z.enum(balancerNames).default("least-request"),
  hashOn: z
    .strictObject({
      kind: z.enum(["client", "path", "header"]),
      name: headerNameSchema.default("x-user"),
    })
    .default({ kind: "client", name: "x-user" }),
  weights: z
    .record(z.string().max(128), z.int().min(1).max(1_000))
    .refine((weights) => Object.keys(weights).length <= 200, "At most 200 instances")
    .default({})
    .describe("By instance id; 1 where none is given"),
  panicThresholdPercent: percentSchema.default(50),
  outlier: outlierSchema.default(outlierSchema.parse({})),
  breakers: breakersSchema.default(breakersSchema.parse({})),
});
export type ServicePolicy = z.infer<typeof servicePolicySchema>;

const gatewayConfigSchema = z.strictObject({
  routes: z.array(routeConfigSchema).max(200).default([]),
  policies: z.array(servicePolicySchema).max(200).default([]),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

const versionSchema = z.object({
  version: z.int(),
  at: z.number(),
  note: z.string(),
  routes: z.int(),
  policies: z.int(),
});
export type ConfigVersion = z.infer<typeof versionSchema>;

const tags = ["Microservices"];
const path = "/api/orchestration/gateway";

const configExample = {
  "a canary": {
    routes: [
      {
        name: "shop",
        hosts: ["shop.localhost"],
        path: { kind: "prefix", value: "/" },
        to: [
          { service: "shop", weight: 9 },
          { service: "shop-canary", weight: 1 },
        ],
      },
    ],
    policies: [{ service: "shop", balancer: "peak-ewma" }],
  },
};
const stateSchema = gatewayConfigSchema.extend({
  version: z.int(),
  port: z.int().nullable().describe("Of the gateway's own listener: HTTP/1.1, h2c and WebSocket"),
});
const trialSchema = z.strictObject({
  method: z.enum(gatewayMethods).default("GET"),
  host: z
    .string()
    .max(253)
    .regex(/^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/, "A host in lower case without its port")
    .default("localhost"),
  path: pathSchema,
  headers: headerRecordSchema,
  body: z.string().max(16_384).optional(),
});
const trialAnswerSchema = z.object({
  route: z.string().nullable().describe("null: no route takes it"),
  instance: z.string().nullable().describe("null: the gateway answered by itself"),
  attempts: z.int().nullable(),
  status: z.int(),
  durationMs: z.number(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  body: z.string(),
  truncated: z.boolean(),
});

const read = (end: string, summary: string) =>
  route.route({ method: "GET", path: `${path}/${end}`, tags, summary }).input(z.strictObject({}));
const change = (
  method: "POST" | "PUT",
  end: string,
  summary: string,
  examples: Readonly<Record<string, unknown>>,
) =>
  route
    .meta({ role: "operator", examples })
    .route({ method, path: `${path}/${end}`, tags, summary });

export const gatewayConfigContract = {
  config: read("config", "The routes and policies in force, and where the gateway listens").output(
    stateSchema.extend({
      ingressRoutes: z
        .array(routeConfigSchema.extend({ name: z.string() }))
        .describe("Of Ingress objects, behind the others: ingress/NAMESPACE/NAME/NUMBER"),
    }),
  ),
  configure: change("PUT", "config", "Replace routes and policies at once", configExample)
    .input(
      gatewayConfigSchema.extend({
        dryRun: z.boolean().default(false).describe("Only say whether it would be taken"),
        note: z.string().max(200).default(""),
        expectedVersion: z.int().optional().describe("Refuse when another version is in force"),
      }),
    )
    .output(z.object({ version: z.int(), applied: z.boolean(), warnings: z.array(z.string()) })),
  history: read("history", "The last versions of the configuration, newest first").output(
    z.object({ versions: z.array(versionSchema) }),
  ),
  version: route
    .route({
      method: "GET",
      path: `${path}/version`,
      tags,
      summary: "The routes and policies of one of the last versions",
    })
    .input(z.strictObject({ version: z.coerce.number().int().min(0) }))
    .output(gatewayConfigSchema.extend({ version: z.int() })),
  undo: change("POST", "undo", "Put the version before in force again", { undo: {} })
    .input(z.strictObject({}))
    .output(stateSchema),
  ingress: change("POST", "ingress", "Show a Kubernetes Ingress as routes", {
    "by path": {
      ingress: {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: "shop" },
        spec: {
          rules: [
            {
              host: "shop.localhost",
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: "shop", port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    },
  })
    .input(z.strictObject({ ingress: z.record(z.string(), z.unknown()) }))
    .output(z.object({ routes: z.array(routeConfigSchema) })),
  try: change("POST", "try", "Send one request to the gateway's own port and see who took it", {
    "a page": { host: "shop.localhost", path: "/" },
  })
    .input(trialSchema)
    .output(trialAnswerSchema),
  measures: read("measures", "Requests, errors, latency and ejections of routes and endpoints")
    .meta({ role: "viewer", cacheMs: 100 })
    .output(measuresSchema),
};

export type GatewayTrial = z.output<typeof trialSchema>;
export type GatewayTrialAnswer = z.infer<typeof trialAnswerSchema>;

/** Fills in every default. @throws ZodError */
export const parseGatewayConfig = (value: unknown): GatewayConfig =>
  gatewayConfigSchema.parse(value);
