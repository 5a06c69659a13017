/**
 * Signs of life of all kubelets. A kubelet renews its Lease every 10 s; a thousand of them would
 * fill the log of changes with nothing else. So a renewal is a fact that is computed from since
 * when a node beats and how often (`lastSeen`), and the Lease object is written anew each time for
 * real nodes only, and for simulated ones every five minutes and whenever their beat changes.
 */
import { nodeLimits } from "../../limits.ts";
import type { Budget, Controller } from "../controllers/controller.ts";
import { KeyedHeap } from "../scheduling/heap.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { microTimeText, type ObjectOf } from "../store/objects.ts";
import { healthyConditions, nodeLabels } from "./node-pools.ts";

type Node = ObjectOf<"nodes">;

const leaseNamespace = "kube-node-lease";

interface Beat {
  readonly name: string;
  readonly simulated: boolean;
  /** It beats from here on, every so often. */
  since: number;
  everyMs: number;
  /** The last beat before it fell silent; null while it beats. */
  silentSince: number | null;
}

export class Heartbeats implements Controller {
  readonly name = "node-heartbeats";
  readonly #store: ObjectStore;
  readonly #beats = new Map<string, Beat>();
  /** When the next beat has something to write. */
  readonly #due = new KeyedHeap<{ readonly name: string; readonly at: number }>(
    ({ name }) => name,
    (left, right) => left.at < right.at,
  );

  constructor(store: ObjectStore) {
    this.#store = store;
    for (const node of store.all("nodes")) this.#meet(node);
  }

  /** When the kubelet of the node was heard last; undefined for a node that is not there. */
  lastSeen(node: string, now: number): number | undefined {
    const beat = this.#beats.get(node);
    if (beat === undefined) return undefined;
    if (beat.silentSince !== null) return beat.silentSince;
    return now - (Math.max(0, now - beat.since) % beat.everyMs);
  }

  /** Whether the node beats as often as it should. */
  isSteady(node: string): boolean {
    const beat = this.#beats.get(node);
    return beat?.silentSince === null && beat.everyMs <= nodeLimits.heartbeatMs;
  }

  silence(node: string): void {
    const beat = this.#beats.get(node);
    if (beat === undefined || beat.silentSince !== null) return;
    beat.silentSince = this.lastSeen(node, this.#store.now)!;
    this.#due.remove(node);
  }

  /** From now on, at once and then every `everyMs`. */
  resume(node: string, everyMs: number = nodeLimits.heartbeatMs): void {
    const beat = this.#beats.get(node);
    if (beat === undefined) return;
    if (!(everyMs > 0)) throw new RangeError(`a heartbeat comes every so often, not ${everyMs} ms`);
    beat.since = this.#store.now;
    beat.everyMs = everyMs;
    beat.silentSince = null;
    this.#due.put({ name: node, at: this.#store.now });
  }

  observe({ type, resource, object }: Change): void {
    if (resource !== "nodes") return;
    const node = object as Node;
    const { name } = node.metadata;
    if (type === "DELETED") {
      this.#beats.delete(name);
      // Its lease goes with the next step.
      this.#due.put({ name, at: this.#store.now });
      return;
    }
    const beat = this.#beats.get(name);
    if (beat === undefined) this.#meet(node);
    else if (beat.silentSince === null && !isReady(node)) {
      // The kubelet tells with its next beat that it is well.
      const { now } = this.#store;
      const at = this.lastSeen(name, now)! + beat.everyMs;
      const planned = this.#due.get(name);
      if (planned === undefined || planned.at > at) this.#due.put({ name, at });
    }
  }

  step(now: number, budget: Budget): void {
    let next = this.#due.peek();
    while (next !== undefined && next.at <= now && budget.take()) {
      this.#due.pop();
      this.#beat(next.name, now);
      next = this.#due.peek();
    }
  }

  dueAt(): number {
    return this.#due.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  #meet(node: Node): void {
    const { name, labels } = node.metadata;
    const { now } = this.#store;
    const simulated = labels?.[nodeLabels.runtime] === "simulated";
    const everyMs = nodeLimits.heartbeatMs;
    this.#beats.set(name, { name, simulated, since: now, everyMs, silentSince: null });
    this.#due.put({ name, at: now });
  }

  #beat(name: string, now: number): void {
    const beat = this.#beats.get(name);
    const node = this.#store.get("nodes", undefined, name);
    const lease = this.#store.get("leases.coordination.k8s.io", leaseNamespace, name);
    if (beat === undefined || node === undefined) {
      if (lease) this.#store.delete("leases.coordination.k8s.io", leaseNamespace, name);
      return;
    }
    if (beat.silentSince !== null) return;
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: nodeLimits.leaseSeconds,
      renewTime: microTimeText(now),
    };
    if (lease) this.#store.update<typeof lease>({ ...lease, spec });
    else if (this.#store.get("namespaces", undefined, leaseNamespace)) {
      const { uid } = node.metadata;
      const ownerReferences = [{ apiVersion: "v1", kind: "Node", name, uid }];
      this.#store.create({
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace: leaseNamespace, ownerReferences },
        spec,
      });
    }
    if (!isReady(node)) {
      const conditions = healthyConditions(now, node.status?.conditions);
      this.#store.setStatus(node, { ...node.status, conditions });
    }
    const writeMs = beat.simulated ? nodeLimits.simulatedLeaseWriteMs : nodeLimits.heartbeatMs;
    this.#due.put({ name, at: now + Math.max(beat.everyMs, writeMs) });
  }
}

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ??
  false;
