/** Rollouts in motion: the ReplicaSets of a deployment, and how their pods changed over time. */
import type { Rollout } from "../contract-cluster.ts";
import type { Change } from "../core/store/change-log.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { objectKey } from "../core/store/resource-table.ts";
import { problem } from "../errors.ts";
import { clusterScreenLimits } from "../limits.ts";
import { isReady, podWords, type StoredPod, timeOf } from "./cluster-words.ts";
import { deploymentState, imagesOf } from "./cluster-workloads.ts";

type ReplicaSet = ObjectOf<"replicasets.apps">;
type Moment = Rollout["history"][number];

export const revisionOf = ({ metadata }: ReplicaSet): number =>
  Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);

/** ReplicaSets that the deployment controls, newest revision first. */
export function replicaSetsOf(store: ObjectStore, uid: string): ReplicaSet[] {
  return [...store.ownedBy("replicasets.apps", uid)].toSorted(
    (left, right) => revisionOf(right) - revisionOf(left),
  );
}

/** Keeps a bounded history of the deployments whose pods changed last. */
export class RolloutHistory {
  readonly #store: ObjectStore;
  readonly #touched = new Set<string>();
  /** By the deployment's uid; the one that changed last is the last. */
  readonly #moments = new Map<string, Moment[]>();
  readonly #end: () => void;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#end = store.subscribe((change) => this.#note(change));
  }

  close(): void {
    this.#end();
  }

  /** To be called now and then: writes down what changed since the last call. */
  sample(at: number): void {
    for (const uid of this.#touched) {
      const sets = setsOf(this.#store, uid);
      const moments = this.#moments.get(uid) ?? [];
      const last = moments.at(-1);
      if (sets.length === 0 || JSON.stringify(last?.sets) === JSON.stringify(sets)) continue;
      moments.push({ at, sets });
      if (moments.length > clusterScreenLimits.momentsMax) moments.shift();
      this.#moments.delete(uid);
      this.#moments.set(uid, moments);
    }
    this.#touched.clear();
    for (const uid of this.#moments.keys()) {
      if (this.#moments.size <= clusterScreenLimits.rolloutsKeptMax) break;
      this.#moments.delete(uid);
    }
  }

  of(uid: string): readonly Moment[] {
    return this.#moments.get(uid) ?? [];
  }

  #note({ type, resource, object }: Change): void {
    if (resource === "deployments.apps" && type === "DELETED") {
      this.#moments.delete(object.metadata.uid);
      this.#touched.delete(object.metadata.uid);
      return;
    }
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined) return;
    if (resource === "replicasets.apps") this.#touched.add(owner.uid);
    if (resource !== "pods" || owner.kind !== "ReplicaSet") return;
    const set = this.#store.get("replicasets.apps", object.metadata.namespace, owner.name);
    const above = set?.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (above !== undefined) this.#touched.add(above.uid);
  }
}

function setsOf(store: ObjectStore, uid: string): Moment["sets"] {
  return replicaSetsOf(store, uid)
    .map((set) => {
      const moment = { revision: revisionOf(set), ready: 0, starting: 0, ending: 0 };
      for (const pod of podsOf(store, set)) {
        if (pod.metadata.deletionTimestamp !== undefined) moment.ending += 1;
        else if (isReady(pod)) moment.ready += 1;
        else moment.starting += 1;
      }
      return moment;
    })
    .filter(({ ready, starting, ending }) => ready + starting + ending > 0);
}

const podsOf = (store: ObjectStore, set: ReplicaSet): Iterable<StoredPod> =>
  store.ownedBy("pods", set.metadata.uid);

export function clusterRollout(
  store: ObjectStore,
  history: RolloutHistory,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Rollout {
  const deployment = store.get("deployments.apps", namespace, name);
  if (deployment === undefined) {
    const key = objectKey(namespace, name);
    throw problem("CLUSTER_OBJECT_UNKNOWN", `There is no deployment ${key}.`);
  }
  const { uid } = deployment.metadata;
  const { spec, status = {} } = deployment;
  const { health, state, why, desired, ready, updated, available } = deploymentState(deployment);
  return {
    namespace,
    name,
    health,
    state,
    sentence:
      why === "" && state === "available" ? `Deployment "${name}" successfully rolled out` : why,
    paused: spec?.paused === true,
    strategy: strategyOf(deployment),
    desired,
    updated,
    ready,
    available,
    unavailable: status.unavailableReplicas ?? 0,
    conditions: (status.conditions ?? []).map((condition) => ({
      type: condition.type,
      status: condition.status,
      reason: condition.reason ?? "",
      message: condition.message ?? "",
      changedAt: condition.lastTransitionTime ? timeOf(condition.lastTransitionTime) : null,
    })),
    replicaSets: replicaSetsOf(store, uid).map((set) => setRow(store, set)),
    history: [...history.of(uid)],
  };
}

function strategyOf({ spec }: ObjectOf<"deployments.apps">): string {
  if (spec?.strategy?.type === "Recreate") return "Recreate: all old pods end first";
  const { maxSurge = "25%", maxUnavailable = "25%" } = spec?.strategy?.rollingUpdate ?? {};
  return `RollingUpdate: at most ${maxSurge} more and ${maxUnavailable} fewer than desired`;
}

function setRow(store: ObjectStore, set: ReplicaSet): Rollout["replicaSets"][number] {
  const { metadata, spec, status } = set;
  const pods: Record<string, number> = {};
  for (const pod of podsOf(store, set)) {
    const word = podWords(pod).status;
    pods[word] = (pods[word] ?? 0) + 1;
  }
  return {
    name: metadata.name,
    revision: revisionOf(set),
    images: imagesOf(set),
    desired: spec?.replicas ?? 1,
    current: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    pods,
    createdAt: timeOf(metadata.creationTimestamp),
  };
}
