/** What the validators carry the agreed entries out on: each has its own copy of the chain. */
import type { NodeId } from "../../cluster/process.ts";
import type { LedgerEntry } from "../engine/entry.ts";

export interface StoredEntry {
  readonly sequence: number;
  readonly entry: LedgerEntry;
}

/** How far a copy of the chain is, and what it holds there. */
export interface LedgerPlace {
  /** Of the last entry that was applied; 0 at the start. */
  readonly sequence: number;
  readonly height: number;
  /** 0x and 64 digits. */
  readonly headHash: string;
  /** Of the present state: 0x and 64 digits. */
  readonly stateRoot: string;
}

/** One entry for those validators whose next it is. */
export interface LedgerWork {
  readonly sequence: number;
  /** The entry as JSON. */
  readonly text: string;
  readonly validators: readonly NodeId[];
}

export interface LedgerResult {
  readonly sequence: number;
  readonly validator: NodeId;
  readonly place: LedgerPlace | null;
  /** Why it could not be applied: then this validator's later entries of the same call were not, too. */
  readonly failure: { readonly name: string; readonly message: string } | null;
}

export interface Ledgers {
  /** A validator's ledger as it was left; once more for each of its lives. */
  open(validator: NodeId): Promise<LedgerPlace>;
  /**
   * Applies entries in their order. For each validator they have rising sequences; one that was
   * applied before changes nothing.
   */
  apply(work: readonly LedgerWork[]): Promise<readonly LedgerResult[]>;
  /** Applied entries with sequences above `after`, oldest first, for whoever lacks them. */
  entriesAfter(validator: NodeId, after: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Makes durable, beyond a loss of power, what was applied. */
  flush(validator: NodeId): void;
}
