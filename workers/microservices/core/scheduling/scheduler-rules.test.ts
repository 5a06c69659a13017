/** Random clusters: whatever is scheduled, no rule is broken, by a check that shares no code. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ObjectOf } from "../store/objects.ts";
import { TestCluster } from "./test-cluster.ts";

type Pod = ObjectOf<"pods">;

const zoneKey = "topology.kubernetes.io/zone";
const apps = ["red", "green", "blue"];

const nodeArbitrary = fc.record({
  cpu: fc.integer({ min: 1, max: 6 }),
  pods: fc.integer({ min: 1, max: 8 }),
  zone: fc.constantFrom("x", "y", "z"),
  disk: fc.constantFrom("ssd", "hdd"),
  tainted: fc.boolean(),
  cordoned: fc.boolean(),
});
const podArbitrary = fc.record({
  app: fc.constantFrom(...apps),
  cpuMilli: fc.integer({ min: 0, max: 3_000 }),
  priority: fc.integer({ min: 0, max: 2 }),
  disk: fc.constantFrom(undefined, "ssd", "hdd"),
  tolerates: fc.boolean(),
  hostPort: fc.constantFrom(undefined, 80, 81),
  apart: fc.constantFrom(undefined, ...apps),
  apartBy: fc.constantFrom("kubernetes.io/hostname", zoneKey),
  spread: fc.boolean(),
});
type NodeInput = typeof nodeArbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type PodInput = typeof podArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

function addPod(cluster: TestCluster, input: PodInput, at: number): void {
  const selector = (app: string) => ({ matchLabels: { app } });
  cluster.addPod(`pod-${at}`, {
    labels: { app: input.app },
    spec: {
      priority: input.priority,
      containers: [
        {
          name: "main",
          resources: { requests: { cpu: `${input.cpuMilli}m` } },
          ports: input.hostPort ? [{ containerPort: 1, hostPort: input.hostPort }] : [],
        },
      ],
      ...(input.disk && { nodeSelector: { disk: input.disk } }),
      ...(input.tolerates && { tolerations: [{ key: "team", operator: "Exists" }] }),
      ...(input.apart && {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: selector(input.apart), topologyKey: input.apartBy },
            ],
          },
        },
      }),
      ...(input.spread && {
        topologySpreadConstraints: [
          {
            topologyKey: zoneKey,
            maxSkew: 1,
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: selector(input.app),
          },
        ],
      }),
    },
  });
}

function build(nodes: readonly NodeInput[], pods: readonly PodInput[], seed: number): TestCluster {
  const cluster = new TestCluster(seed);
  cluster.run(cluster.scheduler());
  nodes.forEach(({ cpu, pods: podsMax, zone, disk, tainted, cordoned }, at) => {
    cluster.addNode(`node-${at}`, {
      cpu: String(cpu),
      pods: String(podsMax),
      labels: { [zoneKey]: zone, disk },
      spec: {
        unschedulable: cordoned,
        taints: tainted ? [{ key: "team", effect: "NoSchedule" }] : [],
      },
    });
  });
  pods.forEach((pod, at) => {
    addPod(cluster, pod, at);
    if (at % 3 === 0) cluster.advance(1_500);
  });
  cluster.advance(30_000);
  return cluster;
}

const bound = (cluster: TestCluster): Pod[] =>
  [...cluster.store.all("pods")].filter(({ spec }) => spec?.nodeName);

/** Every rule that a pod's present place breaks. */
function brokenRules(cluster: TestCluster): string[] {
  const broken: string[] = [];
  const pods = bound(cluster);
  const nodes = new Map([...cluster.store.all("nodes")].map((node) => [node.metadata.name, node]));
  const milli = (pod: Pod) =>
    Number(pod.spec!.containers[0]!.resources!.requests!["cpu"]!.slice(0, -1));
  for (const [name, node] of nodes) {
    const here = pods.filter(({ spec }) => spec!.nodeName === name);
    const used = here.reduce((sum, pod) => sum + milli(pod), 0);
    if (used > Number(node.status!.allocatable!["cpu"]) * 1_000) broken.push(`${name}: cpu`);
    if (here.length > Number(node.status!.allocatable!["pods"])) broken.push(`${name}: pods`);
    const ports = here.flatMap(({ spec }) => spec!.containers[0]!.ports!.map((p) => p.hostPort));
    if (new Set(ports).size < ports.length) broken.push(`${name}: ports`);
  }
  for (const pod of pods) {
    const node = nodes.get(pod.spec!.nodeName!)!;
    const { name } = pod.metadata;
    if (node.spec?.unschedulable) broken.push(`${name}: cordoned`);
    if (node.spec?.taints?.length && !pod.spec!.tolerations) broken.push(`${name}: taint`);
    const wanted = pod.spec!.nodeSelector?.["disk"];
    if (wanted && node.metadata.labels!["disk"] !== wanted) broken.push(`${name}: selector`);
    const [term] =
      pod.spec!.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    if (term === undefined) continue;
    const place = (other: Pod) =>
      nodes.get(other.spec!.nodeName!)!.metadata.labels![term.topologyKey];
    for (const other of pods) {
      if (other === pod || place(other) !== place(pod)) continue;
      const app = term.labelSelector!.matchLabels!["app"];
      if (other.metadata.labels!["app"] === app) broken.push(`${name}: near ${app}`);
    }
  }
  return broken;
}

const clusterArbitrary = [
  fc.array(nodeArbitrary, { minLength: 1, maxLength: 8 }),
  fc.array(podArbitrary, { minLength: 1, maxLength: 25 }),
  fc.integer({ min: 1, max: 1_000 }),
] as const;

it("breaks no rule of a node, a pod or its neighbours, preemption included", () => {
  let placed = 0;
  let preempted = 0;
  fc.assert(
    fc.property(...clusterArbitrary, (nodes, pods, seed) => {
      const cluster = build(nodes, pods, seed);
      placed += bound(cluster).length;
      preempted += cluster.messages("Preempted").length;
      expect(brokenRules(cluster)).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect(placed).toBeGreaterThan(150);
  expect(preempted).toBeGreaterThan(10);
});

it("gives the same places from the same seed", () => {
  fc.assert(
    fc.property(...clusterArbitrary, (nodes, pods, seed) => {
      const places = () =>
        bound(build(nodes, pods, seed)).map(({ metadata, spec }) => [
          metadata.name,
          spec!.nodeName,
        ]);
      expect(places()).toEqual(places());
    }),
    { numRuns: 25 },
  );
});

it("leaves no pod waiting that one of the nodes would take", () => {
  fc.assert(
    fc.property(...clusterArbitrary, (nodes, pods, seed) => {
      const plain = pods.map((pod) => ({
        ...pod,
        priority: 0,
        apart: undefined,
        spread: false,
        hostPort: undefined,
      }));
      const cluster = build(nodes, plain, seed);
      const here = bound(cluster);
      const waiting = [...cluster.store.all("pods")].filter(({ spec }) => !spec?.nodeName);
      const cpuOf = ({ spec }: Pod) =>
        Number(spec!.containers[0]!.resources!.requests!["cpu"]!.slice(0, -1));
      for (const pod of waiting) {
        for (const [at, node] of nodes.entries()) {
          const others = here.filter(({ spec }) => spec!.nodeName === `node-${at}`);
          const used = others.reduce((sum, other) => sum + cpuOf(other), 0);
          const { nodeSelector, tolerations } = pod.spec!;
          const fits =
            !node.cordoned &&
            (!node.tainted || tolerations !== undefined) &&
            (nodeSelector === undefined || nodeSelector["disk"] === node.disk) &&
            others.length < node.pods &&
            used + cpuOf(pod) <= node.cpu * 1_000;
          expect(fits, `${pod.metadata.name} on node-${at}`).toBe(false);
        }
      }
    }),
    { numRuns: 100 },
  );
});
