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
  /** How long a transfer waits for its block, where somebody has to ask for one. */
  transferWaitMs: 60_000,
  /** How long a change of the state by a developer waits for agreement. */
  agreementTimeoutMs: 5_000,
  /** Entries after which what this node held is remembered, to compare the validators with. */
  placesKeptMax: 4_096,
  /** Trie nodes up to which a stored state is compared node by node when it is opened. */
  verifiedNodesMax: 20_000,
  /** Trie nodes that wait to be stored with those of later entries. */
  heldNodesMax: 1_000,
  /** Entries that the archive stores together, and how long the first of them waits. */
  heldEntriesMax: 64,
  heldMs: 25,
  /** How long a block waits for as many transactions as were in the one before. */
  gatheringMs: 3,
  /** So many senders within so long are a crowd: they are answered before their blocks. */
  crowdSendersMin: 4,
  crowdSendersMax: 64,
  crowdMs: 25,
  /** How long a block waits for a crowd, unless somebody asks for what is in it. */
  crowdGatheringMs: 15,
  importedBlocksMax: 100_000,
  /** Transactions that were accepted and then refused, whose reasons are remembered. */
  refusalsKeptMax: 1_000,
  blobsKeptMax: 32,
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

/** Of calls, estimates, simulations and traces, which run in a thread of their own. */
export const callLimits = {
  gasMax: 50_000_000n,
  deadlineMs: 5_000,
  /** How much longer the thread may be silent before it is replaced. */
  graceMs: 1_000,
  /** At the same time, taking turns; more wait in line. */
  inFlightMax: 16,
  waitingMax: 4_096,
  machinesKept: 16,
  blocksKept: 256,
  /** Blocks of eth_simulateV1, with those between the given ones. */
  simulatedBlocksMax: 256,
  simulatedCallsMax: 1_000,
  /** Characters of JSON of one trace. */
  traceLengthMax: 32 * 1024 * 1024,
} as const;

export const mempoolLimits = {
  /** Accepted transactions that were refused, of those remembered. */
  refusedShownMax: 100,
  /** Transactions whose gas is added up for one answer. */
  gasTransactionsMax: 20_000,
  /** Rows that are read together. */
  gasPage: 200,
} as const;

/** Of what developers do to the chain. */
export const developerLimits = {
  snapshotsMax: 1_000,
  minedAtOnceMax: 10_000,
  secondsMax: 100 * 366 * 86_400,
  blockGasLimitMax: 1_000_000_000,
  accountsAtOnce: 256,
  /** Accounts and slots of one dump. */
  dumpedMax: 100_000,
  dumpBytesMax: 64 * 1024 * 1024,
} as const;

export const rpcLimits = {
  batchMax: 1_000,
  /** Characters of the answers of a batch together. */
  batchAnswerMax: 32 * 1024 * 1024,
  socketsMax: 256,
  /** Of one connection, at the same time; more are not read before. */
  socketRequestsMax: 64,
  subscriptionsPerSocketMax: 128,
  /** What may wait for a reader of notifications; a slower one is cut off. */
  socketBufferBytesMax: 8 * 1024 * 1024,
  /** Transactions of a page, of those that Otterscan turns. */
  pageMax: 1_000,
  /** Calls of one transaction that are listed. */
  framesMax: 100_000,
  /** Blocks that trace_filter executes again. */
  tracedBlocksMax: 100,
  filtersMax: 1_000,
  /** What a filter keeps for those who ask; one with more is dropped. */
  filterChangesMax: 10_000,
  /** A filter that nobody asks is dropped after so long. */
  filterIdleMs: 300_000,
  /** Newest blocks whose logs can be taken back. */
  revertibleBlocksMax: 256,
  logsMax: 10_000,
  receiptWaitMsMax: 60_000,
  /** Storage slots that one request may ask for. */
  proofSlotsMax: 1_024,
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
