/** A store with a clock of its own, and the shortest ways to put nodes and pods into it. */
import type { NodeSpec, PodSpec } from "kubernetes-types/core/v1";
import { Random } from "../../../cluster/random.ts";
import { ControllerManager } from "../controllers/controller-manager.ts";
import type { Controller } from "../controllers/controller.ts";
import { EventRecorder } from "../controllers/event-recorder.ts";
import { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";
import { Scheduler } from "./scheduler.ts";

type Pod = ObjectOf<"pods">;

export interface NodeOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly labels?: Record<string, string>;
  readonly spec?: NodeSpec;
  readonly extended?: Record<string, string>;
}

export interface PodOptions {
  readonly labels?: Record<string, string>;
  readonly namespace?: string;
  readonly requests?: Record<string, string>;
  readonly spec?: Partial<PodSpec>;
}

const unitsPerStep = 1_000_000;

export class TestCluster {
  now = Date.UTC(2026, 0, 1);
  readonly random: Random;
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  #manager: ControllerManager | null = null;

  constructor(seed = 1) {
    this.random = new Random(seed);
    const store = this.random.fork("store");
    this.store = new ObjectStore({ now: () => this.now, random: () => store.float() });
    this.events = new EventRecorder(this.store, "test");
    this.createNamespace("default");
  }

  createNamespace(name: string, labels: Record<string, string> = {}): void {
    this.store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  }

  scheduler(): Scheduler {
    const random = this.random.fork("scheduler");
    const { store, events } = this;
    return new Scheduler({ store, events, random: () => random.float() });
  }

  /** Runs these controllers from now on. */
  run(...controllers: Controller[]): void {
    this.#manager?.close();
    this.#manager = new ControllerManager(this.store, controllers);
    this.settle();
  }

  /** Works until nothing is due now. */
  settle(): void {
    this.#manager?.step(this.now, unitsPerStep);
  }

  /** Lets the time pass, stopping wherever something is due. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    this.settle();
    while (this.#manager !== null && this.#manager.dueAt() <= end) {
      this.now = Math.max(this.now, this.#manager.dueAt());
      this.settle();
    }
    this.now = end;
    this.settle();
  }

  addNode(name: string, options: NodeOptions = {}): ObjectOf<"nodes"> {
    const { cpu = "4", memory = "32Gi", pods = "110", labels = {}, spec = {}, extended } = options;
    const resources = { cpu, memory, pods, ...extended };
    return this.store.create({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
      spec,
      status: { capacity: resources, allocatable: resources },
    });
  }

  addPod(name: string, { labels, namespace = "default", requests, spec }: PodOptions = {}): Pod {
    const container = { name: "main", image: "registry.k8s.io/pause:3.10" };
    return this.store.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, ...(labels && { labels }) },
      spec: {
        containers: [{ ...container, ...(requests && { resources: { requests } }) }],
        ...spec,
      },
    }) as unknown as Pod;
  }

  pod(name: string, namespace = "default"): Pod {
    return this.store.require("pods", namespace, name);
  }

  /** Where the pod is; "" while it waits. */
  nodeOf(name: string): string {
    return this.pod(name).spec?.nodeName ?? "";
  }

  /** The messages of events with this reason, in the order of their first time. */
  messages(reason: string): string[] {
    return [...this.store.all("events")]
      .filter((event) => event.reason === reason)
      .map(({ message }) => message ?? "");
  }
}
