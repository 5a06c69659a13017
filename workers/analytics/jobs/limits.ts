/** Bounds of jobs; those of their API are in contract-jobs.ts. */
export const jobLimits = {
  /** Jobs at work at the same time; further ones wait. */
  runningMax: 2,
  queuedMax: 20,
  /** Ended jobs that are kept; the oldest are forgotten first. */
  keptMax: 200,
  inputCharactersMax: 2 << 20,
  resultCharactersMax: 16 << 20,
  checkpointCharactersMax: 64 << 20,
  messageLengthMax: 500,
  /** Live streams hear of progress at most this often. */
  progressIntervalMs: 100,
} as const;
