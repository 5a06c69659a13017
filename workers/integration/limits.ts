/** Bounds of the telemetry store. */
export const storeLimits = {
  spansMax: 200_000,
  logsMax: 100_000,
  /** Rows beyond the limit that may pile up before the oldest are deleted in one go. */
  trimSlackRows: 1_000,
  /** Rows of the newest spans that one page of traces may look at. */
  spansScannedMax: 20_000,
  spansPerTraceMax: 2_000,
} as const;

export const statusLimits = {
  pingIntervalMs: 2_000,
  pingTimeoutMs: 400,
  /** An event loop that is later than this is called degraded. */
  eventLoopDelayP99MsMax: 250,
} as const;

export const testLimits = {
  runsKeptMax: 50,
  runsInFlightMax: 8,
  componentTimeoutMs: 2_000,
  healthTimeoutMs: 500,
  consensusNodes: 3,
  consensusTimeoutMs: 2_000,
  /** Less than the deadline, so that the group itself says why it is late. */
  proposalTimeoutMs: 1_900,
  flowAttemptsMax: 3,
  flowRetryDelayMs: 50,
} as const;

export const logWatchLimits = {
  /** Records of one event of the stream; a reader that is slower skips to the newest. */
  batchMax: 200,
  /** Least time between two events. */
  intervalMs: 250,
} as const;

export const consensusWatchLimits = {
  /** Least time between two messages of the stream. */
  intervalMs: 250,
  /** A message comes at least this often, so that a reader knows that the stream lives. */
  silenceMaxMs: 2_000,
  eventsMax: 100,
} as const;

export const auditLimits = {
  entriesMax: 20_000,
  entriesPerAnchorMax: 4_096,
  /** How often the root of what is new goes to the ledger. */
  anchorIntervalMs: 300_000,
  anchorTimeoutMs: 15_000,
  /** Entries that are hashed in one piece of work. */
  pieceEntries: 500,
  /** Pages of 100 anchors that a verification reads. */
  anchorPagesMax: 100,
} as const;
