/** What is known of a mined block beyond the block itself. */
import type { Block } from "@ethereumjs/block";
import type { TypedTransaction } from "@ethereumjs/tx";

export interface LogEntry {
  readonly address: Uint8Array;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

export interface MinedTransaction {
  readonly tx: TypedTransaction;
  readonly hash: Uint8Array;
  readonly sender: Uint8Array;
  readonly contract: Uint8Array | null;
  readonly success: boolean;
  readonly gasUsed: bigint;
  /** Of this transaction and those before it in the block. */
  readonly cumulativeGasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly logs: readonly LogEntry[];
  readonly logsBloom: Uint8Array;
  /** Before Byzantium only (EIP-658): the root after the transaction. */
  readonly stateRoot?: Uint8Array;
}

export interface MinedBlock {
  readonly block: Block;
  readonly transactions: readonly MinedTransaction[];
}
