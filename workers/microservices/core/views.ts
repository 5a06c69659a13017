/** The objects as the API shows them. */
import type { DeploymentView, PodView, ServiceInstance, ServiceView } from "../contract.ts";
import type { Cluster } from "./cluster.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";
import { type Deployment, isActive, type Pod, podStatus } from "./objects.ts";
import type { RegisteredInstance, Registry } from "./registry.ts";

export function viewDeployment(cluster: Cluster, deployment: Deployment): DeploymentView {
  const newest = cluster.newestReplicaSet(deployment);
  const sets = cluster
    .replicaSetsOf(deployment)
    .map((replicaSet) => {
      const active = cluster.podsOf(replicaSet).filter(isActive);
      return {
        name: replicaSet.name,
        revision: replicaSet.revision,
        image: replicaSet.template.image,
        desired: replicaSet.replicas,
        current: active.length,
        ready: active.filter(({ ready }) => ready).length,
      };
    })
    .toSorted((a, b) => b.revision - a.revision);
  const sum = (field: "current" | "ready") => sets.reduce((total, set) => total + set[field], 0);
  return {
    name: deployment.name,
    image: deployment.template.image,
    environment: { ...deployment.template.environment },
    replicas: deployment.replicas,
    ready: sum("ready"),
    available: sum("ready"),
    current: sum("current"),
    updated: sets.find(({ name }) => name === newest?.name)?.current ?? 0,
    revision: deployment.revision,
    createdAt: deployment.createdAt,
    conditions: deployment.conditions.map((condition) => ({ ...condition })),
    replicaSets: sets,
  };
}

export function viewPod(pod: Pod): PodView {
  const { container } = pod;
  return {
    name: pod.name,
    deployment: pod.deployment,
    replicaSet: pod.replicaSet,
    image: pod.template.image,
    phase: pod.phase,
    status: podStatus(pod),
    message: container.kind === "waiting" ? container.message : null,
    ready: pod.ready,
    restarts: pod.restarts,
    port: container.kind === "running" ? container.port : null,
    createdAt: pod.createdAt,
    startedAt: container.kind === "running" ? container.startedAt : null,
    nextRestartAt: pod.retryAt,
    lastTermination: pod.lastTermination,
    conditions: pod.conditions.map((condition) => ({ ...condition })),
    probes: pod.probes.flatMap(({ kind, last }) => (last === null ? [] : [{ kind, ...last }])),
  };
}

export function viewServices(
  cluster: Cluster,
  registry: Registry,
  endpoints: Endpoints,
  now: number,
): ServiceView[] {
  const names = new Set([...cluster.deployments.keys(), ...endpoints.services]);
  return [...names].toSorted().map((name) => {
    const instances = (endpoints.of(name) ?? []).map((endpoint) => {
      const registered = registry.get(name, endpoint.id);
      return registered === undefined
        ? viewPodInstance(cluster, endpoint, now)
        : viewRegistered(registered, endpoint, now);
    });
    const healthy = instances.filter(({ health }) => health === "passing").length;
    return { name, route: `/services/${name}/`, healthy, instances };
  });
}

function viewPodInstance(cluster: Cluster, endpoint: Endpoint, now: number): ServiceInstance {
  const pod = [...cluster.pods.values()].find(({ name }) => name === endpoint.id);
  const readiness = pod?.probes.find(({ kind }) => kind === "readiness");
  return {
    ...factsOf(endpoint, now),
    source: "pod",
    health: endpoint.healthy ? "passing" : readiness?.last ? "failing" : "unchecked",
    detail: readiness?.last?.message ?? "The pod is running.",
    checkedAt: readiness?.last?.at ?? null,
    registeredAt: pod?.createdAt ?? now,
    ttlSeconds: null,
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
    detail,
    checkedAt,
    registeredAt,
    ttlSeconds: instance.ttlSeconds,
    expiresAt: instance.expiresAt,
    circuit: endpoint?.circuit.state(now) ?? "closed",
    pending: endpoint?.pending ?? 0,
  };
}

function factsOf({ service, id, host, port, circuit, pending }: Endpoint, now: number) {
  return { service, id, host, port, circuit: circuit.state(now), pending };
}
