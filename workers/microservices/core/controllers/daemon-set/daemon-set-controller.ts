/** Keeps a pod on every node that a DaemonSet means (pkg/controller/daemon/daemon_controller.go). */
import type { DaemonSetStatus } from "kubernetes-types/apps/v1";
import { controllerLimits } from "../../../limits.ts";
import type { ApiError } from "../../store/api-error.ts";
import type { Change } from "../../store/change-log.ts";
import { sameJson } from "../../store/equal.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { ObjectOf } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { selectorMatcher } from "../../store/selectors.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { claim } from "../ownership.ts";
import { isNamespaceEnding, type PodControl, slowStart } from "../pod-control.ts";
import { availableAt, isEnding, isFinishedPod, isReady, type Pod } from "../pod-facts.ts";
import { PodOwnerController } from "../pod-owner-controller.ts";
import {
  currentRevision,
  revisionLabel,
  trimRevisions,
} from "../revisions/controller-revisions.ts";
import { type DaemonSet, daemonTemplate, nodeFit, targetNode } from "./node-fit.ts";
import { nextUpdateStep } from "./rolling-update.ts";

type Node = ObjectOf<"nodes">;
type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

export class DaemonSetController extends PodOwnerController {
  readonly name = "daemonset-controller";
  readonly #pods: PodControl;
  readonly #events: EventRecorder;
  /** By set and node: the pause after pods that failed there. */
  readonly #pauses = new Map<string, { pauseMs: number; at: number }>();

  constructor(store: ObjectStore, events: EventRecorder, pods: PodControl) {
    super(store, "daemonsets.apps", "DaemonSet");
    this.#events = events.as(this.name);
    this.#pods = pods;
  }

  override observe(change: Change): void {
    super.observe(change);
    if (change.resource === "nodes") this.#noteNode(change);
  }

  protected override onOwner({ type, object }: Change): void {
    if (type !== "DELETED") return;
    for (const mark of this.#pauses.keys()) {
      if (mark.startsWith(`${object.metadata.uid} `)) this.#pauses.delete(mark);
    }
  }

  protected sync(key: string, now: number): void {
    const set = this.store.at("daemonsets.apps", key) as DaemonSet | undefined;
    if (set?.spec === undefined || set.metadata.deletionTimestamp !== undefined) return;
    if (sameJson(set.spec.selector, {})) {
      const message = "This daemon set is selecting all pods. A non-empty selector is required.";
      this.#events.record(set, "Warning", "SelectingAll", message);
      return;
    }
    const revision = currentRevision(this.store, set, revisionLabel);
    const hash = revision.metadata.labels![revisionLabel]!;
    const before = this.#podsByNode(set);
    const { isChanged, error } = this.#manage(set, before, hash, now);
    const isRolling = (set.spec.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
    let failure = error;
    // After a change the next look decides, with all pods before it.
    if (isRolling && !isChanged && error === undefined)
      failure = this.#roll(set, before, hash, now);
    const pods = this.#podsByNode(set);
    const live = new Set([revision.metadata.name]);
    for (const pod of [...pods.values()].flat()) {
      live.add(`${set.metadata.name}-${pod.metadata.labels?.[revisionLabel]}`);
    }
    trimRevisions(this.store, set, live);
    this.store.setStatus(set, this.#statusOf(set, pods, hash, now));
    if (failure !== undefined && !isNamespaceEnding(failure)) throw failure;
  }

  /** Makes what is missing and ends what is too much, on every node. */
  #manage(
    set: DaemonSet,
    podsByNode: PodsByNode,
    hash: string,
    now: number,
  ): { isChanged: boolean; error: ApiError | undefined } {
    const missing: string[] = [];
    const surplus: Pod[] = [];
    for (const node of this.store.all("nodes")) {
      const { shouldRun, mayStay } = nodeFit(set, node);
      const pods = podsByNode.get(node.metadata.name) ?? [];
      if (pods.length === 0) {
        if (shouldRun) missing.push(node.metadata.name);
      } else if (mayStay) {
        surplus.push(...this.#surplusOn(set, node.metadata.name, pods, hash, now));
      } else surplus.push(...pods.filter((pod) => !isEnding(pod)));
    }
    for (const [name, pods] of podsByNode) {
      // Their node is gone before they came to it.
      if (this.store.get("nodes", undefined, name) !== undefined) continue;
      surplus.push(...pods.filter((pod) => !pod.spec?.nodeName && !isEnding(pod)));
    }
    const error = this.#change(set, surplus, missing, hash);
    return { isChanged: surplus.length + missing.length > 0, error };
  }

  #surplusOn(set: DaemonSet, node: string, pods: readonly Pod[], hash: string, now: number): Pod[] {
    const surplus: Pod[] = [];
    const running: Pod[] = [];
    for (const pod of pods) {
      if (isEnding(pod)) continue;
      const { name, namespace } = pod.metadata;
      if (pod.status?.phase === "Succeeded") {
        const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
        this.#events.record(set, "Normal", "SucceededDaemonPod", message);
        surplus.push(pod);
      } else if (pod.status?.phase !== "Failed") running.push(pod);
      else if (!this.#isPaused(set, node, now)) {
        const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
        this.#events.record(set, "Warning", "FailedDaemonPod", message);
        surplus.push(pod);
      }
    }
    if (running.length < 2) return surplus;
    running.sort(byAge);
    if (!allowsSurge(set)) return [...surplus, ...running.slice(1)];
    const isFresh = (pod: Pod): boolean => pod.metadata.labels?.[revisionLabel] === hash;
    const fresh = running.find(isFresh);
    const old = running.find((pod) => !isFresh(pod));
    surplus.push(...running.filter((pod) => pod !== fresh && pod !== old));
    if (fresh === undefined || old === undefined) return surplus;
    const isReplaced = availableAt(fresh, set.spec?.minReadySeconds) <= now;
    return !isReady(old) || isReplaced ? [...surplus, old] : surplus;
  }

  /** A pod that the node refuses again and again is not made at once each time. */
  #isPaused({ metadata }: DaemonSet, node: string, now: number): boolean {
    const { daemonBackOffFirstMs, daemonBackOffMaxMs } = controllerLimits;
    const mark = `${metadata.uid} ${node}`;
    const before = this.#pauses.get(mark);
    if (before !== undefined && now < before.at + before.pauseMs) {
      this.queue.addAt(`${metadata.namespace}/${metadata.name}`, before.at + before.pauseMs);
      return true;
    }
    const isForgotten = before === undefined || now - before.at > 2 * daemonBackOffMaxMs;
    const pauseMs = isForgotten
      ? daemonBackOffFirstMs
      : Math.min(before.pauseMs * 2, daemonBackOffMaxMs);
    this.#pauses.set(mark, { pauseMs, at: now });
    return false;
  }

  #roll(set: DaemonSet, pods: PodsByNode, hash: string, now: number): ApiError | undefined {
    let desired = 0;
    for (const node of this.store.all("nodes")) if (nodeFit(set, node).shouldRun) desired++;
    const step = nextUpdateStep(set, pods, desired, hash, now);
    return this.#change(set, step.pods, step.nodes, hash);
  }

  #change(
    set: DaemonSet,
    surplus: readonly Pod[],
    nodes: readonly string[],
    hash: string,
  ): ApiError | undefined {
    const { daemonBurstReplicas } = controllerLimits;
    for (const pod of surplus.slice(0, daemonBurstReplicas)) this.#pods.delete(set, pod);
    const left = nodes.values();
    const count = Math.min(nodes.length, daemonBurstReplicas);
    const { made, error } = slowStart(count, () => {
      const template = daemonTemplate(set, left.next().value!, { [revisionLabel]: hash });
      this.#pods.create(set, template);
    });
    if (error === undefined && made < nodes.length) this.queue.add(keyOf(set));
    return error;
  }

  #podsByNode(set: DaemonSet): PodsByNode {
    const matches = selectorMatcher(set.spec!.selector);
    const byNode = new Map<string, Pod[]>();
    for (const pod of claim(this.store, "pods", set, matches, this.orphans)) {
      if (isFinishedPod(pod) && isEnding(pod)) continue;
      const node = targetNode(pod);
      const there = byNode.get(node);
      if (there === undefined) byNode.set(node, [pod]);
      else there.push(pod);
    }
    return byNode;
  }

  #statusOf(set: DaemonSet, podsByNode: PodsByNode, hash: string, now: number): DaemonSetStatus {
    const counts = { desired: 0, current: 0, wrong: 0, ready: 0, available: 0, updated: 0 };
    let nextAvailableAt = Number.POSITIVE_INFINITY;
    for (const node of this.store.all("nodes")) {
      const [pod] = (podsByNode.get(node.metadata.name) ?? []).toSorted(byAge);
      if (!nodeFit(set, node).shouldRun) {
        if (pod !== undefined) counts.wrong++;
        continue;
      }
      counts.desired++;
      if (pod === undefined) continue;
      counts.current++;
      if (pod.metadata.labels?.[revisionLabel] === hash) counts.updated++;
      if (!isReady(pod)) continue;
      counts.ready++;
      if (availableAt(pod, set.spec?.minReadySeconds) <= now) counts.available++;
    }
    for (const pod of [...podsByNode.values()].flat()) {
      const at = availableAt(pod, set.spec?.minReadySeconds);
      if (at > now) nextAvailableAt = Math.min(nextAvailableAt, at);
    }
    if (Number.isFinite(nextAvailableAt)) this.queue.addAt(keyOf(set), nextAvailableAt);
    return {
      ...(set.status?.conditions && { conditions: set.status.conditions }),
      ...(set.status?.collisionCount !== undefined && {
        collisionCount: set.status.collisionCount,
      }),
      desiredNumberScheduled: counts.desired,
      currentNumberScheduled: counts.current,
      numberMisscheduled: counts.wrong,
      numberReady: counts.ready,
      updatedNumberScheduled: counts.updated,
      numberAvailable: counts.available,
      numberUnavailable: counts.desired - counts.available,
      observedGeneration: set.metadata.generation ?? 1,
    };
  }

  /** Only sets for which the change of the node makes a difference are looked at. */
  #noteNode({ type, object, previous }: Change): void {
    const [node, before] = [object as Node, previous as Node | null];
    if (type === "MODIFIED" && before !== null) {
      const isSame =
        sameJson(node.metadata.labels, before.metadata.labels) &&
        sameJson(node.spec?.taints, before.spec?.taints);
      if (isSame) return;
    }
    for (const set of this.store.all("daemonsets.apps")) {
      const now = nodeFit(set, node);
      if (type === "MODIFIED" && before !== null && sameJson(now, nodeFit(set, before))) continue;
      if (type === "MODIFIED" || now.shouldRun) this.queue.add(keyOf(set));
    }
  }
}

const allowsSurge = ({ spec }: DaemonSet): boolean => {
  const { maxSurge = 0 } = spec?.updateStrategy?.rollingUpdate ?? {};
  return spec?.updateStrategy?.type !== "OnDelete" && maxSurge !== 0 && maxSurge !== "0%";
};

/** Those on a node first, then the oldest. */
function byAge(left: Pod, right: Pod): number {
  const made = (pod: Pod): number => Date.parse(pod.metadata.creationTimestamp);
  return (
    Number(Boolean(right.spec?.nodeName)) - Number(Boolean(left.spec?.nodeName)) ||
    made(left) - made(right) ||
    (left.metadata.name < right.metadata.name ? -1 : 1)
  );
}
