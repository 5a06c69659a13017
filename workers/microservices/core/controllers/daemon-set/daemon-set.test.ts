import type { DaemonSetSpec } from "kubernetes-types/apps/v1";
import { describe, expect, it } from "vitest";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { DaemonSetController } from "./daemon-set-controller.ts";

const setOf = (spec: Partial<DaemonSetSpec> = {}) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "agent", namespace: "default" },
  spec: {
    selector: { matchLabels: { app: "agent" } },
    template: template({ app: "agent" }),
    ...spec,
  },
});

function makeCluster(nodes: number): SteppedCluster {
  const cluster = SteppedCluster.with(({ store, events, podControl }) => [
    new DaemonSetController(store, events, podControl),
  ]);
  for (let node = 0; node < nodes; node++) cluster.addNode(`node-${node}`);
  return cluster;
}

const runSet = (nodes: number, spec: Partial<DaemonSetSpec> = {}) => {
  const cluster = makeCluster(nodes);
  cluster.apply(setOf(spec));
  return cluster;
};

const statusOf = (cluster: SteppedCluster) =>
  cluster.store.require("daemonsets.apps", "default", "agent").status!;
const pinOf = (pod: ReturnType<SteppedCluster["pod"]>): string =>
  pod.spec!.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!
    .nodeSelectorTerms[0]!.matchFields![0]!.values![0]!;
const pinned = (cluster: SteppedCluster) => cluster.podsOf("agent").map(pinOf).toSorted();

/** The kubelets of the pins run every pod that waits. */
function startAll(cluster: SteppedCluster): void {
  for (const pod of cluster.podsOf("agent")) {
    if (pod.status?.phase === "Pending") cluster.start(pod, true, pinOf(pod));
  }
}

const imagesOf = (cluster: SteppedCluster) =>
  cluster.podsOf("agent").map(({ spec }) => spec?.containers[0]?.image);
const newTemplate = {
  ...template({ app: "agent" }, { containers: [{ name: "main", image: "agent:2" }] }),
};

describe("a daemon set", () => {
  it("has one pod pinned to each node, also to one that comes later", () => {
    const cluster = runSet(3);
    expect(pinned(cluster)).toEqual(["node-0", "node-1", "node-2"]);
    cluster.addNode("node-3");
    cluster.settle();
    expect(pinned(cluster)).toEqual(["node-0", "node-1", "node-2", "node-3"]);
    startAll(cluster);
    expect(statusOf(cluster)).toMatchObject({
      desiredNumberScheduled: 4,
      currentNumberScheduled: 4,
      updatedNumberScheduled: 4,
      numberReady: 4,
      numberAvailable: 4,
      numberUnavailable: 0,
      numberMisscheduled: 0,
      observedGeneration: 1,
    });
  });

  it("heeds node selectors, required affinity and taints, and follows their changes", () => {
    const cluster = makeCluster(0);
    cluster.addNode("plain");
    cluster.addNode("ssd", { labels: { disk: "ssd" } });
    cluster.addNode("tainted", {
      labels: { disk: "ssd" },
      spec: { taints: [{ key: "only", value: "gpu", effect: "NoSchedule" }] },
    });
    cluster.apply(
      setOf({ template: template({ app: "agent" }, { nodeSelector: { disk: "ssd" } }) }),
    );
    expect(pinned(cluster)).toEqual(["ssd"]);
    const plain = cluster.store.require("nodes", undefined, "plain");
    const labels = { ...plain.metadata.labels, disk: "ssd" };
    cluster.store.update({ ...plain, metadata: { ...plain.metadata, labels } });
    cluster.settle();
    expect(pinned(cluster)).toEqual(["plain", "ssd"]);
  });

  it("bears the taints of nodes that are not ready, unreachable, under pressure or cordoned", () => {
    const cluster = makeCluster(0);
    const key = (name: string) => `node.kubernetes.io/${name}`;
    cluster.addNode("bad", {
      spec: {
        taints: [
          { key: key("not-ready"), effect: "NoExecute" },
          { key: key("unreachable"), effect: "NoExecute" },
          { key: key("memory-pressure"), effect: "NoSchedule" },
          { key: key("unschedulable"), effect: "NoSchedule" },
        ],
      },
    });
    cluster.addNode("offline", {
      spec: { taints: [{ key: key("network-unavailable"), effect: "NoSchedule" }] },
    });
    cluster.apply(setOf());
    expect(pinned(cluster)).toEqual(["bad"]);
  });

  it("leaves pods where a NoSchedule taint comes, and ends them where it is NoExecute", () => {
    const cluster = runSet(2);
    startAll(cluster);
    const taint = (effect: string) => {
      const node = cluster.store.require("nodes", undefined, "node-0");
      cluster.store.update({ ...node, spec: { taints: [{ key: "maintenance", effect }] } });
      cluster.settle();
    };
    taint("NoSchedule");
    expect(statusOf(cluster)).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    taint("NoExecute");
    cluster.reap();
    expect(pinned(cluster)).toEqual(["node-1"]);
    expect(statusOf(cluster)).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 0 });
  });

  it("replaces failed pods with a pause that doubles", () => {
    const cluster = runSet(1);
    const pauses: number[] = [];
    for (let failures = 0; failures < 5; failures++) {
      startAll(cluster);
      const [pod] = cluster.podsOf("agent");
      cluster.finish(pod!, 1);
      let seconds = 0;
      const isThere = () =>
        cluster.podsOf("agent").some(({ metadata }) => metadata.uid === pod!.metadata.uid);
      for (; isThere() && seconds < 100; seconds++) cluster.advance(1_000);
      pauses.push(seconds);
    }
    expect(pauses).toEqual([0, 1, 2, 4, 8]);
    expect(cluster.messages("FailedDaemonPod")[0]).toMatch(
      /^Found failed daemon pod default\/agent-\w{5} on node node-0, will try to kill it$/,
    );
  });

  it("ends a pod that waits for a node that is gone", () => {
    const cluster = runSet(2);
    cluster.store.delete("nodes", undefined, "node-1");
    const pod = cluster.podsOf("agent").find((each) => pinOf(each) === "node-0");
    cluster.start(pod!, true, "node-0");
    expect(pinned(cluster)).toEqual(["node-0"]);
  });
});

describe("the rolling update of a daemon set", () => {
  const rolling = (rollingUpdate: object) => ({
    updateStrategy: { type: "RollingUpdate", rollingUpdate },
  });

  it("never has more than maxUnavailable nodes without a pod that is available", () => {
    const cluster = runSet(5, { ...rolling({ maxUnavailable: "30%" }), minReadySeconds: 10 });
    startAll(cluster);
    cluster.advance(10_000);
    expect(statusOf(cluster).numberAvailable).toBe(5);
    cluster.respec("daemonsets.apps", "agent", { template: newTemplate });
    const unavailable: number[] = [];
    for (let step = 0; step < 20; step++) {
      unavailable.push(statusOf(cluster).numberUnavailable!);
      cluster.reap();
      startAll(cluster);
      unavailable.push(statusOf(cluster).numberUnavailable!);
      cluster.advance(5_000);
    }
    // 30 % of five, rounded up.
    expect(Math.max(...unavailable)).toBe(2);
    expect(imagesOf(cluster)).toEqual(Array.from({ length: 5 }, () => "agent:2"));
    expect(statusOf(cluster)).toMatchObject({ updatedNumberScheduled: 5, observedGeneration: 2 });
  });

  it("with maxSurge has the new pod available before the old one goes", () => {
    const cluster = runSet(3, rolling({ maxUnavailable: 0, maxSurge: 1 }));
    startAll(cluster);
    cluster.respec("daemonsets.apps", "agent", { template: newTemplate });
    for (let step = 0; step < 10; step++) {
      const pods = cluster.podsOf("agent");
      expect(pods.length).toBeLessThanOrEqual(4);
      expect(statusOf(cluster).numberReady).toBe(3);
      startAll(cluster);
      cluster.reap();
    }
    expect(imagesOf(cluster)).toEqual(["agent:2", "agent:2", "agent:2"]);
  });

  it("with OnDelete waits until somebody deletes the old pods", () => {
    const cluster = runSet(2, { updateStrategy: { type: "OnDelete" } });
    startAll(cluster);
    cluster.respec("daemonsets.apps", "agent", { template: newTemplate });
    expect(statusOf(cluster).updatedNumberScheduled).toBe(0);
    cluster.store.delete("pods", "default", cluster.podsOf("agent")[0]!.metadata.name);
    cluster.reap();
    expect(statusOf(cluster).updatedNumberScheduled).toBe(1);
    expect(imagesOf(cluster).filter((image) => image === "agent:2")).toHaveLength(1);
  });

  it("keeps revisions, and returns to the first one when the template does", () => {
    const cluster = runSet(0, { revisionHistoryLimit: 1 });
    const revisions = () =>
      [...cluster.store.all("controllerrevisions.apps")].map(({ revision }) => revision);
    const image = (tag: number) =>
      cluster.respec("daemonsets.apps", "agent", {
        template: template({ app: "agent" }, { containers: [{ name: "main", image: `a:${tag}` }] }),
      });
    image(1);
    image(2);
    expect(revisions()).toEqual([2, 3]);
    image(1);
    expect(revisions()).toEqual([4, 3]);
  });
});
