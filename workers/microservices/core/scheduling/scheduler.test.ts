import { describe, expect, it } from "vitest";
import { TestCluster } from "./test-cluster.ts";

function makeCluster(): TestCluster {
  const cluster = new TestCluster();
  cluster.run(cluster.scheduler());
  return cluster;
}

const zone = "topology.kubernetes.io/zone";
const near = (app: string, topologyKey = "kubernetes.io/hostname") => ({
  labelSelector: { matchLabels: { app } },
  topologyKey,
});

describe("binding", () => {
  it("sets the node and PodScheduled, and tells of it", () => {
    const cluster = makeCluster();
    cluster.addNode("a");
    cluster.addPod("web");
    cluster.settle();
    expect(cluster.pod("web")).toMatchObject({
      spec: { nodeName: "a" },
      status: { conditions: [{ type: "PodScheduled", status: "True" }] },
    });
    expect(cluster.messages("Scheduled")).toEqual(["Successfully assigned default/web to a"]);
  });

  it("takes pods by priority, then by age", () => {
    const cluster = makeCluster();
    cluster.addPod("old", { requests: { cpu: "1" } });
    cluster.now += 1_000;
    cluster.addPod("young", { requests: { cpu: "1" } });
    cluster.addPod("urgent", { requests: { cpu: "1" }, spec: { priority: 5 } });
    cluster.addNode("a", { cpu: "2" });
    cluster.advance(20_000);
    expect(["old", "young", "urgent"].map((name) => cluster.nodeOf(name))).toEqual(["a", "", "a"]);
  });

  it("leaves the pods of other schedulers alone", () => {
    const cluster = makeCluster();
    cluster.addNode("a");
    cluster.addPod("other", { spec: { schedulerName: "mine" } });
    cluster.settle();
    expect(cluster.nodeOf("other")).toBe("");
  });

  it("waits for scheduling gates to be lifted", () => {
    const cluster = makeCluster();
    cluster.addNode("a");
    const pod = cluster.addPod("web", {
      spec: { schedulingGates: [{ name: "example.com/wait" }] },
    });
    cluster.advance(600_000);
    expect(cluster.nodeOf("web")).toBe("");
    cluster.store.update({ ...pod, spec: { containers: pod.spec!.containers } });
    cluster.settle();
    expect(cluster.nodeOf("web")).toBe("a");
  });
});

describe("a pod that fits nowhere", () => {
  it("hears why of every node", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { spec: { taints: [{ key: "team", value: "x", effect: "NoSchedule" }] } });
    cluster.addNode("b", { cpu: "1" });
    cluster.addNode("c", { cpu: "1" });
    cluster.addPod("web", { requests: { cpu: "2" } });
    cluster.settle();
    const message =
      "0/3 nodes are available: 1 node(s) had untolerated taint {team: x}, 2 Insufficient cpu. " +
      "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    expect(cluster.messages("FailedScheduling")).toEqual([message]);
    expect(cluster.pod("web").status?.conditions).toMatchObject([
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message },
    ]);
  });

  it("hears that there are no nodes", () => {
    const cluster = makeCluster();
    cluster.addPod("web");
    cluster.settle();
    expect(cluster.messages("FailedScheduling")).toEqual(["no nodes available to schedule pods"]);
  });

  it("is tried again when a change may help, after its back-off", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "1" });
    cluster.addPod("first", { requests: { cpu: "1" } });
    cluster.addPod("second", { requests: { cpu: "1" } });
    cluster.settle();
    expect(cluster.nodeOf("second")).toBe("");
    cluster.store.delete("pods", "default", "first", { gracePeriodSeconds: 0 });
    cluster.advance(999);
    expect(cluster.nodeOf("second")).toBe("");
    cluster.advance(1);
    expect(cluster.nodeOf("second")).toBe("a");
  });

  it("is not tried again while nothing that matters changes, until five minutes are over", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "1" });
    cluster.addPod("big", { requests: { cpu: "2" } });
    cluster.advance(299_000);
    const count = () => [...cluster.store.all("events")][0]!.count;
    expect(count()).toBe(1);
    cluster.advance(60_000);
    expect(count()).toBe(2);
  });
});

describe("filters", () => {
  it("count init containers, sidecars and overhead among the requests", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "4" });
    const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } });
    // Sidecar 1 + init 2 = 3; running 1 + 1 = 2; with the overhead 3.5.
    const spec = {
      initContainers: [
        { name: "sidecar", restartPolicy: "Always", ...cpu("1") },
        { name: "init", ...cpu("2") },
      ],
      containers: [{ name: "main", ...cpu("1") }],
      overhead: { cpu: "500m" },
    };
    cluster.addPod("web", { spec });
    cluster.settle();
    expect(cluster.nodeOf("web")).toBe("a");
    cluster.addPod("half", { requests: { cpu: "500m" } });
    cluster.addPod("more", { requests: { cpu: "1m" } });
    cluster.settle();
    expect([cluster.nodeOf("half"), cluster.nodeOf("more")]).toEqual(["a", ""]);
  });

  it("keep two pods from one host port, but for different addresses", () => {
    const cluster = makeCluster();
    cluster.addNode("a");
    const ports = (hostPort: number, hostIP?: string) => ({
      containers: [
        { name: "main", ports: [{ containerPort: 1, hostPort, ...(hostIP && { hostIP }) }] },
      ],
    });
    cluster.addPod("one", { spec: ports(80, "10.0.0.1") });
    cluster.addPod("two", { spec: ports(80, "10.0.0.2") });
    cluster.addPod("all", { spec: ports(80) });
    cluster.addPod("other", { spec: ports(81) });
    cluster.settle();
    expect(["one", "two", "all", "other"].map((name) => cluster.nodeOf(name))).toEqual([
      "a",
      "a",
      "",
      "a",
    ]);
    expect(cluster.messages("FailedScheduling")[0]).toContain(
      "1 node(s) didn't have free ports for the requested pod ports.",
    );
  });

  it("hold nodeSelector and required node affinity, by labels and by name", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { labels: { disk: "ssd", cores: "8" } });
    cluster.addNode("b", { labels: { disk: "hdd", cores: "16" } });
    cluster.addPod("ssd", { spec: { nodeSelector: { disk: "ssd" } } });
    const affinity = (...nodeSelectorTerms: object[]) => ({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
        },
      },
    });
    const cores = { matchExpressions: [{ key: "cores", operator: "Gt", values: ["8"] }] };
    cluster.addPod("many", { spec: affinity(cores) });
    const byName = { matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] };
    cluster.addPod("named", { spec: affinity(byName) });
    cluster.addPod("empty", { spec: affinity({}) });
    cluster.settle();
    expect(["ssd", "many", "named", "empty"].map((name) => cluster.nodeOf(name))).toEqual([
      "a",
      "b",
      "b",
      "",
    ]);
  });

  it("let only tolerating pods onto a cordoned node", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { spec: { unschedulable: true } });
    cluster.addPod("web");
    const toleration = { key: "node.kubernetes.io/unschedulable", operator: "Exists" };
    cluster.addPod("daemon", { spec: { tolerations: [toleration] } });
    cluster.settle();
    expect([cluster.nodeOf("web"), cluster.nodeOf("daemon")]).toEqual(["", "a"]);
    expect(cluster.messages("FailedScheduling")[0]).toContain("1 node(s) were unschedulable.");
  });

  it("count extended resources", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { extended: { "example.com/gpu": "1" } });
    cluster.addPod("one", { requests: { "example.com/gpu": "1" } });
    cluster.addPod("two", { requests: { "example.com/gpu": "1" } });
    cluster.settle();
    expect([cluster.nodeOf("one"), cluster.nodeOf("two")]).toEqual(["a", ""]);
    expect(cluster.messages("FailedScheduling")[0]).toContain("1 Insufficient example.com/gpu.");
  });

  it("keep pods apart by anti-affinity, both ways", () => {
    const cluster = makeCluster();
    for (const name of ["a", "b"]) cluster.addNode(name);
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [near("web")] };
    const spec = { affinity: { podAntiAffinity } };
    for (const name of ["one", "two", "three"])
      cluster.addPod(name, { labels: { app: "web" }, spec });
    cluster.settle();
    const placed = ["one", "two", "three"].map((name) => cluster.nodeOf(name));
    expect(placed.toSorted()).toEqual(["", "a", "b"]);
    // It has no rule of its own; those that run have one.
    cluster.addPod("plain", { labels: { app: "web" } });
    cluster.settle();
    expect(cluster.nodeOf("plain")).toBe("");
    expect(cluster.messages("FailedScheduling")[1]).toContain(
      "2 node(s) didn't satisfy existing pods anti-affinity rules.",
    );
  });

  it("let the first pod of a group in that wants to be near itself, and the others near it", () => {
    const cluster = makeCluster();
    for (const name of ["a", "b", "c", "d"]) {
      cluster.addNode(name, { pods: "2", labels: { [zone]: name < "c" ? "left" : "right" } });
    }
    const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [near("web", zone)] };
    const names = ["one", "two", "three", "four", "five"];
    for (const name of names) {
      cluster.addPod(name, { labels: { app: "web" }, spec: { affinity: { podAffinity } } });
    }
    cluster.addPod("lonely", {
      spec: {
        affinity: {
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near("none", zone)] },
        },
      },
    });
    cluster.settle();
    const zones = new Set(
      names
        .map((name) => cluster.nodeOf(name))
        .filter((name) => name !== "")
        .map((name) => (name < "c" ? "left" : "right")),
    );
    expect(zones.size).toBe(1);
    expect(names.filter((name) => cluster.nodeOf(name) === "")).toHaveLength(1);
    expect(cluster.nodeOf("lonely")).toBe("");
  });

  it("spread over the zones no further apart than maxSkew", () => {
    const cluster = makeCluster();
    // Without the rule the larger zone would get more.
    for (let at = 0; at < 6; at++) {
      cluster.addNode(`n${at}`, { labels: { [zone]: at < 4 ? "left" : "right" } });
    }
    const constraint = {
      topologyKey: zone,
      maxSkew: 1,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: "web" } },
    };
    for (let at = 0; at < 9; at++) {
      const spec = { topologySpreadConstraints: [constraint] };
      cluster.addPod(`web-${at}`, { labels: { app: "web" }, spec });
    }
    cluster.settle();
    let left = 0;
    for (let at = 0; at < 9; at++) if (cluster.nodeOf(`web-${at}`) < "n4") left++;
    expect([4, 5]).toContain(left);
  });
});

describe("scores", () => {
  it("prefer the node that has most left", () => {
    const cluster = makeCluster();
    cluster.addNode("small", { cpu: "2" });
    cluster.addNode("large", { cpu: "16", memory: "128Gi" });
    cluster.addPod("web", { requests: { cpu: "1", memory: "8Gi" } });
    cluster.settle();
    expect(cluster.nodeOf("web")).toBe("large");
  });

  it("prefer nodes by affinity and away from PreferNoSchedule", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { labels: { disk: "ssd" } });
    cluster.addNode("b");
    cluster.addNode("c", {
      spec: { taints: [{ key: "old", effect: "PreferNoSchedule" }] },
    });
    const preference = { matchExpressions: [{ key: "disk", operator: "Exists" }] };
    cluster.addPod("ssd", {
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }],
          },
        },
      },
    });
    for (let at = 0; at < 4; at++) cluster.addPod(`plain-${at}`);
    cluster.settle();
    expect(cluster.nodeOf("ssd")).toBe("a");
    for (let at = 0; at < 4; at++) expect(cluster.nodeOf(`plain-${at}`)).not.toBe("c");
  });

  it("prefer to be near and away from the pods that weighted terms name", () => {
    const cluster = makeCluster();
    for (const name of ["a", "b", "c"]) cluster.addNode(name);
    cluster.addPod("friend", {
      labels: { app: "friend" },
      spec: { nodeSelector: { "kubernetes.io/hostname": "b" } },
    });
    cluster.settle();
    const weighted = [{ weight: 100, podAffinityTerm: near("friend") }];
    const rule = { preferredDuringSchedulingIgnoredDuringExecution: weighted };
    cluster.addPod("close", { spec: { affinity: { podAffinity: rule } } });
    cluster.addPod("far", { spec: { affinity: { podAntiAffinity: rule } } });
    cluster.settle();
    expect(cluster.nodeOf("close")).toBe("b");
    expect(cluster.nodeOf("far")).not.toBe("b");
  });

  it("spread the pods of a service by default", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "64", memory: "512Gi" });
    cluster.addNode("b", { cpu: "60", memory: "480Gi" });
    cluster.store.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
      spec: { selector: { app: "web" } },
    });
    for (let at = 0; at < 8; at++) cluster.addPod(`web-${at}`, { labels: { app: "web" } });
    cluster.settle();
    let onA = 0;
    for (let at = 0; at < 8; at++) if (cluster.nodeOf(`web-${at}`) === "a") onA++;
    expect(onA).toBe(4);
  });
});

describe("preemption", () => {
  const low = { requests: { cpu: "1" }, spec: { priority: 1, terminationGracePeriodSeconds: 0 } };

  it("ends the least important pods that make room, and binds to the node it cleared", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "2" });
    cluster.addPod("low-1", low);
    cluster.addPod("low-2", { ...low, spec: { ...low.spec, priority: 2 } });
    cluster.settle();
    const high = cluster.addPod("high", { requests: { cpu: "1" }, spec: { priority: 10 } });
    cluster.settle();
    expect(cluster.pod("high").status?.nominatedNodeName).toBe("a");
    expect(cluster.messages("Preempted")).toEqual([
      `Preempted by pod ${high.metadata.uid} on node a`,
    ]);
    expect(cluster.store.get("pods", "default", "low-1")).toBeUndefined();
    cluster.advance(1_000);
    expect([cluster.nodeOf("high"), cluster.nodeOf("low-2")]).toEqual(["a", "a"]);
  });

  it("gives victims their grace, keeps the place meanwhile and tells them why", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "1" });
    cluster.addPod("low", { requests: { cpu: "1" } });
    cluster.settle();
    cluster.addPod("high", { requests: { cpu: "1" }, spec: { priority: 10 } });
    cluster.settle();
    expect(cluster.pod("low")).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 30 },
      status: {
        conditions: [
          { type: "PodScheduled" },
          { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" },
        ],
      },
    });
    cluster.addPod("middle", { requests: { cpu: "1" }, spec: { priority: 5 } });
    cluster.advance(30_000);
    cluster.store.delete("pods", "default", "low", { gracePeriodSeconds: 0 });
    cluster.advance(10_000);
    expect([cluster.nodeOf("high"), cluster.nodeOf("middle")]).toEqual(["a", ""]);
  });

  it("respects disruption budgets where another node will do", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "1" });
    cluster.addNode("b", { cpu: "1" });
    for (const name of ["a", "b"]) {
      cluster.addPod(`on-${name}`, {
        ...low,
        labels: { app: name },
        spec: { ...low.spec, nodeSelector: { "kubernetes.io/hostname": name } },
      });
    }
    cluster.store.create({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "keep", namespace: "default" },
      spec: { selector: { matchLabels: { app: "a" } }, minAvailable: 1 },
      status: { disruptionsAllowed: 0 },
    });
    cluster.settle();
    cluster.addPod("high", { requests: { cpu: "1" }, spec: { priority: 10 } });
    cluster.advance(1_000);
    expect(cluster.nodeOf("high")).toBe("b");
  });

  it("takes victims of the lowest priority, and fewest of them", () => {
    const cluster = makeCluster();
    const at = (node: string, priority: number, cpu: string) => ({
      requests: { cpu },
      spec: {
        priority,
        terminationGracePeriodSeconds: 0,
        nodeSelector: { "kubernetes.io/hostname": node },
      },
    });
    for (const name of ["a", "b", "c"]) cluster.addNode(name, { cpu: "2" });
    cluster.addPod("a-1", at("a", 5, "2"));
    cluster.addPod("b-1", at("b", 1, "1"));
    cluster.addPod("b-2", at("b", 1, "1"));
    cluster.addPod("c-1", at("c", 1, "2"));
    cluster.settle();
    cluster.addPod("high", { requests: { cpu: "2" }, spec: { priority: 10 } });
    cluster.advance(1_000);
    expect(cluster.nodeOf("high")).toBe("c");
  });

  it("keeps pods away that the one it made room for does not stand", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "2" });
    cluster.addPod("low", { requests: { cpu: "2" } });
    cluster.settle();
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [near("web")] };
    const spec = { priority: 10, affinity: { podAntiAffinity } };
    cluster.addPod("high", { requests: { cpu: "1" }, spec });
    cluster.settle();
    cluster.store.delete("pods", "default", "low", { gracePeriodSeconds: 0 });
    // The place is free, and "high" waits for its back-off.
    cluster.addPod("web", { requests: { cpu: "1" }, labels: { app: "web" } });
    cluster.addPod("other", { requests: { cpu: "1" }, labels: { app: "other" } });
    cluster.settle();
    expect(["high", "web", "other"].map((name) => cluster.nodeOf(name))).toEqual(["", "", "a"]);
    cluster.advance(20_000);
    expect(["high", "web"].map((name) => cluster.nodeOf(name))).toEqual(["a", ""]);
  });

  it("does not end pods for one that never preempts", () => {
    const cluster = makeCluster();
    cluster.addNode("a", { cpu: "1" });
    cluster.addPod("low", low);
    cluster.settle();
    cluster.addPod("high", {
      requests: { cpu: "1" },
      spec: { priority: 10, preemptionPolicy: "Never" },
    });
    cluster.settle();
    expect(cluster.messages("FailedScheduling")).toEqual([
      "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.",
    ]);
  });
});
