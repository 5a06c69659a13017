/** A Deployment that is scaled while it rolls: its sets grow and shrink in proportion (sync.go, scale). */
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import {
  annotatedNumber,
  annotationKeys,
  type Deployment,
  desiredOf,
  isRolling,
  isSaturated,
  maxSurgeOf,
  oldestFirst,
  sumOf,
} from "./deployment-facts.ts";
import type { Rollout } from "./rollout.ts";

/** Whether the sets were made for another number of replicas. */
export const isScalingEvent = (rollout: Rollout): boolean =>
  rollout.activeSets.some((set) => {
    const noted = annotatedNumber(set, annotationKeys.desiredReplicas);
    return noted !== undefined && noted !== desiredOf(rollout.deployment);
  });

export function scaleProportionally(rollout: Rollout): void {
  const { deployment } = rollout;
  const desired = desiredOf(deployment);
  const only = activeOrLatest(rollout);
  if (only !== undefined) {
    if (desiredOf(only) !== desired) rollout.scale(only, desired);
    return;
  }
  if (isSaturated(deployment, rollout.newSet)) {
    for (const set of rollout.activeOldSets) rollout.scale(set, 0);
    return;
  }
  if (isRolling(deployment)) spread(rollout);
}

/** The one set that counts: the only active one, or where none is active the newest. */
function activeOrLatest({ activeSets, newSet, oldSets }: Rollout): ReplicaSet | undefined {
  if (activeSets.length > 1) return undefined;
  return activeSets[0] ?? newSet ?? oldSets.toSorted(oldestFirst).at(-1);
}

function spread(rollout: Rollout): void {
  const { deployment } = rollout;
  const desired = desiredOf(deployment);
  const allowed = desired > 0 ? desired + maxSurgeOf(deployment) : 0;
  const toAdd = allowed - sumOf(rollout.activeSets, "desired");
  // The largest first; of equals the newest when growing, the oldest when shrinking.
  const sets = rollout.activeSets.toSorted(
    (left, right) =>
      desiredOf(right) - desiredOf(left) ||
      (toAdd > 0 ? oldestFirst(right, left) : oldestFirst(left, right)),
  );
  let added = 0;
  const sizes = sets.map((set) => {
    const part = toAdd === 0 ? 0 : proportionOf(deployment, set, toAdd, added);
    added += part;
    return desiredOf(set) + part;
  });
  // What rounding leaves goes to the largest.
  if (sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  for (const [index, set] of sets.entries()) rollout.scale(set, sizes[index]!);
}

function proportionOf(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number) {
  if (toAdd === added) return 0;
  const fraction = fractionOf(deployment, set);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

/** By how much the set changes for its share to stay what it was. */
function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const present = desiredOf(set);
  if (desiredOf(deployment) === 0) return -present;
  const before =
    annotatedNumber(set, annotationKeys.maxReplicas) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  const after = desiredOf(deployment) + maxSurgeOf(deployment);
  return Math.round((present * after) / before) - present;
}
