/** What the gateway counts: of its routes, of services, of each of their instances. */
import { z } from "zod";

export const balancerNames = [
  "least-pending",
  "round-robin",
  "weighted-round-robin",
  "least-request",
  "two-choices",
  "peak-ewma",
  "ring-hash",
  "maglev",
  "random",
] as const;

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

export const gatewayRouteSchema = z.object({
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

const goldenSchema = z.object({
  requests: z.int(),
  errors: z.int().describe("500 and above, or no answer"),
  retries: z.int(),
  hedges: z.int(),
  limited: z.int().describe("Refused by a rate limit"),
  inFlight: z.int(),
  requestsPerSecond: z.number(),
  latency: latencySchema,
});
export type GoldenMetrics = z.infer<typeof goldenSchema>;

export const measuresSchema = z.object({
  routes: z.array(goldenSchema.extend({ name: z.string() })),
  services: z.array(
    z.object({
      service: z.string(),
      balancer: z.enum(balancerNames),
      panic: z.boolean(),
      requests: z.int().describe("In flight"),
      retries: z.int().describe("In flight"),
      retryLimit: z.int(),
      overflows: z.int(),
      connections: z.int(),
      endpoints: z.array(
        z.object({
          id: z.string(),
          address: z.string(),
          healthy: z.boolean(),
          ejected: z.boolean(),
          ejectionReason: z.string().nullable(),
          ejections: z.int(),
          inFlight: z.int(),
          weight: z.int(),
          requests: z.int(),
          errors: z.int(),
          latency: latencySchema,
        }),
      ),
    }),
  ),
});
export type GatewayMeasures = z.infer<typeof measuresSchema>;
