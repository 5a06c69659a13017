import { describe, expect, it } from "vitest";
import { realNodePools } from "../cluster/first-objects.ts";
import { machineInfo } from "../cluster/machine-info.ts";
import { applyNodePool } from "../core/nodes/node-pools.ts";
import { TestCluster } from "../core/scheduling/test-cluster.ts";
import { poolHandlers } from "./pools.ts";

const machine = machineInfo("1");

function start() {
  const cluster = new TestCluster();
  for (const pool of realNodePools(machine)) applyNodePool(cluster.store, pool);
  return { cluster, pools: poolHandlers(cluster.store, machine) };
}

const namesOf = ({ store }: TestCluster) =>
  [...store.all("nodes")].map(({ metadata }) => metadata.name).toSorted();

describe("node pools", () => {
  it("are what the nodes say", () => {
    const { cluster, pools } = start();
    cluster.addNode("by-hand");
    cluster.addPod("pod", { spec: { nodeName: "worker-b-0" } });
    expect(pools.list().pools).toMatchObject([
      { name: "worker-a", count: 1, ready: 1, podsBound: 0, runtime: "real", zone: "zone-a" },
      { name: "worker-b", count: 1, ready: 1, podsBound: 1, cpu: "8", memory: "16Gi", pods: 250 },
      { name: "worker-c", count: 1 },
    ]);
  });

  it("grow, shrink from the end and go", () => {
    const { cluster, pools } = start();
    const grown = pools.apply({ name: "sim", count: 3, cpu: "32" });
    expect(grown.pools.at(-1)).toMatchObject({
      name: "sim",
      count: 3,
      cpu: "32",
      runtime: "simulated",
    });
    pools.apply({ name: "sim", count: 2 });
    const real = ["worker-a-0", "worker-b-0", "worker-c-0"];
    expect(namesOf(cluster)).toEqual(["sim-0", "sim-1", ...real]);
    expect(pools.apply({ name: "sim", count: 0 }).pools).toHaveLength(3);
    expect(namesOf(cluster)).toEqual(real);
  });

  it.each([
    ["another kind of node", { name: "worker-a", count: 2, cpu: "4" }, "NODE_POOL_DIFFERS"],
    ["another runtime", { name: "worker-a", count: 2, runtime: "simulated" }, "NODE_POOL_DIFFERS"],
    ["the end of none", { name: "nobody", count: 0 }, "NODE_POOL_UNKNOWN"],
    ["too many", { name: "sim", count: 4_998 }, "NODES_FULL"],
    ["too many real ones", { name: "more", count: 8, runtime: "real" }, "NODES_FULL"],
  ] as const)("refuse %s, and nothing changes", (_title, change, code) => {
    const { cluster, pools } = start();
    const before = namesOf(cluster);
    expect(() => pools.apply(change)).toThrow(expect.objectContaining({ code }) as Error);
    expect(namesOf(cluster)).toEqual(before);
  });
});
