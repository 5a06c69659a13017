/** Bounds of the supervisor. */
export const supervisorLimits = {
  startTimeoutMs: 10_000,
  watchIntervalMs: 50,
  /** While some thread is silent. */
  silentWatchIntervalMs: 10,
  /** CPU time that a thread may burn without turning its event loop. */
  spinCpuMsMax: 120,
  /** Silence, with or without CPU use, after which a thread counts as blocked. */
  blockedMsMax: 5_000,
  restartDelayMaxMs: 5_000,
  /** Failures in a row after which a thread is given up until an operator starts it. */
  restartsInRowMax: 8,
  /** A thread that ran this long starts its back-off anew. */
  stableAfterMs: 10_000,
  /** Of a thread's heap; more would hold memory that a thread seldom needs again after its start. */
  youngGenerationMbMax: 12,
  standbyDelayMs: 500,
  stateIntervalMs: 1_000,
  drainTimeoutMs: 1_000,
  stopTimeoutMs: 1_700,
  lifecycleEventsMax: 500,
} as const;
