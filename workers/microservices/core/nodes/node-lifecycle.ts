/**
 * Notices nodes that fell silent, marks and taints them and, zone by zone at a limited rate, lets
 * their pods go (kube-controller-manager pkg/controller/nodelifecycle); ends pods of nodes that
 * are no longer there (podgc).
 */
import type { Taint } from "kubernetes-types/core/v1";
import { nodeLimits } from "../../limits.ts";
import type { Budget, Controller } from "../controllers/controller.ts";
import type { EventRecorder } from "../controllers/event-recorder.ts";
import { setPodCondition } from "../scheduling/pod-condition.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type ObjectOf, timeText } from "../store/objects.ts";
import type { Heartbeats } from "./heartbeats.ts";
import { nodeLabels } from "./node-pools.ts";
import { evictionRateOf, zoneStateOf } from "./zone-health.ts";

type Node = ObjectOf<"nodes">;

export const lifecycleTaints = {
  notReady: "node.kubernetes.io/not-ready",
  unreachable: "node.kubernetes.io/unreachable",
} as const;

export interface NodeLifecycleOptions {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly heartbeats: Heartbeats;
}

export class NodeLifecycle implements Controller {
  readonly name = "node-lifecycle";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #heartbeats: Heartbeats;
  /** Nodes that are not well or may not be: looked at every 5 s until they are. */
  readonly #suspects = new Set<string>();
  /** When the zone may give a NoExecute taint again. */
  readonly #nextTaintAt = new Map<string, number>();
  /** Nodes that were deleted, and when their pods are. */
  readonly #gone = new Map<string, number>();
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor({ store, events, heartbeats }: NodeLifecycleOptions) {
    this.#store = store;
    this.#events = events.as("node-controller");
    this.#heartbeats = heartbeats;
    for (const node of store.all("nodes")) this.#suspects.add(node.metadata.name);
  }

  /** The node's heartbeats changed: look at it until they are steady again. */
  suspect(node: string): void {
    this.#suspects.add(node);
  }

  observe({ type, resource, object }: Change): void {
    if (resource !== "nodes") return;
    const { name } = object.metadata;
    if (type === "DELETED") {
      this.#suspects.delete(name);
      this.#gone.set(name, this.#store.now + nodeLimits.orphanQuarantineMs);
    } else {
      this.#gone.delete(name);
      if (readyStatus(object as Node) !== "True" || taintsOf(object as Node).length > 0) {
        this.#suspects.add(name);
      }
    }
  }

  step(now: number, budget: Budget): void {
    for (const [name, at] of this.#gone) {
      if (at > now) continue;
      this.#gone.delete(name);
      const pods = [...this.#store.podsOn(name)];
      for (const pod of pods) {
        budget.take();
        const { namespace, name: podName } = pod.metadata;
        this.#store.delete("pods", namespace, podName, { gracePeriodSeconds: 0 });
      }
    }
    if (this.#suspects.size === 0 || this.#nextAt > now) return;
    this.#nextAt = now + nodeLimits.monitorMs;
    for (const name of this.#suspects) {
      budget.take();
      const node = this.#store.get("nodes", undefined, name);
      if (node === undefined) this.#suspects.delete(name);
      else this.#look(node, now);
    }
    this.#taintSome(now);
  }

  dueAt(): number {
    const look = this.#suspects.size > 0 ? this.#nextAt : Number.POSITIVE_INFINITY;
    return Math.min(look, ...this.#gone.values());
  }

  #look(node: Node, now: number): void {
    const { name } = node.metadata;
    const silentMs = now - (this.#heartbeats.lastSeen(name, now) ?? now);
    let current = node;
    if (silentMs > nodeLimits.monitorGraceMs && readyStatus(node) !== "Unknown") {
      current = this.#markUnknown(node, now);
    }
    const ready = readyStatus(current);
    const key = taintKeyOf(ready);
    this.#setTaints(current, key, now);
    if (ready === "True" && this.#heartbeats.isSteady(name)) this.#suspects.delete(name);
  }

  #markUnknown(node: Node, now: number): Node {
    const at = timeText(now);
    const { name } = node.metadata;
    const conditions = (node.status?.conditions ?? []).map((condition) => ({
      ...condition,
      status: "Unknown",
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
      lastTransitionTime: at,
    }));
    const marked = this.#store.setStatus(node, { ...node.status, conditions });
    this.#events.record(node, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
    // A copy: a pod that is written comes last of its node again.
    const pods = [...this.#store.podsOn(name)];
    for (const pod of pods) {
      const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
      if (ready?.status !== "True") continue;
      const lost = { type: "Ready", status: "False" };
      const podConditions = setPodCondition(pod.status?.conditions, lost, now);
      this.#store.setStatus(pod, { ...pod.status, conditions: podConditions });
      this.#events.record(pod, "Warning", "NodeNotReady", "Node is not ready");
    }
    return marked;
  }

  /** The NoSchedule taint comes at once; both go at once when the node is well. */
  #setTaints(node: Node, key: string | null, now: number): void {
    const wrong = taintsOf(node).filter((taint) => taint.key !== key);
    const has = taintsOf(node).some((taint) => taint.key === key && taint.effect === "NoSchedule");
    if (wrong.length === 0 && (key === null || has)) return;
    const taints = (node.spec?.taints ?? []).filter((taint) => !wrong.includes(taint));
    if (key !== null && !has) taints.push({ key, effect: "NoSchedule", timeAdded: timeText(now) });
    this.#store.update<Node>({ ...node, spec: withTaints(node, taints) });
  }

  /** The NoExecute taint, which makes pods go, as often as the zone may. */
  #taintSome(now: number): void {
    const zones = new Map<string, { ready: number; waiting: Node[]; notReady: number }>();
    for (const node of this.#store.all("nodes")) {
      const zone = node.metadata.labels?.[nodeLabels.zone] ?? "";
      let entry = zones.get(zone);
      if (entry === undefined) zones.set(zone, (entry = { ready: 0, waiting: [], notReady: 0 }));
      if (readyStatus(node) === "True") entry.ready++;
      else {
        entry.notReady++;
        if (!taintsOf(node).some(({ effect }) => effect === "NoExecute")) entry.waiting.push(node);
      }
    }
    const allFull = [...zones.values()].every(({ ready }) => ready === 0);
    for (const [zone, { ready, notReady, waiting }] of zones) {
      const rate = evictionRateOf(zoneStateOf(ready, notReady), ready + notReady, allFull);
      for (const node of waiting) {
        const at = this.#nextTaintAt.get(zone) ?? Number.NEGATIVE_INFINITY;
        if (rate === 0 || at > now) break;
        this.#nextTaintAt.set(zone, Math.max(at, now) + 1_000 / rate);
        const taint = {
          key: taintKeyOf(readyStatus(node))!,
          effect: "NoExecute",
          timeAdded: timeText(now),
        };
        const taints = [...(node.spec?.taints ?? []), taint];
        this.#store.update<Node>({ ...node, spec: withTaints(node, taints) });
      }
    }
  }
}

const readyStatus = ({ status }: Node): string =>
  status?.conditions?.find(({ type }) => type === "Ready")?.status ?? "Unknown";

function taintKeyOf(ready: string): string | null {
  if (ready === "True") return null;
  return ready === "False" ? lifecycleTaints.notReady : lifecycleTaints.unreachable;
}

const taintsOf = ({ spec }: Node): Taint[] =>
  (spec?.taints ?? []).filter(
    ({ key }) => key === lifecycleTaints.notReady || key === lifecycleTaints.unreachable,
  );

function withTaints({ spec }: Node, taints: Taint[]): NonNullable<Node["spec"]> {
  const { taints: _, ...rest } = spec ?? {};
  return taints.length === 0 ? rest : { ...rest, taints };
}
