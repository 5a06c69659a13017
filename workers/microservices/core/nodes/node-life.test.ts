import { describe, expect, it } from "vitest";
import { TestCluster } from "../scheduling/test-cluster.ts";
import { drain, evictPod } from "./eviction.ts";
import { Heartbeats } from "./heartbeats.ts";
import { Kubelet } from "./kubelet.ts";
import { NodeChaos } from "./node-chaos.ts";
import { NodeLifecycle } from "./node-lifecycle.ts";
import { applyNodePool, type NodePool } from "./node-pools.ts";
import { SimulatedRuntime } from "./simulated-runtime.ts";
import { TaintEviction } from "./taint-eviction.ts";
import { evictionRateOf, zoneStateOf } from "./zone-health.ts";

const pool: NodePool = {
  name: "pool",
  count: 3,
  cpu: "4",
  memory: "16Gi",
  pods: 110,
  zone: "x",
  runtime: "simulated",
  labels: { disk: "ssd" },
  taints: [],
  nodeInfo: {
    architecture: "amd64",
    operatingSystem: "linux",
    bootID: "",
    containerRuntimeVersion: "demo://1",
    kernelVersion: "6.1",
    kubeProxyVersion: "",
    kubeletVersion: "v1.33.0",
    machineID: "",
    osImage: "Linux",
    systemUUID: "",
  },
};

function makeNodes(seed = 1) {
  const cluster = new TestCluster(seed);
  const { store, events } = cluster;
  cluster.createNamespace("kube-node-lease");
  const runtime: SimulatedRuntime = new SimulatedRuntime(
    seed,
    () => cluster.now,
    (seen) => kubelet.hear(seen),
  );
  const kubelet = new Kubelet({
    store,
    events,
    host: { command: (command) => runtime.command(command), watchesProbes: () => true },
  });
  const heartbeats = new Heartbeats(store);
  const lifecycle = new NodeLifecycle({ store, events, heartbeats });
  const setPower = (node: string, on: boolean) => runtime.setPower(node, on);
  const chaos = new NodeChaos({ store, kubelet, heartbeats, lifecycle, setPower });
  const eviction = new TaintEviction(store, events);
  cluster.run(cluster.scheduler(), kubelet, runtime, heartbeats, lifecycle, eviction);
  const node = (name: string) => store.require("nodes", undefined, name);
  const ready = (name: string) =>
    node(name).status!.conditions!.find(({ type }) => type === "Ready")!.status;
  const effects = (name: string) =>
    (node(name).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  return { cluster, store, runtime, kubelet, heartbeats, chaos, node, ready, effects };
}

describe("node pools", () => {
  it("make nodes with addresses and ranges of their own, and end the surplus", () => {
    const { cluster, store } = makeNodes();
    applyNodePool(store, pool);
    applyNodePool(store, { ...pool, name: "other", count: 2, runtime: "real" });
    applyNodePool(store, { ...pool, count: 1 });
    applyNodePool(store, { ...pool, count: 4 });
    cluster.settle();
    const nodes = [...store.all("nodes")];
    expect(nodes.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      "other-0",
      "other-1",
      "pool-0",
      "pool-1",
      "pool-2",
      "pool-3",
    ]);
    expect(new Set(nodes.map(({ spec }) => spec!.podCIDR)).size).toBe(6);
    expect(new Set(nodes.map(({ status }) => status!.addresses![0]!.address)).size).toBe(6);
    expect([...store.all("leases.coordination.k8s.io")]).toHaveLength(6);
    expect(() => applyNodePool(store, { ...pool, count: -1 })).toThrow(RangeError);
  });
});

describe("heartbeats", () => {
  it("do not flood the log of changes while nothing happens", () => {
    const { cluster, store } = makeNodes();
    applyNodePool(store, { ...pool, count: 200 });
    cluster.settle();
    const before = store.revision;
    cluster.advance(600_000);
    // 200 nodes that wrote every 10 s would be 12,000.
    expect(store.revision - before).toBeLessThanOrEqual(400);
  });

  it("of real nodes renew the lease every 10 s", () => {
    const { cluster, store } = makeNodes();
    applyNodePool(store, { ...pool, count: 1, runtime: "real" });
    cluster.advance(35_000);
    const lease = store.require("leases.coordination.k8s.io", "kube-node-lease", "pool-0");
    expect(lease.spec).toMatchObject({
      holderIdentity: "pool-0",
      leaseDurationSeconds: 40,
      renewTime: "2026-01-01T00:00:30.000000Z",
    });
  });
});

describe("a node that falls silent", () => {
  it("is Unknown after 40 s, tainted, and loses its pods after their toleration", () => {
    const { cluster, store, chaos, ready, effects } = makeNodes();
    applyNodePool(store, pool);
    cluster.addPod("stays", {
      spec: {
        nodeName: "pool-0",
        tolerations: [{ operator: "Exists", effect: "NoExecute" }],
      },
    });
    cluster.addPod("leaves", { spec: { nodeName: "pool-0" } });
    cluster.addPod("hurries", {
      spec: {
        nodeName: "pool-0",
        tolerations: [{ operator: "Exists", effect: "NoExecute", tolerationSeconds: 10 }],
      },
    });
    cluster.advance(30_000);
    expect(cluster.pod("leaves").status?.phase).toBe("Running");
    chaos.kill("pool-0");
    cluster.advance(39_000);
    expect(ready("pool-0")).toBe("True");
    cluster.advance(7_000);
    expect(ready("pool-0")).toBe("Unknown");
    expect(effects("pool-0")).toEqual([
      "node.kubernetes.io/unreachable:NoSchedule",
      "node.kubernetes.io/unreachable:NoExecute",
    ]);
    const podReady = cluster.pod("stays").status!.conditions!.find(({ type }) => type === "Ready");
    expect(podReady!.status).toBe("False");
    const leaving = (name: string) => cluster.pod(name).metadata.deletionTimestamp !== undefined;
    cluster.advance(10_000);
    expect(["stays", "leaves", "hurries"].map(leaving)).toEqual([false, false, true]);
    cluster.advance(295_000);
    expect(["stays", "leaves"].map(leaving)).toEqual([false, true]);
    // Nobody is there to end them: they stay Terminating until the node is back.
    cluster.advance(600_000);
    expect(store.get("pods", "default", "leaves")).toBeDefined();
    chaos.restore("pool-0");
    cluster.advance(20_000);
    expect(ready("pool-0")).toBe("True");
    expect(effects("pool-0")).toEqual([]);
    expect(store.get("pods", "default", "leaves")).toBeUndefined();
    expect(cluster.pod("stays").status).toMatchObject({
      phase: "Running",
      containerStatuses: [{ restartCount: 1, lastState: { terminated: { reason: "Unknown" } } }],
    });
  });

  it("keeps its containers where it was cut off alone, and its pods where it is back in time", () => {
    const { cluster, store, chaos, effects } = makeNodes();
    applyNodePool(store, pool);
    cluster.addPod("web", { spec: { nodeName: "pool-1" } });
    cluster.advance(10_000);
    chaos.stopHeartbeats("pool-1");
    cluster.advance(120_000);
    expect(effects("pool-1")).toHaveLength(2);
    chaos.restore("pool-1");
    cluster.advance(600_000);
    expect(effects("pool-1")).toEqual([]);
    const { metadata, status } = cluster.pod("web");
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(status!.containerStatuses![0]).toMatchObject({ restartCount: 0, ready: true });
    expect(cluster.messages("TaintManagerEviction")).toEqual([
      "Cancelling deletion of Pod default/web",
    ]);
  });

  it("loses no pods where every zone is silent", () => {
    const { cluster, store, chaos, effects } = makeNodes();
    applyNodePool(store, pool);
    expect(chaos.zoneOutage("x")).toHaveLength(3);
    cluster.advance(120_000);
    expect(effects("pool-0")).toEqual(["node.kubernetes.io/unreachable:NoSchedule"]);
  });

  it("loses pods one node in ten seconds of a zone that is gone as a whole, where others are well", () => {
    const { cluster, store, chaos, effects } = makeNodes();
    applyNodePool(store, pool);
    applyNodePool(store, { ...pool, name: "other", zone: "y" });
    cluster.settle();
    chaos.zoneOutage("x");
    const gone = () => [0, 1, 2].filter((at) => effects(`pool-${at}`).length === 2).length;
    const seen = new Set<number>();
    for (let second = 0; second < 80; second += 5) {
      cluster.advance(5_000);
      seen.add(gone());
    }
    expect([...seen]).toEqual([0, 1, 2, 3]);
    chaos.restoreZone("x");
    cluster.advance(20_000);
    expect(gone()).toBe(0);
  });

  it("flaps where it beats too seldom", () => {
    const { cluster, store, chaos, ready } = makeNodes();
    applyNodePool(store, pool);
    cluster.settle();
    chaos.slowHeartbeats("pool-2", 120_000);
    const seen = new Set<string>();
    for (let second = 0; second < 300; second += 5) {
      cluster.advance(5_000);
      seen.add(ready("pool-2"));
    }
    expect(seen).toEqual(new Set(["True", "Unknown"]));
  });

  it("that is deleted takes its pods with it", () => {
    const { cluster, store } = makeNodes();
    applyNodePool(store, pool);
    cluster.addPod("web", { spec: { nodeName: "pool-1" } });
    cluster.advance(5_000);
    store.delete("nodes", undefined, "pool-1");
    cluster.advance(39_000);
    expect(store.get("pods", "default", "web")).toBeDefined();
    cluster.advance(1_000);
    expect(store.get("pods", "default", "web")).toBeUndefined();
  });
});

it("follows kube-controller-manager in what it takes a zone for, and how fast pods may go", () => {
  expect(zoneStateOf(3, 0)).toBe("Normal");
  expect(zoneStateOf(0, 1)).toBe("FullDisruption");
  expect(zoneStateOf(0, 0)).toBe("Normal");
  // 55 % and more than two.
  expect(zoneStateOf(1, 2)).toBe("Normal");
  expect(zoneStateOf(2, 3)).toBe("PartialDisruption");
  expect(zoneStateOf(46, 54)).toBe("Normal");
  expect(evictionRateOf("Normal", 10, false)).toBe(0.1);
  expect(evictionRateOf("PartialDisruption", 51, false)).toBe(0.01);
  expect(evictionRateOf("PartialDisruption", 50, false)).toBe(0);
  expect(evictionRateOf("FullDisruption", 10, true)).toBe(0);
});

it("drains a node as far as disruption budgets allow", () => {
  const { cluster, store, node } = makeNodes();
  applyNodePool(store, pool);
  for (const name of ["one", "two"]) {
    cluster.addPod(name, { labels: { app: "web" }, spec: { nodeName: "pool-0" } });
  }
  cluster.addPod("free", { spec: { nodeName: "pool-0" } });
  cluster.advance(10_000);
  store.create({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { matchLabels: { app: "web" } }, minAvailable: 1 },
    status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 },
  });
  expect(drain(store, "pool-0")).toEqual(["default/two"]);
  expect(node("pool-0").spec?.unschedulable).toBe(true);
  expect(() => evictPod(store, "default", "two")).toThrow(
    "Cannot evict pod as it would violate the pod's disruption budget.",
  );
  cluster.advance(1_000);
  expect([...store.podsOn("pool-0")].map(({ metadata }) => metadata.name)).toEqual(["two"]);
});
