/** The service registry: instances with tags and checks, found by filters and DNS names, and watched. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";

const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, "At most 63 of a-z, 0-9 and '-' inside");
const instanceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,127})$/, "An id has letters, digits, '-', '_' and '.'");
const tagSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/,
    "A tag has at most 63 letters, digits, '-', '_', '.'",
  );
const tagsSchema = z.array(tagSchema).max(16);
const metadataSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9][-_./A-Za-z0-9]{0,127}$/, "A key as labels have them"),
    z.string().max(512),
  )
  .refine((metadata) => Object.keys(metadata).length <= 64, "At most 64 keys");

const healths = ["passing", "warning", "critical", "unchecked"] as const;

const countSchema = z.int().min(1).max(100);
const checkSchema = z.strictObject({
  kind: z
    .enum(["tcp", "http", "ttl"])
    .describe("ttl: nothing is called; heartbeats say how the instance is"),
  path: z
    .string()
    .max(1_024)
    .regex(/^\/[\x21-\x7e]*$/, "A path starts with a slash and has no spaces")
    .default("/"),
  intervalSeconds: z.int().min(1).max(3_600).default(10),
  timeoutMs: z.int().min(10).max(30_000).default(1_000),
  successesBeforePassing: countSchema.default(1).describe("In a row"),
  failuresBeforeWarning: countSchema.nullable().default(null).describe("null: none warns"),
  failuresBeforeCritical: countSchema.default(3).describe("In a row; the very first one decides"),
});
export type CheckSpec = z.infer<typeof checkSchema>;

const instanceSchema = z.object({
  service: z.string(),
  id: z.string(),
  host: z.string(),
  port: z.int(),
  source: z.enum(["registered", "pod"]),
  health: z.enum(healths).describe("Requests go to those that pass or warn"),
  healthSince: z.number().describe("When it began to be so"),
  detail: z.string().describe("Outcome of the last check"),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()).describe("Of a pod its labels"),
  checkedAt: z.number().nullable(),
  registeredAt: z.number(),
  ttlSeconds: z.int().nullable().describe("null: a pod lives as long as its controller lets it"),
  check: checkSchema.nullable().describe("null: the probes of a pod"),
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

const foundSchema = instanceSchema.pick({
  service: true,
  id: true,
  host: true,
  port: true,
  source: true,
  health: true,
  healthSince: true,
  detail: true,
  circuit: true,
  ttlSeconds: true,
  check: true,
  tags: true,
  metadata: true,
});
export type Found = z.infer<typeof foundSchema>;

const listed = (item: z.ZodType<string, string>) =>
  z
    .string()
    .max(1_024)
    .transform((text) => text.split(",").filter((part) => part !== ""))
    .pipe(z.array(item).max(16));
const filterSchema = z.strictObject({
  name: z.string().max(127).optional().describe("Of the service; every service without it"),
  tags: listed(tagSchema).optional().describe("All of them, with commas between"),
  metadata: listed(z.string().regex(/^[^=]{1,128}=.{0,512}$/, "key=value"))
    .optional()
    .describe("All of them, as key=value with commas between"),
  health: z
    .enum([...healths, "serving"])
    .optional()
    .describe("serving: passing or warning"),
});
export type RegistryFilter = z.infer<typeof filterSchema>;

const tags = ["Microservices"];
const example = { "user-1": { name: "user-service", id: "user-1" } };
const instanceInput = z.strictObject({ name: nameSchema, id: instanceIdSchema });

const read = (path: `/${string}`, summary: string) =>
  route.route({ method: "GET", path, tags, summary });
const change = (
  path: `/${string}`,
  summary: string,
  examples: Readonly<Record<string, unknown>>,
  description?: string,
) =>
  route
    .meta({ role: "operator", examples })
    .route({ method: "POST", path, tags, summary, ...(description && { description }) });

export const registryContract = {
  list: read("/api/services", "Every service with its instances, registered and from pods")
    .meta({ role: "viewer", cacheMs: 100 })
    .input(z.strictObject({}))
    .output(z.object({ services: z.array(serviceSchema) })),
  find: read("/api/services/find", "Instances by tags, metadata and health")
    .input(filterSchema)
    .output(z.object({ instances: z.array(foundSchema) })),
  watch: read("/api/services/watch", "The same as server-sent events, on every change")
    .input(filterSchema)
    .output(eventIterator(z.object({ instances: z.array(foundSchema) }))),
  resolve: read("/api/services/resolve", "A DNS-like name as the addresses that may be called")
    .input(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .max(253)
          .describe("As in Kubernetes' DNS; _port._tcp before it asks for SRV records"),
      }),
    )
    .output(
      z.object({
        service: z.string(),
        addresses: z.array(z.object({ id: z.string(), host: z.string(), port: z.int() })),
        records: z
          .array(
            z.object({
              priority: z.int(),
              weight: z.int(),
              port: z.int().describe("In the cluster"),
              target: z.string(),
            }),
          )
          .describe("SRV (RFC 2782): empty where none were asked for"),
      }),
    ),
  register: change(
    "/api/services/register",
    "Register an instance on this machine, or renew it",
    { "user-service": { name: "user-service", id: "user-1", host: "localhost", port: 3001 } },
    "The instance is checked at once and every 10 s, unless its check says otherwise. A passed check or a heartbeat renews it; without either it expires after ttlSeconds. Only loopback hosts are taken.",
  )
    .input(
      z.strictObject({
        name: nameSchema,
        id: instanceIdSchema,
        host: z.string().min(1).max(255),
        port: z.int().min(1).max(65_535),
        ttlSeconds: z.int().min(5).max(3_600).default(60),
        tags: tagsSchema.default([]),
        metadata: metadataSchema.default({}),
        check: checkSchema.default(checkSchema.parse({ kind: "tcp" })),
      }),
    )
    .output(instanceSchema),
  heartbeat: change("/api/services/heartbeat", "Renew a registered instance", example)
    .input(
      instanceInput.extend({
        health: z
          .enum(["passing", "warning", "critical"])
          .default("passing")
          .describe("Of an instance whose check is of the kind ttl"),
        detail: z.string().max(256).default(""),
      }),
    )
    .output(instanceSchema),
  deregister: change("/api/services/deregister", "Take a registered instance out", example)
    .input(instanceInput)
    .output(z.object({ name: z.string(), id: z.string(), deregistered: z.literal(true) })),
};
