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
  SERIES_UNFIT: {
    status: 422,
    title: "The series does not fit together",
    remedy: "Give every feature and the times the same length, within the limits that are named.",
  },
  SCORING_TOO_LONG: {
    status: 503,
    title: "Scoring took too long",
    remedy: "Send fewer readings, or choose one detector instead of all.",
  },
  ANOMALY_UNKNOWN: {
    status: 404,
    title: "No such anomaly",
    remedy: "GET /api/analytics/anomalies lists those that are kept.",
  },
  SESSION_UNKNOWN: {
    status: 404,
    title: "No such session",
    remedy:
      "GET /api/analytics/detector-sessions lists the open ones; idle ones end by themselves.",
  },
  SESSIONS_FULL: {
    status: 409,
    title: "Too many sessions",
    remedy: "End a session with DELETE, or wait until an idle one ends.",
  },
  READINGS_UNFIT: {
    status: 422,
    title: "The readings do not fit the session",
    remedy: "Name the session's features only, and send times that never run backwards.",
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
  TRAINING_PLAN_IMPOSSIBLE: {
    status: 422,
    title: "No such training can be done",
    remedy: "Change what the detail names: each worker needs a shard, and threads are few.",
  },
  TRAINING_NOT_AT_WORK: {
    status: 409,
    title: "The run is not at work",
    remedy: "Start it, or resume it; then its workers can be crashed, slowed, added and removed.",
  },
  TRAINING_BROKE_OFF: {
    status: 503,
    title: "The training broke off",
    remedy: "Resume the job: it goes on from its last checkpoint.",
  },
  DATA_SET_MISSING: {
    status: 503,
    title: "The data set is not installed here",
    remedy: "Train on spirals, which need no files, or install the package that has the digits.",
  },
  SCALING_BUSY: {
    status: 429,
    title: "Another measurement is being made",
    remedy: "Two at once would disturb each other: try again when it has ended.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
