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
  DATASET_UNKNOWN: {
    status: 404,
    title: "No such table",
    remedy: "GET /api/analytics/datasets lists the tables.",
  },
  DATASET_REFUSED: {
    status: 422,
    title: "The table cannot be used so",
    remedy: "Correct what the detail names: the line, row, column or target.",
  },
  DATASET_TOO_LARGE: {
    status: 413,
    title: "Table too large",
    remedy: "Bring a smaller table, such as a sample of its rows.",
  },
  DATASET_FIXED: {
    status: 409,
    title: "The table came with the platform",
    remedy: "Delete tables that were brought; those that came with the platform stay.",
  },
  DATASETS_FULL: {
    status: 507,
    title: "No room for further tables",
    remedy: "Delete tables that are no longer needed.",
  },
  TABLES_BUSY: {
    status: 503,
    title: "Too much is asked of the tables at once",
    remedy: "Wait a moment and try again; large tables take longer.",
  },
  UPLOADS_BUSY: {
    status: 429,
    title: "Too many uploads at once",
    remedy: "Finish one, or wait two minutes until an abandoned one is forgotten.",
  },
  UPLOAD_UNKNOWN: {
    status: 404,
    title: "No such upload",
    remedy: "Begin again: uploads to which nothing comes for two minutes are forgotten.",
  },
  UPLOAD_OUT_OF_STEP: {
    status: 409,
    title: "The piece does not continue the upload",
    remedy: "Send the bytes from where the detail says that they are missing.",
  },
  AUTOML_UNKNOWN: {
    status: 404,
    title: "No such search",
    remedy: "GET /api/analytics/jobs?kind=automl lists the searches.",
  },
  AUTOML_UNFINISHED: {
    status: 409,
    title: "The search has found nothing yet",
    remedy: "Wait for the end of its job, or resume it.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
