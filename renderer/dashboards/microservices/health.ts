/** How states of the cluster map to the four meanings. */
import type {
  DeploymentView,
  PodView,
  ServiceInstance,
} from "../../../workers/microservices/contract.ts";
import type { Health } from "../../data/health.ts";

export function podHealth({ status, ready }: Pick<PodView, "status" | "ready">): Health {
  if (status === "Running") return ready ? "healthy" : "degraded";
  if (["ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff", "Error"].includes(status)) {
    return "failed";
  }
  return status === "Terminating" ? "unknown" : "degraded";
}

/** The verdict that `kubectl rollout status` would give, in a word. */
export function deploymentState(deployment: DeploymentView): {
  readonly health: Health;
  readonly word: string;
} {
  const { ready, replicas, updated, current, conditions } = deployment;
  const progressing = conditions.find(({ type }) => type === "Progressing");
  const available = conditions.find(({ type }) => type === "Available");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    return { health: "failed", word: "stuck" };
  if (replicas === 0 && current === 0) return { health: "unknown", word: "scaled to 0" };
  if (ready === replicas && updated === replicas && current === replicas) {
    return { health: "healthy", word: "available" };
  }
  if (available?.status === "False") return { health: "failed", word: "unavailable" };
  return { health: "degraded", word: "progressing" };
}

export const instanceHealth: Record<ServiceInstance["health"], Health> = {
  passing: "healthy",
  warning: "degraded",
  critical: "failed",
  unchecked: "unknown",
};

export const circuitHealth: Record<ServiceInstance["circuit"], Health> = {
  closed: "healthy",
  "half-open": "degraded",
  open: "failed",
};
