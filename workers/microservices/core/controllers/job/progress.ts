/** How far a job has come: pods counted, and whether it is over (job_controller.go, syncJob). */
import { isActive, type Pod, timeOf } from "../pod-facts.ts";
import { completionIndexOf, parseIndexes } from "./completion-indexes.ts";
import {
  completionsOf,
  hasCondition,
  isFailedPod,
  isIndexed,
  isPastLimitOfRestarts,
  isSuspended,
  isTracked,
  type Job,
  specOf,
} from "./job-facts.ts";
import { conditionOf } from "../conditions.ts";
import { matchPodFailurePolicy } from "./pod-failure-policy.ts";

export interface PodCounts {
  readonly active: readonly Pod[];
  /** Those whose finalizer still holds them. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** Pods that are in the sums below and may be let go. */
  readonly counted: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: ReadonlySet<number>;
}

export interface JobEnd {
  /** Set at once; `terminal` follows when no pod is ending any more. */
  readonly interim: "SuccessCriteriaMet" | "FailureTarget";
  readonly terminal: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** `over`: how the job ends, if it does; every pod that still runs when it fails has failed, too. */
export function countPods(
  job: Job,
  pods: readonly Pod[],
  over: JobEnd["terminal"] | null = null,
): PodCounts {
  const completions = completionsOf(job) ?? 0;
  const completedIndexes = isIndexed(job)
    ? parseIndexes(job.status?.completedIndexes, completions)
    : new Set<number>();
  const newSucceeded: Pod[] = [];
  const newFailed: Pod[] = [];
  const counted: Pod[] = [];
  const isForeign = (index: number | null) =>
    isIndexed(job) && (index === null || index >= completions);
  for (const pod of pods) {
    if (!isTracked(pod)) continue;
    const index = completionIndexOf(pod);
    if (pod.status?.phase === "Succeeded") {
      if (!isForeign(index)) newSucceeded.push(pod);
      if (isIndexed(job) && !isForeign(index)) completedIndexes.add(index!);
    } else if (over === "Failed" || isFailedPod(job, pod)) {
      const action = matchPodFailurePolicy(specOf(job).podFailurePolicy, pod)?.action;
      if (!isForeign(index) && action !== "Ignore") newFailed.push(pod);
    } else if (over === null && job.metadata.deletionTimestamp === undefined) continue;
    counted.push(pod);
  }
  return {
    active: pods.filter(isActive),
    newSucceeded,
    newFailed,
    counted,
    succeeded: isIndexed(job)
      ? completedIndexes.size
      : (job.status?.succeeded ?? 0) + newSucceeded.length,
    failed: (job.status?.failed ?? 0) + newFailed.length,
    completedIndexes,
  };
}

const failure = (reason: string, message: string): JobEnd => ({
  interim: "FailureTarget",
  terminal: "Failed",
  reason,
  message,
});

/** Why the job is over before its completions are reached, or what ended it before; null: it goes on. */
export function endOf(
  job: Job,
  pods: readonly Pod[],
  counts: PodCounts,
  now: number,
): JobEnd | null {
  const { backoffLimit = 6, activeDeadlineSeconds, podFailurePolicy } = specOf(job);
  const conditions = job.status?.conditions;
  for (const [interim, terminal] of ends) {
    if (!hasCondition(job, interim)) continue;
    const { reason = "", message = "" } = conditionOf(conditions, interim)!;
    return { interim, terminal, reason, message };
  }
  for (const pod of pods) {
    const match = matchPodFailurePolicy(podFailurePolicy, pod);
    if (match?.action === "FailJob") return failure("PodFailurePolicy", match.message);
  }
  if (counts.failed > backoffLimit || isPastLimitOfRestarts(job, pods)) {
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const startedAt = timeOf(job.status?.startTime);
  if (
    activeDeadlineSeconds !== undefined &&
    !isSuspended(job) &&
    // A job that is about to be resumed has not got its new start time yet.
    !hasCondition(job, "Suspended") &&
    now >= startedAt + activeDeadlineSeconds * 1_000
  ) {
    return failure("DeadlineExceeded", "Job was active longer than specified deadline");
  }
  return null;
}

const ends = [
  ["SuccessCriteriaMet", "Complete"],
  ["FailureTarget", "Failed"],
] as const;
