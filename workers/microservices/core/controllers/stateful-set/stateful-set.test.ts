import type { StatefulSetSpec } from "kubernetes-types/apps/v1";
import { describe, expect, it } from "vitest";
import { GarbageCollector } from "../garbage-collector.ts";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { StatefulSetController } from "./stateful-set-controller.ts";

const labels = { app: "db" };

function runSet(spec: Partial<StatefulSetSpec> = {}): SteppedCluster {
  const cluster = SteppedCluster.with(({ store, events }) => [
    new StatefulSetController(store, events, (object) => object),
    new GarbageCollector(store),
  ]);
  cluster.apply({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "default" },
    spec: {
      replicas: 3,
      serviceName: "db",
      selector: { matchLabels: labels },
      template: template(labels),
      ...spec,
    },
  });
  return cluster;
}

const names = (cluster: SteppedCluster) =>
  cluster.podsOf("db").map(({ metadata }) => metadata.name);
const statusOf = (cluster: SteppedCluster) =>
  cluster.store.require("statefulsets.apps", "default", "db").status!;
const respec = (cluster: SteppedCluster, spec: Partial<StatefulSetSpec>) =>
  cluster.respec("statefulsets.apps", "db", spec);
const image = (tag: number) =>
  template(labels, { containers: [{ name: "db", image: `db:${tag}` }] });
const images = (cluster: SteppedCluster) =>
  cluster.podsOf("db").map(({ spec }) => spec?.containers[0]?.image);

function startAll(cluster: SteppedCluster): void {
  for (let rounds = 0; rounds < 20; rounds++) {
    const waiting = cluster.podsOf("db").filter(({ status }) => status?.phase === "Pending");
    if (waiting.length === 0) return;
    cluster.startAll(waiting);
  }
}

/** The order in which the pods went, while kubelets end what is deleted and start what is made. */
function endings(cluster: SteppedCluster): string[] {
  const order: string[] = [];
  for (let rounds = 0; rounds < 20; rounds++) {
    const ending = cluster.podsOf("db").filter(({ metadata }) => metadata.deletionTimestamp);
    if (ending.length === 0) break;
    order.push(ending.map(({ metadata }) => metadata.name).join(" "));
    cluster.reap();
    startAll(cluster);
  }
  return order;
}

describe("a stateful set", () => {
  it("makes one pod after another, each when the one before it is ready", () => {
    const cluster = runSet();
    expect(names(cluster)).toEqual(["db-0"]);
    cluster.start(cluster.pod("db-0"), false);
    expect(names(cluster)).toEqual(["db-0"]);
    cluster.start(cluster.pod("db-0"));
    expect(names(cluster)).toEqual(["db-0", "db-1"]);
    startAll(cluster);
    expect(names(cluster)).toEqual(["db-0", "db-1", "db-2"]);
    const { updateRevision } = statusOf(cluster);
    expect(statusOf(cluster)).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: updateRevision,
    });
    expect(cluster.messages("SuccessfulCreate")[0]).toBe(
      "create Pod db-0 in StatefulSet db successful",
    );
  });

  it("makes all pods at once where the policy is Parallel", () => {
    const cluster = runSet({ podManagementPolicy: "Parallel", ordinals: { start: 5 } });
    expect(names(cluster)).toEqual(["db-5", "db-6", "db-7"]);
  });

  it("gives pods a stable hostname, subdomain and labels", () => {
    const cluster = runSet();
    const { metadata, spec } = cluster.pod("db-0");
    expect(spec).toMatchObject({ hostname: "db-0", subdomain: "db" });
    expect(metadata.labels).toEqual({
      app: "db",
      "statefulset.kubernetes.io/pod-name": "db-0",
      "apps.kubernetes.io/pod-index": "0",
      "controller-revision-hash": statusOf(cluster).updateRevision,
    });
  });

  it("waits minReadySeconds before the next pod", () => {
    const cluster = runSet({ minReadySeconds: 30 });
    cluster.start(cluster.pod("db-0"));
    cluster.advance(29_000);
    expect(names(cluster)).toEqual(["db-0"]);
    expect(statusOf(cluster)).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    cluster.advance(1_000);
    expect(names(cluster)).toEqual(["db-0", "db-1"]);
  });

  it("scales down from the highest ordinal, one pod at a time", () => {
    const cluster = runSet();
    startAll(cluster);
    respec(cluster, { replicas: 1 });
    expect(endings(cluster)).toEqual(["db-2", "db-1"]);
    expect(names(cluster)).toEqual(["db-0"]);
  });

  it("does not scale down while a pod that stays is not ready", () => {
    const cluster = runSet();
    startAll(cluster);
    cluster.start(cluster.pod("db-0"), false);
    respec(cluster, { replicas: 2 });
    expect(endings(cluster)).toEqual([]);
    cluster.start(cluster.pod("db-0"));
    expect(endings(cluster)).toEqual(["db-2"]);
  });

  it("makes a failed pod again under its name", () => {
    const cluster = runSet();
    startAll(cluster);
    const { uid } = cluster.pod("db-1").metadata;
    cluster.finish(cluster.pod("db-1"), 1);
    expect(names(cluster)).toEqual(["db-0", "db-1", "db-2"]);
    expect(cluster.pod("db-1").metadata.uid).not.toBe(uid);
  });

  it("makes a claim of each template for each pod, and keeps it", () => {
    const storage = { requests: { storage: "1Gi" } };
    const cluster = runSet({
      replicas: 2,
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: storage },
        },
      ],
    });
    startAll(cluster);
    respec(cluster, { replicas: 1 });
    endings(cluster);
    const claims = [...cluster.store.all("persistentvolumeclaims")];
    expect(claims.map(({ metadata }) => metadata.name)).toEqual(["data-db-0", "data-db-1"]);
    expect(claims[0]).toMatchObject({
      metadata: { labels },
      status: { phase: "Bound", capacity: { storage: "1Gi" } },
    });
    expect(cluster.pod("db-0").spec?.volumes).toEqual([
      { name: "data", persistentVolumeClaim: { claimName: "data-db-0" } },
    ]);
  });

  it("ends the claims of scaled pods where the retention policy says Delete", () => {
    const cluster = runSet({
      replicas: 2,
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
      persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Retain" },
    });
    startAll(cluster);
    respec(cluster, { replicas: 1 });
    endings(cluster);
    const claims = [...cluster.store.all("persistentvolumeclaims")];
    expect(claims.map(({ metadata }) => metadata.name)).toEqual(["data-db-0"]);
  });
});

describe("the rolling update of a stateful set", () => {
  it("goes from the highest ordinal to the lowest, waiting for each", () => {
    const cluster = runSet();
    startAll(cluster);
    const before = statusOf(cluster).currentRevision;
    respec(cluster, { template: image(2) });
    expect(statusOf(cluster)).toMatchObject({ currentRevision: before, updatedReplicas: 0 });
    expect(statusOf(cluster).updateRevision).not.toBe(before);
    expect(endings(cluster)).toEqual(["db-2", "db-1", "db-0"]);
    expect(images(cluster)).toEqual(["db:2", "db:2", "db:2"]);
    const { updateRevision, currentRevision } = statusOf(cluster);
    expect(currentRevision).toBe(updateRevision);
  });

  it("stops where a new pod does not get ready", () => {
    const cluster = runSet();
    startAll(cluster);
    respec(cluster, { template: image(2) });
    cluster.reap();
    cluster.start(cluster.pod("db-2"), false);
    cluster.advance(3_600_000);
    expect(images(cluster).slice(0, 2)).not.toContain("db:2");
    expect(endings(cluster)).toEqual([]);
  });

  it("leaves ordinals below the partition at the old revision, also when they are made again", () => {
    const cluster = runSet({ updateStrategy: { rollingUpdate: { partition: 2 } } });
    startAll(cluster);
    const [old] = images(cluster);
    respec(cluster, { template: image(2) });
    expect(endings(cluster)).toEqual(["db-2"]);
    cluster.store.delete("pods", "default", "db-0");
    endings(cluster);
    expect(images(cluster)).toEqual([old, old, "db:2"]);
    expect(statusOf(cluster)).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  });

  it("with OnDelete waits until somebody deletes the pods", () => {
    const cluster = runSet({ updateStrategy: { type: "OnDelete" } });
    startAll(cluster);
    respec(cluster, { template: image(2) });
    expect(endings(cluster)).toEqual([]);
    cluster.store.delete("pods", "default", "db-1");
    endings(cluster);
    expect(images(cluster).map((name) => name === "db:2")).toEqual([false, true, false]);
  });
});
