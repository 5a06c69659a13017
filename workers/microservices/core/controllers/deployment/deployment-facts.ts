/** What a Deployment and its ReplicaSets say (pkg/controller/deployment/util/deployment_util.go). */
import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import type { ObjectOf } from "../../store/objects.ts";
import { conditionOf } from "../conditions.ts";
import { timeOf } from "../pod-facts.ts";
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import { sameTemplate } from "./template-hash.ts";

export type Deployment = ObjectOf<"deployments.apps">;

export const annotationKeys = {
  revision: "deployment.kubernetes.io/revision",
  revisionHistory: "deployment.kubernetes.io/revision-history",
  desiredReplicas: "deployment.kubernetes.io/desired-replicas",
  maxReplicas: "deployment.kubernetes.io/max-replicas",
} as const;

/** Kubernetes' own default where defaulting left none. */
const defaultFraction = "25%";

export const desiredOf = ({ spec }: Deployment | ReplicaSet): number => spec?.replicas ?? 1;

export const sumOf = (
  sets: readonly ReplicaSet[],
  part: "desired" | "replicas" | "readyReplicas" | "availableReplicas",
): number =>
  sets.reduce(
    (sum, set) => sum + (part === "desired" ? desiredOf(set) : (set.status?.[part] ?? 0)),
    0,
  );

export const isRolling = ({ spec }: Deployment): boolean =>
  (spec?.strategy?.type ?? "RollingUpdate") === "RollingUpdate";

/** A number, or a share of `total` rounded as `round` says. */
export function scaledValue(
  value: number | string,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value);
  // Hundredths of integers: exact, unlike a product with 0.01.
  return percent ? round((Number(percent[1]) * total) / 100) : 0;
}

export function maxSurgeOf(deployment: Deployment): number {
  if (!isRolling(deployment)) return 0;
  const { maxSurge = defaultFraction } = deployment.spec?.strategy?.rollingUpdate ?? {};
  return scaledValue(maxSurge, desiredOf(deployment), Math.ceil);
}

export function maxUnavailableOf(deployment: Deployment): number {
  const desired = desiredOf(deployment);
  if (!isRolling(deployment) || desired === 0) return 0;
  const { maxUnavailable = defaultFraction } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const allowed = scaledValue(maxUnavailable, desired, Math.floor);
  // Both may round to zero, and then nothing could ever move.
  if (allowed === 0 && maxSurgeOf(deployment) === 0) return 1;
  return Math.min(allowed, desired);
}

/** Infinity: no deadline. */
export function deadlineMs({ spec }: Deployment): number {
  const { progressDeadlineSeconds = 600 } = spec ?? {};
  return progressDeadlineSeconds >= 2 ** 31 - 1
    ? Number.POSITIVE_INFINITY
    : progressDeadlineSeconds * 1_000;
}

export const revisionOf = ({ metadata }: Deployment | ReplicaSet): number =>
  Math.trunc(Number(metadata.annotations?.[annotationKeys.revision] ?? 0)) || 0;

export const annotatedNumber = ({ metadata }: ReplicaSet, key: string): number | undefined => {
  const text = metadata.annotations?.[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

export const oldestFirst = (left: ReplicaSet, right: ReplicaSet): number =>
  timeOf(left.metadata.creationTimestamp) - timeOf(right.metadata.creationTimestamp) ||
  (left.metadata.name < right.metadata.name ? -1 : 1);

/** The oldest set with the Deployment's template, in case that there are several. */
export const newSetOf = (
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined =>
  sets
    .toSorted(oldestFirst)
    .find(({ spec }) => sameTemplate(spec?.template, deployment.spec?.template));

/** Whether every replica is new and available. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1)
  );
}

/** Whether `status` is nearer to the end than what the Deployment had before. */
export function isProgressing({ status: before = {} }: Deployment, status: DeploymentStatus) {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) =>
    replicas - updatedReplicas;
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** Reasons of a rollout that is over, or that waits for somebody. */
const restingReasons: ReadonlySet<string | undefined> = new Set([
  "NewReplicaSetAvailable",
  "ProgressDeadlineExceeded",
  "DeploymentPaused",
  "CanaryWatched",
]);

export const hasRunningDeadline = ({ reason }: DeploymentCondition): boolean =>
  !restingReasons.has(reason);

export function isTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const condition = conditionOf(status.conditions, "Progressing");
  if (condition === undefined || !Number.isFinite(deadlineMs(deployment))) return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  if (!hasRunningDeadline(condition)) return false;
  return timeOf(condition.lastUpdateTime) + deadlineMs(deployment) < now;
}

/** Whether all that the set may have is there: then the old ones have nothing left to do. */
export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (set === undefined) return false;
  const desired = desiredOf(deployment);
  return (
    desiredOf(set) === desired &&
    annotatedNumber(set, annotationKeys.desiredReplicas) === desired &&
    (set.status?.availableReplicas ?? 0) === desired
  );
}
