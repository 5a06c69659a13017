import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isReady, type Pod } from "../pod-facts.ts";
import { TestWorkloads } from "../testing/test-workloads.ts";
import { inDeletionOrder } from "./deletion-order.ts";
import type { ReplicaSet } from "./replica-set-controller.ts";

function createSet(cluster: TestWorkloads, replicas: number): void {
  cluster.store.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "set", namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "main", image: "app:1" }] },
      },
    },
  });
  cluster.settle();
}

const setOf = (cluster: TestWorkloads): ReplicaSet =>
  cluster.store.require("replicasets.apps", "default", "set");

function scale(cluster: TestWorkloads, replicas: number): void {
  const set = setOf(cluster);
  cluster.store.update<ReplicaSet>({ ...set, spec: { ...set.spec!, replicas } }, "main");
  cluster.settle();
}

describe("a ReplicaSet", () => {
  it("has as many active pods as it asks for, whatever is done to them", () => {
    const step = fc.record({
      kind: fc.constantFrom("scale", "kill", "ready", "fail"),
      at: fc.nat({ max: 15 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const cluster = new TestWorkloads();
        createSet(cluster, 3);
        for (const { kind, at } of steps) {
          const pod = cluster.active[at % Math.max(1, cluster.active.length)];
          if (kind === "scale") scale(cluster, at);
          else if (pod === undefined) continue;
          else if (kind === "kill") cluster.store.delete("pods", "default", pod.metadata.name);
          else if (kind === "ready") cluster.setReady(pod, true);
          else cluster.store.setStatus(pod, { phase: "Failed" });
          cluster.settle();
          const { spec, status } = setOf(cluster);
          expect(cluster.active).toHaveLength(spec!.replicas!);
          expect(status).toMatchObject({
            replicas: spec!.replicas,
            readyReplicas: cluster.active.filter(isReady).length,
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it("adopts orphans that match, and lets go what matches no more", () => {
    const cluster = new TestWorkloads();
    cluster.addPod("orphan", { labels: { app: "web" } });
    createSet(cluster, 1);
    expect(cluster.pods.map(({ metadata }) => metadata.name)).toEqual(["orphan"]);
    const orphan = cluster.pod("orphan");
    expect(orphan.metadata.ownerReferences).toMatchObject([{ name: "set", controller: true }]);
    const metadata = { ...orphan.metadata, labels: { app: "debugged" } };
    cluster.store.update<Pod>({ ...orphan, metadata });
    cluster.settle();
    expect(cluster.pod("orphan").metadata.ownerReferences ?? []).toEqual([]);
    expect(cluster.active).toHaveLength(2);
  });

  it("counts a pod as available only after minReadySeconds", () => {
    const cluster = new TestWorkloads();
    createSet(cluster, 1);
    const set = setOf(cluster);
    cluster.store.update<ReplicaSet>({ ...set, spec: { ...set.spec!, minReadySeconds: 10 } });
    cluster.settle();
    cluster.makeAllReady();
    cluster.advance(9_000);
    expect(setOf(cluster).status).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    cluster.advance(1_000);
    expect(setOf(cluster).status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });
});

describe("the order of deletion", () => {
  const now = Date.UTC(2026, 0, 2);
  const pod = (
    name: string,
    facts: object = {},
    annotations: Record<string, string> = {},
  ): Pod => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      uid: name,
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
      annotations,
    },
    spec: { containers: [], nodeName: "a" },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }],
    },
    ...facts,
  });

  // The criteria in the order of controller_utils.go, ActivePodsWithRanks.Less.
  const pods = [
    pod("unassigned", { spec: { containers: [] }, status: { phase: "Pending" } }),
    pod("pending", { status: { phase: "Pending" } }),
    pod("not-ready", { status: { phase: "Running" } }),
    pod("cheap", {}, { "controller.kubernetes.io/pod-deletion-cost": "-5" }),
    pod("usual"),
    pod("dear", {}, { "controller.kubernetes.io/pod-deletion-cost": "5" }),
  ];

  it("is Kubernetes' own, however the pods come", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(pods, { minLength: pods.length }), (shuffled) => {
        const names = inDeletionOrder(shuffled, pods, now).map(({ metadata }) => metadata.name);
        expect(names).toEqual(pods.map(({ metadata }) => metadata.name));
      }),
    );
  });
});
