/** What is asked of the thread of calls. All of it passes a message port. */
import type { Hex, StateChanges } from "../engine/entry.ts";
import type { AccountState } from "../engine/entry.ts";

/** A block on the chain and the version of the state after it. */
export interface CallPlace {
  readonly version: number;
  readonly block: Hex;
}

export interface CallMessage {
  readonly from: Uint8Array;
  /** null creates a contract. */
  readonly to: Uint8Array | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly nonce?: bigint | undefined;
  readonly gas?: bigint | undefined;
  readonly gasPrice?: bigint | undefined;
  readonly maxFeePerGas?: bigint | undefined;
  readonly maxPriorityFeePerGas?: bigint | undefined;
  readonly accessList?: readonly AccessItem[] | undefined;
  readonly authorizationList?: readonly Authorization[] | undefined;
  readonly maxFeePerBlobGas?: bigint | undefined;
  readonly blobVersionedHashes?: readonly Uint8Array[] | undefined;
}

export interface AccessItem {
  readonly address: Uint8Array;
  readonly storageKeys: readonly Uint8Array[];
}

export interface Authorization {
  readonly chainId: bigint;
  readonly address: Uint8Array;
  readonly nonce: bigint;
  readonly yParity: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

/** What an account is taken to be during a call; slots and addresses are 0x and digits. */
export interface AccountOverride {
  readonly balance?: bigint | undefined;
  readonly nonce?: bigint | undefined;
  readonly code?: Uint8Array | undefined;
  /** Its whole storage. */
  readonly state?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Some of its storage. */
  readonly stateDiff?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly movePrecompileToAddress?: Uint8Array | undefined;
}
export type StateOverrides = Readonly<Record<string, AccountOverride>>;

export interface BlockOverrides {
  readonly number?: bigint | undefined;
  readonly time?: bigint | undefined;
  readonly gasLimit?: bigint | undefined;
  readonly feeRecipient?: Uint8Array | undefined;
  readonly prevRandao?: Uint8Array | undefined;
  readonly baseFeePerGas?: bigint | undefined;
  readonly blobBaseFee?: bigint | undefined;
  readonly difficulty?: bigint | undefined;
  readonly beaconRoot?: Uint8Array | undefined;
  readonly withdrawals?: readonly WithdrawalFields[] | undefined;
}

export interface WithdrawalFields {
  readonly index: bigint;
  readonly validatorIndex: bigint;
  readonly address: Uint8Array;
  /** Gwei. */
  readonly amount: bigint;
}

export interface Overrides {
  readonly state?: StateOverrides | undefined;
  readonly block?: BlockOverrides | undefined;
}

export interface SimulatedBlock {
  readonly blockOverrides?: BlockOverrides | undefined;
  readonly stateOverrides?: StateOverrides | undefined;
  readonly calls: readonly CallMessage[];
}

export interface Simulation {
  readonly blocks: readonly SimulatedBlock[];
  readonly traceTransfers: boolean;
  readonly validation: boolean;
  readonly returnFullTransactions: boolean;
}

/** A block to be built without being mined. */
export interface BlockPlan {
  readonly timestamp: bigint;
  readonly feeRecipient: Uint8Array;
  readonly prevRandao: Uint8Array;
  readonly parentBeaconBlockRoot: Uint8Array;
  readonly withdrawals: readonly WithdrawalFields[];
  readonly extraData: Uint8Array;
  /** Where its own may move to, as EIP-1559 lets it. */
  readonly gasLimitWanted: bigint;
  readonly transactions: readonly { readonly raw: Hex; readonly sender: Hex | null }[];
  /** Whether one that cannot be included fails the whole. */
  readonly strict: boolean;
}

export interface TraceOptions {
  readonly tracer: string | null;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What the thread reads from the archive, in the thread that has it. */
export interface ArchiveApi {
  account(version: number, address: string): AccountState | null;
  slot(version: number, address: string, slot: string): Uint8Array | null;
  slotsOf(version: number, address: string): readonly string[];
  code(hash: string): Uint8Array;
  /** null: no such block. */
  block(reference: Uint8Array | number): StoredBlock | null;
  blockHash(number: number): Uint8Array | null;
  rootWith(version: number, changes: StateChanges): Promise<Uint8Array>;
}

export interface StoredBlock {
  readonly rlp: Uint8Array;
  readonly version: number;
}
