/** Makes jobs by the clock (pkg/controller/cronjob/cronjob_controllerv2.go). */
import type { CronJobStatus } from "kubernetes-types/batch/v1";
import { controllerLimits } from "../../../limits.ts";
import { ApiError } from "../../store/api-error.ts";
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { type KubeObject, type ObjectOf, timeText } from "../../store/objects.ts";
import { keyOf, objectKey } from "../../store/resource-table.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { hasCondition, isFinishedJob, type Job } from "../job/job-facts.ts";
import { controllerOf, controllerReference, isControlledBy } from "../ownership.ts";
import { isNamespaceEnding } from "../pod-control.ts";
import { timeOf } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";
import { lastMissed, parseSchedule, type Schedule } from "./cron-schedule.ts";

type CronJob = ObjectOf<"cronjobs.batch">;
type Status = { -readonly [Key in keyof CronJobStatus]: CronJobStatus[Key] };

export class CronJobController extends QueueController {
  readonly name = "cronjob-controller";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;

  constructor(store: ObjectStore, events: EventRecorder) {
    super();
    this.#store = store;
    this.#events = events.as(this.name);
    for (const cronJob of store.all("cronjobs.batch")) this.queue.add(keyOf(cronJob));
  }

  observe({ resource, object }: Change): void {
    if (resource === "cronjobs.batch") this.queue.add(keyOf(object));
    if (resource !== "jobs.batch") return;
    const owner = controllerOf(object);
    if (owner?.kind === "CronJob") this.queue.add(objectKey(object.metadata.namespace, owner.name));
  }

  protected sync(key: string, now: number): void {
    const cronJob = this.#store.at("cronjobs.batch", key) as CronJob | undefined;
    if (cronJob?.spec === undefined) return;
    const jobs = [...this.#store.ownedBy("jobs.batch", cronJob.metadata.uid)].filter((job) =>
      isControlledBy(job, cronJob),
    );
    const status: Status = { ...cronJob.status };
    this.#noteJobs(cronJob, jobs, status);
    let error: ApiError | undefined;
    if (cronJob.metadata.deletionTimestamp === undefined) {
      try {
        this.#schedule(cronJob, status, now);
      } catch (caught) {
        if (!(caught instanceof ApiError)) throw caught;
        error = caught;
      }
      this.#trimHistory(cronJob, jobs);
    }
    this.#store.setStatus(cronJob, status);
    if (error !== undefined && !isNamespaceEnding(error)) throw error;
  }

  /** What has become of the jobs since the last look. */
  #noteJobs(cronJob: CronJob, jobs: readonly Job[], status: Status): void {
    let active = status.active ?? [];
    for (const job of jobs) {
      const { name, uid } = job.metadata;
      const isActive = active.some((reference) => reference.uid === uid);
      if (!isFinishedJob(job)) {
        if (isActive) continue;
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        this.#events.record(cronJob, "Warning", "UnexpectedJob", message);
        continue;
      }
      const isComplete = hasCondition(job, "Complete");
      if (isActive) {
        active = active.filter((reference) => reference.uid !== uid);
        const message = `Saw completed job: ${name}, condition: ${isComplete ? "Complete" : "Failed"}`;
        this.#events.record(cronJob, "Normal", "SawCompletedJob", message);
      }
      const { completionTime } = job.status ?? {};
      if (!isComplete || completionTime === undefined) continue;
      const { lastSuccessfulTime = completionTime } = status;
      status.lastSuccessfulTime =
        timeOf(completionTime) > timeOf(lastSuccessfulTime) ? completionTime : lastSuccessfulTime;
    }
    const present = new Set(jobs.map(({ metadata }) => metadata.uid));
    for (const { name, uid } of active) {
      if (present.has(uid ?? "")) continue;
      this.#events.record(cronJob, "Normal", "MissingJob", `Active job went missing: ${name}`);
      active = active.filter((reference) => reference.uid !== uid);
    }
    setActive(status, active);
  }

  #schedule(cronJob: CronJob, status: Status, now: number): void {
    const { suspend = false, startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec!;
    if (suspend) return;
    const schedule = this.#scheduleOf(cronJob);
    if (schedule === null) return;
    const nextAt = schedule.next(now);
    if (nextAt !== null) this.queue.addAt(keyOf(cronJob), nextAt);
    const at = this.#unmetTime(cronJob, schedule, now);
    if (at === null || timeOf(status.lastScheduleTime) === at) return;
    if (startingDeadlineSeconds !== undefined && at + startingDeadlineSeconds * 1_000 < now) {
      const message = `Missed scheduled time to start a job: ${new Date(at).toUTCString().replace("GMT", "+0000")}`;
      this.#events.record(cronJob, "Warning", "MissSchedule", message);
      return;
    }
    const active = status.active ?? [];
    if (active.some(({ name }) => name === jobName(cronJob, at))) return;
    if (concurrencyPolicy === "Forbid" && active.length > 0) {
      const message =
        "Not starting job because prior execution is running and concurrency policy is Forbid";
      this.#events.record(cronJob, "Normal", "JobAlreadyActive", message);
      return;
    }
    if (concurrencyPolicy === "Replace") {
      for (const { name = "" } of active) this.#deleteJob(cronJob, name);
      setActive(status, []);
    }
    this.#start(cronJob, status, at);
  }

  /** Null, after an event, where the schedule or its time zone cannot be read. */
  #scheduleOf(cronJob: CronJob): Schedule | null {
    const { schedule, timeZone = "UTC" } = cronJob.spec!;
    try {
      return parseSchedule(schedule, timeZone);
    } catch (error) {
      if (error instanceof RangeError) {
        const message = `invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`;
        this.#events.record(cronJob, "Warning", "UnknownTimeZone", message);
        return null;
      }
      if (!(error instanceof SyntaxError)) throw error;
      const message = `unparseable schedule: "${schedule}" : ${error.message}`;
      this.#events.record(cronJob, "Warning", "UnparseableSchedule", message);
      return null;
    }
  }

  /** The last time that came since the last job; null where none did. */
  #unmetTime(cronJob: CronJob, schedule: Schedule, now: number): number | null {
    const { startingDeadlineSeconds } = cronJob.spec!;
    const { creationTimestamp } = cronJob.metadata;
    let earliest = timeOf(cronJob.status?.lastScheduleTime ?? creationTimestamp);
    if (startingDeadlineSeconds !== undefined) {
      earliest = Math.max(earliest, now - startingDeadlineSeconds * 1_000);
    }
    const { at, missed } = lastMissed(schedule, earliest, now);
    if (missed > controllerLimits.missedStartsMax) {
      const message =
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      this.#events.record(cronJob, "Warning", "TooManyMissedTimes", message);
    }
    return at;
  }

  /** @throws ApiError, after an event */
  #start(cronJob: CronJob, status: Status, at: number): void {
    const { metadata, spec } = cronJob.spec!.jobTemplate;
    const name = jobName(cronJob, at);
    const { namespace } = cronJob.metadata;
    let job = this.#store.get("jobs.batch", namespace, name);
    if (job !== undefined && !isControlledBy(job, cronJob)) return;
    if (job === undefined) {
      const scheduled = { "batch.kubernetes.io/cronjob-scheduled-timestamp": timeText(at) };
      try {
        const made: KubeObject = this.#store.create({
          apiVersion: "batch/v1",
          kind: "Job",
          metadata: {
            name,
            namespace: namespace!,
            ...(metadata?.labels && { labels: metadata.labels }),
            annotations: { ...metadata?.annotations, ...scheduled },
            ownerReferences: [controllerReference(cronJob)],
          },
          spec: spec!,
        });
        job = made as Job;
      } catch (error) {
        if (error instanceof ApiError && !isNamespaceEnding(error)) {
          const message = `Error creating job: ${error.message}`;
          this.#events.record(cronJob, "Warning", "FailedCreate", message);
        }
        throw error;
      }
      this.#events.record(cronJob, "Normal", "SuccessfulCreate", `Created job ${name}`);
    }
    if (!isFinishedJob(job)) {
      const { uid, resourceVersion } = job.metadata;
      const reference = { kind: "Job", namespace: namespace!, name, uid, apiVersion: "batch/v1" };
      setActive(status, [...(status.active ?? []), { ...reference, resourceVersion }]);
    }
    status.lastScheduleTime = timeText(at);
  }

  #trimHistory(cronJob: CronJob, jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec!;
    const startOf = ({ status, metadata }: Job): number =>
      timeOf(status?.startTime ?? metadata.creationTimestamp);
    const trim = (type: string, limit: number): void => {
      const finished = jobs
        .filter((job) => hasCondition(job, type) && job.metadata.deletionTimestamp === undefined)
        .toSorted((left, right) => startOf(left) - startOf(right));
      for (const { metadata } of finished.slice(0, Math.max(0, finished.length - limit))) {
        this.#deleteJob(cronJob, metadata.name);
      }
    };
    trim("Complete", successfulJobsHistoryLimit);
    trim("Failed", failedJobsHistoryLimit);
  }

  #deleteJob(cronJob: CronJob, name: string): void {
    const { namespace } = cronJob.metadata;
    if (this.#store.get("jobs.batch", namespace, name) === undefined) return;
    this.#store.delete("jobs.batch", namespace, name, { propagation: "Background" });
    this.#events.record(cronJob, "Normal", "SuccessfulDelete", `Deleted job ${name}`);
  }
}

/** The time in minutes since the epoch makes the name: one job for each time. */
const jobName = ({ metadata }: CronJob, at: number): string =>
  `${metadata.name}-${Math.floor(at / 60_000)}`;

function setActive(status: Status, active: NonNullable<Status["active"]>): void {
  if (active.length > 0) status.active = active;
  else delete status.active;
}
