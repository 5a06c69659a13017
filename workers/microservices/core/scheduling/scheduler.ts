/** Gives every pod a node, as kube-scheduler does with its default profile. */
import { strict as assert } from "node:assert";
import { schedulingLimits } from "../../limits.ts";
import type { Change } from "../store/change-log.ts";
import type { Budget, Controller } from "../controllers/controller.ts";
import type { EventRecorder } from "../controllers/event-recorder.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";
import { ClusterCache } from "./cluster-cache.ts";
import { nodeChangeConcerns, podChangeConcerns } from "./cluster-events.ts";
import { changeCycle, type Cycle, startCycle } from "./cycle.ts";
import { DefaultSpread } from "./default-spread.ts";
import { type Diagnosis, fitMessage, pluginsOf, reasonsOf, type Rejected } from "./diagnosis.ts";
import { type FilterPlugin, filterNode, notPinned, type Rejection } from "./filters.ts";
import type { NodeInfo } from "./node-info.ts";
import { Nominations } from "./nominations.ts";
import { setPodCondition } from "./pod-condition.ts";
import { type Candidate, findVictims } from "./preemption.ts";
import { type QueuedPod, SchedulingQueue } from "./scheduling-queue.ts";
import { scoreNodes } from "./scores.ts";

type Pod = ObjectOf<"pods">;

export interface SchedulerOptions {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  /** Uniform in [0, 1): breaks ties between nodes. */
  readonly random: () => number;
}

const schedulerName = "default-scheduler";
const isDone = ({ status }: Pod): boolean =>
  status?.phase === "Succeeded" || status?.phase === "Failed";

export class Scheduler implements Controller {
  readonly name = "scheduler";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #random: () => number;
  readonly #queue = new SchedulingQueue();
  readonly #nominations = new Nominations();
  readonly #cache: ClusterCache;
  readonly #defaultSpread: DefaultSpread;
  /** What changes since the last step concern. */
  readonly #changed = new Set<FilterPlugin>();
  #startNode = 0;

  constructor({ store, events, random }: SchedulerOptions) {
    this.#store = store;
    this.#events = events.as(schedulerName);
    this.#random = random;
    this.#defaultSpread = new DefaultSpread(store);
    this.#cache = new ClusterCache(
      (name) => store.get("namespaces", undefined, name)?.metadata.labels,
    );
    for (const node of store.all("nodes")) this.#cache.setNode(node);
    for (const pod of store.all("pods")) this.#observePod(pod, null);
  }

  /** How many pods wait, and for what. */
  get waiting(): SchedulingQueue["counts"] {
    return this.#queue.counts;
  }

  observe({ type, resource, object, previous }: Change): void {
    if (resource === "pods") {
      if (type === "DELETED") this.#forgetPod(object as Pod);
      else this.#observePod(object as Pod, previous as Pod | null);
    } else if (resource === "nodes") {
      const node = type === "DELETED" ? null : (object as ObjectOf<"nodes">);
      const before = previous as ObjectOf<"nodes"> | null;
      for (const plugin of nodeChangeConcerns(before, node)) this.#changed.add(plugin);
      if (node === null) this.#cache.removeNode(object.metadata.name);
      else if (nodeMatters(before, node)) this.#cache.setNode(node);
    } else if (resource === "namespaces") this.#cache.selectorCounts.forgetNamespaces();
  }

  step(now: number, budget: Budget): void {
    while (!budget.spent) {
      if (this.#changed.size > 0) {
        this.#queue.wake(this.#changed, now);
        this.#changed.clear();
      }
      const entry = this.#queue.pop(now);
      if (entry === undefined) return;
      budget.take();
      const pod = this.#store.get("pods", entry.pod.metadata.namespace, entry.pod.metadata.name);
      if (pod === undefined || pod.metadata.uid !== entry.uid || pod.spec?.nodeName) continue;
      entry.pod = pod;
      this.#schedule(entry, now);
    }
  }

  dueAt(): number {
    if (this.#queue.concerns(this.#changed)) return Number.NEGATIVE_INFINITY;
    return this.#queue.dueAt();
  }

  #observePod(pod: Pod, before: Pod | null): void {
    const { uid } = pod.metadata;
    if (pod.spec?.nodeName && !isDone(pod)) {
      if (before?.spec?.nodeName) {
        if (!podMatters(before, pod)) {
          this.#cache.refreshPod(pod);
          return;
        }
      } else {
        this.#queue.remove(uid);
        this.#nominations.remove(uid);
      }
      this.#cache.addPod(pod);
      for (const plugin of podChangeConcerns("change")) this.#changed.add(plugin);
      return;
    }
    if (pod.spec?.nodeName || isDone(pod) || pod.metadata.deletionTimestamp !== undefined) {
      this.#forgetPod(pod);
      return;
    }
    if ((pod.spec?.schedulerName || schedulerName) !== schedulerName) return;
    this.#queue.put(pod, this.#store.now);
    const nominated = pod.status?.nominatedNodeName;
    if (nominated || before?.status?.nominatedNodeName) {
      this.#nominations.set(this.#cache.infoOfPod(pod), nominated);
    }
  }

  #forgetPod({ metadata: { uid } }: Pod): void {
    this.#queue.remove(uid);
    this.#nominations.remove(uid);
    if (this.#cache.placeOf(uid) === undefined) return;
    this.#cache.removePod(uid);
    for (const plugin of podChangeConcerns("end")) this.#changed.add(plugin);
  }

  #schedule(entry: QueuedPod, now: number): void {
    const { pod } = entry;
    const nodes = this.#cache.order.length;
    if (nodes === 0) {
      const none = "no nodes available to schedule pods";
      this.#refuse(pod, none, pod.status?.nominatedNodeName);
      this.#queue.postpone(entry, new Set(), now);
      return;
    }
    const cycle = startCycle(this.#cache, this.#cache.infoOfPod(pod));
    const rejected: Rejected[] = [];
    const feasible = this.#findFeasible(cycle, rejected);
    if (feasible.length > 0) {
      this.#bind(pod, this.#best(cycle, feasible));
      return;
    }
    const diagnosis = { nodes, rejected };
    const outcome = this.#preempt(cycle, diagnosis);
    const message = fitMessage(nodes, reasonsOf(diagnosis));
    if (typeof outcome === "string") {
      this.#refuse(pod, `${message} preemption: ${outcome}`, undefined);
    } else this.#refuse(pod, message, outcome.info.name);
    this.#queue.postpone(entry, pluginsOf(diagnosis), now);
    if (typeof outcome !== "string") this.#evict(cycle, outcome);
  }

  #findFeasible(cycle: Cycle, rejected: Rejected[]): NodeInfo[] {
    const { pod, shape } = cycle.pod;
    const nominated = this.#cache.get(pod.status?.nominatedNodeName ?? "");
    // The node that was cleared for it comes first, and alone.
    if (nominated && this.#filter(cycle, nominated) === null) return [nominated];
    const { order } = this.#cache;
    const feasible: NodeInfo[] = [];
    const wanted = feasibleWanted(order.length);
    const pinned = shape.pinnedNodes;
    let looked = 0;
    for (; looked < order.length && feasible.length < wanted; looked++) {
      const info = order[(this.#startNode + looked) % order.length]!;
      const rejection =
        pinned !== null && !pinned.has(info.name) ? notPinned : this.#filter(cycle, info);
      if (rejection === null) feasible.push(info);
      else rejected.push({ info, rejection });
    }
    this.#startNode = (this.#startNode + looked) % order.length;
    return feasible;
  }

  /** With the pods of no lower priority that wait for the node, and without them. */
  #filter(cycle: Cycle, info: NodeInfo): Rejection | null {
    if (this.#nominations.has(info.name)) {
      const others = this.#nominations
        .on(info.name)
        .filter(({ uid, priority }) => uid !== cycle.pod.uid && priority >= cycle.pod.priority);
      if (others.length > 0) {
        for (const other of others) {
          info.hold(other);
          changeCycle(cycle, info, other, 1);
        }
        const rejection = filterNode(cycle, info);
        for (const other of others) {
          info.release(other);
          changeCycle(cycle, info, other, -1);
        }
        if (rejection !== null) return rejection;
      }
    }
    return filterNode(cycle, info);
  }

  #best(cycle: Cycle, feasible: readonly NodeInfo[]): NodeInfo {
    if (feasible.length === 1) return feasible[0]!;
    const { pod, shape } = cycle.pod;
    const own = shape.spread.length > 0;
    const constraints = own ? shape.spread : this.#defaultSpread.of(pod);
    const scores = scoreNodes(this.#cache, cycle.pod, feasible, { constraints, own });
    let best = 0;
    let ties = 1;
    for (let at = 1; at < scores.length; at++) {
      if (scores[at]! > scores[best]!) {
        best = at;
        ties = 1;
      } else if (scores[at] === scores[best]) {
        // Each of those that tie is chosen alike.
        ties++;
        if (this.#random() * ties < 1) best = at;
      }
    }
    return feasible[best]!;
  }

  #bind(pod: Pod, info: NodeInfo): void {
    const { name, namespace } = pod.metadata;
    const scheduled = { type: "PodScheduled", status: "True" };
    const conditions = setPodCondition(pod.status?.conditions, scheduled, this.#store.now);
    this.#store.update<Pod>({
      ...pod,
      spec: { ...pod.spec!, nodeName: info.name },
      status: { phase: "Pending", ...pod.status, conditions },
    });
    assert(this.#cache.placeOf(pod.metadata.uid) === info, "The store told of the binding");
    const message = `Successfully assigned ${namespace}/${name} to ${info.name}`;
    this.#events.record(pod, "Normal", "Scheduled", message);
  }

  #refuse(pod: Pod, message: string, nominatedNodeName: string | undefined): void {
    const refused = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
    const conditions = setPodCondition(pod.status?.conditions, refused, this.#store.now);
    const status = { phase: "Pending", ...pod.status, conditions };
    delete status.nominatedNodeName;
    if (nominatedNodeName) status.nominatedNodeName = nominatedNodeName;
    this.#store.setStatus(pod, status);
    this.#events.record(pod, "Warning", "FailedScheduling", message);
  }

  #preempt(cycle: Cycle, diagnosis: Diagnosis): Candidate | string {
    const { pod } = cycle.pod;
    if (pod.spec?.preemptionPolicy === "Never") {
      return "not eligible due to preemptionPolicy=Never.";
    }
    const nominated = pod.status?.nominatedNodeName ?? "";
    if (diagnosis.rejected.find(({ info }) => info.name === nominated)?.rejection.resolvable) {
      const waits = [...(this.#cache.get(nominated)?.pods.values() ?? [])].some(
        ({ terminating, priority }) => terminating && priority < cycle.pod.priority,
      );
      if (waits) return "not eligible due to a terminating pod on the nominated node.";
    }
    return findVictims({
      cycle,
      diagnosis,
      budgets: [...this.#store.all("poddisruptionbudgets.policy")],
      filter: (state, info) => this.#filter(state, info),
      random: this.#random,
    });
  }

  #evict({ pod: preemptor }: Cycle, { info, victims }: Candidate): void {
    for (const { pod } of victims) {
      const { namespace, name, deletionTimestamp } = pod.metadata;
      const current = this.#store.get("pods", namespace, name);
      if (current === undefined || deletionTimestamp !== undefined) continue;
      const condition = {
        type: "DisruptionTarget",
        status: "True",
        reason: "PreemptionByScheduler",
        message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      };
      const conditions = setPodCondition(current.status?.conditions, condition, this.#store.now);
      this.#store.setStatus(current, { ...current.status, conditions });
      this.#store.delete("pods", namespace, name);
      const message = `Preempted by pod ${preemptor.uid} on node ${info.name}`;
      this.#events.record(pod, "Normal", "Preempted", message);
    }
    // Others of lower priority may find a better place now than behind this pod.
    for (const other of this.#nominations.on(info.name)) {
      if (other.priority >= preemptor.priority || other.uid === preemptor.uid) continue;
      const { namespace, name } = other.pod.metadata;
      const current = this.#store.get("pods", namespace, name);
      if (current === undefined) continue;
      const status = { ...current.status };
      delete status.nominatedNodeName;
      this.#store.setStatus(current, status);
    }
  }
}

/** numFeasibleNodesToFind with percentageOfNodesToScore 0: adaptive. */
function feasibleWanted(nodes: number): number {
  const { feasibleNodesMin, feasiblePercentageMin } = schedulingLimits;
  if (nodes < feasibleNodesMin) return nodes;
  const percentage = Math.max(feasiblePercentageMin, 50 - Math.trunc(nodes / 125));
  return Math.max(feasibleNodesMin, Math.trunc((nodes * percentage) / 100));
}

/** Heartbeats change a node's status often and none of this. */
function nodeMatters(before: ObjectOf<"nodes"> | null, after: ObjectOf<"nodes">): boolean {
  return (
    before === null ||
    before.spec !== after.spec ||
    before.metadata.labels !== after.metadata.labels ||
    before.status?.allocatable !== after.status?.allocatable ||
    before.status?.capacity !== after.status?.capacity ||
    before.status?.images !== after.status?.images
  );
}

function podMatters(before: Pod, after: Pod): boolean {
  return (
    before.spec !== after.spec ||
    before.metadata.labels !== after.metadata.labels ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp
  );
}
