/** Node pools over the API: what there is of each, and more or fewer nodes of it. */
import type { NodePoolChange, NodePoolView } from "../contract-pools.ts";
import {
  applyNodePool,
  nodeLabels,
  type NodePool,
  simulatedTaint,
} from "../core/nodes/node-pools.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { problem } from "../errors.ts";
import { nodeLimits } from "../limits.ts";

const newPool = {
  cpu: "4",
  memory: "16Gi",
  pods: 110,
  zone: "zone-a",
  runtime: "simulated",
} as const;

export function poolHandlers(store: ObjectStore, nodeInfo: NodePool["nodeInfo"]) {
  const list = () => ({ pools: [...poolsOf(store).values()] });
  return {
    list,
    apply({ name, count, ...asked }: NodePoolChange) {
      const pools = poolsOf(store);
      const before = pools.get(name);
      if (before === undefined && count === 0) {
        throw problem("NODE_POOL_UNKNOWN", `There is no pool named ${name}.`);
      }
      const known = before ?? newPool;
      const { cpu = known.cpu, memory = known.memory, pods = known.pods } = asked;
      const { zone = known.zone, runtime = known.runtime } = asked;
      const shape = { cpu, memory, pods, zone, runtime };
      for (const key of ["cpu", "memory", "pods", "zone", "runtime"] as const) {
        if (before === undefined || before[key] === shape[key]) continue;
        throw problem("NODE_POOL_DIFFERS", `${name} has ${key} ${before[key]}, not ${shape[key]}.`);
      }
      let nodes = count;
      let real = runtime === "real" ? count : 0;
      for (const other of pools.values()) {
        if (other.name === name) continue;
        nodes += other.count;
        if (other.runtime === "real") real += other.count;
      }
      const { nodesMax, realNodesMax } = nodeLimits;
      if (nodes > nodesMax || real > realNodesMax) {
        const told = `The cluster has at most ${nodesMax} nodes, ${realNodesMax} of them real.`;
        throw problem("NODES_FULL", told);
      }
      const taints = runtime === "simulated" ? [simulatedTaint] : [];
      applyNodePool(store, { name, count, ...shape, nodeInfo, labels: {}, taints });
      return list();
    },
  };
}

/** As the nodes' labels and capacities say; nodes without a pool are somebody else's. */
function poolsOf(store: ObjectStore): Map<string, NodePoolView> {
  const pools = new Map<string, NodePoolView>();
  for (const { metadata, status } of store.all("nodes")) {
    const { labels = {} } = metadata;
    const name = labels[nodeLabels.pool];
    if (name === undefined) continue;
    let pool = pools.get(name);
    if (pool === undefined) {
      const { cpu = "0", memory = "0", pods = "0" } = status?.capacity ?? {};
      pool = {
        name,
        cpu,
        memory,
        pods: Number(pods),
        zone: labels[nodeLabels.zone] ?? "",
        runtime: labels[nodeLabels.runtime] === "real" ? "real" : "simulated",
        count: 0,
        ready: 0,
        podsBound: 0,
      };
      pools.set(name, pool);
    }
    pool.count += 1;
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === "True") pool.ready += 1;
    pool.podsBound += Array.from(store.podsOn(metadata.name)).length;
  }
  return pools;
}
