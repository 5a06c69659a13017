/**
 * What the validators agree on, one entry after the other. Replicas that apply the same entries to
 * the same genesis have the same blocks and the same state; nothing else may influence them.
 */
import type { MinedBlock } from "../core/records.ts";

/** 0x and an even number of hexadecimal digits, lower case. */
export type Hex = `0x${string}`;

export interface EntryTransaction {
  /** The transaction as it goes over the wire (EIP-2718). */
  readonly raw: Hex;
  /** Whose transaction it is without his signature (impersonation); null: the signature tells. */
  readonly sender: Hex | null;
}

/** Mine a block of these transactions, in this order; those that cannot be included are refused. */
export interface BlockEntry {
  readonly kind: "block";
  /** Seconds since the Unix epoch; a block that would not rise above its parent is one second later. */
  readonly timestamp: number;
  readonly feeRecipient: Hex;
  readonly gasLimit: string;
  /** Keccak-256 of the parent's hash when left out. */
  readonly prevRandao?: Hex;
  /** Wei; what EIP-1559 gives when left out. */
  readonly baseFeePerGas?: string;
  readonly extraData?: Hex;
  /** Whether a block without any transaction is wanted, too. */
  readonly mineEmpty: boolean;
  readonly transactions: readonly EntryTransaction[];
}

/** Append a foreign block, if it is valid on top of the head. */
export interface ImportEntry {
  readonly kind: "import";
  readonly rlp: Hex;
}

export type StateOperation =
  | { readonly type: "set balance"; readonly address: Hex; readonly balance: string }
  | { readonly type: "set nonce"; readonly address: Hex; readonly nonce: string }
  | { readonly type: "set code"; readonly address: Hex; readonly code: Hex }
  | {
      readonly type: "set storage";
      readonly address: Hex;
      readonly slot: Hex;
      readonly value: Hex;
    };

/** Change the state outside of any block, for developers; it shows in the root of the next block. */
export interface OperationEntry {
  readonly kind: "operation";
  readonly operations: readonly StateOperation[];
}

/** Go back to the state of that version; the blocks after it are gone. */
export interface RevertEntry {
  readonly kind: "revert";
  readonly version: number;
}

/** `id` is the proposer's: an entry whose id was applied before does nothing. */
export type LedgerEntry = { readonly id: string } & (
  | BlockEntry
  | ImportEntry
  | OperationEntry
  | RevertEntry
);

export type RefusalReason =
  | "already known"
  | "nonce too low"
  | "nonce too high"
  | "insufficient funds"
  | "fee too low"
  | "gas limit"
  | "intrinsic gas"
  | "unsupported"
  | "malformed";

export interface RefusedTransaction {
  readonly hash: Uint8Array;
  readonly reason: RefusalReason;
  /** As the standard clients word it: "nonce too low: next nonce 3, tx nonce 2". */
  readonly message: string;
}

/** An account's fields (yellow paper, section 4.1); the storage is told slot by slot. */
export interface AccountState {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  readonly codeHash: Uint8Array;
}

/** What an entry changed, by what holds after it. */
export interface StateChanges {
  /** By address in hexadecimal digits without 0x; null: there is no such account now. */
  readonly accounts: ReadonlyMap<string, AccountState | null>;
  /** By address and slot (40 + 64 digits); 32 bytes, null: zero. */
  readonly slots: ReadonlyMap<string, Uint8Array | null>;
  /** New code by its hash (64 digits). */
  readonly codes: ReadonlyMap<string, Uint8Array>;
}

export interface Applied {
  /** The entry's place in the agreed order. */
  readonly sequence: number;
  /** Of the state; each entry that changes state or blocks makes a higher one. */
  readonly version: number;
  readonly outcome:
    | { readonly kind: "block"; readonly mined: MinedBlock }
    | { readonly kind: "state" }
    | { readonly kind: "reverted"; readonly height: number }
    | { readonly kind: "nothing"; readonly why: string };
  readonly refused: readonly RefusedTransaction[];
  readonly changes: StateChanges;
}
