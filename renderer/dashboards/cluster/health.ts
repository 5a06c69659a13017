/** Words of the cluster in the four meanings. */
import type { ClusterNode, ClusterOverview } from "../../../workers/microservices/contract.ts";
import type { Health } from "../../data/health.ts";
import type { PodRow } from "./pod-table.ts";

const failing = /(?:Error|BackOff|Killed|Evicted|Failed|NodeLost|ExitCode|Signal|InvalidImageName)/;

export function podHealthOf({ status, ready, containers }: PodRow): Health {
  if (failing.test(status)) return "failed";
  if (status === "Running") return ready === containers ? "healthy" : "degraded";
  if (status === "Completed" || status === "Succeeded") return "healthy";
  return status === "Terminating" || status === "Unknown" ? "unknown" : "degraded";
}

export function nodeHealthOf({ ready, cordoned, pressure }: ClusterNode): {
  readonly health: Health;
  readonly word: string;
} {
  const cordon = cordoned ? ", cordoned" : "";
  if (ready === "Unknown") return { health: "failed", word: `not heard of${cordon}` };
  if (ready === "False") return { health: "failed", word: `not ready${cordon}` };
  if (pressure.length > 0) return { health: "degraded", word: `${pressure.join(", ")}${cordon}` };
  return { health: cordoned ? "degraded" : "healthy", word: `ready${cordon}` };
}

export const overviewHealth: Record<ClusterOverview["verdict"], Health> = {
  healthy: "healthy",
  degraded: "degraded",
  failed: "failed",
  idle: "unknown",
};
