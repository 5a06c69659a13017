/** Bounds of what the API does about anomalies; those of its inputs are in contract-anomalies.ts. */

/** Scoring whole series, in a thread of its own. */
export const scoringLimits = {
  threadsMax: 1,
  queueLengthMax: 8,
  durationMsMax: 120_000,
  idleMs: 60_000,
} as const;

export const sessionLimits = {
  sessionsMax: 16,
  /** A session that is not fed for so long ends. */
  idleMs: 15 * 60_000,
  /** How often idle ones are looked for. */
  sweepMs: 10_000,
  /** Verdicts that a session shows. */
  newestMax: 60,
  /** Alarms closer together than so many readings are one. */
  mergeReadings: 12,
  /** Readings from this far in the future are refused. */
  futureMaxMs: 3_600_000,
} as const;

export const opinionLimits = {
  /** Readings before an anomaly that the detectors learn from, and after it. */
  before: 600,
  after: 30,
  /** Readings around its unusual ones in which a score counts as an opinion of it. */
  margin: 15,
  readingsMin: 100,
  /** Anomalies whose opinions are remembered. */
  rememberedMax: 100,
} as const;
