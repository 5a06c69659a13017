/** The jobs' part of the API. */
import { implement } from "@orpc/server";
import { jobsContract } from "../contract-jobs.ts";
import type { Jobs } from "../jobs/jobs.ts";

export function jobsRouter(jobs: Jobs, now: () => number) {
  const os = implement(jobsContract);
  return os.router({
    list: os.list.handler(({ input }) => ({ at: now(), jobs: jobs.list(input.limit, input.kind) })),
    watchAll: os.watchAll.handler(({ input, signal }) =>
      jobs.watchAll(input.limit, input.kind, signal),
    ),
    get: os.get.handler(({ input }) => jobs.get(input.id)),
    watch: os.watch.handler(({ input, signal }) => jobs.watch(input.id, signal)),
    cancel: os.cancel.handler(({ input }) => jobs.cancel(input.id)),
    resume: os.resume.handler(({ input }) => jobs.resume(input.id)),
    remove: os.remove.handler(({ input }) => jobs.remove(input.id)),
  });
}
