/** ReplicaSet -> Pod: how many pods to make, and which to take away (pkg/controller/replicaset). */
import { isActive, type Pod, type ReplicaSet } from "./objects.ts";

export interface PodPlan {
  readonly create: number;
  readonly remove: readonly Pod[];
}

/** `pods`: those that the ReplicaSet owns. The same arguments give the same plan. */
export function planPods(replicaSet: ReplicaSet, pods: readonly Pod[]): PodPlan {
  const active = pods.filter(isActive);
  const difference = replicaSet.replicas - active.length;
  if (difference >= 0) return { create: difference, remove: [] };
  return { create: 0, remove: active.toSorted(removalOrder).slice(0, -difference) };
}

/** ActivePodsWithRanks: unscheduled, not running, not ready, then youngest first. */
function removalOrder(a: Pod, b: Pod): number {
  return (
    Number(a.scheduled) - Number(b.scheduled) ||
    Number(a.phase === "Running") - Number(b.phase === "Running") ||
    Number(a.ready) - Number(b.ready) ||
    (b.readyAt ?? 0) - (a.readyAt ?? 0) ||
    b.restarts - a.restarts ||
    b.createdAt - a.createdAt ||
    b.uid - a.uid
  );
}
