import type { PodDisruptionBudgetSpec } from "kubernetes-types/policy/v1";
import { describe, expect, it } from "vitest";
import { controllerReference } from "../ownership.ts";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { DisruptionController } from "./disruption-controller.ts";

const labels = { app: "web" };

/** A set of so many replicas, whose pods are all ready. */
function runBudget(spec: Partial<PodDisruptionBudgetSpec>, replicas = 5): SteppedCluster {
  const cluster = SteppedCluster.with(({ store }) => [new DisruptionController(store)]);
  const set = cluster.store.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web", namespace: "default" },
    spec: { replicas, selector: { matchLabels: labels }, template: template(labels) },
  });
  for (let number = 0; number < replicas; number++) {
    const pod = cluster.addPod(`web-${number}`, { labels });
    const metadata = { ...pod.metadata, ownerReferences: [controllerReference(set)] };
    cluster.start(cluster.store.update({ ...pod, metadata }));
  }
  cluster.apply({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { matchLabels: labels }, ...spec },
  });
  return cluster;
}

const statusOf = (cluster: SteppedCluster) =>
  cluster.store.require("poddisruptionbudgets.policy", "default", "web").status;
const reasonOf = (cluster: SteppedCluster) =>
  statusOf(cluster)?.conditions?.map(({ status, reason }) => `${status} ${reason}`);

describe("a disruption budget", () => {
  it.each([
    [{ minAvailable: 3 }, 5, 3, 2],
    [{ minAvailable: "50%" }, 5, 3, 2],
    [{ maxUnavailable: 1 }, 5, 4, 1],
    // A percentage is rounded up: two of five may go.
    [{ maxUnavailable: "30%" }, 5, 3, 2],
    [{ minAvailable: "100%" }, 5, 5, 0],
    [{ maxUnavailable: 9 }, 5, 0, 5],
  ])("with %o", (spec, expectedPods, desiredHealthy, disruptionsAllowed) => {
    const cluster = runBudget(spec);
    expect(statusOf(cluster)).toMatchObject({
      expectedPods,
      desiredHealthy,
      disruptionsAllowed,
      currentHealthy: 5,
      observedGeneration: 1,
    });
    const allowed = disruptionsAllowed > 0 ? "True SufficientPods" : "False InsufficientPods";
    expect(reasonOf(cluster)).toEqual([allowed]);
  });

  it("counts neither pods that are not ready nor those that end", () => {
    const cluster = runBudget({ minAvailable: 3 });
    cluster.start(cluster.pod("web-0"), false);
    expect(statusOf(cluster)).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 });
    cluster.store.delete("pods", "default", "web-1");
    cluster.settle();
    expect(statusOf(cluster)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 });
    expect(reasonOf(cluster)).toEqual(["False InsufficientPods"]);
  });

  it("goes by the replicas that are asked for, not by the pods that are there", () => {
    const cluster = runBudget({ maxUnavailable: 1 });
    cluster.respec("replicasets.apps", "web", { replicas: 6 });
    expect(statusOf(cluster)).toMatchObject({ expectedPods: 6, disruptionsAllowed: 0 });
  });

  it("allows nothing where a pod has no controller to ask", () => {
    const cluster = runBudget({ maxUnavailable: 1 });
    cluster.addPod("bare", { labels });
    cluster.settle();
    expect(reasonOf(cluster)).toEqual(["False SyncFailed"]);
    expect(statusOf(cluster)?.disruptionsAllowed).toBe(0);
  });
});
