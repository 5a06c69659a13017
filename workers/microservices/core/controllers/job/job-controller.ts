/**
 * Runs the pods of a job until enough of them have succeeded or too many have failed
 * (pkg/controller/job/job_controller.go). Kubernetes notes a finished pod in the status before it
 * lets the pod go; here the count and the letting go are in one step of one thread.
 */
import type { JobStatus } from "kubernetes-types/batch/v1";
import { controllerLimits } from "../../../limits.ts";
import type { ApiError } from "../../store/api-error.ts";
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { timeText } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { selectorMatcher } from "../../store/selectors.ts";
import { conditionOf } from "../conditions.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { claim, controllerOf, isControlledBy } from "../ownership.ts";
import { isNamespaceEnding, type PodControl, slowStart } from "../pod-control.ts";
import { isReady, type Pod, timeOf } from "../pod-facts.ts";
import { PodOwnerController } from "../pod-owner-controller.ts";
import { completionIndexOf, firstPendingIndexes, formatIndexes } from "./completion-indexes.ts";
import { type FailureRecord, mayCreateAt, recordFinished } from "./failure-back-off.ts";
import {
  byProgress,
  completionsOf,
  indexedTemplate,
  isFinishedJob,
  isIndexed,
  isSuspended,
  isTerminating,
  isTracked,
  type Job,
  replacesFailedOnly,
  specOf,
  trackingFinalizer,
  withJobCondition,
  withSelector,
} from "./job-facts.ts";
import { countPods, endOf, type JobEnd, type PodCounts } from "./progress.ts";

const podMark = "pod ";

export class JobController extends PodOwnerController {
  readonly name = "job-controller";
  readonly #pods: PodControl;
  readonly #events: EventRecorder;
  readonly #failures = new Map<string, FailureRecord>();

  constructor(store: ObjectStore, events: EventRecorder, pods: PodControl) {
    super(store, "jobs.batch", "Job");
    this.#events = events.as(this.name);
    this.#pods = pods;
    for (const pod of store.all("pods")) this.#noteStray(pod);
  }

  override observe(change: Change): void {
    super.observe(change);
    if (change.resource === "pods" && change.type !== "DELETED") {
      this.#noteStray(change.object as Pod);
    }
  }

  protected override onOwner({ type, object }: Change): void {
    if (type !== "DELETED") return;
    this.#failures.delete(object.metadata.uid);
    for (const pod of this.store.ownedBy("pods", object.metadata.uid)) this.#noteStray(pod);
  }

  protected sync(key: string, now: number): void {
    if (key.startsWith(podMark)) {
      const pod = this.store.at("pods", key.slice(podMark.length)) as Pod | undefined;
      if (pod !== undefined && isTracked(pod) && this.#isStray(pod)) this.#untrack(pod);
      return;
    }
    const stored = this.store.at("jobs.batch", key) as Job | undefined;
    if (stored?.spec === undefined) return;
    const { managedBy = "kubernetes.io/job-controller" } = stored.spec;
    if (managedBy !== "kubernetes.io/job-controller") return;
    if (isFinishedJob(stored)) {
      this.#failures.delete(stored.metadata.uid);
      for (const pod of Array.from(this.store.ownedBy("pods", stored.metadata.uid))) {
        if (isTracked(pod) && isControlledBy(pod, stored)) this.#untrack(pod);
      }
      return;
    }
    this.#advance(withSelector(this.store, stored), now);
  }

  #advance(job: Job, now: number): void {
    const matches = selectorMatcher(job.spec!.selector);
    const pods = claim(this.store, "pods", job, matches, this.orphans);
    const counts = countPods(job, pods);
    const status: JobStatus = { ...job.status };
    if (status.startTime === undefined && !isSuspended(job)) status.startTime = timeText(now);
    if (counts.newSucceeded.length > 0 || counts.newFailed.length > 0) {
      const { uid } = job.metadata;
      const { newSucceeded, newFailed } = counts;
      this.#failures.set(uid, recordFinished(this.#failures.get(uid), newSucceeded, newFailed));
    }
    let end = endOf({ ...job, status }, pods, counts, now);
    this.#wakeAtDeadline(job, status, now);
    let error: ApiError | undefined;
    let active = counts.active.length;
    if (end !== null) {
      for (const pod of counts.active) this.#pods.delete(job, pod);
      active = 0;
    } else if (job.metadata.deletionTimestamp === undefined) {
      ({ active, error } = this.#manage(job, pods, counts, now));
      if (isComplete(job, counts, active)) end = success;
      else this.#tellSuspension(job, status, now);
    }
    this.#settle(job, pods, counts, status, { end, active }, now);
    if (error !== undefined && !isNamespaceEnding(error)) throw error;
  }

  /** Makes and ends pods. @returns how many are active then */
  #manage(
    job: Job,
    pods: readonly Pod[],
    counts: PodCounts,
    now: number,
  ): { active: number; error: ApiError | undefined } {
    const before = counts.active.length;
    const { parallelism = 1 } = specOf(job);
    const wanted = isSuspended(job) ? 0 : wantedActive(job, counts, parallelism);
    const surplus = surplusPods(job, counts, before - wanted).slice(
      0,
      controllerLimits.burstReplicas,
    );
    if (surplus.length > 0) {
      for (const pod of surplus) {
        // It does not count as failed: nobody but the controller ends it.
        this.#pods.delete(job, this.#untrack(pod));
      }
      return { active: before - surplus.length, error: undefined };
    }
    const terminating = replacesFailedOnly(job) ? pods.filter(isTerminating) : [];
    const missing = wanted - terminating.length - before;
    if (isSuspended(job) || missing <= 0) return { active: before, error: undefined };
    const at = mayCreateAt(this.#failures.get(job.metadata.uid));
    if (at > now) {
      this.queue.addAt(keyOf(job), at);
      return { active: before, error: undefined };
    }
    const count = Math.min(missing, controllerLimits.burstReplicas);
    const { made, error } = this.#create(job, counts, terminating, count);
    return { active: before + made, error };
  }

  #create(job: Job, counts: PodCounts, terminating: readonly Pod[], count: number) {
    const finalizers = [...(job.spec!.template.metadata?.finalizers ?? []), trackingFinalizer];
    if (!isIndexed(job)) {
      const { template } = job.spec!;
      return slowStart(count, () => this.#pods.create(job, template, { finalizers }));
    }
    const busy = new Set([...counts.active, ...terminating].map((pod) => completionIndexOf(pod)!));
    const completions = completionsOf(job) ?? 0;
    const indexes = firstPendingIndexes(count, completions, counts.completedIndexes, busy);
    const left = indexes.values();
    return slowStart(indexes.length, () => {
      const index = left.next().value!;
      const generateName = `${job.metadata.name}-${index}-`;
      this.#pods.create(job, indexedTemplate(job, index), { generateName, finalizers });
    });
  }

  /** Writes what is so now, and lets go of the pods that are counted with it. */
  #settle(
    job: Job,
    pods: readonly Pod[],
    counts: PodCounts,
    status: JobStatus,
    { end, active }: { end: JobEnd | null; active: number },
    now: number,
  ): void {
    const counted = end === null ? counts : countPods(job, pods, end.terminal);
    status.active = active;
    status.ready = end === null ? counts.active.filter(isReady).length : 0;
    status.succeeded = counts.succeeded;
    status.failed = counted.failed;
    if (isIndexed(job)) status.completedIndexes = formatIndexes(counts.completedIndexes);
    // What was deleted a moment ago is ending, or gone already.
    const present = pods.flatMap(
      (pod) => this.store.get("pods", pod.metadata.namespace, pod.metadata.name) ?? [],
    );
    const isGoneWhenReleased = ({ spec }: Pod): boolean => !spec?.nodeName;
    status.terminating = present.filter(
      (pod) => isTerminating(pod) && !(isTracked(pod) && isGoneWhenReleased(pod)),
    ).length;
    status.uncountedTerminatedPods = {};
    const isOver = end !== null && status.terminating === 0;
    if (end !== null) {
      const { interim, terminal, reason, message } = end;
      const condition = { status: "True", reason, message } as const;
      status.conditions = withJobCondition(status.conditions, { type: interim, ...condition }, now);
      if (isOver) {
        status.conditions = withJobCondition(
          status.conditions,
          { type: terminal, ...condition },
          now,
        );
        if (terminal === "Complete") status.completionTime = timeText(now);
      }
    }
    this.store.setStatus(
      this.store.require("jobs.batch", job.metadata.namespace, job.metadata.name),
      status,
    );
    for (const pod of counted.counted) this.#untrack(pod);
    if (isOver) this.#tellEnd(job, counts, end);
  }

  #tellEnd(job: Job, counts: PodCounts, end: JobEnd): void {
    if (end.terminal === "Failed") {
      this.#events.record(job, "Warning", end.reason, end.message);
      return;
    }
    const completions = completionsOf(job);
    if (completions !== undefined && counts.succeeded > completions) {
      const message = "Too many succeeded pods running after completion count reached";
      this.#events.record(job, "Warning", "TooManySucceededPods", message);
    }
    this.#events.record(job, "Normal", "Completed", "Job completed");
  }

  #tellSuspension(job: Job, status: JobStatus, now: number): void {
    const suspended = isSuspended(job);
    const before = conditionOf(status.conditions, "Suspended")?.status ?? "False";
    if (before === (suspended ? "True" : "False")) return;
    const message = suspended ? "Job suspended" : "Job resumed";
    status.conditions = withJobCondition(
      status.conditions,
      {
        type: "Suspended",
        status: suspended ? "True" : "False",
        reason: suspended ? "JobSuspended" : "JobResumed",
        message,
      },
      now,
    );
    this.#events.record(job, "Normal", suspended ? "Suspended" : "Resumed", message);
    // So that activeDeadlineSeconds begins anew.
    if (!suspended) status.startTime = timeText(now);
  }

  #wakeAtDeadline(job: Job, { startTime }: JobStatus, now: number): void {
    const { activeDeadlineSeconds } = specOf(job);
    if (activeDeadlineSeconds === undefined || isSuspended(job)) return;
    const at = timeOf(startTime) + activeDeadlineSeconds * 1_000;
    if (at > now) this.queue.addAt(keyOf(job), at);
  }

  #noteStray(pod: Pod): void {
    if (isTracked(pod) && this.#isStray(pod)) this.queue.add(`${podMark}${keyOf(pod)}`);
  }

  /** Whether the pod is of no job, or of one that is gone: nobody will count it. */
  #isStray(pod: Pod): boolean {
    const owner = controllerOf(pod);
    if (owner === undefined) return true;
    if (owner.kind !== "Job") return false;
    const job = this.store.get("jobs.batch", pod.metadata.namespace, owner.name);
    return job?.metadata.uid !== owner.uid;
  }

  #untrack({ metadata: { namespace, name } }: Pod): Pod {
    const pod = this.store.require("pods", namespace, name);
    const finalizers = (pod.metadata.finalizers ?? []).filter((each) => each !== trackingFinalizer);
    return this.store.update({ ...pod, metadata: { ...pod.metadata, finalizers } });
  }
}

const success: JobEnd = {
  interim: "SuccessCriteriaMet",
  terminal: "Complete",
  reason: "CompletionsReached",
  message: "Reached expected number of succeeded pods",
};

/** A work queue is done when one pod has succeeded and no other runs. */
function isComplete(job: Job, { succeeded }: PodCounts, active: number): boolean {
  return active === 0 && succeeded >= (completionsOf(job) ?? 1);
}

function wantedActive(job: Job, { succeeded, active }: PodCounts, parallelism: number): number {
  const completions = completionsOf(job);
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Indexes that run twice, are done or are beyond the end go first. */
function surplusPods(job: Job, { active, completedIndexes }: PodCounts, atLeast: number): Pod[] {
  const needless: Pod[] = [];
  const rest: Pod[] = [];
  const seen = new Set<number>();
  const completions = completionsOf(job) ?? Number.POSITIVE_INFINITY;
  // Of two with one index the one that has come further stays.
  for (const pod of active.toSorted((left, right) => byProgress(right, left))) {
    const index = completionIndexOf(pod);
    const isNeedless =
      isIndexed(job) &&
      (index === null || index >= completions || completedIndexes.has(index) || seen.has(index));
    if (index !== null) seen.add(index);
    (isNeedless ? needless : rest).push(pod);
  }
  rest.reverse();
  return [...needless, ...rest.slice(0, Math.max(0, atLeast - needless.length))];
}
