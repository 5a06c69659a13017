/** Bounds of measuring backends. */
export const measuringLimits = {
  /** Runs of a task after the first, which also compiles; the median counts. */
  roundsMax: 5,
  /** No further round is begun after this. */
  taskMsMax: 500,
  /** A backend whose first run takes longer is too slow for that task. */
  runMsMax: 4_000,
  /** A backend that does not answer in this time is given up. */
  answerMsMax: 10_000,
  /** The largest difference from the reference, as a share of the largest value of it. */
  errorMax: 2e-5,
} as const;

/** Another backend has to be this much faster than code that runs in the caller's own thread. */
export const gainMin = 1.15;
