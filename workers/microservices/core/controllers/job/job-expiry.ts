/** Deletes finished jobs whose ttlSecondsAfterFinished is over (ttlafterfinished_controller.go). */
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { keyOf } from "../../store/resource-table.ts";
import { timeOf } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";
import { isFinishedJob, type Job, specOf } from "./job-facts.ts";

export class JobExpiry extends QueueController {
  readonly name = "ttl-after-finished-controller";
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const job of store.all("jobs.batch")) this.#note(job);
  }

  observe({ type, resource, object }: Change): void {
    if (resource === "jobs.batch" && type !== "DELETED") this.#note(object as Job);
  }

  protected sync(key: string, now: number): void {
    const job = this.#store.at("jobs.batch", key) as Job | undefined;
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
    const at = expiresAt(job);
    if (at > now) {
      if (Number.isFinite(at)) this.queue.addAt(key, at);
      return;
    }
    const { namespace, name, uid } = job.metadata;
    this.#store.delete("jobs.batch", namespace, name, { uid, propagation: "Foreground" });
  }

  #note(job: Job): void {
    if (Number.isFinite(expiresAt(job))) this.queue.add(keyOf(job));
  }
}

/** Infinity while the job is not finished, or is to stay. */
function expiresAt(job: Job): number {
  const { ttlSecondsAfterFinished } = specOf(job);
  if (ttlSecondsAfterFinished === undefined || !isFinishedJob(job)) return Number.POSITIVE_INFINITY;
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
  return timeOf(end?.lastTransitionTime) + ttlSecondsAfterFinished * 1_000;
}
