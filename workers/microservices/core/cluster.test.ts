import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { clusterLimits } from "../limits.ts";
import { Cluster } from "./cluster.ts";
import { isActive, podStatus } from "./objects.ts";
import type { Command } from "./kubelet.ts";
import { viewDeployment } from "./views.ts";

const readiness = {
  path: "/",
  initialDelayMs: 0,
  periodMs: 10_000,
  timeoutMs: 1_000,
  successThreshold: 1,
  failureThreshold: 3,
};

/** A runtime in virtual time: containers start after 20 ms, stop after 50 ms, answer in 5 ms. */
class Simulation {
  readonly cluster: Cluster;
  now = 0;
  #queue: { at: number; order: number; run: () => void }[] = [];
  #order = 0;
  /** Attempts per pod that the runtime holds; more than one server a pod would be a defect. */
  readonly servers = new Map<number, number>();
  commands = 0;

  constructor(seed = 1) {
    const random = new Random(seed);
    this.cluster = new Cluster(() => random.float());
  }

  create(name: string, image: string, replicas: number) {
    const template = { image, environment: {}, restartedAt: null };
    return this.cluster.create(name, template, replicas, this.now);
  }

  /** Runs until the given time. */
  advance(byMs: number): void {
    const end = this.now + byMs;
    this.#step();
    for (;;) {
      this.#queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const due = Math.min(this.#queue[0]?.at ?? Infinity, this.cluster.dueAt());
      if (due > end) break;
      this.now = Math.max(this.now, due);
      if ((this.#queue[0]?.at ?? Infinity) <= this.now) this.#queue.shift()?.run();
      this.#step();
    }
    this.now = end;
    this.#step();
  }

  crash(pod: number, exitCode = 1): void {
    const attempt = this.servers.get(pod);
    if (attempt === undefined) return;
    this.servers.delete(pod);
    this.cluster.observe({ kind: "exited", pod, attempt, exitCode }, this.now);
  }

  #step(): void {
    for (const command of this.cluster.step(this.now)) this.#run(command);
  }

  #later(ms: number, run: () => void): void {
    this.#queue.push({ at: this.now + ms, order: (this.#order += 1), run });
  }

  #run(command: Command): void {
    this.commands += 1;
    const { pod } = command;
    const { cluster } = this;
    if (command.kind === "pull") {
      this.#later(10, () => {
        if (command.image.startsWith("missing")) {
          cluster.observe({ kind: "pull-failed", pod, message: "not found" }, this.now);
        } else {
          cluster.observe({ kind: "pulled", pod, readiness, liveness: null }, this.now);
        }
      });
    } else if (command.kind === "start") {
      assert(!this.servers.has(pod));
      this.servers.set(pod, command.attempt);
      this.#later(20, () => {
        if (this.servers.get(pod) !== command.attempt) return;
        const { attempt } = command;
        cluster.observe({ kind: "started", pod, attempt, port: 40_000 + pod }, this.now);
        if (command.template.image === "crashing") this.#later(1_000, () => this.crash(pod));
      });
    } else if (command.kind === "stop") {
      const exitCode = command.graceMs === 0 ? 137 : 0;
      this.#later(command.graceMs === 0 ? 1 : 50, () => this.crash(pod, exitCode));
    } else if (command.kind === "probe") {
      const { attempt, probe } = command;
      this.#later(5, () =>
        cluster.observe({ kind: "probed", pod, attempt, probe, ok: true, message: "ok" }, this.now),
      );
    }
  }
}

const pods = (simulation: Simulation) => [...simulation.cluster.pods.values()];
const statuses = (simulation: Simulation) => pods(simulation).map(podStatus);

describe("a deployment", () => {
  it("brings its pods to ready, and down again when it is scaled", () => {
    const simulation = new Simulation();
    const deployment = simulation.create("web", "nginx", 3);
    simulation.advance(1_000);
    const view = () => viewDeployment(simulation.cluster, deployment);
    expect(view()).toMatchObject({ replicas: 3, ready: 3, current: 3, updated: 3, revision: 1 });
    expect(view().conditions.map(({ type, reason }) => [type, reason])).toEqual([
      ["Available", "MinimumReplicasAvailable"],
      ["Progressing", "NewReplicaSetAvailable"],
    ]);
    simulation.cluster.scale(deployment, 1);
    simulation.advance(1_000);
    expect(view()).toMatchObject({ ready: 1, current: 1 });
    expect(simulation.servers.size).toBe(1);
    simulation.cluster.scale(deployment, 0);
    simulation.advance(1_000);
    expect(pods(simulation)).toEqual([]);
  });

  it("gets a new pod for a killed one, under another name", () => {
    const simulation = new Simulation();
    simulation.create("web", "nginx", 2);
    simulation.advance(1_000);
    const [victim] = pods(simulation);
    const before = new Set(pods(simulation).map(({ name }) => name));
    simulation.cluster.killPod(victim!, simulation.now);
    simulation.advance(1_000);
    const after = pods(simulation).map(({ name }) => name);
    expect(after).toHaveLength(2);
    expect(after).not.toContain(victim!.name);
    expect(after.filter((name) => before.has(name))).toHaveLength(1);
    expect(pods(simulation).every(({ ready }) => ready)).toBe(true);
  });

  it("takes everything with it when it is removed", () => {
    const simulation = new Simulation();
    const deployment = simulation.create("web", "nginx", 4);
    simulation.advance(15);
    simulation.cluster.remove(deployment);
    simulation.advance(1_000);
    expect(simulation.cluster.pods.size).toBe(0);
    expect(simulation.cluster.replicaSets.size).toBe(0);
    expect(simulation.servers.size).toBe(0);
    expect(simulation.cluster.dueAt()).toBe(Infinity);
  });

  it("leaves pods beyond the node's capacity Pending, and schedules them when there is room", () => {
    const simulation = new Simulation();
    const deployments = Array.from({ length: 5 }, (_, at) =>
      simulation.create(`d${at}`, "nginx", at === 4 ? 3 : 50),
    );
    simulation.advance(2_000);
    const waiting = pods(simulation).filter(({ scheduled }) => !scheduled);
    expect(waiting).toHaveLength(203 - clusterLimits.podsMax);
    expect(waiting[0]?.conditions[0]).toMatchObject({
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
    });
    simulation.cluster.scale(deployments[0]!, 40);
    simulation.advance(2_000);
    expect(pods(simulation).filter(({ ready }) => ready)).toHaveLength(193);
  });
});

describe("a container that crashes", () => {
  it("restarts at once, then after 10, 20, 40, 80, 160 and at most 300 s", () => {
    const simulation = new Simulation();
    simulation.create("crash", "crashing", 1);
    const startTimes: number[] = [];
    let restarts = -1;
    for (let second = 0; second < 1_500; second++) {
      simulation.advance(1_000);
      const [pod] = pods(simulation);
      if (pod!.container.kind === "running" && pod!.restarts > restarts) {
        restarts = pod!.restarts;
        startTimes.push(pod!.container.startedAt);
      }
    }
    const pauses = startTimes.slice(1, 9).map((at, index) => at - startTimes[index]! - 1_000);
    // Each pause also holds the 20 ms that a start takes; the first is the kubelet's next look.
    expect(pauses.map((ms) => Math.round(ms / 1_000))).toEqual([1, 10, 20, 40, 80, 160, 300, 300]);
  });

  it("shows CrashLoopBackOff in between and stays in the phase Running", () => {
    const simulation = new Simulation();
    simulation.create("crash", "crashing", 1);
    simulation.advance(6_000);
    const [pod] = pods(simulation);
    expect(podStatus(pod!)).toBe("CrashLoopBackOff");
    expect(pod).toMatchObject({ phase: "Running", restarts: 2, ready: false });
    expect(pod!.lastTermination).toMatchObject({ exitCode: 1, reason: "Error" });
  });

  it("starts its back-off anew after ten minutes without trouble", () => {
    const simulation = new Simulation();
    simulation.create("web", "nginx", 1);
    simulation.advance(1_000);
    const [pod] = pods(simulation);
    for (let crash = 0; crash < 3; crash++) {
      simulation.crash(pod!.uid);
      simulation.advance(60_000);
    }
    expect(pod!.backOffMs).toBe(40_000);
    simulation.advance(600_000);
    simulation.crash(pod!.uid);
    simulation.advance(1_500);
    expect(podStatus(pod!)).toBe("Running");
  });
});

describe("an image that does not exist", () => {
  it("is ErrImagePull, then ImagePullBackOff, and is tried again after 10, 20, 40 s", () => {
    const simulation = new Simulation();
    simulation.create("typo", "missing:latest", 1);
    simulation.advance(500);
    expect(statuses(simulation)).toEqual(["ErrImagePull"]);
    simulation.advance(2_000);
    expect(statuses(simulation)).toEqual(["ImagePullBackOff"]);
    simulation.advance(8_000);
    expect(statuses(simulation)).toEqual(["ErrImagePull"]);
    simulation.advance(60_000);
    const pulling = simulation.cluster.events
      .newest(100)
      .find(({ reason }) => reason === "Pulling");
    // At 0, 10, 30 and 70 s.
    expect(pulling?.count).toBe(4);
    expect(pods(simulation)[0]).toMatchObject({ phase: "Pending", ready: false });
  });
});

describe("a rolling update", () => {
  it("never has fewer available pods than maxUnavailable allows, nor more than maxSurge", () => {
    const simulation = new Simulation();
    const deployment = simulation.create("web", "nginx", 8);
    simulation.advance(1_000);
    const { cluster } = simulation;
    const template = { ...deployment.template, image: "echo" };
    cluster.setTemplate(deployment, template, simulation.now);
    let fewestReady = Infinity;
    let most = 0;
    for (let tick = 0; tick < 400; tick++) {
      simulation.advance(5);
      const active = pods(simulation).filter(isActive);
      fewestReady = Math.min(fewestReady, active.filter(({ ready }) => ready).length);
      most = Math.max(most, active.length);
    }
    // 25 % of 8 each way.
    expect({ fewestReady, most }).toEqual({ fewestReady: 6, most: 10 });
    expect(new Set(pods(simulation).map((pod) => pod.template.image))).toEqual(new Set(["echo"]));
    expect(viewDeployment(cluster, deployment)).toMatchObject({
      ready: 8,
      revision: 2,
      updated: 8,
    });
  });

  it("keeps serving when the new image does not exist, and misses its deadline after 600 s", () => {
    const simulation = new Simulation();
    const deployment = simulation.create("web", "nginx", 4);
    simulation.advance(1_000);
    const template = { ...deployment.template, image: "missing" };
    simulation.cluster.setTemplate(deployment, template, simulation.now);
    simulation.advance(700_000);
    const view = viewDeployment(simulation.cluster, deployment);
    expect(view.ready).toBe(3);
    expect(view.conditions).toContainEqual(
      expect.objectContaining({ type: "Progressing", reason: "ProgressDeadlineExceeded" }),
    );
    expect(view.conditions).toContainEqual(
      expect.objectContaining({ type: "Available", status: "True" }),
    );
  });

  it("takes an earlier ReplicaSet back when the template returns to it, and keeps ten old ones", () => {
    const simulation = new Simulation();
    const deployment = simulation.create("web", "nginx", 1);
    const { cluster } = simulation;
    for (const image of ["a", "b", "nginx"]) {
      simulation.advance(1_000);
      cluster.setTemplate(deployment, { ...deployment.template, image }, simulation.now);
    }
    simulation.advance(1_000);
    expect(cluster.replicaSets.size).toBe(3);
    expect(viewDeployment(cluster, deployment).replicaSets[0]).toMatchObject({
      image: "nginx",
      revision: 4,
    });
    for (let restart = 1; restart <= 20; restart++) {
      const restartedAt = simulation.now;
      cluster.setTemplate(deployment, { ...deployment.template, restartedAt }, simulation.now);
      simulation.advance(1_000);
    }
    expect(cluster.replicaSets.size).toBe(11);
  });
});

describe("any sequence of kills, crashes, scales and rollouts", () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant("scale" as const), to: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ do: fc.constant("kill" as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant("crash" as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant("container" as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant("roll" as const), image: fc.constantFrom("a", "b", "missing") }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
  );

  it("ends with exactly the desired pods, all ready, and one server each", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.integer(), (actions, seed) => {
        const simulation = new Simulation(seed);
        const { cluster } = simulation;
        const deployment = simulation.create("web", "nginx", 3);
        for (const step of actions) {
          const all = pods(simulation);
          const pod = "which" in step ? all[step.which % Math.max(1, all.length)] : undefined;
          if (step.do === "scale") cluster.scale(deployment, step.to);
          else if (step.do === "wait") simulation.advance(step.ms);
          else if (step.do === "roll") {
            const template = { ...deployment.template, image: step.image };
            cluster.setTemplate(deployment, template, simulation.now);
          } else if (pod === undefined) continue;
          else if (step.do === "kill") cluster.killPod(pod, simulation.now);
          else if (step.do === "crash") simulation.crash(pod.uid);
          else if (pod.container.kind === "running" && !pod.stopping) {
            cluster.killContainer(pod, simulation.now);
          }
          simulation.advance(1);
        }
        cluster.setTemplate(deployment, { ...deployment.template, image: "last" }, simulation.now);
        simulation.advance(1_000_000);
        const view = viewDeployment(cluster, deployment);
        const { replicas } = deployment;
        expect(view).toMatchObject({ ready: replicas, current: replicas, updated: replicas });
        expect(cluster.pods.size).toBe(replicas);
        expect(new Set(simulation.servers.keys())).toEqual(new Set(cluster.pods.keys()));
        const commands = simulation.commands;
        simulation.advance(0);
        expect(simulation.commands).toBe(commands);
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same cluster for the same calls", () => {
    const run = () => {
      const simulation = new Simulation(7);
      const deployment = simulation.create("web", "nginx", 5);
      simulation.advance(500);
      simulation.cluster.killPod(pods(simulation)[1]!, simulation.now);
      simulation.cluster.scale(deployment, 3);
      simulation.advance(5_000);
      return JSON.stringify([pods(simulation), simulation.cluster.events.newest(500)]);
    };
    expect(run()).toBe(run());
  });
});
