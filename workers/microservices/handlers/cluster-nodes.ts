/** Nodes with what they offer, what was asked of them and what is used. */
import type { ClusterNode } from "../contract-cluster.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { isFinishedPod, millisOf, requestsOf, timeOf, unitsOf, zoneOf } from "./cluster-words.ts";

const rolePrefix = "node-role.kubernetes.io/";

export function clusterNodes({ store, metrics, now }: ClusterHost) {
  const usage = metrics();
  const nodes = [...store.all("nodes")].map((node): ClusterNode => {
    const { metadata, spec, status } = node;
    const used = usage.nodes.get(metadata.name);
    const labels = Object.keys(metadata.labels ?? {});
    const roles = labels
      .filter((label) => label.startsWith(rolePrefix))
      .map((label) => label.slice(rolePrefix.length));
    return {
      name: metadata.name,
      zone: zoneOf(node),
      roles: roles.join(","),
      ready: readyOf(node),
      cordoned: spec?.unschedulable === true,
      pressure: (status?.conditions ?? [])
        .filter(({ type, status: value }) => type !== "Ready" && value === "True")
        .map(({ type }) => type),
      taints: (spec?.taints ?? []).map(
        ({ key, value, effect }) => `${key}${value ? `=${value}` : ""}:${effect}`,
      ),
      pods: [...store.podsOn(metadata.name)].length,
      allocatable: allocatableOf(node),
      requests: requestedOn(store.podsOn(metadata.name)),
      cpuMillicores: used?.cpuMillicores ?? null,
      memoryBytes: used?.memoryBytes ?? null,
      version: status?.nodeInfo?.kubeletVersion ?? "",
      ip: status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "",
      createdAt: timeOf(metadata.creationTimestamp),
    };
  });
  return { at: now(), nodes };
}

export function readyOf({ status }: ObjectOf<"nodes">): ClusterNode["ready"] {
  const found = (status?.conditions ?? []).find(({ type }) => type === "Ready")?.status;
  return found === "True" || found === "False" ? found : "Unknown";
}

export function allocatableOf({ status }: ObjectOf<"nodes">): ClusterNode["allocatable"] {
  const { cpu, memory, pods } = status?.allocatable ?? {};
  return { cpuMillicores: millisOf(cpu), memoryBytes: unitsOf(memory), pods: unitsOf(pods) };
}

export function requestedOn(pods: Iterable<ObjectOf<"pods">>): ClusterNode["requests"] {
  const total = { cpuMillicores: 0, memoryBytes: 0, pods: 0 };
  for (const pod of pods) {
    if (isFinishedPod(pod)) continue;
    const { cpuMillicores, memoryBytes } = requestsOf(pod);
    total.cpuMillicores += cpuMillicores;
    total.memoryBytes += memoryBytes;
    total.pods += 1;
  }
  return total;
}
