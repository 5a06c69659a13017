/** GET /api/edge/status: every node, and the verdict over them. */
import { nodesMax } from "../contract.ts";
import type { Fleet } from "../core/fleet.ts";
import { defaultClientPlace } from "../core/places.ts";
import type { Job } from "./dispatcher.ts";
import type { EdgeHost } from "./host.ts";
import type { RequestLog } from "./request-log.ts";

export function createStatus(host: EdgeHost, fleet: Fleet<Job>, log: RequestLog) {
  return () => {
    const at = host.now();
    const nodes = fleet.nodes.map((node) => node.view(at));
    const healthy = nodes.filter(({ state }) => state === "healthy").length;
    const sum = (read: (node: (typeof nodes)[number]) => number): number =>
      nodes.reduce((total, node) => total + read(node), 0);
    return {
      status: statusOf(healthy, nodes.length),
      verdict: `${healthy} of ${nodes.length} edge nodes healthy`,
      at,
      nodes,
      nodesMax,
      totals: {
        nodes: nodes.length,
        healthy,
        running: sum((node) => node.running),
        queued: sum((node) => node.queued),
        completed: sum((node) => node.completed),
        cacheHits: sum((node) => node.cache.hits),
        cacheMisses: sum((node) => node.cache.misses),
      },
      latency: log.latency.percentiles(),
      defaultFrom: defaultClientPlace,
    };
  };
}

function statusOf(healthy: number, all: number): "healthy" | "degraded" | "failed" {
  if (healthy === 0) return "failed";
  return healthy === all ? "healthy" : "degraded";
}
