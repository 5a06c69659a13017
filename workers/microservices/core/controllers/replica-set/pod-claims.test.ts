import { describe, expect, it } from "vitest";
import { apiErrors } from "../../store/api-error.ts";
import { conditionOf } from "../conditions.ts";
import { controllerOf } from "../ownership.ts";
import { isActive, type Pod } from "../pod-facts.ts";
import { podTemplate, RolloutCluster } from "../testing/rollout-cluster.ts";
import type { ReplicaSet } from "./replica-set-controller.ts";

const minute = 60_000;

function withSet(replicas: number, prepare: (cluster: RolloutCluster) => void = () => {}) {
  const cluster = new RolloutCluster();
  prepare(cluster);
  cluster.store.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web", namespace: "default" },
    spec: { replicas, selector: { matchLabels: { app: "web" } }, template: podTemplate("web:1") },
  });
  cluster.settle();
  return cluster;
}

const setOf = (cluster: RolloutCluster): ReplicaSet =>
  cluster.store.require("replicasets.apps", "default", "web");

const activePods = (cluster: RolloutCluster): Pod[] =>
  [...cluster.store.all("pods")].filter(isActive);

function resize(cluster: RolloutCluster, replicas: number): void {
  const set = setOf(cluster);
  cluster.store.update<ReplicaSet>({ ...set, spec: { ...set.spec!, replicas } });
  cluster.advance(minute);
}

describe("a ReplicaSet", () => {
  it("makes its pods, counts them and puts others in the place of those that are gone", () => {
    const cluster = withSet(3);
    cluster.advance(minute);
    expect(setOf(cluster).status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
    const [first, second] = activePods(cluster);
    cluster.store.delete("pods", "default", first!.metadata.name);
    cluster.store.setStatus(second!, { ...second!.status, phase: "Failed" });
    cluster.advance(minute);
    expect(activePods(cluster)).toHaveLength(3);
    expect(setOf(cluster).status?.readyReplicas).toBe(3);
    expect(cluster.messages("SuccessfulCreate")).toHaveLength(5);
    for (const pod of activePods(cluster)) {
      expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(controllerOf(pod)).toMatchObject({ kind: "ReplicaSet", blockOwnerDeletion: true });
    }
  });

  it("adopts pods that it means, in its own namespace, and none that somebody controls", () => {
    const owner = { apiVersion: "batch/v1", kind: "Job", name: "job", uid: "1", controller: true };
    const cluster = withSet(2, (empty) => {
      empty.createNamespace("elsewhere");
      empty.addPod("orphan", { labels: { app: "web" } });
      empty.addPod("stranger", { labels: { app: "other" } });
      empty.addPod("far", { labels: { app: "web" }, namespace: "elsewhere" });
      const held = empty.addPod("held", { labels: { app: "web" } });
      empty.store.update<Pod>({
        ...held,
        metadata: { ...held.metadata, ownerReferences: [owner] },
      });
    });
    cluster.advance(minute);
    expect(controllerOf(cluster.pod("orphan"))?.uid).toBe(setOf(cluster).metadata.uid);
    expect(controllerOf(cluster.pod("stranger"))).toBeUndefined();
    expect(controllerOf(cluster.pod("far", "elsewhere"))).toBeUndefined();
    expect(controllerOf(cluster.pod("held"))?.kind).toBe("Job");
    expect(setOf(cluster).status?.replicas).toBe(2);
    // An orphan that comes later is one too many.
    cluster.addPod("later", { labels: { app: "web" } });
    cluster.advance(minute);
    expect(
      activePods(cluster).filter((pod) => controllerOf(pod)?.kind === "ReplicaSet"),
    ).toHaveLength(2);
  });

  it("lets a pod go whose labels it no longer means, and replaces it", () => {
    const cluster = withSet(1);
    cluster.advance(minute);
    const [pod] = activePods(cluster);
    const metadata = { ...pod!.metadata, labels: { app: "debug" } };
    cluster.store.update<Pod>({ ...pod!, metadata });
    cluster.advance(minute);
    expect(controllerOf(cluster.pod(pod!.metadata.name))).toBeUndefined();
    expect(cluster.count()).toEqual({ "web:1": 2 });
    expect(setOf(cluster).status?.replicas).toBe(1);
  });

  it("tries 1, 2, 4, ... pods at a time, so that a refusal is met once and not a hundred times", () => {
    let allowed = 5;
    let tries = 0;
    const quota = "exceeded quota: small, requested: pods=1, used: pods=5, limited: pods=5";
    const cluster = withSet(100, (empty) => {
      empty.admit = (object) => {
        tries++;
        if (allowed-- > 0) return object;
        throw apiErrors.forbidden({ plural: "pods", group: "" }, "web-", quota);
      };
    });
    // 1 + 2 + 4, of which the last two are refused; then one at a time, ever more seldom.
    expect(tries).toBeGreaterThanOrEqual(7);
    expect(tries).toBeLessThan(12);
    expect(conditionOf(setOf(cluster).status?.conditions, "ReplicaFailure")).toMatchObject({
      status: "True",
      reason: "FailedCreate",
      message: `pods "web-" is forbidden: ${quota}`,
    });
    expect(cluster.messages("FailedCreate")).toEqual([
      `Error creating: pods "web-" is forbidden: ${quota}`,
    ]);
    allowed = Number.POSITIVE_INFINITY;
    cluster.advance(20 * minute);
    expect(setOf(cluster).status).toMatchObject({ readyReplicas: 100 });
    expect(setOf(cluster).status?.conditions ?? []).toEqual([]);
  });

  it("neither makes nor adopts anything once it is being deleted", () => {
    const cluster = withSet(2);
    cluster.advance(minute);
    cluster.store.delete("replicasets.apps", "default", "web", { propagation: "Foreground" });
    cluster.addPod("orphan", { labels: { app: "web" } });
    const [pod] = activePods(cluster);
    cluster.store.delete("pods", "default", pod!.metadata.name);
    cluster.advance(minute);
    expect(controllerOf(cluster.pod("orphan"))).toBeUndefined();
    expect(setOf(cluster).status?.replicas).toBe(1);
  });

  it("grows and shrinks past the 500 pods of one look", () => {
    const cluster = withSet(1_200);
    cluster.advance(minute);
    expect(setOf(cluster).status?.readyReplicas).toBe(1_200);
    resize(cluster, 3);
    expect(activePods(cluster)).toHaveLength(3);
  });

  it("takes pods of the lowest pod-deletion-cost first", () => {
    const cluster = withSet(4);
    cluster.advance(minute);
    const costs = ["7", "-3", "not a number", "2"];
    for (const [index, pod] of activePods(cluster).entries()) {
      const annotations = { "controller.kubernetes.io/pod-deletion-cost": costs[index]! };
      cluster.store.update<Pod>({ ...pod, metadata: { ...pod.metadata, annotations } });
    }
    resize(cluster, 2);
    const left = activePods(cluster).map(
      ({ metadata }) => metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"],
    );
    expect(new Set(left)).toEqual(new Set(["7", "2"]));
  });
});
