/** A Deployment's status and how its rollout goes on (pkg/controller/deployment/progress.go). */
import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import { conditionOf, withoutCondition } from "../conditions.ts";
import { timeOf } from "../pod-facts.ts";
import {
  deadlineMs,
  desiredOf,
  hasRunningDeadline,
  isComplete,
  isProgressing,
  isTimedOut,
  maxUnavailableOf,
  sumOf,
} from "./deployment-facts.ts";
import { makeCondition, type Rollout, withDeploymentCondition } from "./rollout.ts";

/** The counts, and whether enough is available. */
export function syncStatus(rollout: Rollout): void {
  rollout.setStatus(countedStatus(rollout));
}

/** The counts, and whether the rollout progresses, is over or has timed out. */
export function syncRolloutStatus(rollout: Rollout): void {
  const { deployment } = rollout;
  const status = countedStatus(rollout);
  let conditions = status.conditions ?? [];
  const hasDeadline = Number.isFinite(deadlineMs(deployment));
  if (!hasDeadline) conditions = withoutCondition(conditions, "Progressing");
  const before = conditionOf(deployment.status?.conditions, "Progressing");
  const wasComplete =
    status.replicas === status.updatedReplicas && before?.reason === "NewReplicaSetAvailable";
  if (hasDeadline && !wasComplete) {
    conditions = withProgress(rollout, { ...status, conditions }, before);
  }
  const failure = failureOf(rollout);
  conditions = failure
    ? withDeploymentCondition(conditions, failure)
    : withoutCondition(conditions, "ReplicaFailure");
  rollout.setStatus({ ...status, conditions });
}

function withProgress(
  rollout: Rollout,
  status: DeploymentStatus,
  before: DeploymentCondition | undefined,
): DeploymentCondition[] {
  const { deployment, newSet, now } = rollout;
  const conditions = status.conditions ?? [];
  const subject = newSet
    ? `ReplicaSet "${newSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  const condition = (value: "True" | "False", reason: string, words: string) =>
    makeCondition("Progressing", value, reason, `${subject} ${words}`, now);
  if (isComplete(deployment, status)) {
    const complete = condition("True", "NewReplicaSetAvailable", "has successfully progressed.");
    return withDeploymentCondition(conditions, complete);
  }
  if (isProgressing(deployment, status)) {
    const progressing = condition("True", "ReplicaSetUpdated", "is progressing.");
    if (before === undefined) return withDeploymentCondition(conditions, progressing);
    // Every progress is told anew: the deadline counts from the last one.
    const { lastTransitionTime } = before.status === "True" ? before : progressing;
    return [
      ...withoutCondition(conditions, "Progressing"),
      { ...progressing, ...(lastTransitionTime && { lastTransitionTime }) },
    ];
  }
  if (isTimedOut(deployment, status, now)) {
    const late = condition("False", "ProgressDeadlineExceeded", "has timed out progressing.");
    return withDeploymentCondition(conditions, late);
  }
  return conditions;
}

/** Of the new set, or else of any other. */
function failureOf({ newSet, oldSets, now }: Rollout): DeploymentCondition | undefined {
  for (const set of newSet ? [newSet, ...oldSets] : oldSets) {
    const failure = conditionOf(set.status?.conditions, "ReplicaFailure");
    if (failure === undefined) continue;
    const { status, reason = "", message = "", lastTransitionTime } = failure;
    return {
      ...makeCondition("ReplicaFailure", status as "True", reason, message, now),
      ...(lastTransitionTime && { lastTransitionTime, lastUpdateTime: lastTransitionTime }),
    };
  }
  return undefined;
}

function countedStatus({ deployment, sets, newSet, now }: Rollout): DeploymentStatus {
  const availableReplicas = sumOf(sets, "availableReplicas");
  const unavailableReplicas = Math.max(0, sumOf(sets, "desired") - availableReplicas);
  const { collisionCount, conditions = [] } = deployment.status ?? {};
  const enough = availableReplicas >= desiredOf(deployment) - maxUnavailableOf(deployment);
  const available = enough
    ? makeCondition(
        "Available",
        "True",
        "MinimumReplicasAvailable",
        "Deployment has minimum availability.",
        now,
      )
    : makeCondition(
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
        now,
      );
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: sumOf(sets, "replicas"),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sumOf(sets, "readyReplicas"),
    availableReplicas,
    unavailableReplicas,
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withDeploymentCondition(conditions, available),
  };
}

/** When the rollout has to be looked at again, for its deadline alone; Infinity where it has none. */
export function deadlineAt({ deployment }: Rollout): number {
  const condition = conditionOf(deployment.status?.conditions, "Progressing");
  if (condition === undefined || isComplete(deployment, deployment.status!)) {
    return Number.POSITIVE_INFINITY;
  }
  if (!hasRunningDeadline(condition)) return Number.POSITIVE_INFINITY;
  return timeOf(condition.lastUpdateTime) + deadlineMs(deployment) + 1_000;
}
