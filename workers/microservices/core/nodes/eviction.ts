/** Cordon, eviction and drain, as kubectl and the eviction subresource have them. */
import { ApiError, apiErrors } from "../store/api-error.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type ObjectOf, timeText } from "../store/objects.ts";
import { keyOf } from "../store/resource-table.ts";
import { selectorMatcher } from "../store/selectors.ts";

export function cordon(store: ObjectStore, name: string, unschedulable: boolean): void {
  const node = store.require("nodes", undefined, name);
  const { unschedulable: _, ...spec } = node.spec ?? {};
  store.update<ObjectOf<"nodes">>({
    ...node,
    spec: unschedulable ? { ...spec, unschedulable } : spec,
  });
}

/**
 * Deletes the pod with its grace where its disruption budget allows it (registry/core/pod/eviction.go).
 * @throws ApiError 404; 429 where a budget forbids it; 500 where more than one budget speaks of it
 */
export function evictPod(store: ObjectStore, namespace: string, name: string): void {
  const pod = store.require("pods", namespace, name);
  const { labels, deletionTimestamp } = pod.metadata;
  const { phase } = pod.status ?? {};
  const isFree =
    deletionTimestamp !== undefined ||
    ["Pending", "Succeeded", "Failed"].includes(phase ?? "Pending");
  const budgets = [...store.inNamespace("poddisruptionbudgets.policy", namespace)].filter(
    ({ spec }) => selectorMatcher(spec?.selector)(labels),
  );
  if (!isFree && budgets.length > 1) {
    throw apiErrors.internal(
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  const [budget] = budgets;
  if (!isFree && budget !== undefined) {
    const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
    if (disruptionsAllowed <= 0) {
      const message = "Cannot evict pod as it would violate the pod's disruption budget.";
      const why = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
      const cause = { reason: "DisruptionBudget", message: why, field: "" };
      throw apiErrors.tooManyRequests(message, [cause]);
    }
    const disruptedPods = { ...budget.status?.disruptedPods, [name]: timeText(store.now) };
    store.setStatus(budget, {
      ...budget.status!,
      disruptionsAllowed: disruptionsAllowed - 1,
      disruptedPods,
    });
  }
  store.delete("pods", namespace, name);
}

/**
 * Cordons the node and evicts its pods but those of DaemonSets; again where some were refused.
 * @returns the pods ("namespace/name") that a budget keeps for now
 */
export function drain(store: ObjectStore, node: string): string[] {
  cordon(store, node, true);
  const refused: string[] = [];
  const pods = [...store.podsOn(node)].toSorted((left, right) =>
    keyOf(left) < keyOf(right) ? -1 : 1,
  );
  for (const { metadata } of pods) {
    const { namespace = "", name, ownerReferences = [], deletionTimestamp } = metadata;
    if (deletionTimestamp !== undefined) continue;
    if (ownerReferences.some(({ kind, controller }) => controller && kind === "DaemonSet"))
      continue;
    try {
      evictPod(store, namespace, name);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status.code !== 429) throw error;
      refused.push(`${namespace}/${name}`);
    }
  }
  return refused;
}
