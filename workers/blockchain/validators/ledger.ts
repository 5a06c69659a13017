/** What a validator carries the agreed entries out on: its own copy of the chain and its state. */
import type { Applied, LedgerEntry } from "../engine/entry.ts";

export interface StoredEntry {
  readonly sequence: number;
  readonly entry: LedgerEntry;
}

export interface ValidatorLedger {
  /** Of the last entry that was applied; 0 at the start. */
  readonly sequence: number;
  readonly height: number;
  /** The head's hash: 0x and 64 digits. */
  readonly headHash: string;
  /** Entries must come with rising sequences; one that was applied before changes nothing. */
  apply(sequence: number, entry: LedgerEntry): Promise<Applied>;
  /** Applied entries with sequences above `after`, oldest first, for whoever lacks them. */
  entriesAfter(after: number, limit: number): readonly StoredEntry[];
  /** Makes durable, beyond a loss of power, what was applied. */
  flush(): void;
}
