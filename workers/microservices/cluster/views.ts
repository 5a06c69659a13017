/** The cluster's objects as the brief's API shows them. */
import type { ContainerStatus } from "kubernetes-types/core/v1";
import type {
  Condition,
  DeploymentView,
  PodView,
  ServiceInstance,
  ServiceView,
} from "../contract.ts";
import { isActive, timeOf } from "../core/controllers/pod-facts.ts";
import type { Endpoint, Endpoints } from "../core/endpoints.ts";
import type { RegisteredInstance, Registry } from "../core/registry.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { podSummary } from "../protocols/kubernetes/printers/pod-columns.ts";
import type { RealRuntime } from "./real-runtime.ts";
import { workloadOf } from "./workload.ts";

type Pod = ObjectOf<"pods">;
type Deployment = ObjectOf<"deployments.apps">;
type ReplicaSet = ObjectOf<"replicasets.apps">;

const revisionAnnotation = "deployment.kubernetes.io/revision";

const revisionOf = ({ metadata }: Deployment | ReplicaSet): number =>
  Number(metadata.annotations?.[revisionAnnotation] ?? 0);

const imageOf = (
  spec: { template?: { spec?: { containers: { image?: string }[] } } } | undefined,
) => spec?.template?.spec?.containers[0]?.image ?? "";

interface KubernetesCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

function conditionsOf(conditions: readonly KubernetesCondition[] = []): Condition[] {
  return conditions.map(({ type, status, reason, message, lastTransitionTime }) => ({
    type,
    status: status === "True" || status === "False" ? status : "Unknown",
    reason: reason || null,
    message: message || null,
    lastTransitionAt: timeOf(lastTransitionTime) || 0,
  }));
}

export function viewDeployment(store: ObjectStore, deployment: Deployment): DeploymentView {
  const { metadata, spec, status } = deployment;
  const sets = [...store.ownedBy("replicasets.apps", metadata.uid)].map((set) => {
    const active = [...store.ownedBy("pods", set.metadata.uid)].filter(isActive);
    return {
      name: set.metadata.name,
      revision: revisionOf(set),
      image: imageOf(set.spec),
      desired: set.spec?.replicas ?? 0,
      current: active.length,
      ready: set.status?.readyReplicas ?? 0,
    };
  });
  const variables = spec?.template.spec?.containers[0]?.env ?? [];
  return {
    name: metadata.name,
    image: imageOf(spec),
    environment: Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ""])),
    replicas: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    current: sets.reduce((sum, { current }) => sum + current, 0),
    updated: status?.updatedReplicas ?? 0,
    revision: revisionOf(deployment),
    createdAt: timeOf(metadata.creationTimestamp),
    conditions: conditionsOf(status?.conditions),
    replicaSets: sets.toSorted((a, b) => b.revision - a.revision),
  };
}

export function viewPod(store: ObjectStore, real: RealRuntime, pod: Pod): PodView {
  const { metadata, spec, status } = pod;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const workload = workloadOf(store, pod);
  const [container] = status?.containerStatuses ?? [];
  const { reason, restarts } = podSummary(pod);
  const declared = spec?.containers[0]?.ports?.[0]?.containerPort;
  return {
    name: metadata.name,
    deployment: workload.kind === "Deployment" ? workload.name : "",
    replicaSet: owner?.name ?? "",
    image: spec?.containers[0]?.image ?? "",
    phase: phaseOf(status?.phase),
    status: reason,
    message: container?.state?.waiting?.message ?? null,
    ready:
      status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ??
      false,
    restarts,
    port: declared === undefined ? null : real.portOf(metadata.uid, declared),
    createdAt: timeOf(metadata.creationTimestamp),
    startedAt: timeOf(container?.state?.running?.startedAt) || null,
    nextRestartAt: container === undefined ? null : nextRestartOf(container),
    lastTermination: terminationOf(container),
    conditions: conditionsOf(status?.conditions),
    probes: [...real.probesOf(metadata.uid)],
  };
}

function phaseOf(phase: string | undefined): PodView["phase"] {
  return phase === "Running" || phase === "Succeeded" || phase === "Failed" ? phase : "Pending";
}

/** The kubelet says how long it waits; it counts from the end of the container. */
function nextRestartOf({ state, lastState }: ContainerStatus): number | null {
  const match = /back-off (?:(\d+)m)?(?:(\d+)s)? restarting/.exec(state?.waiting?.message ?? "");
  const ended = timeOf(lastState?.terminated?.finishedAt);
  if (match === null || Number.isNaN(ended)) return null;
  return ended + (Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0)) * 1_000;
}

function terminationOf(container: ContainerStatus | undefined): PodView["lastTermination"] {
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  if (ended === undefined) return null;
  const { exitCode, reason = "Error", finishedAt } = ended;
  return { exitCode, reason, at: timeOf(finishedAt) || 0 };
}

export interface ServiceParts {
  readonly store: ObjectStore;
  readonly real: RealRuntime;
  readonly registry: Registry;
  readonly endpoints: Endpoints;
}

/** Services with instances, and Deployments of the namespace default that have none yet. */
export function serviceNames({ store, endpoints }: ServiceParts): string[] {
  const deployments = [...store.inNamespace("deployments.apps", "default")];
  const names = new Set(deployments.map(({ metadata }) => metadata.name));
  for (const name of endpoints.services) names.add(name);
  return [...names].toSorted();
}

export function viewServices(parts: ServiceParts, now: number): ServiceView[] {
  const { store, registry, endpoints } = parts;
  const pods = new Map<string, Pod>();
  for (const pod of store.all("pods")) {
    const { namespace, name } = pod.metadata;
    pods.set(`${namespace}/${name}`, pod);
  }
  return serviceNames(parts).map((name) => {
    const [, namespace = "default"] = name.split(".");
    const instances = (endpoints.of(name) ?? []).map((endpoint) => {
      const registered = registry.get(name, endpoint.id);
      return registered === undefined
        ? viewPodInstance(parts, pods.get(`${namespace}/${endpoint.id}`), endpoint, now)
        : viewRegistered(registered, endpoint, now);
    });
    const healthy = instances.filter(({ health }) => isServing(health)).length;
    return { name, route: `/services/${name}/`, healthy, instances };
  });
}

export const isServing = (health: ServiceInstance["health"]): boolean =>
  health === "passing" || health === "warning";

function viewPodInstance(
  { real }: ServiceParts,
  pod: Pod | undefined,
  endpoint: Endpoint,
  now: number,
): ServiceInstance {
  const probes = pod === undefined ? [] : [...real.probesOf(pod.metadata.uid)];
  const readiness = probes.find(({ kind }) => kind === "readiness");
  return {
    ...factsOf(endpoint, now),
    source: "pod",
    health: endpoint.healthy ? "passing" : readiness === undefined ? "unchecked" : "critical",
    healthSince: readySince(pod) ?? now,
    detail: readiness?.message ?? "The pod is running.",
    tags: [],
    metadata: pod?.metadata.labels ?? {},
    checkedAt: readiness?.at ?? null,
    registeredAt: timeOf(pod?.metadata.creationTimestamp) || now,
    ttlSeconds: null,
    check: null,
    expiresAt: null,
  };
}

export function viewRegistered(
  instance: RegisteredInstance,
  endpoint: Endpoint | undefined,
  now: number,
): ServiceInstance {
  const { service, id, host, port, health, detail, checkedAt, registeredAt } = instance;
  return {
    service,
    id,
    host,
    port,
    source: "registered",
    health,
    healthSince: instance.healthSince,
    detail,
    tags: [...instance.tags],
    metadata: instance.metadata,
    checkedAt,
    registeredAt,
    ttlSeconds: instance.ttlSeconds,
    check: instance.check,
    expiresAt: instance.expiresAt,
    circuit: endpoint?.circuit.state(now) ?? "closed",
    pending: endpoint?.pending ?? 0,
  };
}

/** Since when a pod is as ready as it is now. */
function readySince(pod: Pod | undefined): number | undefined {
  const ready = pod?.status?.conditions?.find(({ type }) => type === "Ready");
  const at = ready?.lastTransitionTime ?? pod?.metadata.creationTimestamp;
  return timeOf(at) || undefined;
}

function factsOf({ service, id, host, port, circuit, pending }: Endpoint, now: number) {
  return { service, id, host, port, circuit: circuit.state(now), pending };
}
