/** The cluster's scheduler on the shapes of Kubernetes' own scheduler_perf. */
import { loadavg } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { storeLimits } from "../workers/microservices/limits.ts";
import { Heartbeats } from "../workers/microservices/core/nodes/heartbeats.ts";
import { Kubelet } from "../workers/microservices/core/nodes/kubelet.ts";
import { NodeLifecycle } from "../workers/microservices/core/nodes/node-lifecycle.ts";
import { applyNodePool } from "../workers/microservices/core/nodes/node-pools.ts";
import { SimulatedRuntime } from "../workers/microservices/core/nodes/simulated-runtime.ts";
import { TaintEviction } from "../workers/microservices/core/nodes/taint-eviction.ts";
import { TestCluster } from "../workers/microservices/core/scheduling/test-cluster.ts";
import { benchClusterApp } from "./cluster-app.ts";
import { type BenchResult, type BenchRow, median, spread } from "./result.ts";

const nodes = 5_000;
const rounds = 3;
const podsPerSecondMin = 2_000;
const heapMegabytesMax = 150;
const podRequests = { cpu: "100m", memory: "500Mi" };

interface Case {
  readonly name: string;
  readonly target: string;
  readonly prepare: (cluster: TestCluster) => void;
  readonly pods: number;
  readonly add: (cluster: TestCluster, at: number) => void;
}

const spreadConstraint = {
  topologyKey: "topology.kubernetes.io/zone",
  maxSkew: 5,
  whenUnsatisfiable: "DoNotSchedule",
  labelSelector: { matchLabels: { color: "blue" } },
};
const spreadPod = {
  labels: { color: "blue" },
  requests: podRequests,
  spec: { topologySpreadConstraints: [spreadConstraint] },
};
const lowPod = {
  requests: { cpu: "900m", memory: "500Mi" },
  spec: { terminationGracePeriodSeconds: 0 },
};

function addNodes(cluster: TestCluster): void {
  for (let at = 0; at < nodes; at++) {
    const labels = { "topology.kubernetes.io/zone": `moon-${(at % 3) + 1}` };
    cluster.addNode(`node-${at}`, { labels });
  }
}

const cases: readonly Case[] = [
  {
    name: `SchedulingBasic, ${nodes} nodes, 1,000 pods before, 10,000 pods, pods/s`,
    target: `>= ${podsPerSecondMin}; their threshold 680`,
    prepare: (cluster) => addPods(cluster, 1_000, { requests: podRequests }),
    pods: 10_000,
    add: (cluster, at) => cluster.addPod(`pod-${at}`, { requests: podRequests }),
  },
  {
    name: `TopologySpreading, three zones, 5,000 pods before, 5,000 pods, pods/s`,
    target: "",
    prepare: (cluster) => addPods(cluster, 5_000, { requests: podRequests }),
    pods: 5_000,
    add: (cluster, at) => cluster.addPod(`pod-${at}`, spreadPod),
  },
  {
    name: `Preemption, 20,000 pods of low priority before, 2,000 of high, pods/s`,
    target: "their threshold 570 (PreemptionAsync)",
    prepare: (cluster) => addPods(cluster, 20_000, lowPod),
    pods: 2_000,
    add: (cluster, at) =>
      cluster.addPod(`pod-${at}`, {
        requests: { cpu: "3", memory: "500Mi" },
        spec: { priority: 10 },
      }),
  },
];

function addPods(
  cluster: TestCluster,
  count: number,
  options: Parameters<TestCluster["addPod"]>[1],
): void {
  for (let at = 0; at < count; at++) cluster.addPod(`before-${at}`, options);
}

export async function benchCluster(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const { name, target, prepare, pods, add } of cases) {
    const rates = Array.from({ length: rounds }, (_, round) => {
      const cluster = new TestCluster(round + 1);
      addNodes(cluster);
      cluster.run(cluster.scheduler());
      prepare(cluster);
      cluster.settle();
      for (let at = 0; at < pods; at++) add(cluster, at);
      const began = performance.now();
      cluster.settle();
      // Those that had to make room are bound after their pause, which passes in no time here.
      cluster.advance(10_000);
      const seconds = (performance.now() - began) / 1_000;
      let bound = 0;
      for (let at = 0; at < pods; at++) if (cluster.nodeOf(`pod-${at}`) !== "") bound++;
      if (bound !== pods) failures.push(`${name}: ${bound} of ${pods} bound`);
      return pods / seconds;
    });
    rows.push({ measure: name, value: spread(rates), target });
    if (name.startsWith("SchedulingBasic") && median(rates) < podsPerSecondMin) {
      failures.push(`${name} should be >= ${podsPerSecondMin}`);
    }
  }
  rows.push(...wholeCluster(failures));
  const app = await benchClusterApp();
  rows.push(...app.rows);
  failures.push(...app.failures);
  return {
    peer: "none here; the thresholds of kubernetes test/integration/scheduler_perf",
    rows,
    notes: [
      "One thread: queue, filters, scores, the write of the binding to the store, its events. No API server between, which scheduler_perf has.",
      "Nodes of 4 cpu, 32Gi, 110 pods; pods of 100m and 500Mi; low priority 900m, high 3 cpu.",
      "The whole cluster: scheduler, kubelets, simulated runtime, heartbeats, node lifecycle, taint eviction; each pod with a readiness and a liveness probe, and their events.",
      "In the app: the built platform with the threads microservices and integration alone, its memory and CPU from /proc; first answers and kubectl three times, the rest once. A client that polls every 50 ms waits for the pods.",
      `The store holds up to ${storeLimits.objectsMax} objects.`,
      `Load average of the machine after: ${loadavg()[0]!.toFixed(1)}.`,
    ],
    failures,
  };
}

/** 1,000 nodes with 10,000 simulated pods: how long until they run, what they hold and cost. */
function wholeCluster(failures: string[]): BenchRow[] {
  const before = heapMegabytes();
  const cluster = new TestCluster(1);
  const { store, events } = cluster;
  cluster.createNamespace("kube-node-lease");
  const runtime: SimulatedRuntime = new SimulatedRuntime(
    1,
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
  const eviction = new TaintEviction(store, events);
  cluster.run(cluster.scheduler(), kubelet, runtime, heartbeats, lifecycle, eviction);
  const began = performance.now();
  addSimulatedNodes(cluster);
  const readinessProbe = { httpGet: { path: "/", port: 80 } };
  const resources = { requests: podRequests };
  const containers = [
    { name: "main", image: "app:1", resources, readinessProbe, livenessProbe: readinessProbe },
  ];
  const pods = 10_000;
  for (let at = 0; at < pods; at++) {
    cluster.addPod(`pod-${at}`, { labels: { app: "web" }, spec: { containers } });
  }
  cluster.advance(60_000);
  const seconds = (performance.now() - began) / 1_000;
  const running = [...store.all("pods")].filter(({ status }) => status?.phase === "Running").length;
  if (running !== pods) failures.push(`${running} of ${pods} simulated pods run`);
  const heap = heapMegabytes() - before;
  if (heap > heapMegabytesMax) failures.push(`the heap held ${heap.toFixed(0)} MB`);
  const idleBegan = performance.now();
  const { revision } = store;
  cluster.advance(3_600_000);
  const idleMs = performance.now() - idleBegan;
  return [
    {
      measure: "1,000 nodes and 10,000 simulated pods until all run, s",
      value: seconds.toFixed(1),
    },
    { measure: "the same, heap, MB", value: heap.toFixed(0), target: `<= ${heapMegabytesMax}` },
    { measure: "the same, an idle hour of theirs, ms", value: idleMs.toFixed(0) },
    { measure: "the same, changes in that hour", value: `${store.revision - revision}` },
  ];
}

function addSimulatedNodes({ store }: TestCluster): void {
  const nodeInfo = {
    architecture: "amd64",
    operatingSystem: "linux",
    bootID: "",
    containerRuntimeVersion: "",
    kernelVersion: "",
    kubeProxyVersion: "",
    kubeletVersion: "",
    machineID: "",
    osImage: "",
    systemUUID: "",
  };
  for (const zone of ["a", "b", "c", "d"]) {
    applyNodePool(store, {
      name: `pool-${zone}`,
      count: 250,
      cpu: "32",
      memory: "128Gi",
      pods: 110,
      zone,
      runtime: "simulated",
      labels: {},
      taints: [],
      nodeInfo,
    });
  }
}

function heapMegabytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
