/** Drains: a node is cordoned and its pods evicted, within their budgets, until it is empty. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Drain } from "../contract-cluster-actions.ts";
import { problem } from "../errors.ts";
import { clusterScreenLimits } from "../limits.ts";
import { setUnschedulable } from "./cluster-actions.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { call, objectPath } from "./cluster-kubernetes.ts";
import { isFinishedPod, podKey, type StoredPod } from "./cluster-words.ts";

interface Running {
  readonly id: number;
  readonly node: string;
  readonly startedAt: number;
  readonly total: number;
  readonly ending: AbortController;
  readonly evicted: Set<string>;
  state: Drain["state"];
  sentence: string;
}

export class Drains {
  readonly #host: ClusterHost;
  readonly #pauseMs: number;
  readonly #drains: Running[] = [];
  #lastId = 0;

  /** `pauseMs`: between two rounds of evictions; kubectl waits 5 s after a refused one. */
  constructor(host: ClusterHost, pauseMs: number = clusterScreenLimits.drainPauseMs) {
    this.#host = host;
    this.#pauseMs = pauseMs;
  }

  async start(node: string): Promise<Drain> {
    const active = this.#drains.filter(({ state }) => state === "draining");
    const same = active.find((each) => each.node === node);
    if (same !== undefined) return this.#view(same);
    if (active.length >= clusterScreenLimits.drainsActiveMax) {
      const detail = `${active.length} nodes are being drained already.`;
      throw problem("CLUSTER_BUSY", detail);
    }
    await setUnschedulable(this.#host, node, true);
    const drain: Running = {
      id: ++this.#lastId,
      node,
      startedAt: this.#host.now(),
      total: this.#left(node).length,
      ending: new AbortController(),
      evicted: new Set(),
      state: "draining",
      sentence: "Evicting",
    };
    this.#drains.unshift(drain);
    this.#drains.length = Math.min(this.#drains.length, clusterScreenLimits.drainsKeptMax);
    void this.#run(drain);
    return this.#view(drain);
  }

  list(): { drains: Drain[] } {
    return { drains: this.#drains.map((drain) => this.#view(drain)) };
  }

  cancel(id: number): Drain {
    const drain = this.#drains.find((each) => each.id === id);
    if (drain === undefined) throw problem("DRAIN_UNKNOWN", `There is no drain ${id}.`);
    if (drain.state === "draining") {
      drain.state = "cancelled";
      drain.sentence = "Cancelled: the node stays cordoned";
      drain.ending.abort();
    }
    return this.#view(drain);
  }

  close(): void {
    for (const { ending } of this.#drains) ending.abort();
  }

  async #run(drain: Running): Promise<void> {
    const { signal } = drain.ending;
    const deadline = drain.startedAt + clusterScreenLimits.drainMaxMs;
    try {
      while (!signal.aborted) {
        const left = this.#left(drain.node);
        if (left.length === 0) {
          drain.state = "drained";
          drain.sentence = `node/${drain.node} drained`;
          return;
        }
        if (this.#host.now() > deadline) throw new Error("its pods did not end in time");
        await this.#evict(drain, left);
        await sleep(this.#pauseMs, null, { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      drain.state = "failed";
      drain.sentence = `Stopped: ${(error as Error).message}`;
    }
  }

  /** Those that a budget protects now are asked for again in the next round. */
  async #evict(drain: Running, left: readonly StoredPod[]): Promise<void> {
    const kind = this.#host.store.kind("pods");
    let held = "";
    for (const pod of left) {
      if (drain.ending.signal.aborted) return;
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const { namespace, name } = pod.metadata;
      const { refusal } = await call(this.#host, {
        method: "POST",
        path: objectPath(kind, namespace, name, "eviction"),
        contentType: "application/json",
        body: JSON.stringify({
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name, namespace },
        }),
      });
      if (refusal === null || refusal.code === 404) drain.evicted.add(podKey(pod));
      else if (refusal.code === 429) held = refusal.message;
      else throw new Error(refusal.message);
    }
    if (drain.state === "draining") {
      drain.sentence = held === "" ? "Waiting for pods to end" : `Waiting: ${held}`;
    }
  }

  /** What kubectl drain evicts: not the pods of DaemonSets, not mirrors, not those that ended. */
  #left(node: string): StoredPod[] {
    return [...this.#host.store.podsOn(node)].filter((pod) => {
      const { ownerReferences = [], annotations = {} } = pod.metadata;
      const isDaemon = ownerReferences.some(
        ({ controller, kind }) => controller === true && kind === "DaemonSet",
      );
      const isMirror = annotations["kubernetes.io/config.mirror"] !== undefined;
      return !isDaemon && !isMirror && !isFinishedPod(pod);
    });
  }

  #view({ id, node, state, total, evicted, sentence, startedAt }: Running): Drain {
    const left = state === "drained" ? [] : this.#left(node).map(podKey);
    return { id, node, state, total, evicted: evicted.size, left, sentence, startedAt };
  }
}
