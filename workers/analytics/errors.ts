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
  MODEL_UNKNOWN: {
    status: 404,
    title: "No such model",
    remedy: "GET /api/analytics/registry lists the models; names are case-sensitive.",
  },
  MODEL_VERSION_UNKNOWN: {
    status: 404,
    title: "No such version or alias",
    remedy: "GET /api/analytics/registry/models/NAME lists the versions and aliases of a model.",
  },
  MODEL_REFUSED: {
    status: 422,
    title: "This file cannot be served",
    remedy: "Export the model with operators that are supported; the detail names the node.",
  },
  MODEL_INPUT_INVALID: {
    status: 400,
    title: "The tensors do not fit the model",
    remedy: "Send the inputs that the model's schema names, with its shapes and datatypes.",
  },
  MODEL_UNLOADED: {
    status: 409,
    title: "The version is not loaded",
    remedy: "POST …/versions/VERSION/load serves it again.",
  },
  MODEL_BUSY: {
    status: 503,
    title: "Too many requests wait for models",
    remedy: "Wait a moment, or send several rows in one request.",
  },
  MODEL_TIMEOUT: {
    status: 504,
    title: "The model took too long",
    remedy: "Send fewer rows, or a smaller model; its thread was ended and starts anew.",
  },
  MODEL_FAILED: {
    status: 500,
    title: "The model could not be run",
    remedy: "Try again; if it stays so, look at the logs of the analytics thread.",
  },
  REGISTRY_FULL: {
    status: 409,
    title: "The model registry is full",
    remedy: "Delete models or versions that are not needed; the detail names the limit.",
  },
  MODEL_CONFLICT: {
    status: 409,
    title: "The registry has changed meanwhile, or does not allow this",
    remedy: "Read the model again, then decide anew.",
  },
  MODEL_FILE_LOST: {
    status: 500,
    title: "The model's file is lost or damaged",
    remedy: "Upload the file again as a new version; its SHA-256 is in the version.",
  },
  DELETION_UNKNOWN: {
    status: 404,
    title: "No such deletion",
    remedy: "Deletions can be undone for ten minutes; GET /api/analytics/registry lists them.",
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
    remedy:
      "Begin again with the first part, then the others in order; uploads to which nothing comes for two minutes are forgotten.",
  },
  VALUES_UNFIT: {
    status: 422,
    title: "The values cannot be forecast like this",
    remedy:
      "Look at the value that is named, counted from 0; send more values, fewer gaps, or choose another method (GET /api/analytics/forecasts/methods).",
  },
  SERIES_TOO_SHORT: {
    status: 409,
    title: "The platform's series is too short yet",
    remedy: "Try again when the missing readings are there; the message says how many.",
  },
  FORECAST_TOO_LONG: {
    status: 422,
    title: "The forecast takes too long",
    remedy: "Send fewer values, compare fewer methods, or test on fewer origins.",
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
  TRAINING_UNFINISHED: {
    status: 409,
    title: "The run has no network to give",
    remedy: "Wait for the end of its job, or resume it; a run that is forgotten is trained again.",
  },
  SCALING_BUSY: {
    status: 429,
    title: "Another measurement is being made",
    remedy: "Two at once would disturb each other: try again when it has ended.",
  },
  KERNEL_REFUSED: {
    status: 422,
    title: "The kernel cannot run",
    remedy: "Mend what the detail names; the examples of the API show kernels that run.",
  },
  KERNEL_TOO_LONG: {
    status: 422,
    title: "The kernel takes too long",
    remedy: "Ask for fewer values, or make its loops shorter.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
