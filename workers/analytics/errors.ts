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
  NETWORK_INVALID: {
    status: 422,
    title: "The network cannot be trained",
    remedy:
      "POST /api/analytics/training/validate shows the shapes layer by layer; mend the layer that is named.",
  },
  EXPERIMENT_UNKNOWN: {
    status: 404,
    title: "No such experiment",
    remedy: "GET /api/analytics/training/experiments lists them; the oldest are forgotten.",
  },
  EXPERIMENT_ENDED: {
    status: 409,
    title: "The experiment has ended",
    remedy: "Start a new one with the same specification, with more epochs if it was done.",
  },
  EXPERIMENT_RUNS: {
    status: 409,
    title: "The experiment is being trained",
    remedy: "Pause it first.",
  },
  NETWORK_REFUSES: {
    status: 422,
    title: "The network cannot do that",
    remedy: "Mend what the detail names; the plan of the experiment has all shapes.",
  },
  TRAINING_BUSY: {
    status: 429,
    title: "Too many networks are at work",
    remedy: "Pause or stop an experiment, or wait until one is done.",
  },
  TRAINING_FAILED: {
    status: 422,
    title: "Training failed",
    remedy: "Lower the learning rate or clip the gradients, and start again.",
  },
  COMPARISON_TOO_WIDE: {
    status: 422,
    title: "Too many experiments to compare",
    remedy: "Compare fewer of them.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
