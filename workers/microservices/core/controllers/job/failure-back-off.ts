/** The pause before a job's next pod: 10 s after a failure, doubled with every one in a row (backoff_utils.go). */
import { controllerLimits } from "../../../limits.ts";
import { type Pod, timeOf } from "../pod-facts.ts";

export interface FailureRecord {
  /** Since the last success. */
  readonly failures: number;
  readonly lastFailureAt: number;
}

/** The record with pods that have finished since. */
export function recordFinished(
  before: FailureRecord | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): FailureRecord {
  const lastSuccessAt = Math.max(...succeeded.map(finishedAt));
  const times = failed.map(finishedAt).filter((at) => at > lastSuccessAt);
  const isAnew = before === undefined || succeeded.length > 0;
  return {
    failures: (isAnew ? 0 : before.failures) + times.length,
    lastFailureAt: Math.max(before?.lastFailureAt ?? Number.NEGATIVE_INFINITY, ...times),
  };
}

/** From when on the job may make pods again; -Infinity: at once. */
export function mayCreateAt(record: FailureRecord | undefined): number {
  if (record === undefined || record.failures === 0) return Number.NEGATIVE_INFINITY;
  const { jobBackOffFirstMs, jobBackOffMaxMs } = controllerLimits;
  const pauseMs = Math.min(jobBackOffFirstMs * 2 ** (record.failures - 1), jobBackOffMaxMs);
  return record.lastFailureAt + pauseMs;
}

function finishedAt({ status, metadata }: Pod): number {
  const ends = (status?.containerStatuses ?? [])
    .map(({ state }) => timeOf(state?.terminated?.finishedAt))
    .filter((at) => !Number.isNaN(at));
  if (ends.length > 0) return Math.max(...ends);
  const ready = status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
  return timeOf(ready ?? metadata.deletionTimestamp ?? metadata.creationTimestamp);
}
