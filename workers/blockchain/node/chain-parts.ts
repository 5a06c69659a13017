/** What a chain is made of, and what it counts. */
import type { Pacer, Turns } from "../core/pacer.ts";
import type { Genesis } from "../engine/genesis.ts";
import type { Replica } from "../engine/replica.ts";
import type { LedgerStore } from "../store/ledger-store.ts";
import type { ValidatorGroup } from "../validators/group.ts";
import type { DecodedTransactions } from "./decoded.ts";
import type { PoolJournal } from "./pool-journal.ts";

/** What the chain cannot do by itself: tell the time, wait, make names up, and let others run. */
export interface ChainHost extends Turns {
  /** Seconds since the Unix epoch. */
  nowSeconds(): number;
  /** Calls back once after a time; returns how to cancel it. */
  after(ms: number, act: () => void): () => void;
  /** The chain cannot go on: whoever starts it again finds out what is damaged. */
  fail(error: Error): void;
  /** A text that nobody had before. */
  newId(): string;
}

export interface ChainCounters {
  blocks: number;
  transactions: number;
  gasUsed: bigint;
  /** From proposal to block. */
  miningMs: number;
  lastBlockMs: number | null;
}

export interface ChainParts {
  readonly genesis: Genesis;
  /** The archive's database. */
  readonly store: LedgerStore;
  readonly host: ChainHost;
  readonly pacer: Pacer;
  readonly decoded: DecodedTransactions;
  readonly journal: PoolJournal;
  readonly validators: ValidatorGroup;
  /** Its own copy, already as far as any validator's. */
  readonly archive: Replica;
}
