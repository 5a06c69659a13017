/** Ten thousand pods in one answer: columns, and afterwards only what changed. */
import type { PodColumns, PodsAnswer } from "../contract-cluster.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { ownerOf, podKey, podWords, type StoredPod, timeOf } from "./cluster-words.ts";

interface Since {
  readonly since?: number | undefined;
  readonly usageSince?: number | undefined;
}

export function clusterPods({ store, metrics }: ClusterHost, { since, usageSince }: Since) {
  const { revision } = store;
  // A revision of the future is of another life of this thread.
  const changes = since === undefined || since > revision ? null : store.changesSince(since);
  const removed = new Set<string>();
  let pods: Iterable<StoredPod>;
  if (changes === null) {
    pods = store.all("pods");
  } else {
    const touched = new Map<string, StoredPod>();
    for (const { type, resource, object } of changes) {
      if (resource !== "pods") continue;
      const pod = object as StoredPod;
      const key = podKey(pod);
      if (type === "DELETED") {
        touched.delete(key);
        removed.add(key);
      } else {
        touched.set(key, pod);
        removed.delete(key);
      }
    }
    pods = touched.values();
  }
  const answer: PodsAnswer = {
    revision,
    full: changes === null,
    total: store.countOf("pods"),
    pods: columnsOf(pods),
    removed: [...removed],
    usage: usageAfter(metrics(), usageSince),
  };
  return answer;
}

function columnsOf(pods: Iterable<StoredPod>): PodColumns {
  const columns: PodColumns = {
    namespace: [],
    name: [],
    node: [],
    status: [],
    ready: [],
    containers: [],
    restarts: [],
    createdAt: [],
    owner: [],
    image: [],
    ip: [],
  };
  for (const pod of pods) {
    const words = podWords(pod);
    columns.namespace.push(pod.metadata.namespace ?? "");
    columns.name.push(pod.metadata.name);
    columns.node.push(pod.spec?.nodeName ?? "");
    columns.status.push(words.status);
    columns.ready.push(words.ready);
    columns.containers.push(words.containers);
    columns.restarts.push(words.restarts);
    columns.createdAt.push(timeOf(pod.metadata.creationTimestamp));
    columns.owner.push(ownerOf(pod));
    columns.image.push(pod.spec?.containers[0]?.image ?? "");
    columns.ip.push(pod.status?.podIP ?? "");
  }
  return columns;
}

function usageAfter(
  { at, pods }: ReturnType<ClusterHost["metrics"]>,
  usageSince: number | undefined,
): PodsAnswer["usage"] {
  if (at === null || (usageSince !== undefined && at <= usageSince)) return null;
  const readings = [...pods];
  return {
    at,
    key: readings.map(([key]) => key),
    cpuMillicores: readings.map(([, { cpuMillicores }]) => cpuMillicores),
    memoryBytes: readings.map(([, { memoryBytes }]) => memoryBytes),
  };
}
