import { describe, expect, it } from "vitest";
import { conditionOf } from "../conditions.ts";
import { podTemplate, RolloutCluster } from "../testing/rollout-cluster.ts";
import { annotationKeys } from "./deployment-facts.ts";
import { hashLabel } from "./template-hash.ts";

const minute = 60_000;
const never = { startMs: 1_000, readyMs: Number.POSITIVE_INFINITY, endMs: 1_000 };

/** The events of scaling, with the images of the sets in place of their names. */
function scalings(cluster: RolloutCluster): string[] {
  const images = new Map<string, string>();
  for (const { metadata, spec } of cluster.store.all("replicasets.apps")) {
    images.set(metadata.name, spec?.template?.spec?.containers[0]?.image ?? "");
  }
  return cluster
    .messages("ScalingReplicaSet")
    .map((message) => message.replace(/web-\w+/, (name) => images.get(name) ?? name));
}

describe("a rolling update", () => {
  it("takes the steps that the Deployment page of Kubernetes' documentation shows", () => {
    // kubernetes.io/docs/concepts/workloads/controllers/deployment, "Updating a Deployment":
    // three replicas, 25 % of them one more and none less.
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 3 });
    cluster.advance(minute);
    expect(cluster.progress).toBe("NewReplicaSetAvailable");
    cluster.setImage("web:2");
    cluster.advance(minute);
    expect(scalings(cluster)).toEqual([
      "Scaled up replica set web:1 from 0 to 3",
      "Scaled up replica set web:2 from 0 to 1",
      "Scaled down replica set web:1 from 3 to 2",
      "Scaled up replica set web:2 from 1 to 2",
      "Scaled down replica set web:1 from 2 to 1",
      "Scaled up replica set web:2 from 2 to 3",
      "Scaled down replica set web:1 from 1 to 0",
    ]);
    expect(cluster.deployment.status).toMatchObject({
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 0,
    });
    expect(conditionOf(cluster.deployment.status?.conditions, "Available")).toMatchObject({
      status: "True",
      reason: "MinimumReplicasAvailable",
      message: "Deployment has minimum availability.",
    });
  });

  it("spreads a scaling over both sets in proportion, as the documentation shows", () => {
    // "Proportional scaling": 10 replicas, maxSurge 3, maxUnavailable 2, an image that nobody has:
    // 8 old and 5 new; scaled to 15 it is 11 and 7.
    const cluster = new RolloutCluster();
    const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
    cluster.deploy({ replicas: 10, strategy: { type: "RollingUpdate", rollingUpdate } });
    cluster.advance(minute);
    cluster.lifeOf = () => never;
    cluster.setImage("web:unresolvable");
    cluster.advance(minute);
    expect(cluster.sizes("web:1", "web:unresolvable")).toEqual([8, 5]);
    cluster.change({ replicas: 15 });
    expect(cluster.sizes("web:1", "web:unresolvable")).toEqual([11, 7]);
  });

  it("rounds maxSurge up, maxUnavailable down, and never both to nothing", () => {
    const after = (replicas: number, maxSurge: string, maxUnavailable: string) => {
      const cluster = new RolloutCluster();
      const rollingUpdate = { maxSurge, maxUnavailable };
      cluster.deploy({ replicas, strategy: { type: "RollingUpdate", rollingUpdate } });
      cluster.advance(minute);
      cluster.lifeOf = () => never;
      cluster.setImage("web:2");
      cluster.advance(minute);
      return cluster.sizes("web:1", "web:2");
    };
    // 2.5: three more and two less.
    expect(after(10, "25%", "25%")).toEqual([8, 5]);
    expect(after(4, "0%", "10%")).toEqual([3, 1]);
    expect(after(3, "100%", "0%")).toEqual([3, 3]);
  });

  it("goes over to a third template at once when it comes during a rollout", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 5 });
    cluster.advance(minute);
    cluster.setImage("web:2");
    cluster.advance(1_500);
    cluster.setImage("web:3");
    cluster.advance(minute);
    expect(cluster.sizes("web:1", "web:2", "web:3")).toEqual([0, 0, 5]);
    expect(cluster.count(true)).toEqual({ "web:3": 5 });
  });

  it("counts a pod as available minReadySeconds after it is ready", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 2, minReadySeconds: 30 });
    cluster.advance(20_000);
    expect(cluster.deployment.status).toMatchObject({ readyReplicas: 2, availableReplicas: 0 });
    cluster.advance(20_000);
    expect(cluster.deployment.status?.availableReplicas).toBe(2);
  });

  it("waits while the Deployment is paused", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 2 });
    cluster.advance(minute);
    cluster.change({ paused: true, template: podTemplate("web:2") });
    cluster.advance(20 * minute);
    expect(cluster.count()).toEqual({ "web:1": 2 });
    expect(conditionOf(cluster.deployment.status?.conditions, "Progressing")).toMatchObject({
      status: "Unknown",
      reason: "DeploymentPaused",
      message: "Deployment is paused",
    });
    cluster.change({ replicas: 3 });
    cluster.advance(minute);
    expect(cluster.count()).toEqual({ "web:1": 3 });
    cluster.change({ paused: false });
    cluster.advance(minute);
    expect(cluster.count()).toEqual({ "web:2": 3 });
    expect(cluster.progress).toBe("NewReplicaSetAvailable");
  });

  it("says so once progressDeadlineSeconds pass without progress, and that it went on", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 2, progressDeadlineSeconds: 60 });
    cluster.advance(minute);
    let readyMs = Number.POSITIVE_INFINITY;
    cluster.lifeOf = () => ({ startMs: 1_000, readyMs, endMs: 1_000 });
    cluster.setImage("web:2");
    cluster.advance(50_000);
    expect(cluster.progress).toBe("ReplicaSetUpdated");
    cluster.advance(15_000);
    expect(conditionOf(cluster.deployment.status?.conditions, "Progressing")).toMatchObject({
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: `ReplicaSet "${cluster.setOf("web:2").metadata.name}" has timed out progressing.`,
    });
    readyMs = 1_000;
    for (const pod of Array.from(cluster.store.all("pods"))) {
      if (pod.spec?.containers[0]?.image === "web:2") {
        cluster.store.delete("pods", "default", pod.metadata.name);
      }
    }
    cluster.advance(minute);
    expect(cluster.progress).toBe("NewReplicaSetAvailable");
  });
});

describe("revisions", () => {
  it("are numbered in the sets, and one that comes back gets the next number", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 1 });
    cluster.advance(minute);
    cluster.setImage("web:2");
    cluster.advance(minute);
    // kubectl rollout undo patches the old template in.
    cluster.setImage("web:1");
    cluster.advance(minute);
    const { annotations } = cluster.setOf("web:1").metadata;
    expect(annotations?.[annotationKeys.revision]).toBe("3");
    expect(annotations?.[annotationKeys.revisionHistory]).toBe("1");
    expect(cluster.setOf("web:2").metadata.annotations?.[annotationKeys.revision]).toBe("2");
    expect(cluster.deployment.metadata.annotations?.[annotationKeys.revision]).toBe("3");
    expect(cluster.store.countOf("replicasets.apps")).toBe(2);
  });

  it("get another hash where the name of their set is taken by another's", () => {
    const probe = new RolloutCluster();
    probe.deploy({ replicas: 1 });
    const taken = probe.setOf("web:1").metadata.name;
    const cluster = new RolloutCluster();
    cluster.store.create({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: taken, namespace: "default", labels: { app: "other" } },
      spec: { replicas: 0, selector: { matchLabels: { app: "other" } }, template: {} },
    });
    cluster.deploy({ replicas: 1 });
    cluster.advance(minute);
    const set = cluster.setOf("web:1");
    expect(set.metadata.name).not.toBe(taken);
    expect(cluster.deployment.status).toMatchObject({ collisionCount: 1, availableReplicas: 1 });
    expect(set.spec?.selector.matchLabels?.[hashLabel]).toBe(set.metadata.labels?.[hashLabel]);
  });

  it("share their pods' parts with the Deployment's template", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 2 });
    cluster.advance(minute);
    const containers = cluster.deployment.spec?.template.spec?.containers;
    for (const pod of cluster.store.all("pods")) expect(pod.spec?.containers).toBe(containers);
  });

  it("sleep until a change comes once all is as desired", () => {
    const cluster = new RolloutCluster();
    cluster.deploy({ replicas: 3 });
    cluster.advance(20 * minute);
    const { revision } = cluster.store;
    cluster.advance(30 * 24 * 60 * minute);
    expect(cluster.store.revision).toBe(revision);
  });
});

describe("a Deployment that waits", () => {
  it.each([
    ["paused", { paused: true, template: podTemplate("web:2") }],
    ["complete, until its pods fail", {}],
  ])("for longer than its deadline is not looked at over and over: %s", (_name, change) => {
    const cluster = new RolloutCluster();
    const unreadyMs = 30 * minute;
    cluster.lifeOf = () => ({ startMs: 1_000, readyMs: 1_000, endMs: 1_000, unreadyMs });
    cluster.deploy({ replicas: 2 });
    cluster.advance(minute);
    cluster.change(change);
    cluster.advance(40 * minute);
    expect(cluster.dueAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a canary", () => {
  it("that was watched for longer than the deadline is not late when it goes on", () => {
    const cluster = new RolloutCluster();
    cluster.deploy(
      { replicas: 4, progressDeadlineSeconds: 60 },
      {
        "demo.dev/strategy": "canary",
        "demo.dev/canary-steps": "25:manual",
        "demo.dev/rollback": "auto",
      },
    );
    cluster.advance(minute);
    cluster.setImage("web:2");
    cluster.advance(30 * minute);
    expect(cluster.count(true)).toEqual({ "web:1": 3, "web:2": 1 });
    cluster.annotate({ "demo.dev/promote": "full" });
    cluster.advance(10 * minute);
    expect(cluster.count(true)).toEqual({ "web:2": 4 });
  });

  it("that makes way for another leaves the old template what serves", () => {
    const cluster = new RolloutCluster();
    cluster.deploy(
      { replicas: 10 },
      { "demo.dev/strategy": "canary", "demo.dev/canary-steps": "20:manual" },
    );
    cluster.advance(minute);
    cluster.lifeOf = () => never;
    cluster.setImage("web:2");
    cluster.advance(minute);
    cluster.setImage("web:3");
    cluster.advance(minute);
    expect(cluster.count(true)).toEqual({ "web:1": 10 });
  });
});
