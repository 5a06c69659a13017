/** Every bound of the blockchain thread. */
export const chainLimits = {
  blockGasLimit: 30_000_000n,
  transactionsPerBlockMax: 1_000,
  /** Characters of an entry that the validators agree on. */
  entryLengthMax: 900_000,
  /** Accepted transactions on disk before those that were mined are dropped from it. */
  poolRecordsMax: 16_384,
  /** Decoded transactions that are kept for the validators, who would decode them again. */
  decodedMax: 8_192,
  /**
   * With no more than so many waiting, a sender is answered when his transaction is in its block, as
   * tools expect of a chain that mines at once; with more, when it is accepted.
   */
  waitingForBlockMax: 256,
  /** How long such a sender is kept waiting for a block that does not come. */
  blockWaitMs: 5_000,
  /** How long a change of the state by a developer waits for agreement. */
  agreementTimeoutMs: 5_000,
  /** Entries after which what this node held is remembered, to compare the validators with. */
  placesKeptMax: 4_096,
  /** Trie nodes up to which a stored state is compared node by node when it is opened. */
  verifiedNodesMax: 20_000,
  importedBlocksMax: 100_000,
  /** Transactions that were accepted and then refused, whose reasons are remembered. */
  refusalsKeptMax: 1_000,
  pendingMax: 4_096,
  pendingPerSenderMax: 256,
  /** How long a transaction waits for the nonces before its own. */
  nonceGapWaitMs: 60_000,
  rawTransactionBytesMax: 128 * 1024,
  /** The EVM lets the thread's event loop turn at least this often (decision 2). */
  sliceMs: 8,
  stateCacheAccounts: 10_000,
  stateCacheSlots: 10_000,
  stateCacheCodes: 500,
  trieNodesCachedMax: 5_000,
} as const;

export const rpcLimits = {
  batchMax: 100,
  /** Simulated calls and gas estimates that may run at the same time. */
  callsInFlightMax: 8,
  callGasMax: 30_000_000n,
  logsMax: 10_000,
  feeHistoryBlocksMax: 1_024,
} as const;

export const validatorWatchLimits = {
  /** Between two looks at what changed. */
  intervalMs: 250,
  /** Longest silence; the renderer takes more for a lost stream. */
  silenceMaxMs: 1_000,
  eventsMax: 50,
} as const;

export const anchorLimits = {
  /** Newest anchors that are kept in mind to be found again. */
  keptMax: 50_000,
  /** Rows that one step of a search reads. */
  pageRows: 200,
  anchorsOfHashMax: 20,
  gasBase: 21_000n,
  /** The most that any fork asks for a byte of calldata (EIP-2028 lowered it, EIP-7623 raised it). */
  gasPerByte: 68n,
} as const;
