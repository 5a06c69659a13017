/** How the mesh's connections are measured. */
import { z } from "zod";

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
