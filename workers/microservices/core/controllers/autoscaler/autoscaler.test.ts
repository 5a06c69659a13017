import type { HorizontalPodAutoscalerSpec } from "kubernetes-types/autoscaling/v2";
import { describe, expect, it } from "vitest";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { AutoscalerController } from "./autoscaler-controller.ts";

/** Thousandths of a core by pod; pods that are not in it have no reading. */
type Use = (name: string) => number | undefined;

class ScaledCluster extends SteppedCluster {
  use: Use = () => undefined;
  rate: Use = () => undefined;
  /** Without a controller of its own the set's pods are the test's. */
  crowd(count: number, ready = true): void {
    for (let number = 0; number < count; number++) {
      const name = `web-${number}`;
      if (this.store.get("pods", "default", name) === undefined) {
        this.addPod(name, { labels: { app: "web" }, requests: { cpu: "500m" } });
        this.start(this.pod(name), ready);
      }
    }
  }
}

const cpu = (averageUtilization: number) => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
});

function runScaler(
  replicas: number,
  spec: Partial<HorizontalPodAutoscalerSpec> = {},
): ScaledCluster {
  const cluster = new ScaledCluster();
  cluster.store.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: template({ app: "web" }),
    },
  });
  cluster.crowd(replicas);
  // Long enough that no pod counts as starting.
  cluster.advance(600_000);
  const metrics = {
    usage: ({ metadata }: { metadata: { name: string } }) => {
      const amount = cluster.use(metadata.name);
      if (amount === undefined) return undefined;
      return { containers: new Map([["main", amount]]), at: cluster.now, windowMs: 15_000 };
    },
    value: ({ metadata }: { metadata: { name: string } }) => cluster.rate(metadata.name),
  };
  cluster.run(new AutoscalerController(cluster.store, cluster.events, metrics));
  cluster.store.create({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web", namespace: "default" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web" },
      maxReplicas: 20,
      metrics: [cpu(50)],
      ...spec,
    },
  });
  return cluster;
}

const replicas = (cluster: SteppedCluster) =>
  cluster.store.require("replicasets.apps", "default", "web").spec?.replicas;
const conditions = (cluster: SteppedCluster) =>
  cluster.store
    .require("horizontalpodautoscalers.autoscaling", "default", "web")
    .status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

/** The replicas after each of so many looks, 15 s apart. */
function course(cluster: ScaledCluster, looks: number): (number | undefined)[] {
  cluster.settle();
  const seen = [replicas(cluster)];
  for (let look = 1; look < looks; look++) {
    cluster.crowd(replicas(cluster)!);
    cluster.advance(15_000);
    seen.push(replicas(cluster));
  }
  return seen;
}

describe("the horizontal pod autoscaler", () => {
  it("asks for ceil(current * use / target)", () => {
    const cluster = runScaler(3);
    // 90 % of the request at a target of 50 %: 3 * 1.8 = 5.4.
    cluster.use = () => 450;
    cluster.settle();
    expect(replicas(cluster)).toBe(6);
    expect(cluster.messages("SuccessfulRescale")).toEqual([
      "New size: 6; reason: cpu resource utilization (percentage of request) above target",
    ]);
    expect(conditions(cluster)).toEqual([
      "AbleToScale=True SucceededRescale",
      "ScalingActive=True ValidMetricFound",
      "ScalingLimited=False DesiredWithinRange",
    ]);
  });

  it("does nothing within a tenth of the target", () => {
    for (const use of [226, 274]) {
      const cluster = runScaler(4);
      cluster.use = () => use;
      expect(course(cluster, 3)).toEqual([4, 4, 4]);
    }
  });

  it("takes pods without a reading for idle when it would scale up, and for busy when down", () => {
    const up = runScaler(4);
    // Two pods at 200 % of the target and two unknown: 100 % of it over all.
    up.use = (name) => (name < "web-2" ? 500 : undefined);
    expect(course(up, 2)).toEqual([4, 4]);
    const down = runScaler(4, { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    down.use = (name) => (name < "web-3" ? 50 : undefined);
    // (3 * 10 % + 100 %) / 4 = 32.5 % of the request: 4 * 0.65 = 2.6.
    expect(course(down, 1)).toEqual([3]);
  });

  it("at most doubles, or adds four pods, in 15 seconds", () => {
    const cluster = runScaler(1);
    cluster.use = () => 5_000;
    cluster.settle();
    expect(conditions(cluster)).toContain("ScalingLimited=True ScaleUpLimit");
    expect(replicas(cluster)).toBe(5);
  });

  it("goes down only to the highest that was recommended in five minutes", () => {
    const cluster = runScaler(8);
    cluster.use = () => 250;
    cluster.settle();
    cluster.use = () => 50;
    cluster.advance(285_000);
    expect(replicas(cluster)).toBe(8);
    expect(conditions(cluster)).toContain("AbleToScale=True ScaleDownStabilized");
    cluster.advance(30_000);
    expect(replicas(cluster)).toBe(2);
  });

  it("keeps to the policies of its behaviour", () => {
    const rules = (selectPolicy: string) => ({
      stabilizationWindowSeconds: 0,
      selectPolicy,
      policies: [
        { type: "Pods", value: 1, periodSeconds: 30 },
        { type: "Percent", value: 50, periodSeconds: 30 },
      ],
    });
    const first = (selectPolicy: string) => {
      const cluster = runScaler(8, { behavior: { scaleDown: rules(selectPolicy) } });
      cluster.use = () => 1;
      cluster.settle();
      return replicas(cluster);
    };
    expect(["Max", "Min", "Disabled"].map(first)).toEqual([4, 7, 8]);
  });

  it("stays within its bounds, and moves into them whatever the metrics say", () => {
    const cluster = runScaler(4, { minReplicas: 2, maxReplicas: 6 });
    cluster.use = () => 5_000;
    cluster.settle();
    expect(replicas(cluster)).toBe(6);
    expect(conditions(cluster)).toContain("ScalingLimited=True TooManyReplicas");
    cluster.use = () => undefined;
    cluster.respec("replicasets.apps", "web", { replicas: 9 });
    cluster.advance(15_000);
    expect(replicas(cluster)).toBe(6);
  });

  it("follows requests per second of its pods, and the metric that asks for most", () => {
    const metric = {
      type: "Pods",
      pods: {
        metric: { name: "requests-per-second" },
        target: { type: "AverageValue", averageValue: "10" },
      },
    };
    const cluster = runScaler(2, { metrics: [cpu(50), metric] });
    cluster.use = () => 250;
    cluster.rate = () => 25_000;
    cluster.settle();
    expect(replicas(cluster)).toBe(5);
    expect(cluster.messages("SuccessfulRescale")).toEqual([
      "New size: 5; reason: pods metric requests-per-second above target",
    ]);
  });

  it("does not scale by shares of a request of nothing", () => {
    const cluster = runScaler(2);
    for (const pod of Array.from(cluster.store.all("pods"))) {
      const containers = [{ name: "main", resources: { requests: { cpu: "0" } } }];
      cluster.store.update({ ...pod, spec: { ...pod.spec, containers } });
    }
    cluster.use = () => 250;
    cluster.settle();
    expect(replicas(cluster)).toBe(2);
    expect(conditions(cluster)).toContain("ScalingActive=False FailedGetResourceMetric");
  });

  it("says why it cannot scale, and is off at zero replicas", () => {
    const blind = runScaler(2);
    blind.settle();
    expect(conditions(blind)).toContain("ScalingActive=False FailedGetResourceMetric");
    const off = runScaler(0);
    off.settle();
    expect(conditions(off)).toContain("ScalingActive=False ScalingDisabled");
    off.store.delete("replicasets.apps", "default", "web");
    off.advance(15_000);
    expect(conditions(off)).toContain("AbleToScale=False FailedGetScale");
  });
});
