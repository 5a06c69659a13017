import type { PodSpec } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { TestCluster } from "../scheduling/test-cluster.ts";
import { Kubelet } from "./kubelet.ts";
import { SimulatedRuntime } from "./simulated-runtime.ts";

function makeSimulated(seed = 1) {
  const cluster = new TestCluster(seed);
  const { store, events } = cluster;
  const runtime: SimulatedRuntime = new SimulatedRuntime(
    seed,
    () => cluster.now,
    (seen) => kubelet.hear(seen),
  );
  const kubelet = new Kubelet({
    store,
    events,
    host: { command: (command) => runtime.command(command), watchesProbes: () => true },
  });
  cluster.addNode("a", { pods: "1000" });
  cluster.run(kubelet, runtime);
  const run = (
    name: string,
    annotations: Record<string, string> = {},
    spec: Partial<PodSpec> = {},
  ) => {
    const containers = [{ name: "main", image: "app:1" }];
    store.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", annotations },
      spec: { nodeName: "a", containers, ...spec },
    });
    cluster.settle();
  };
  const status = (name: string) => cluster.pod(name).status!.containerStatuses![0]!;
  return { cluster, store, kubelet, runtime, run, status };
}

const instantly = { "demo.dev/pull-delay": "0ms", "demo.dev/start-delay": "0ms" };

describe("a simulated container", () => {
  it("starts after its delays and then costs nothing at all", () => {
    const { cluster, kubelet, runtime, run, status } = makeSimulated();
    const probe = { httpGet: { path: "/", port: 80 } };
    const container = { name: "main", image: "app:1", readinessProbe: probe, livenessProbe: probe };
    const delays = { "demo.dev/pull-delay": "2s", "demo.dev/start-delay": "1500ms" };
    run("web", delays, { containers: [container] });
    cluster.advance(3_499);
    expect(status("web").state).toEqual({ waiting: { reason: "ContainerCreating" } });
    cluster.advance(1);
    expect(status("web")).toMatchObject({ ready: true, state: { running: {} } });
    expect([kubelet.dueAt(), runtime.dueAt()]).toEqual([Infinity, Infinity]);
  });

  it("ends with its exit code in its time", () => {
    const { cluster, run, status } = makeSimulated();
    const annotations = { ...instantly, "demo.dev/exit-after": "1m", "demo.dev/exit-code": "3" };
    run("job", annotations, { restartPolicy: "Never" });
    cluster.advance(59_999);
    expect(status("job").state?.running).toBeDefined();
    cluster.advance(1);
    expect(status("job").state?.terminated?.exitCode).toBe(3);
    expect(cluster.pod("job").status?.phase).toBe("Failed");
  });

  it("is ended for memory where it takes more than its limit", () => {
    const { cluster, run, status } = makeSimulated();
    const containers = [
      { name: "main", image: "app:1", resources: { limits: { memory: "64Mi" } } },
    ];
    const restartPolicy = "Never";
    run("fat", { ...instantly, "demo.dev/memory-usage": "65Mi" }, { containers, restartPolicy });
    run("thin", { ...instantly, "demo.dev/memory-usage": "64Mi" }, { containers, restartPolicy });
    cluster.advance(60_000);
    expect(status("fat").state?.terminated).toMatchObject({ reason: "OOMKilled", exitCode: 137 });
    expect(status("thin").state?.running).toBeDefined();
  });

  it("turns unready, is found dead, and never comes up, as a kubelet would count it", () => {
    const { cluster, run, status } = makeSimulated();
    const probe = { httpGet: { path: "/", port: 80 }, periodSeconds: 10, failureThreshold: 3 };
    const probed = (kind: string) => ({
      containers: [{ name: "main", image: "app:1", [kind]: probe }],
    });
    const after = {
      "demo.dev/readiness-fails-after": "60s",
      "demo.dev/liveness-fails-after": "60s",
    };
    run("unready", { ...instantly, ...after }, probed("readinessProbe"));
    run("dead", { ...instantly, ...after }, probed("livenessProbe"));
    run("slow", { ...instantly, "demo.dev/startup-takes": "15s" }, probed("startupProbe"));
    run("stuck", { ...instantly, "demo.dev/startup-takes": "5m" }, probed("startupProbe"));
    cluster.advance(19_999);
    expect(status("slow").started).toBe(false);
    cluster.advance(1);
    expect(status("slow")).toMatchObject({ started: true, ready: true });
    cluster.advance(59_999);
    expect(status("unready").ready).toBe(true);
    expect(status("stuck").restartCount).toBeGreaterThan(0);
    cluster.advance(5_000);
    expect(status("unready").ready).toBe(false);
    expect(status("dead").restartCount).toBe(1);
  });

  it("crashes as often as its probability says", () => {
    const { cluster, run, status } = makeSimulated(5);
    for (let at = 0; at < 400; at++) {
      run(
        `pod-${at}`,
        { ...instantly, "demo.dev/crash-probability": "0.25" },
        { restartPolicy: "Never" },
      );
    }
    cluster.advance(3_600_000);
    let crashed = 0;
    for (let at = 0; at < 400; at++) if (status(`pod-${at}`).state?.terminated) crashed++;
    // Binomial(400, 0.25): mean 100, standard deviation 8.7; five of them either way.
    expect(crashed).toBeGreaterThan(56);
    expect(crashed).toBeLessThan(144);
  });

  it("is killed where it takes longer to end than its grace", () => {
    const { cluster, store, run } = makeSimulated();
    run("slow", { ...instantly, "demo.dev/stop-delay": "5m" });
    cluster.advance(1_000);
    store.delete("pods", "default", "slow");
    cluster.advance(29_999);
    expect(store.get("pods", "default", "slow")).toBeDefined();
    cluster.advance(1);
    expect(store.get("pods", "default", "slow")).toBeUndefined();
  });

  it("fails to pull what is said to be missing", () => {
    const { cluster, run, status } = makeSimulated();
    run("web", { "demo.dev/pull-error": "manifest unknown" });
    cluster.advance(5_000);
    expect(status("web").state?.waiting?.reason).toBe("ImagePullBackOff");
  });

  it("uses what it asks for or is annotated with, and moves about only where that is declared", () => {
    const { cluster, run, runtime } = makeSimulated();
    const resources = { requests: { cpu: "100m", memory: "64Mi" } };
    const containers = [{ name: "main", image: "app:1", resources }];
    run("plain", instantly, { containers });
    run(
      "noisy",
      { ...instantly, "demo.dev/cpu-usage": "1", "demo.dev/usage-noise": "0.1" },
      { containers },
    );
    const usage = (name: string) => runtime.usageOf(cluster.pod(name).metadata.uid, "main");
    cluster.advance(1_000);
    expect(usage("plain")).toEqual({ cpuMilli: 100, memoryBytes: 64 * 2 ** 20 });
    const seen = new Set<number>();
    for (let minute = 0; minute < 20; minute++) {
      const { cpuMilli } = usage("noisy")!;
      expect(cpuMilli).toBeGreaterThanOrEqual(900);
      expect(cpuMilli).toBeLessThanOrEqual(1_100);
      expect(usage("noisy")!.cpuMilli).toBe(cpuMilli);
      seen.add(cpuMilli);
      cluster.advance(60_000);
    }
    expect(seen.size).toBeGreaterThan(5);
    expect(runtime.usageOf("nobody", "main")).toBeNull();
  });
});

it("leads to the same cluster from the same seed", () => {
  const life = () => {
    const { cluster, store, run } = makeSimulated(9);
    for (let at = 0; at < 30; at++) run(`pod-${at}`, { "demo.dev/crash-probability": "0.5" });
    cluster.advance(300_000);
    return JSON.stringify([...store.all("pods")]);
  };
  expect(life()).toBe(life());
});
