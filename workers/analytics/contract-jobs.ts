/** Long work of the learning machines as jobs: progress, cancel, resume. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";

export const jobListLengthMax = 200;
export const jobStates = [
  "queued",
  "running",
  "done",
  "failed",
  "cancelled",
  "interrupted",
] as const;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

export const jobIdSchema = z
  .string()
  .regex(/^job-[0-9a-z-]{1,40}$/, "A job's id looks like job-0193…")
  .meta({ examples: ["job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11"] });

export const jobSchema = z.object({
  id: jobIdSchema,
  kind: z.string().describe("What it does, such as automl or training"),
  title: z.string(),
  state: z
    .enum(jobStates)
    .describe("interrupted: the thread ended while it ran; it can be resumed if `resumable`"),
  fraction: z.number().min(0).max(1).describe("Share of the work that is done"),
  message: z.string().describe("What it does now, or how it ended"),
  resumable: z.boolean().describe("Whether POST …/resume goes on from its last checkpoint"),
  checkpointAt: atSchema.nullable().describe("When its newest checkpoint was written"),
  createdAt: atSchema,
  startedAt: atSchema.nullable(),
  endedAt: atSchema.nullable(),
});
export type JobRecord = z.infer<typeof jobSchema>;

export const jobDetailsSchema = jobSchema.extend({
  input: z.unknown().describe("What it was started with"),
  detail: z.unknown().describe("Live readings of the running job; its shape depends on the kind"),
  result: z.unknown().describe("null until it is done; its shape depends on the kind"),
});
export type JobDetails = z.infer<typeof jobDetailsSchema>;

const jobListSchema = z.object({ at: atSchema, jobs: z.array(jobSchema) });

const listInputSchema = z.strictObject({
  kind: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(jobListLengthMax).default(50),
});

const read = (path: `/${string}`, summary: string) =>
  route.meta({ role: "viewer" }).route({ method: "GET", path, tags: ["Jobs"], summary });
const examples = { one: { id: "job-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11" } };
const act = (path: `/${string}`, summary: string) =>
  route
    .meta({ role: "operator", examples })
    .route({ method: "POST", path, tags: ["Jobs"], summary });
const byId = z.strictObject({ id: jobIdSchema });

export const jobsContract = {
  list: read("/api/analytics/jobs", "Jobs of the learning machines, newest first")
    .input(listInputSchema)
    .output(jobListSchema),
  watchAll: read(
    "/api/analytics/jobs/watch",
    "The jobs as a stream of server-sent events, on every change",
  )
    .input(listInputSchema)
    .output(eventIterator(jobListSchema)),
  get: read("/api/analytics/jobs/{id}", "One job with its input, live readings and result")
    .input(byId)
    .output(jobDetailsSchema),
  watch: read(
    "/api/analytics/jobs/{id}/watch",
    "One job as a stream of server-sent events, until it has ended",
  )
    .input(byId)
    .output(eventIterator(jobDetailsSchema)),
  cancel: act(
    "/api/analytics/jobs/{id}/cancel",
    "End a queued or running job; its last checkpoint stays",
  )
    .input(byId)
    .output(jobSchema),
  resume: act(
    "/api/analytics/jobs/{id}/resume",
    "Go on with a job that was cancelled, interrupted or has failed, from its last checkpoint",
  )
    .input(byId)
    .output(jobSchema),
  remove: route
    .meta({ role: "operator" })
    .route({
      method: "DELETE",
      path: "/api/analytics/jobs/{id}",
      tags: ["Jobs"],
      summary: "Forget a job that has ended, with its result and checkpoint",
    })
    .input(byId)
    .output(jobSchema),
};
