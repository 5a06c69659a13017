/** All that the workshop wants of a chain. Whoever runs the chain implements it. */
import type { Hex } from "./artefact.ts";

/** Names a state of the chain; only who gave it out knows what it means. */
export type StateName = string;

/** What code can see of the block that it runs in. */
export interface BlockEnvironment {
  readonly number: number;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly coinbase: Hex;
  readonly gasLimit: bigint;
  readonly baseFeePerGas: bigint;
  readonly prevRandao: Hex;
}

export interface ChainAccount {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  readonly codeHash: Uint8Array;
}

export interface ChainBlock {
  readonly environment: BlockEnvironment;
  /** After the block. */
  readonly state: StateName;
}

export interface ChainTransaction {
  /** As it goes over the wire (EIP-2718). */
  readonly raw: Hex;
  readonly sender: Hex;
}

export interface ChainTransactionPlace {
  readonly block: ChainBlock;
  /** Before the block. */
  readonly state: StateName;
  /** Those before it in its block, in order. */
  readonly earlier: readonly ChainTransaction[];
  readonly transaction: ChainTransaction;
}

export interface ContractsChain {
  /** The content of the genesis file that the chain's rules are from. */
  genesis(): Promise<unknown>;
  /** null: there is no such block. */
  block(reference: number | "latest"): Promise<ChainBlock | null>;
  /** 32 bytes; of zeros for a block that is not known. */
  blockHash(number: number): Promise<Uint8Array>;
  account(state: StateName, address: Hex): Promise<ChainAccount | null>;
  code(state: StateName, address: Hex): Promise<Uint8Array>;
  /** At most 32 bytes. */
  storage(state: StateName, address: Hex, slot: Hex): Promise<Uint8Array>;
  /** null: there is no such mined transaction. */
  transaction(hash: Hex): Promise<ChainTransactionPlace | null>;
}

/** Who sends what; null as the receiver deploys. */
export interface ChainMessage {
  readonly from: Hex;
  readonly to: Hex | null;
  readonly data: Hex;
  readonly value: bigint;
  readonly gas: bigint;
}

/** What is to be traced. */
export type TraceSource =
  | { readonly kind: "transaction"; readonly hash: Hex }
  | {
      readonly kind: "call";
      readonly message: ChainMessage;
      /** After which block. */
      readonly block: number | "latest";
    };
