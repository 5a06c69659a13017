import { describe, expect, it } from "vitest";
import { ObjectStore } from "../../store/object-store.ts";
import { type ObjectOf, timeText } from "../../store/objects.ts";
import { ControllerManager } from "../controller-manager.ts";
import { EventRecorder } from "../event-recorder.ts";
import { isEnding, type Pod } from "../pod-facts.ts";
import { PodControl } from "../pod-control.ts";
import { ReplicaSetController } from "../replica-set/replica-set-controller.ts";
import { canarySteps } from "./canary.ts";
import { DeploymentController } from "./deployment-controller.ts";

type Deployment = ObjectOf<"deployments.apps">;

/** A cluster whose pods are ready a second after they were made, unless their image is "broken". */
class Laboratory {
  now = Date.UTC(2026, 0, 1);
  readonly store: ObjectStore;
  readonly #manager: ControllerManager;

  constructor() {
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    this.store = new ObjectStore({ now: () => this.now, random });
    const events = new EventRecorder(this.store, "test");
    const pods = new PodControl(this.store, events, (object) => object);
    this.#manager = new ControllerManager(this.store, [
      new DeploymentController(this.store, events),
      new ReplicaSetController(this.store, pods),
    ]);
    this.store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
  }

  get deployment(): Deployment {
    return this.store.require("deployments.apps", "default", "web");
  }

  deploy(annotations: Record<string, string>, replicas = 4): void {
    const labels = { app: "web" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "v1" }] } };
    this.store.create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default", annotations },
      spec: { replicas, selector: { matchLabels: labels }, template, progressDeadlineSeconds: 60 },
    });
    this.pass(5);
  }

  setImage(image: string): void {
    const { spec } = this.deployment;
    const template = { ...spec!.template, spec: { containers: [{ name: "c", image }] } };
    this.store.update<Deployment>({ ...this.deployment, spec: { ...spec!, template } }, "main");
  }

  annotate(annotations: Record<string, string>): void {
    const { metadata } = this.deployment;
    this.store.update<Deployment>({
      ...this.deployment,
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
    });
  }

  /** Seconds go by, one after the other. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.#manager.step(this.now, 10_000);
      for (const pod of Array.from(this.store.all("pods"))) this.#run(pod);
      this.#manager.step(this.now, 10_000);
      this.now += 1_000;
    }
  }

  /** Pods that are ready, by their image. */
  ready(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { spec, status } of this.store.all("pods")) {
      if (status?.phase !== "Running") continue;
      const { image = "" } = spec!.containers[0]!;
      counts[image] = (counts[image] ?? 0) + 1;
    }
    return counts;
  }

  #run(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    if (isEnding(pod)) this.store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
    else if (pod.status?.phase === "Pending" && pod.spec?.containers[0]?.image !== "broken") {
      const at = timeText(this.now);
      const ready = { type: "Ready", status: "True", lastTransitionTime: at } as const;
      this.store.setStatus(pod, { phase: "Running", conditions: [ready] });
    }
  }
}

const canary = { "demo.dev/strategy": "canary", "demo.dev/canary-steps": "25:20s,50:manual" };

describe("a canary", () => {
  it("is as large as its step says, and the old replicas give up what it serves", () => {
    const lab = new Laboratory();
    lab.deploy(canary);
    expect(lab.ready()).toEqual({ v1: 4 });
    lab.setImage("v2");
    lab.pass(10);
    expect(lab.ready()).toEqual({ v1: 3, v2: 1 });
    lab.pass(20);
    expect(lab.ready()).toEqual({ v1: 2, v2: 2 });
    lab.pass(300);
    expect(lab.ready()).toEqual({ v1: 2, v2: 2 });
    lab.annotate({ "demo.dev/promote": "step" });
    lab.pass(5);
    expect(lab.ready()).toEqual({ v2: 4 });
    const { annotations } = lab.deployment.metadata;
    expect(Object.keys(annotations ?? {})).not.toContain("demo.dev/promote");
    expect(Object.keys(annotations ?? {})).not.toContain("demo.dev/canary-step");
  });

  it("does not grow while it is not available, and is aborted by the old template", () => {
    const lab = new Laboratory();
    lab.deploy(canary);
    lab.setImage("broken");
    lab.pass(100);
    expect(lab.ready()).toEqual({ v1: 4 });
    lab.setImage("v1");
    lab.pass(10);
    expect(lab.ready()).toEqual({ v1: 4 });
    expect(lab.store.countOf("pods")).toBe(4);
  });

  it("leaves out what is no step", () => {
    expect(canarySteps("10:30s, x, 0:1s, 101, 50%:manual,100:2m")).toEqual([
      { percent: 10, watchMs: 30_000 },
      { percent: 50, watchMs: Number.POSITIVE_INFINITY },
      { percent: 100, watchMs: 120_000 },
    ]);
  });
});

it("blue-green switches the service when all of the new are available, and keeps the old a while", () => {
  const lab = new Laboratory();
  lab.store.create({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "front", namespace: "default" },
    spec: { selector: { app: "web" } },
  });
  lab.deploy({
    "demo.dev/strategy": "blue-green",
    "demo.dev/service": "front",
    "demo.dev/keep-old-seconds": "20",
  });
  const hashNow = () =>
    lab.store.require("services", "default", "front").spec?.selector?.["pod-template-hash"];
  const blue = hashNow();
  expect(blue).toBeDefined();
  lab.setImage("broken");
  lab.pass(30);
  expect([hashNow(), lab.ready()]).toEqual([blue, { v1: 4 }]);
  lab.setImage("v2");
  lab.pass(10);
  expect(hashNow()).not.toBe(blue);
  expect(lab.ready()).toMatchObject({ v1: 4, v2: 4 });
  lab.pass(20);
  expect(lab.ready()).toEqual({ v2: 4 });
});

it("blue-green ends no old replica while there is no service to switch", () => {
  const lab = new Laboratory();
  const annotations = { "demo.dev/strategy": "blue-green", "demo.dev/keep-old-seconds": "0" };
  lab.deploy({ ...annotations, "demo.dev/service": "later" });
  lab.setImage("v2");
  lab.pass(60);
  expect(lab.ready()).toEqual({ v1: 4, v2: 4 });
  lab.store.create({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "later", namespace: "default" },
    spec: { selector: { app: "web" } },
  });
  lab.pass(30);
  expect(lab.ready()).toEqual({ v2: 4 });
});

it("blue-green scales those that serve when the Deployment is scaled before the switch", () => {
  const lab = new Laboratory();
  lab.deploy({ "demo.dev/strategy": "blue-green" });
  lab.setImage("broken");
  lab.pass(5);
  const { spec } = lab.deployment;
  lab.store.update<Deployment>({ ...lab.deployment, spec: { ...spec!, replicas: 6 } }, "main");
  lab.pass(5);
  expect(lab.ready()).toEqual({ v1: 6 });
});

it("a rollout that misses its deadline is taken back where that is asked for, once", () => {
  const lab = new Laboratory();
  lab.deploy({ "demo.dev/rollback": "auto" });
  lab.setImage("broken");
  lab.pass(90);
  expect(lab.deployment.spec?.template.spec?.containers[0]?.image).toBe("v1");
  expect(lab.ready()).toEqual({ v1: 4 });
  expect(lab.store.countOf("pods")).toBe(4);
  const reasons = Array.from(lab.store.all("events"), ({ reason }) => reason);
  expect(reasons).toContain("DeploymentRollback");
  lab.pass(200);
  expect(lab.deployment.spec?.template.spec?.containers[0]?.image).toBe("v1");
});
