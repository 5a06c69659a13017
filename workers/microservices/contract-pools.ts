/** Node pools: the machines of the cluster, real or simulated, declared by number and size. */
import { z } from "zod";
import { route } from "../service/contract.ts";

const tags = ["Microservices"];
const poolNodesMax = 5_000;

const poolNameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?$/, "At most 40 of a-z, 0-9 and '-' inside");
const cpuSchema = z
  .string()
  .max(16)
  .regex(/^[1-9]\d*m?$/, "CPU as 4 or 500m");
const memorySchema = z
  .string()
  .max(16)
  .regex(/^[1-9]\d*(?:Ki|Mi|Gi|Ti)$/, "Memory as 16Gi or 512Mi");

const poolShape = {
  name: poolNameSchema,
  cpu: cpuSchema.describe("Of each node, as Kubernetes writes it"),
  memory: memorySchema,
  pods: z.int().min(1).max(250).describe("That each node takes"),
  zone: z
    .string()
    .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, "A zone is a label's value in lower case"),
  runtime: z
    .enum(["real", "simulated"])
    .describe("real: containers are programs in threads; simulated: only their states are"),
};
const poolsSchema = z.object({
  pools: z.array(
    z.object({
      ...poolShape,
      count: z.int(),
      ready: z.int().describe("Nodes that are ready now"),
      podsBound: z.int().describe("Pods that are on its nodes"),
    }),
  ),
});
export type NodePoolView = z.infer<typeof poolsSchema>["pools"][number];

const changeSchema = z.strictObject({
  ...z.object(poolShape).partial().shape,
  name: poolNameSchema,
  count: z.int().min(0).max(poolNodesMax),
});
export type NodePoolChange = z.infer<typeof changeSchema>;

export const poolsContract = {
  list: route
    .route({ method: "GET", path: "/api/cluster/pools", tags, summary: "The pools of nodes" })
    .input(z.strictObject({}))
    .output(poolsSchema),
  apply: route
    .meta({
      role: "operator",
      examples: {
        "a thousand simulated nodes": { name: "sim", count: 1_000, cpu: "32", memory: "128Gi" },
        "one more real node": { name: "worker-d", count: 1, runtime: "real", zone: "zone-d" },
        "no nodes": { name: "sim", count: 0 },
      },
    })
    .route({
      method: "POST",
      path: "/api/cluster/pools",
      tags,
      summary: "Make a pool have this many nodes; 0 removes it",
      description:
        "Nodes that are missing are made, surplus ones are deleted, the last first. What is not said is as the pool has it, or for a new one 4 CPUs, 16Gi, 110 pods, zone-a and simulated.",
    })
    .input(changeSchema)
    .output(poolsSchema),
};
