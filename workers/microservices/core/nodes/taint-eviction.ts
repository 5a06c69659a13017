/** Ends the pods that do not tolerate a NoExecute taint of their node, in their time (tainteviction). */
import type { Taint, Toleration } from "kubernetes-types/core/v1";
import type { Budget, Controller } from "../controllers/controller.ts";
import type { EventRecorder } from "../controllers/event-recorder.ts";
import { KeyedHeap } from "../scheduling/heap.ts";
import { setPodCondition } from "../scheduling/pod-condition.ts";
import { toleratesTaint } from "../scheduling/tolerations.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";
import { lifecycleTaints } from "./node-lifecycle.ts";

type Pod = ObjectOf<"pods">;
type Node = ObjectOf<"nodes">;

/** --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds. */
const tolerationSecondsDefault = 300;

/** What the DefaultTolerationSeconds admission gives a pod that says nothing of its own. */
export const defaultTolerations: readonly Toleration[] = Object.values(lifecycleTaints).map(
  (key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: tolerationSecondsDefault,
  }),
);

interface Planned {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly at: number;
}

export class TaintEviction implements Controller {
  readonly name = "taint-eviction";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  /** Nodes whose pods are to be looked at. */
  readonly #nodes = new Set<string>();
  readonly #planned = new KeyedHeap<Planned>(
    ({ uid }) => uid,
    (left, right) => left.at < right.at,
  );

  constructor(store: ObjectStore, events: EventRecorder) {
    this.#store = store;
    this.#events = events.as("taint-eviction-controller");
    for (const { metadata } of store.all("nodes")) this.#nodes.add(metadata.name);
  }

  observe({ type, resource, object, previous }: Change): void {
    if (resource === "nodes") {
      const before = (previous as Node | null)?.spec?.taints;
      if (type !== "DELETED" && before !== (object as Node).spec?.taints) {
        this.#nodes.add(object.metadata.name);
      }
    } else if (resource === "pods") {
      const { nodeName } = (object as Pod).spec ?? {};
      if (type === "DELETED") this.#planned.remove(object.metadata.uid);
      else if (nodeName && (previous as Pod | null)?.spec !== object.spec) {
        this.#nodes.add(nodeName);
      }
    }
  }

  step(now: number, budget: Budget): void {
    for (const name of this.#nodes) {
      if (!budget.take()) return;
      this.#nodes.delete(name);
      const node = this.#store.get("nodes", undefined, name);
      const taints = (node?.spec?.taints ?? []).filter(({ effect }) => effect === "NoExecute");
      if (taints.length === 0 && this.#planned.size === 0) continue;
      for (const pod of this.#store.podsOn(name)) this.#plan(pod, taints, now);
    }
    let next = this.#planned.peek();
    while (next !== undefined && next.at <= now && budget.take()) {
      this.#planned.pop();
      this.#evict(next, now);
      next = this.#planned.peek();
    }
  }

  dueAt(): number {
    if (this.#nodes.size > 0) return Number.NEGATIVE_INFINITY;
    return this.#planned.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  #plan(pod: Pod, taints: readonly Taint[], now: number): void {
    const { uid, namespace = "", name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) return;
    const seconds = tolerationSeconds(pod.spec?.tolerations ?? [], taints);
    if (seconds === Number.POSITIVE_INFINITY) {
      if (this.#planned.remove(uid) === undefined) return;
      const message = `Cancelling deletion of Pod ${namespace}/${name}`;
      this.#events.record(pod, "Normal", "TaintManagerEviction", message);
      return;
    }
    // The time that was set first stands.
    if (this.#planned.get(uid) !== undefined) return;
    this.#planned.put({ uid, namespace, name, at: now + seconds * 1_000 });
  }

  #evict({ uid, namespace, name }: Planned, now: number): void {
    const pod = this.#store.get("pods", namespace, name);
    if (pod === undefined || pod.metadata.uid !== uid) return;
    const message = `Marking for deletion Pod ${namespace}/${name}`;
    this.#events.record(pod, "Normal", "TaintManagerEviction", message);
    const target = {
      type: "DisruptionTarget",
      status: "True",
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    };
    const conditions = setPodCondition(pod.status?.conditions, target, now);
    this.#store.setStatus(pod, { ...pod.status, conditions });
    this.#store.delete("pods", namespace, name);
  }
}

/** How long the pod may stay; Infinity: as long as it likes. */
function tolerationSeconds(tolerations: readonly Toleration[], taints: readonly Taint[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    let matching = tolerations.filter((toleration) => toleratesTaint(toleration, taint));
    if (matching.length === 0) {
      matching = defaultTolerations.filter((toleration) => toleratesTaint(toleration, taint));
    }
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds: seconds } of matching) {
      if (seconds !== undefined) least = Math.min(least, Math.max(0, seconds));
    }
  }
  return least;
}
