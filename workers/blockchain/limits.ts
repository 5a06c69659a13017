/** Every bound of the blockchain thread. */
export const chainLimits = {
  blockGasLimit: 30_000_000n,
  /** The library's block builder re-reads the block for each transaction, so blocks stay small. */
  transactionsPerBlockMax: 32,
  pendingMax: 4_096,
  pendingPerSenderMax: 256,
  /** How long a transaction waits for the nonces before its own. */
  nonceGapWaitMs: 5_000,
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
