/** What a validator carries the agreed entries out on: its own copy of the chain and its state. */
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

export interface ValidatorLedger {
  readonly place: LedgerPlace;
  /**
   * Resolves with the new place. Entries must come with rising sequences; one that was applied before
   * changes nothing.
   */
  apply(sequence: number, entry: LedgerEntry): Promise<LedgerPlace>;
  /** Applied entries with sequences above `after`, oldest first, for whoever lacks them. */
  entriesAfter(after: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Makes durable, beyond a loss of power, what was applied. */
  flush(): void;
}
