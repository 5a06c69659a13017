/** What a job is and says of itself (job_controller.go, job/strategy.go). */
import type { JobCondition, JobSpec } from "kubernetes-types/batch/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { ObjectStore } from "../../store/object-store.ts";
import { type ObjectOf, timeText } from "../../store/objects.ts";
import { conditionOf, withCondition } from "../conditions.ts";
import {
  isEnding,
  isFinishedPod,
  isReady,
  mostRestarts,
  type Pod,
  readySince,
} from "../pod-facts.ts";
import { indexKey } from "./completion-indexes.ts";

export type Job = ObjectOf<"jobs.batch">;

/** Keeps a pod until its job has counted it. */
export const trackingFinalizer = "batch.kubernetes.io/job-tracking";

export const isTracked = ({ metadata }: Pod): boolean =>
  metadata.finalizers?.includes(trackingFinalizer) === true;

export const specOf = ({ spec }: Job): Partial<JobSpec> => spec ?? {};

export const isIndexed = (job: Job): boolean => specOf(job).completionMode === "Indexed";

export const isSuspended = (job: Job): boolean => specOf(job).suspend === true;

/** A job without either has one pod; one with parallelism alone is a work queue. */
export function completionsOf(job: Job): number | undefined {
  const { completions, parallelism } = specOf(job);
  return completions ?? (parallelism === undefined ? 1 : undefined);
}

export const hasCondition = (job: Job, type: string): boolean =>
  conditionOf(job.status?.conditions, type)?.status === "True";

export const isFinishedJob = (job: Job): boolean =>
  hasCondition(job, "Complete") || hasCondition(job, "Failed");

/** Pods that are ending are replaced when they are gone, and count as failed only then. */
export function replacesFailedOnly(job: Job): boolean {
  const { podFailurePolicy, podReplacementPolicy } = specOf(job);
  return podReplacementPolicy === "Failed" || podFailurePolicy !== undefined;
}

export const isTerminating = (pod: Pod): boolean => isEnding(pod) && !isFinishedPod(pod);

/** A pod that was deleted has failed, too, as it may never get so far as to say it. */
export const isFailedPod = (job: Job, pod: Pod): boolean =>
  pod.status?.phase === "Failed" ||
  (!replacesFailedOnly(job) && isEnding(pod) && pod.status?.phase !== "Succeeded");

export function withJobCondition(
  conditions: readonly JobCondition[] | undefined,
  condition: { type: string; status: "True" | "False"; reason: string; message: string },
  now: number,
): JobCondition[] {
  return withCondition(conditions, { lastProbeTime: timeText(now), ...condition }, now);
}

/** The selector and the labels that the API makes up where `manualSelector` is not set. */
export function withSelector(store: ObjectStore, job: Job): Job {
  const spec = job.spec!;
  if (spec.selector !== undefined || spec.manualSelector === true) return job;
  const { uid, name } = job.metadata;
  const labels = {
    ...spec.template.metadata?.labels,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  const selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  const metadata = { ...spec.template.metadata, labels };
  return store.update({
    ...job,
    spec: { ...spec, selector, template: { ...spec.template, metadata } },
  });
}

/** The template of the pod with this index: its hostname, and the index in the environment. */
export function indexedTemplate(job: Job, index: number): PodTemplateSpec {
  const { template } = job.spec!;
  const { spec, metadata } = template;
  const field = { fieldPath: `metadata.labels['${indexKey}']` };
  const variable = { name: "JOB_COMPLETION_INDEX", valueFrom: { fieldRef: field } };
  const withIndex = <Shape extends { env?: { name: string }[] }>(container: Shape): Shape =>
    container.env?.some(({ name }) => name === variable.name)
      ? container
      : { ...container, env: [...(container.env ?? []), variable] };
  const mark = { [indexKey]: String(index) };
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, ...mark },
      annotations: { ...metadata?.annotations, ...mark },
    },
    spec: {
      ...spec!,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec!.containers.map(withIndex),
      ...(spec!.initContainers && { initContainers: spec!.initContainers.map(withIndex) }),
    },
  };
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** The order in which surplus pods go: those that have done least come first (ActivePods). */
export function byProgress(left: Pod, right: Pod): number {
  const rank = (pod: Pod): number => phaseRank[pod.status?.phase ?? ""] ?? 0;
  return (
    Number(Boolean(left.spec?.nodeName)) - Number(Boolean(right.spec?.nodeName)) ||
    rank(left) - rank(right) ||
    Number(isReady(left)) - Number(isReady(right)) ||
    (isReady(left) ? readySince(right) - readySince(left) : 0) ||
    mostRestarts(right) - mostRestarts(left) ||
    Date.parse(right.metadata.creationTimestamp) - Date.parse(left.metadata.creationTimestamp)
  );
}

/** With restartPolicy OnFailure it is the restarts that count against the limit. */
export function isPastLimitOfRestarts(job: Job, pods: readonly Pod[]): boolean {
  const { template, backoffLimit = 6 } = specOf(job);
  if (template?.spec?.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== "Running" && status?.phase !== "Pending") continue;
    const { containerStatuses = [], initContainerStatuses = [] } = status;
    for (const { restartCount } of [...containerStatuses, ...initContainerStatuses]) {
      restarts += restartCount;
    }
  }
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}
