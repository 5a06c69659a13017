/** Deployment -> ReplicaSet: rolling update with Kubernetes' rules (pkg/controller/deployment). */
import { kubernetesDefaults } from "../limits.ts";

/** A ReplicaSet with the counts that the controller decides by. */
export interface ReplicaSetFacts {
  readonly uid: number;
  readonly createdAt: number;
  /** Desired. */
  readonly replicas: number;
  /** Pods that are ready; with minReadySeconds 0 these are the available ones. */
  readonly available: number;
}

/** New sizes by ReplicaSet uid; those not named stay. */
export type Sizes = ReadonlyMap<number, number>;

/** maxSurge is rounded up, maxUnavailable down; both nought would never move (ResolveFenceposts). */
export function rollingBounds(replicas: number): { maxSurge: number; maxUnavailable: number } {
  const maxSurge = Math.ceil(replicas * kubernetesDefaults.maxSurgeFraction);
  const maxUnavailable = Math.floor(replicas * kubernetesDefaults.maxUnavailableFraction);
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable };
}

/** One step of the rollout; repeated until nothing changes. */
export function planSizes(
  desired: number,
  newest: ReplicaSetFacts,
  old: readonly ReplicaSetFacts[],
): Sizes {
  const { maxSurge, maxUnavailable } = rollingBounds(desired);
  const total = (sets: readonly ReplicaSetFacts[]) =>
    sets.reduce((sum, { replicas }) => sum + replicas, 0);
  const oldTotal = total(old);

  if (newest.replicas > desired) return new Map([[newest.uid, desired]]);
  if (newest.replicas < desired) {
    const room = desired + maxSurge - (oldTotal + newest.replicas);
    if (room > 0) {
      const size = newest.replicas + Math.min(room, desired - newest.replicas);
      return new Map([[newest.uid, size]]);
    }
  }
  if (oldTotal === 0) return new Map();
  return shrinkOld(old, newest, oldTotal, desired - maxUnavailable);
}

function shrinkOld(
  old: readonly ReplicaSetFacts[],
  newest: ReplicaSetFacts,
  oldTotal: number,
  minAvailable: number,
): Sizes {
  const sizes = new Map<number, number>();
  const sizeOf = (set: ReplicaSetFacts) => sizes.get(set.uid) ?? set.replicas;
  const oldestFirst = old.toSorted((a, b) => a.createdAt - b.createdAt || a.uid - b.uid);

  // Pods that serve nobody go first (cleanupUnhealthyReplicas).
  const newUnavailable = Math.max(0, newest.replicas - newest.available);
  let removable = oldTotal + newest.replicas - minAvailable - newUnavailable;
  for (const set of oldestFirst) {
    const unhealthy = Math.min(Math.max(0, set.replicas - set.available), Math.max(0, removable));
    if (unhealthy === 0) continue;
    sizes.set(set.uid, set.replicas - unhealthy);
    removable -= unhealthy;
  }

  const availableNow = [newest, ...old].reduce((sum, { available }) => sum + available, 0);
  let spare = availableNow - minAvailable;
  for (const set of oldestFirst) {
    const take = Math.min(sizeOf(set), Math.max(0, spare));
    if (take === 0) continue;
    sizes.set(set.uid, sizeOf(set) - take);
    spare -= take;
  }
  return sizes;
}
