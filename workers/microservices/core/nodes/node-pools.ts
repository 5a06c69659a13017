/** Pools of like nodes, declared; the nodes are made and ended to match. */
import type { NodeSystemInfo, Taint } from "kubernetes-types/core/v1";
import { nodeLimits } from "../../limits.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type ObjectOf, timeText } from "../store/objects.ts";
import { addressText } from "./pod-addresses.ts";

export const nodeLabels = {
  pool: "demo.dev/node-pool",
  runtime: "demo.dev/runtime",
  zone: "topology.kubernetes.io/zone",
} as const;

/** Keeps pods away from simulated nodes that did not ask for them: nothing answers there. */
export const simulatedTaint = {
  key: nodeLabels.runtime,
  value: "simulated",
  effect: "NoSchedule",
} as const satisfies Taint;

export interface NodePool {
  readonly name: string;
  readonly count: number;
  /** Quantities: "4", "16Gi". */
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
  readonly zone: string;
  readonly runtime: "real" | "simulated";
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** What `kubectl get nodes -o wide` shows of the machine. */
  readonly nodeInfo: NodeSystemInfo;
}

/** Pods have 10.128.0.0/9, a /24 for each node; nodes have 172.16.0.0/12. */
const podRangeStart = (10 << 24) + (128 << 16);
const nodeRangeStart = 172 * 2 ** 24 + (16 << 16);

/**
 * Makes the pool's nodes be what it says: the missing ones are made, the surplus ends, the last
 * first. Nodes that are there keep what they are but for a changed number.
 */
export function applyNodePool(store: ObjectStore, pool: NodePool): void {
  if (pool.count > nodeLimits.nodesMax || !Number.isInteger(pool.count) || pool.count < 0) {
    throw new RangeError(`a pool has 0 to ${nodeLimits.nodesMax} nodes, not ${pool.count}`);
  }
  const free = freeRanges(store);
  for (let at = 0; at < pool.count; at++) {
    const name = `${pool.name}-${at}`;
    if (store.get("nodes", undefined, name) === undefined) {
      store.create(nodeOf(pool, name, free.next().value, store.now));
    }
  }
  const nodes = [...store.all("nodes")];
  for (const { metadata } of nodes) {
    if (metadata.labels?.[nodeLabels.pool] !== pool.name) continue;
    if (Number(metadata.name.slice(pool.name.length + 1)) >= pool.count) {
      store.delete("nodes", undefined, metadata.name);
    }
  }
}

/** Numbers of ranges that no node has. */
function* freeRanges(store: ObjectStore): Generator<number, number> {
  const taken = new Set([...store.all("nodes")].map(({ spec }) => spec?.podCIDR));
  for (let number = 0; ; number++) {
    if (!taken.has(`${addressText(podRangeStart + number * 256)}/24`)) yield number;
  }
}

function nodeOf(pool: NodePool, name: string, range: number, now: number) {
  const resources = { cpu: pool.cpu, memory: pool.memory, pods: String(pool.pods) };
  const podCIDR = `${addressText(podRangeStart + range * 256)}/24`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": pool.nodeInfo.operatingSystem,
        "kubernetes.io/arch": pool.nodeInfo.architecture,
        [nodeLabels.zone]: pool.zone,
        [nodeLabels.pool]: pool.name,
        [nodeLabels.runtime]: pool.runtime,
        ...pool.labels,
      },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      ...(pool.taints.length > 0 && { taints: [...pool.taints] }),
    },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: healthyConditions(now),
      addresses: [
        { type: "InternalIP", address: addressText(nodeRangeStart + range + 1) },
        { type: "Hostname", address: name },
      ],
      nodeInfo: pool.nodeInfo,
      images: [],
    },
  };
}

type NodeConditions = NonNullable<NonNullable<ObjectOf<"nodes">["status"]>["conditions"]>;

const healthy = [
  [
    "MemoryPressure",
    "False",
    "KubeletHasSufficientMemory",
    "kubelet has sufficient memory available",
  ],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

/** The conditions of a node whose kubelet is well; what held before keeps its time. */
export function healthyConditions(now: number, before: NodeConditions = []): NodeConditions {
  const at = timeText(now);
  return healthy.map(([type, status, reason, message]) => {
    const known = before.find((condition) => condition.type === type);
    const since = known?.status === status ? (known.lastTransitionTime ?? at) : at;
    return { type, status, lastHeartbeatTime: at, lastTransitionTime: since, reason, message };
  });
}
