/** The error catalogue of the analytics thread. */
import { type ErrorCatalogue, problemsOf } from "../service/errors.ts";

export const analyticsErrors = {
  SERIES_UNKNOWN: {
    status: 404,
    title: "No such series",
    remedy: "GET /api/analytics/series lists the ids of all series.",
  },
  ALERT_UNKNOWN: {
    status: 404,
    title: "No such alert",
    remedy: "GET /api/alerts lists the alerts; forgotten ones cannot be changed.",
  },
  ALERT_RESOLVED: {
    status: 409,
    title: "The alert is over",
    remedy: "Acknowledge or silence alerts that are pending or firing.",
  },
  JOB_UNKNOWN: {
    status: 404,
    title: "No such job",
    remedy: "GET /api/analytics/jobs lists the jobs; the oldest ended ones are forgotten.",
  },
  JOB_ENDED: {
    status: 409,
    title: "The job has ended",
    remedy: "Cancel jobs that are queued or running; resume or remove those that have ended.",
  },
  JOB_RUNS: {
    status: 409,
    title: "The job has not ended",
    remedy: "Wait for its end, or cancel it first.",
  },
  JOB_NOT_RESUMABLE: {
    status: 409,
    title: "The job cannot go on",
    remedy: "Start a new job with the same input.",
  },
  JOBS_BUSY: {
    status: 429,
    title: "Too many jobs wait",
    remedy: "Wait until some have ended, or cancel some.",
  },
  JOB_TOO_LARGE: {
    status: 413,
    title: "The job is too large",
    remedy: "Give less data or ask for a smaller result; the detail names the bound.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
