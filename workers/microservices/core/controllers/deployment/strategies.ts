/** Kubernetes' two strategies (pkg/controller/deployment/rolling.go and recreate.go). */
import { isFinishedPod } from "../pod-facts.ts";
import {
  desiredOf,
  isComplete,
  maxUnavailableOf,
  oldestFirst,
  revisionOf,
  sumOf,
} from "./deployment-facts.ts";
import { newReplicasOf, syncRevision } from "./revisions.ts";
import type { Rollout } from "./rollout.ts";
import { syncRolloutStatus } from "./status.ts";

export function rolloutRolling(rollout: Rollout): void {
  syncRevision(rollout, true);
  if (!growNewSet(rollout) && !shrinkOldSets(rollout)) cleanupIfComplete(rollout);
  syncRolloutStatus(rollout);
}

function growNewSet(rollout: Rollout): boolean {
  const newSet = rollout.newSet!;
  const desired = desiredOf(rollout.deployment);
  const present = desiredOf(newSet);
  if (present === desired) return false;
  const replicas = present > desired ? desired : newReplicasOf(rollout, present);
  return replicas !== present && rollout.scale(newSet, replicas);
}

function shrinkOldSets(rollout: Rollout): boolean {
  if (sumOf(rollout.activeOldSets, "desired") === 0) return false;
  const newSet = rollout.newSet!;
  const availableMin = desiredOf(rollout.deployment) - maxUnavailableOf(rollout.deployment);
  const newUnavailable = desiredOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const maxScaledDown = sumOf(rollout.sets, "desired") - availableMin - newUnavailable;
  if (maxScaledDown <= 0) return false;
  // Replicas that do not serve go first: they cost nobody anything.
  const unhealthy = shrink(rollout, maxScaledDown, true);
  const spare = sumOf(rollout.sets, "availableReplicas") - availableMin;
  const healthy = spare > 0 ? shrink(rollout, spare, false) : 0;
  return unhealthy + healthy > 0;
}

/** Takes up to `most` replicas from the old sets, the oldest first. */
function shrink(rollout: Rollout, most: number, unhealthyOnly: boolean): number {
  let taken = 0;
  for (const set of rollout.activeOldSets.toSorted(oldestFirst)) {
    if (taken >= most) break;
    const replicas = desiredOf(set);
    const available = set.status?.availableReplicas ?? 0;
    const candidates = unhealthyOnly ? Math.max(0, replicas - available) : replicas;
    const count = Math.min(most - taken, candidates);
    if (count === 0) continue;
    rollout.scale(set, replicas - count);
    taken += count;
  }
  return taken;
}

export function rolloutRecreate(rollout: Rollout): void {
  syncRevision(rollout, false);
  const active = rollout.activeOldSets;
  for (const set of active) rollout.scale(set, 0);
  if (active.length === 0 && !oldPodsRun(rollout)) {
    syncRevision(rollout, true);
    const desired = desiredOf(rollout.deployment);
    const newSet = rollout.newSet!;
    if (desiredOf(newSet) !== desired) rollout.scale(newSet, desired);
    cleanupIfComplete(rollout);
  }
  syncRolloutStatus(rollout);
}

function oldPodsRun({ oldSets, store }: Rollout): boolean {
  return oldSets.some(({ metadata }) => {
    for (const pod of store.ownedBy("pods", metadata.uid)) if (!isFinishedPod(pod)) return true;
    return false;
  });
}

export function cleanupIfComplete(rollout: Rollout): void {
  const { deployment } = rollout;
  if (deployment.status && isComplete(deployment, deployment.status)) cleanupHistory(rollout);
}

/** Ends the oldest revisions beyond `revisionHistoryLimit`. */
export function cleanupHistory(rollout: Rollout): void {
  const { store, deployment } = rollout;
  const { revisionHistoryLimit = 10 } = deployment.spec ?? {};
  const sets = rollout.oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const excess = sets.length - revisionHistoryLimit;
  if (excess <= 0) return;
  const oldest = sets.toSorted(
    (left, right) => revisionOf(left) - revisionOf(right) || oldestFirst(left, right),
  );
  for (const set of oldest.slice(0, excess)) {
    const { metadata, status } = set;
    const isBehind = (metadata.generation ?? 1) > (status?.observedGeneration ?? 0);
    if ((status?.replicas ?? 0) > 0 || desiredOf(set) > 0 || isBehind) continue;
    store.delete("replicasets.apps", metadata.namespace, metadata.name, { uid: metadata.uid });
    rollout.oldSets = rollout.oldSets.filter((other) => other !== set);
  }
}
