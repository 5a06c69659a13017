/** Every bound of the validators. */

export const validatorLimits = {
  /** Raft: a leader that is lost has a successor within half a second. */
  heartbeatMs: 75,
  electionTimeoutMinMs: 160,
  electionTimeoutMaxMs: 250,
  snapshotEveryEntries: 4_096,
  trailingEntries: 64,
  /**
   * The newest entries are part of each snapshot, so that what a validator has agreed to and not yet
   * carried out outlives a crash of all of them. No more may wait to be carried out by the quickest.
   */
  snapshotTailEntries: 32,
  /** Silence after which an entry is proposed again. */
  proposeAgainAfterMs: 250,
  /** Entries that wait to be proposed, blocks of transactions from the pool not among them. */
  entriesWaitingMax: 1_024,
  /** Nothing more is proposed while a validator that is up has so many entries to carry out. */
  lagMax: 256,
  /** Entries of each validator that are given to its ledger together. */
  entriesAtOnceMax: 16,
  /** How long an agreed entry waits for others to be carried out with. */
  carryOutTogetherMs: 15,
  /** Entries that are copied from another ledger together. */
  catchUpPage: 16,
  /** After which a validator with a damaged database starts with an empty one. */
  refillAfterMs: 500,
  eventsKeptMax: 500,
  /** Without a proposal, a fault or a lag for so long, the group's time stands still. */
  restAfterMs: 2_000,
} as const;
