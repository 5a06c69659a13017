/** The whole thread in numbers and in one sentence. */
import type { Orchestrator } from "../cluster/orchestrator.ts";
import { viewDeployment, viewPod, viewServices } from "../cluster/views.ts";
import type { ClusterEvent, ImageView } from "../contract.ts";
import { timeOf } from "../core/controllers/pod-facts.ts";
import { nodeLabels } from "../core/nodes/node-pools.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { imageCatalogue } from "../pods/images/catalogue.ts";

/** Statuses of a pod that will not come right by waiting alone. */
const failing = new Set(["ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff", "Error"]);

export function statusHandlers(orchestrator: Orchestrator, now: () => number) {
  const { cluster, registry, endpoints, traffic } = orchestrator;
  const { store, real } = cluster;
  return {
    status() {
      const at = now();
      const services = viewServices({ store, real, registry, endpoints }, at);
      const instances = services.flatMap((service) => service.instances);
      const deployments = [...store.all("deployments.apps")].map((each) =>
        viewDeployment(store, each),
      );
      const holds = (deployment: (typeof deployments)[number], type: string, reason?: string) =>
        deployment.conditions.some(
          (condition) =>
            condition.type === type &&
            condition.status === "True" &&
            (reason === undefined || condition.reason === reason),
        );
      const pods = [...store.all("pods")].map((pod) => viewPod(store, real, pod));
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
          running: pods.filter(({ status }) => status === "Running").length,
          pending: pods.filter(({ phase }) => phase === "Pending").length,
          failing: pods.filter(({ status }) => failing.has(status)).length,
          restarts: pods.reduce((sum, { restarts }) => sum + restarts, 0),
          capacity: capacityOf(store),
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
      const events = [...store.all("events")]
        .map(viewEvent)
        .filter((event) => object === undefined || event.object === object)
        .toSorted((a, b) => b.lastAt - a.lastAt || b.sequence - a.sequence);
      return { events: events.slice(0, limit), dropped: 0 };
    },
    images: () => ({
      images: imageCatalogue.map(
        ({ name, tags, summary, environment, readiness, liveness }): ImageView => ({
          image: tags !== null && tags.length > 1 ? `${name}:{${tags.join(",")}}` : name,
          summary,
          environment: [...environment],
          readiness,
          liveness,
        }),
      ),
    }),
  };
}

/** Pods that the nodes with real pods take. */
function capacityOf(store: ObjectStore): number {
  let capacity = 0;
  for (const { metadata, status } of store.all("nodes")) {
    if (metadata.labels?.[nodeLabels.runtime] !== "real") continue;
    capacity += Number(status?.allocatable?.["pods"] ?? 0);
  }
  return capacity;
}

function viewEvent(event: ObjectOf<"events">): ClusterEvent {
  const { involvedObject, type, reason = "", message = "", count = 1, metadata } = event;
  const at = timeOf(metadata.creationTimestamp);
  return {
    sequence: Number(metadata.resourceVersion),
    type: type === "Warning" ? "Warning" : "Normal",
    reason,
    object: `${(involvedObject.kind ?? "").toLowerCase()}/${involvedObject.name}`,
    message,
    count,
    firstAt: timeOf(event.firstTimestamp) || at,
    lastAt: timeOf(event.lastTimestamp) || at,
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
