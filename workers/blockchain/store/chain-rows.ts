/** What the explorer and JSON-RPC read from the index of a chain. */
export interface BlockRow {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly rlp: Uint8Array;
  readonly transactions: number;
  readonly bytes: number;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  /** Of the state after it. */
  readonly version: number;
}

export interface TransactionRow {
  readonly id: number;
  readonly hash: Uint8Array;
  readonly block: number;
  readonly position: number;
  readonly sender: Uint8Array;
  readonly recipient: Uint8Array | null;
  readonly contract: Uint8Array | null;
  readonly raw: Uint8Array;
  /** Wei, in decimal. */
  readonly value: string;
  readonly data_bytes: number;
  readonly nonce: number;
  readonly success: number;
  readonly gas_used: number;
  readonly gas_cumulative: number;
  readonly gas_price: string;
  readonly bloom: Uint8Array;
  /** In receipts before Byzantium (EIP-658), in place of the success. */
  readonly state_root: Uint8Array | null;
  readonly block_hash: Uint8Array;
  readonly block_timestamp: number;
}

export interface LogRow {
  readonly block: number;
  readonly position: number;
  readonly log_index: number;
  readonly transaction_hash: Uint8Array;
  readonly address: Uint8Array;
  readonly topic0: Uint8Array | null;
  readonly topic1: Uint8Array | null;
  readonly topic2: Uint8Array | null;
  readonly topic3: Uint8Array | null;
  readonly data: Uint8Array;
  readonly block_hash: Uint8Array;
  readonly block_timestamp: number;
}

/** Where a log stands on the chain. */
export interface LogPlace {
  readonly block: number;
  readonly logIndex: number;
}

export interface AccountRow {
  readonly id: number;
  readonly address: Uint8Array;
  readonly transactions: number;
  readonly contract: number;
}

export interface LogFilter {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Any of these; all when empty. */
  readonly addresses: readonly Uint8Array[];
  /** For each place: any of these; all when empty. */
  readonly topics: readonly (readonly Uint8Array[])[];
  readonly limit: number;
}
