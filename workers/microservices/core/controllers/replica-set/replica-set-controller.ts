/**
 * Keeps as many pods of a ReplicaSet as it asks for (pkg/controller/replicaset/replica_set.go).
 * Kubernetes' expectations have no place here: they bridge the time until a controller's cache
 * shows its own writes, and this one reads the store itself.
 */
import type { ReplicaSetCondition, ReplicaSetStatus } from "kubernetes-types/apps/v1";
import { controllerLimits } from "../../../limits.ts";
import type { ApiError } from "../../store/api-error.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { type ObjectOf, timeText } from "../../store/objects.ts";
import { type Labels, selectorMatcher } from "../../store/selectors.ts";
import { conditionOf, withCondition, withoutCondition } from "../conditions.ts";
import { claim, controllerOf } from "../ownership.ts";
import { isNamespaceEnding, type PodControl, slowStart } from "../pod-control.ts";
import { availableAt, isActive, isReady, type Pod } from "../pod-facts.ts";
import { PodOwnerController } from "../pod-owner-controller.ts";
import { inDeletionOrder } from "./deletion-order.ts";

export type ReplicaSet = ObjectOf<"replicasets.apps">;

export class ReplicaSetController extends PodOwnerController {
  readonly name = "replicaset-controller";
  readonly #pods: PodControl;

  constructor(store: ObjectStore, pods: PodControl) {
    super(store, "replicasets.apps", "ReplicaSet");
    this.#pods = pods;
  }

  protected sync(key: string, now: number): void {
    const set = this.store.at("replicasets.apps", key) as ReplicaSet | undefined;
    if (set === undefined) return;
    const matches = selectorMatcher(set.spec?.selector);
    const pods = claim(this.store, "pods", set, matches, this.orphans, isActive);
    const error =
      set.metadata.deletionTimestamp === undefined ? this.#manage(set, pods, now) : undefined;
    const status = this.#statusOf(set, pods, error, now);
    // The set as it is now: adoption and events leave it as it was.
    this.store.setStatus(set, status);
    if (error !== undefined) throw error;
  }

  #manage(set: ReplicaSet, pods: readonly Pod[], now: number): ApiError | undefined {
    const difference = pods.length - (set.spec?.replicas ?? 1);
    const count = Math.min(Math.abs(difference), controllerLimits.burstReplicas);
    if (difference < 0) {
      const { error } = slowStart(count, () => this.#pods.create(set, set.spec!.template!));
      return isNamespaceEnding(error) ? undefined : error;
    }
    if (count === 0) return undefined;
    const order = count < pods.length ? inDeletionOrder(pods, this.#kinOf(set), now) : pods;
    for (const pod of order.slice(0, count)) this.#pods.delete(set, pod);
    return undefined;
  }

  /** The active pods of every ReplicaSet of the same Deployment. */
  #kinOf(set: ReplicaSet): Pod[] {
    const owner = controllerOf(set);
    const sets = owner ? this.store.ownedBy("replicasets.apps", owner.uid) : [set];
    const kin: Pod[] = [];
    for (const { metadata } of sets) {
      for (const pod of this.store.ownedBy("pods", metadata.uid)) {
        if (isActive(pod)) kin.push(pod);
      }
    }
    return kin;
  }

  #statusOf(
    set: ReplicaSet,
    pods: readonly Pod[],
    error: ApiError | undefined,
    now: number,
  ): ReplicaSetStatus {
    const { minReadySeconds = 0, replicas = 1, template } = set.spec ?? {};
    const labels = Object.entries((template?.metadata?.labels ?? {}) as Labels);
    let fullyLabeledReplicas = 0;
    let readyReplicas = 0;
    let availableReplicas = 0;
    let nextAvailableAt = Number.POSITIVE_INFINITY;
    for (const pod of pods) {
      const own = pod.metadata.labels ?? {};
      if (labels.every(([key, value]) => own[key] === value)) fullyLabeledReplicas++;
      if (!isReady(pod)) continue;
      readyReplicas++;
      const at = availableAt(pod, minReadySeconds);
      if (at <= now) availableReplicas++;
      else nextAvailableAt = Math.min(nextAvailableAt, at);
    }
    const key = `${set.metadata.namespace}/${set.metadata.name}`;
    if (Number.isFinite(nextAvailableAt)) this.queue.addAt(key, nextAvailableAt);
    const conditions = conditionsOf(set, pods.length - replicas, error, now);
    return {
      replicas: pods.length,
      fullyLabeledReplicas,
      readyReplicas,
      availableReplicas,
      observedGeneration: set.metadata.generation ?? 1,
      ...(conditions.length > 0 && { conditions }),
    };
  }
}

function conditionsOf(
  { status }: ReplicaSet,
  difference: number,
  error: ApiError | undefined,
  now: number,
): ReplicaSetCondition[] {
  const before = status?.conditions ?? [];
  if (error === undefined) return withoutCondition(before, "ReplicaFailure");
  // The first failure is told, until it is over.
  if (conditionOf(before, "ReplicaFailure")) return before;
  const reason = difference < 0 ? "FailedCreate" : "FailedDelete";
  return withCondition(
    before,
    {
      type: "ReplicaFailure",
      status: "True",
      reason,
      message: error.message,
      lastTransitionTime: timeText(now),
    },
    now,
  );
}
