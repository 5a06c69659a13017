/** The whole thread in numbers and in one sentence. */
import { catalogueView } from "../pods/images.ts";
import { podStatus } from "../core/objects.ts";
import { viewDeployment, viewServices } from "../core/views.ts";
import { clusterLimits } from "../limits.ts";
import type { Orchestrator } from "../pods/orchestrator.ts";

/** Statuses of a pod that will not come right by waiting alone. */
const failing = new Set(["ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff", "Error"]);

export function statusHandlers(orchestrator: Orchestrator, now: () => number) {
  const { cluster, registry, endpoints, traffic } = orchestrator;
  return {
    status() {
      const at = now();
      const services = viewServices(cluster, registry, endpoints, at);
      const instances = services.flatMap((service) => service.instances);
      const deployments = [...cluster.deployments.values()].map((each) =>
        viewDeployment(cluster, each),
      );
      const holds = (deployment: (typeof deployments)[number], type: string, reason?: string) =>
        deployment.conditions.some(
          (condition) =>
            condition.type === type &&
            condition.status === "True" &&
            (reason === undefined || condition.reason === reason),
        );
      const pods = [...cluster.pods.values()];
      const { requests, errors, requestsPerSecond, latency } = traffic.total(at);
      const numbers = {
        services: {
          total: services.length,
          instances: instances.length,
          healthy: instances.filter(({ health }) => health === "passing").length,
        },
        deployments: {
          total: deployments.length,
          available: deployments.filter((each) => holds(each, "Available")).length,
          progressing: deployments.filter((each) => holds(each, "Progressing", "ReplicaSetUpdated"))
            .length,
        },
        pods: {
          desired: deployments.reduce((sum, { replicas }) => sum + replicas, 0),
          ready: pods.filter(({ ready }) => ready).length,
          running: pods.filter((pod) => podStatus(pod) === "Running").length,
          pending: pods.filter(({ phase }) => phase === "Pending").length,
          failing: pods.filter((pod) => failing.has(podStatus(pod))).length,
          restarts: pods.reduce((sum, { restarts }) => sum + restarts, 0),
          capacity: clusterLimits.podsMax,
        },
        gateway: {
          routes: services.length,
          requests,
          errors,
          pending: instances.reduce((sum, { pending }) => sum + pending, 0),
          requestsPerSecond,
          p50Ms: latency.p50Ms,
          p99Ms: latency.p99Ms,
          openCircuits: instances.filter(({ circuit }) => circuit !== "closed").length,
        },
      };
      return { ...verdictOf(numbers), ...numbers };
    },
    events({ limit, object }: { limit: number; object?: string | undefined }) {
      return { events: cluster.events.newest(limit, object), dropped: cluster.events.dropped };
    },
    images: () => ({ images: catalogueView() }),
  };
}

interface Numbers {
  readonly services: { readonly instances: number; readonly healthy: number };
  readonly deployments: { readonly total: number; readonly available: number };
  readonly pods: { readonly desired: number; readonly ready: number; readonly failing: number };
  readonly gateway: { readonly openCircuits: number };
}

function verdictOf({ services, deployments, pods, gateway }: Numbers) {
  if (deployments.total === 0 && services.instances === 0) {
    return { verdict: "idle" as const, sentence: "No deployment and no registered service yet" };
  }
  const sentence =
    `${pods.ready} of ${pods.desired} pods ready, ` +
    `${services.healthy} of ${services.instances} service instances healthy`;
  const well =
    pods.ready === pods.desired &&
    pods.failing === 0 &&
    deployments.available === deployments.total &&
    services.healthy === services.instances &&
    gateway.openCircuits === 0;
  return { verdict: well ? ("healthy" as const) : ("degraded" as const), sentence };
}
