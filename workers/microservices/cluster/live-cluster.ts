/**
 * The cluster as it lives in this thread: the store, the controllers over it, the kubelets, and the
 * containers that they run.
 */
import type { Controller } from "../core/controllers/controller.ts";
import type { PodMetrics } from "../core/controllers/autoscaler/replica-count.ts";
import { ControllerManager } from "../core/controllers/controller-manager.ts";
import { EventRecorder } from "../core/controllers/event-recorder.ts";
import { Heartbeats } from "../core/nodes/heartbeats.ts";
import { Kubelet } from "../core/nodes/kubelet.ts";
import { NodeChaos } from "../core/nodes/node-chaos.ts";
import { NodeLifecycle } from "../core/nodes/node-lifecycle.ts";
import { nodeLabels, type NodePool } from "../core/nodes/node-pools.ts";
import { SimulatedRuntime } from "../core/nodes/simulated-runtime.ts";
import { TaintEviction } from "../core/nodes/taint-eviction.ts";
import { Scheduler } from "../core/scheduling/scheduler.ts";
import { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { clusterLoopLimits } from "../limits.ts";
import type { ClusterFetch } from "../pods/pod-fetch.ts";
import { PodRuntime } from "../pods/pod-runtime.ts";
import type { ApiAddress } from "./container-environment.ts";
import { makeFirstObjects } from "./first-objects.ts";
import { RealRuntime, type RealRuntimeHost } from "./real-runtime.ts";
import { StepLoop } from "./step-loop.ts";
import { UsageSampler } from "./usage.ts";

export interface LiveClusterOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly seed: number;
  /** Resource versions go on from here. */
  readonly revision: number;
  readonly api: ApiAddress;
  readonly pools: readonly NodePool[];
  /** What a journal kept; into an empty store. */
  readonly restore: (store: ObjectStore) => void;
  readonly controllers: (
    store: ObjectStore,
    events: EventRecorder,
    metrics: PodMetrics,
  ) => readonly Controller[];
  /** Calls of pods to services. */
  readonly fetch: ClusterFetch;
  /** Servers of pods are about to end: no request should go to them any more. */
  readonly onEnding: () => void;
  readonly onListening: RealRuntimeHost["onListening"];
  /** What the gateway and the mesh measure of a pod, in thousandths; undefined: nothing yet. */
  readonly metricOf: (pod: ObjectOf<"pods">, metric: string) => number | undefined;
  readonly onFailure: (error: unknown) => void;
}

export class LiveCluster {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly runtime: PodRuntime;
  readonly real: RealRuntime;
  readonly chaos: NodeChaos;
  readonly usage: UsageSampler;
  readonly #loop: StepLoop;
  readonly #sampling: NodeJS.Timeout;

  constructor(options: LiveClusterOptions) {
    const { now, random, onFailure } = options;
    const store = new ObjectStore({ now, random }, options.revision);
    options.restore(store);
    const events = new EventRecorder(store, "cluster");
    const tell: Kubelet["hear"] = (seen) => {
      kubelet.hear(seen);
      this.#loop.wake();
    };
    this.runtime = new PodRuntime({
      onEvent: (event) => this.real.hear(event),
      fetch: options.fetch,
      now,
    });
    const { api, onEnding, onListening } = options;
    const host = { now, tell, onEnding, onListening };
    this.real = new RealRuntime(store, this.runtime, api, host);
    const simulated = new SimulatedRuntime(options.seed, now, tell);
    const isSimulated = (node: string): boolean =>
      store.get("nodes", undefined, node)?.metadata.labels?.[nodeLabels.runtime] === "simulated";
    const kubelet = new Kubelet({
      store,
      events,
      host: {
        command: (command) => {
          if (isSimulated(command.node)) simulated.command(command);
          else this.real.command(command);
        },
        watchesProbes: isSimulated,
      },
    });
    const heartbeats = new Heartbeats(store);
    const lifecycle = new NodeLifecycle({ store, events, heartbeats });
    const manager = new ControllerManager(store, [
      ...options.controllers(store, events, {
        usage: (pod, resource) => this.usage.ofPod(pod, resource),
        value: options.metricOf,
      }),
      new Scheduler({ store, events, random }),
      kubelet,
      simulated,
      heartbeats,
      lifecycle,
      new TaintEviction(store, events),
    ]);
    this.chaos = new NodeChaos({
      store,
      kubelet,
      heartbeats,
      lifecycle,
      setPower: (node, on) => {
        if (isSimulated(node)) simulated.setPower(node, on);
        else if (!on) for (const pod of store.podsOn(node)) this.real.killPod(pod.metadata.uid);
        this.#loop.wake();
      },
    });
    this.store = store;
    this.events = events;
    this.usage = new UsageSampler(store, this.runtime, simulated, now);
    this.#loop = new StepLoop(manager, { now, onFailure });
    store.subscribe(() => this.#loop.wake());
    makeFirstObjects(store, options.pools);
    this.#loop.wake();
    this.#sampling = setInterval(() => {
      this.usage.look().catch(onFailure);
    }, clusterLoopLimits.usageEveryMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#sampling);
    this.#loop.close();
    this.real.close();
    await this.runtime.close();
  }
}
