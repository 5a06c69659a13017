/** How the gateway's routes and the mesh's connections are measured. */
import { z } from "zod";

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

export const meshEdgeSchema = z.object({
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
