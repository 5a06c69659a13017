/** What a pod's status says of it (pkg/api/v1/pod/util.go). */
import type { ObjectOf } from "../store/objects.ts";

export type Pod = ObjectOf<"pods">;

/** Milliseconds since the epoch; NaN without a time. */
export const timeOf = (text: string | undefined): number => Date.parse(text ?? "");

export const isFinishedPod = ({ status }: Pod): boolean =>
  status?.phase === "Succeeded" || status?.phase === "Failed";

export const isEnding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Neither over nor being deleted. */
export const isActive = (pod: Pod): boolean => !isFinishedPod(pod) && !isEnding(pod);

const readyCondition = ({ status }: Pod) =>
  status?.conditions?.find(({ type }) => type === "Ready");

export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === "True";

/** Since when the pod is ready; Infinity while it is not. */
export function readySince(pod: Pod): number {
  const condition = readyCondition(pod);
  if (condition?.status !== "True") return Number.POSITIVE_INFINITY;
  return timeOf(condition.lastTransitionTime ?? pod.metadata.creationTimestamp);
}

/** When a pod that stays ready counts as available; Infinity while it is not ready. */
export const availableAt = (pod: Pod, minReadySeconds = 0): number =>
  minReadySeconds === 0 && isReady(pod)
    ? Number.NEGATIVE_INFINITY
    : readySince(pod) + minReadySeconds * 1_000;

/** The most restarts of any of its containers. */
export const mostRestarts = ({ status }: Pod): number =>
  Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
