/** What pods and nodes use: measured of real containers, declared of simulated ones. */
import { setImmediate } from "node:timers/promises";
import type { UsageSample } from "../core/controllers/autoscaler/replica-count.ts";
import type { SimulatedRuntime } from "../core/nodes/simulated-runtime.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { clusterLoopLimits } from "../limits.ts";
import { keyOf } from "../pods/container-spec.ts";
import type { PodRuntime } from "../pods/pod-runtime.ts";

type Pod = ObjectOf<"pods">;

export interface Usage {
  readonly cpuNanocores: number;
  readonly memoryBytes: number;
}

/** A measurement over a window that ends at `atMs`. */
export interface ResourceMetrics {
  readonly atMs: number;
  readonly windowSeconds: number;
  /** By the node's name. */
  readonly nodes: ReadonlyMap<string, Usage>;
  /** By "namespace/name", then by the container's name. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Usage>>;
}

export class UsageSampler {
  readonly #store: ObjectStore;
  readonly #runtime: PodRuntime;
  readonly #simulated: SimulatedRuntime;
  readonly #now: () => number;
  /** CPU time of each container at the last look, milliseconds. */
  #before = new Map<string, number>();
  #lookedAtMs: number;
  #latest: ResourceMetrics | null = null;

  constructor(
    store: ObjectStore,
    runtime: PodRuntime,
    simulated: SimulatedRuntime,
    now: () => number,
  ) {
    this.#store = store;
    this.#runtime = runtime;
    this.#simulated = simulated;
    this.#now = now;
    this.#lookedAtMs = now();
  }

  /** null before the first look. */
  get latest(): ResourceMetrics | null {
    return this.#latest;
  }

  /** What the containers of a pod used at the last look, for the autoscaler; undefined: nothing is known. */
  ofPod({ metadata: { namespace, name } }: Pod, resource: string): UsageSample | undefined {
    const found = this.#latest?.pods.get(`${namespace}/${name}`);
    if (found === undefined || (resource !== "cpu" && resource !== "memory")) return undefined;
    const containers = new Map(
      Array.from(found, ([container, { cpuNanocores, memoryBytes }]) => [
        container,
        resource === "cpu" ? Math.round(cpuNanocores / 1e6) : memoryBytes * 1_000,
      ]),
    );
    const { atMs, windowSeconds } = this.#latest!;
    return { containers, at: atMs, windowMs: windowSeconds * 1_000 };
  }

  async look(): Promise<void> {
    const stats = await this.#runtime.statsOfAll();
    const atMs = this.#now();
    const elapsedMs = Math.max(1, atMs - this.#lookedAtMs);
    const nodes = new Map<string, Usage>();
    const pods = new Map<string, Map<string, Usage>>();
    const cpuTimes = new Map<string, number>();
    for (const { metadata } of this.#store.all("nodes")) {
      nodes.set(metadata.name, { cpuNanocores: 0, memoryBytes: 0 });
    }
    let looked = 0;
    // As they are now: some go while others are looked at.
    const running = Array.from(this.#store.all("pods"));
    for (const { metadata, spec, status } of running) {
      looked += 1;
      // Ten thousand pods at once would hold the event loop for too long.
      if (looked % clusterLoopLimits.objectsPerTurn === 0) await setImmediate();
      if (status?.phase !== "Running" || !spec?.nodeName) continue;
      const usages = new Map<string, Usage>();
      for (const { name } of spec.containers) {
        const key = keyOf({ podUid: metadata.uid, container: name });
        const measured = stats.get(key);
        const declared = this.#simulated.usageOf(metadata.uid, name);
        let usage: Usage | null = null;
        if (measured !== undefined) {
          const { cpuMs, memoryBytes } = measured;
          cpuTimes.set(key, cpuMs);
          const usedMs = Math.max(0, cpuMs - (this.#before.get(key) ?? 0));
          usage = { cpuNanocores: (usedMs / elapsedMs) * 1e9, memoryBytes };
        } else if (declared !== null) {
          usage = { cpuNanocores: declared.cpuMilli * 1e6, memoryBytes: declared.memoryBytes };
        }
        if (usage === null) continue;
        usages.set(name, usage);
        const node = nodes.get(spec.nodeName);
        if (node === undefined) continue;
        nodes.set(spec.nodeName, {
          cpuNanocores: node.cpuNanocores + usage.cpuNanocores,
          memoryBytes: node.memoryBytes + usage.memoryBytes,
        });
      }
      if (usages.size > 0) pods.set(`${metadata.namespace}/${metadata.name}`, usages);
    }
    this.#before = cpuTimes;
    this.#lookedAtMs = atMs;
    this.#latest = { atMs, windowSeconds: Math.round(elapsedMs / 1_000), nodes, pods };
  }
}
