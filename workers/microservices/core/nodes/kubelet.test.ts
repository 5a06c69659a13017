import type { PodSpec } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { TestCluster } from "../scheduling/test-cluster.ts";
import { Kubelet } from "./kubelet.ts";
import { qosClassOf } from "./pod-status.ts";
import type { RuntimeCommand } from "./runtime-messages.ts";

type Start = Extract<RuntimeCommand, { kind: "start" }>;

/** A kubelet whose runtime is the test: it pulls and starts at once, and does the rest as told. */
class KubeletHarness {
  readonly cluster = new TestCluster();
  readonly commands: RuntimeCommand[] = [];
  readonly kubelet: Kubelet;
  pulls: "work" | "fail" = "work";
  /** Whether a container that is told to stop ends at once. */
  stops = true;

  constructor() {
    const { cluster } = this;
    const node = cluster.addNode("a");
    cluster.store.update({
      ...node,
      spec: { podCIDR: "10.244.1.0/24" },
      status: { ...node.status, addresses: [{ type: "InternalIP", address: "10.0.0.1" }] },
    });
    this.kubelet = new Kubelet({
      store: cluster.store,
      events: cluster.events,
      host: { command: (command) => this.#take(command), watchesProbes: () => false },
    });
    cluster.run(this.kubelet);
  }

  run(spec: Partial<PodSpec>, name = "web"): void {
    const containers = [{ name: "main", image: "app:1" }];
    this.cluster.addPod(name, { spec: { nodeName: "a", containers, ...spec } });
    this.cluster.settle();
  }

  exit(container: string, exitCode: number, outOfMemory = false): void {
    const { node, pod, attempt } = this.started(container).at(-1)!;
    const what = { exitCode, outOfMemory, message: null };
    this.kubelet.hear({ kind: "exited", node, pod, container, attempt, ...what });
    this.cluster.settle();
  }

  probe(probe: "startup" | "readiness" | "liveness", ok: boolean, container = "main"): void {
    const { node, pod, attempt } = this.started(container).at(-1)!;
    const message = ok ? "" : "HTTP probe failed with statuscode: 500";
    this.kubelet.hear({ kind: "probed", node, pod, container, attempt, probe, ok, message });
    this.cluster.settle();
  }

  started(container: string): Start[] {
    return this.commands.filter(
      (command): command is Start => command.kind === "start" && command.container === container,
    );
  }

  get pod() {
    return this.cluster.pod("web");
  }

  condition(type: string) {
    return this.pod.status?.conditions?.find((condition) => condition.type === type);
  }

  status(at = 0) {
    return this.pod.status!.containerStatuses![at]!;
  }

  #take(command: RuntimeCommand): void {
    this.commands.push(command);
    if (command.kind === "pull") {
      const { node, pod, container } = command;
      const ref = { node, pod, container };
      if (this.pulls === "work") this.kubelet.hear({ kind: "pulled", sizeBytes: 1_000, ...ref });
      else this.kubelet.hear({ kind: "pullFailed", message: "not found", ...ref });
    } else if (command.kind === "start") {
      const { node, pod, container, attempt } = command;
      this.kubelet.hear({ kind: "started", node, pod, container, attempt });
    } else if (command.kind === "stop" && this.stops) {
      const { node, pod, container, attempt } = command;
      const what = { exitCode: 143, outOfMemory: false, message: null };
      this.kubelet.hear({ kind: "exited", node, pod, container, attempt, ...what });
    }
  }
}

describe("a pod that starts", () => {
  it("gets its status, its address and its events", () => {
    const harness = new KubeletHarness();
    harness.run({
      containers: [
        { name: "main", image: "app:1", resources: { limits: { memory: "64Mi", cpu: "250m" } } },
      ],
    });
    expect(harness.pod.status).toMatchObject({
      phase: "Running",
      podIP: "10.244.1.2",
      hostIP: "10.0.0.1",
      startTime: "2026-01-01T00:00:00Z",
      qosClass: "Guaranteed",
      containerStatuses: [
        { name: "main", ready: true, started: true, restartCount: 0, state: { running: {} } },
      ],
    });
    for (const type of [
      "PodReadyToStartContainers",
      "Initialized",
      "Ready",
      "ContainersReady",
      "PodScheduled",
    ]) {
      expect(harness.condition(type)?.status, type).toBe("True");
    }
    expect(
      [...harness.cluster.store.all("events")].map(({ reason, message }) => [reason, message]),
    ).toEqual([
      ["Pulling", 'Pulling image "app:1"'],
      [
        "Pulled",
        'Successfully pulled image "app:1" in 0ms (0ms including waiting). Image size: 1000 bytes.',
      ],
      ["Created", "Created container: main"],
      ["Started", "Started container main"],
    ]);
    expect(harness.started("main")[0]!.limits).toEqual({
      cpuMilli: 250,
      memoryBytes: 64 * 2 ** 20,
    });
  });

  it("runs init containers one after another, then sidecars on, then the others", () => {
    const harness = new KubeletHarness();
    harness.run({
      initContainers: [
        { name: "first", image: "app:1" },
        { name: "proxy", image: "app:1", restartPolicy: "Always" },
        { name: "second", image: "app:1" },
      ],
      containers: [
        { name: "main", image: "app:1" },
        { name: "other", image: "app:1" },
      ],
    });
    const startedNames = () =>
      harness.commands.flatMap((c) => (c.kind === "start" ? [c.container] : []));
    expect(startedNames()).toEqual(["first"]);
    expect(harness.condition("Initialized")).toMatchObject({
      status: "False",
      message: "containers with incomplete status: [first proxy second]",
    });
    expect(harness.status().state).toEqual({ waiting: { reason: "PodInitializing" } });
    harness.exit("first", 0);
    expect(startedNames()).toEqual(["first", "proxy", "second"]);
    harness.exit("second", 0);
    expect(startedNames()).toEqual(["first", "proxy", "second", "main", "other"]);
    expect(harness.pod.status?.phase).toBe("Running");
  });

  it("fails for good with an init container that fails and is never started again", () => {
    const harness = new KubeletHarness();
    harness.run({ restartPolicy: "Never", initContainers: [{ name: "first", image: "app:1" }] });
    harness.exit("first", 3);
    expect(harness.pod.status?.phase).toBe("Failed");
    expect(harness.started("main")).toEqual([]);
  });

  it("waits longer after each failed pull: 10 s, 20 s, ... up to 5 min", () => {
    const harness = new KubeletHarness();
    harness.pulls = "fail";
    harness.run({});
    expect(harness.status().state!.waiting).toEqual({
      reason: "ErrImagePull",
      message: "not found",
    });
    harness.cluster.advance(1_000);
    expect(harness.status().state!.waiting?.reason).toBe("ImagePullBackOff");
    const pulls = () => harness.commands.filter(({ kind }) => kind === "pull").length;
    const waits: number[] = [];
    let since = harness.cluster.now - 1_000;
    for (let round = 0; round < 7; round++) {
      const before = pulls();
      while (pulls() === before) harness.cluster.advance(1_000);
      waits.push((harness.cluster.now - since) / 1_000);
      since = harness.cluster.now;
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
    expect(harness.pod.status?.phase).toBe("Pending");
  });
});

describe("a container that ends", () => {
  it("is started again after 0, 10, 20, 40 s ..., and forgets it after ten minutes", () => {
    const harness = new KubeletHarness();
    harness.run({});
    harness.exit("main", 1);
    const starts = () => harness.started("main").length;
    harness.cluster.advance(1_000);
    expect(starts()).toBe(2);
    for (const seconds of [10, 20, 40, 80, 160, 300, 300]) {
      const before = starts();
      harness.exit("main", 1);
      expect(harness.status()).toMatchObject({
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 1, reason: "Error" } },
        ready: false,
      });
      harness.cluster.advance(seconds * 1_000 - 1);
      expect(starts()).toBe(before);
      harness.cluster.advance(1);
      expect(starts()).toBe(before + 1);
    }
    expect(harness.status().restartCount).toBe(8);
    harness.cluster.advance(600_000);
    harness.exit("main", 1);
    harness.cluster.advance(1_000);
    expect(harness.status().restartCount).toBe(9);
    expect(harness.pod.status?.phase).toBe("Running");
  });

  it("that took too much memory says so", () => {
    const harness = new KubeletHarness();
    harness.run({});
    harness.exit("main", 137, true);
    expect(harness.status().state!.terminated).toMatchObject({
      exitCode: 137,
      reason: "OOMKilled",
    });
  });

  it("ends the pod by its restart policy", () => {
    for (const [restartPolicy, exitCode, phase] of [
      ["Never", 0, "Succeeded"],
      ["Never", 1, "Failed"],
      ["OnFailure", 0, "Succeeded"],
      ["OnFailure", 1, "Running"],
      ["Always", 0, "Running"],
    ] as const) {
      const harness = new KubeletHarness();
      harness.run({ restartPolicy });
      harness.exit("main", exitCode);
      expect(harness.pod.status?.phase, `${restartPolicy} ${exitCode}`).toBe(phase);
    }
  });

  it("takes the sidecars with it when the pod has done its work", () => {
    const harness = new KubeletHarness();
    harness.run({
      restartPolicy: "Never",
      initContainers: [{ name: "proxy", image: "app:1", restartPolicy: "Always" }],
    });
    harness.exit("main", 0);
    expect(harness.commands.filter(({ kind }) => kind === "stop")).toHaveLength(1);
    expect(harness.pod.status).toMatchObject({ phase: "Succeeded" });
    expect(harness.condition("Ready")).toMatchObject({ status: "False", reason: "PodCompleted" });
  });
});

describe("probes", () => {
  const http = { httpGet: { path: "/", port: 80 } };

  it("hold readiness back, and take it away after three failures", () => {
    const harness = new KubeletHarness();
    harness.run({ containers: [{ name: "main", image: "app:1", readinessProbe: http }] });
    expect(harness.condition("Ready")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [main]",
    });
    harness.probe("readiness", true);
    expect(harness.condition("Ready")?.status).toBe("True");
    for (const ready of ["True", "True", "False"]) {
      harness.cluster.advance(10_000);
      harness.probe("readiness", false);
      expect(harness.condition("Ready")?.status).toBe(ready);
    }
    expect(harness.cluster.messages("Unhealthy")).toEqual([
      "Readiness probe failed: HTTP probe failed with statuscode: 500",
    ]);
  });

  it("restart what is not alive, and wait for the startup probe", () => {
    const harness = new KubeletHarness();
    const container = { name: "main", image: "app:1", startupProbe: http, livenessProbe: http };
    harness.run({ containers: [container] });
    const kinds = () => harness.commands.flatMap((c) => (c.kind === "probe" ? [c.probe] : []));
    expect(kinds()).toEqual(["startup"]);
    expect(harness.status()).toMatchObject({ started: false, ready: false });
    harness.probe("startup", true);
    expect(harness.status()).toMatchObject({ started: true, ready: true });
    expect(kinds()).toEqual(["startup", "liveness"]);
    for (let failure = 0; failure < 3; failure++) {
      harness.probe("liveness", false);
      harness.cluster.advance(10_000);
    }
    expect(harness.cluster.messages("Killing")).toEqual([
      "Container main failed liveness probe, will be restarted",
    ]);
    expect(harness.status()).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 143 } },
    });
  });

  it("come every period, after the initial delay, one at a time", () => {
    const harness = new KubeletHarness();
    const livenessProbe = { ...http, initialDelaySeconds: 5, periodSeconds: 3 };
    harness.run({ containers: [{ name: "main", image: "app:1", livenessProbe }] });
    const probes = () => harness.commands.filter(({ kind }) => kind === "probe").length;
    harness.cluster.advance(4_999);
    expect(probes()).toBe(0);
    harness.cluster.advance(1);
    expect(probes()).toBe(1);
    harness.cluster.advance(30_000);
    expect(probes()).toBe(1);
    harness.probe("liveness", true);
    expect(probes()).toBe(2);
  });

  it("are not all of readiness where the pod has gates", () => {
    const harness = new KubeletHarness();
    harness.run({ readinessGates: [{ conditionType: "example.com/lb" }] });
    expect(harness.condition("ContainersReady")?.status).toBe("True");
    expect(harness.condition("Ready")).toMatchObject({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message: 'corresponding condition of pod readiness gate "example.com/lb" does not exist.',
    });
    const { pod } = harness;
    const gate = { type: "example.com/lb", status: "True" };
    harness.cluster.store.setStatus(pod, {
      ...pod.status,
      conditions: [...pod.status!.conditions!, gate],
    });
    harness.cluster.settle();
    expect(harness.condition("Ready")?.status).toBe("True");
  });
});

describe("the end of a pod", () => {
  it("waits for its containers and tells them how long they may take", () => {
    const harness = new KubeletHarness();
    harness.stops = false;
    harness.run({ terminationGracePeriodSeconds: 7 });
    const { store } = harness.cluster;
    store.delete("pods", "default", "web");
    harness.cluster.settle();
    expect(harness.commands.at(-1)).toMatchObject({ kind: "stop", graceMs: 7_000 });
    expect(harness.condition("Ready")?.status).toBe("False");
    harness.cluster.advance(3_000);
    const stops = () => harness.commands.filter(({ kind }) => kind === "stop").length;
    expect(stops()).toBe(1);
    store.delete("pods", "default", "web", { gracePeriodSeconds: 1 });
    harness.cluster.settle();
    expect(harness.commands.at(-1)).toMatchObject({ kind: "stop", graceMs: 1_000 });
    harness.exit("main", 137);
    expect(store.get("pods", "default", "web")).toBeUndefined();
    expect(harness.commands.at(-1)?.kind).toBe("forget");
  });

  it("comes with the active deadline", () => {
    const harness = new KubeletHarness();
    harness.run({ activeDeadlineSeconds: 60 });
    harness.cluster.advance(59_999);
    expect(harness.pod.status?.phase).toBe("Running");
    harness.cluster.advance(1);
    expect(harness.pod.status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  it("gives the address back, and never to two pods", () => {
    const harness = new KubeletHarness();
    for (let at = 0; at < 260; at++) {
      harness.run({}, "web");
      harness.cluster.store.delete("pods", "default", "web");
      harness.cluster.settle();
    }
    for (let at = 0; at < 20; at++) harness.run({}, `pod-${at}`);
    const addresses = [...harness.cluster.store.all("pods")].map(({ status }) => status!.podIP!);
    expect(new Set(addresses).size).toBe(20);
    expect(addresses.every((address) => address.startsWith("10.244.1."))).toBe(true);
  });

  it("does not come while the machine is off; what ran there has ended when it is on again", () => {
    const harness = new KubeletHarness();
    harness.run({});
    harness.kubelet.setReach("a", "off");
    harness.cluster.advance(60_000);
    harness.cluster.store.delete("pods", "default", "web");
    harness.cluster.advance(60_000);
    expect(harness.cluster.store.get("pods", "default", "web")).toBeDefined();
    harness.kubelet.setReach("a", "on");
    harness.cluster.settle();
    expect(harness.cluster.store.get("pods", "default", "web")).toBeUndefined();
  });
});

it("tells the quality of service from requests and limits", () => {
  const pod = (resources: object) => ({ containers: [{ name: "main", resources }] });
  expect(qosClassOf(pod({}))).toBe("BestEffort");
  expect(qosClassOf(pod({ requests: { cpu: "1" } }))).toBe("Burstable");
  expect(qosClassOf(pod({ limits: { cpu: "1" } }))).toBe("Burstable");
  expect(qosClassOf(pod({ limits: { cpu: "1", memory: "1Gi" } }))).toBe("Guaranteed");
  const uneven = { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } };
  expect(qosClassOf(pod(uneven))).toBe("Burstable");
});
