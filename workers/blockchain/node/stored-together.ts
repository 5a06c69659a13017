/**
 * The archive stores entries that come quickly together. What a crash loses of it the validators'
 * journals have, and it is carried out again.
 */
import type { Applied, LedgerEntry } from "../engine/entry.ts";
import type { KnownTransactions } from "../engine/executor.ts";
import type { Replica } from "../engine/replica.ts";
import { chainLimits } from "../limits.ts";
import type { LedgerStore } from "../store/ledger-store.ts";

interface Host {
  /** Calls back once after a time; returns how to cancel it. */
  after(ms: number, act: () => void): () => void;
  fail(error: Error): void;
}

export class StoredTogether {
  readonly #archive: Replica;
  readonly #store: LedgerStore;
  readonly #host: Host;
  #held = 0;
  #callOff: (() => void) | null = null;

  constructor(archive: Replica, store: LedgerStore, host: Host) {
    this.#archive = archive;
    this.#store = store;
    this.#host = host;
  }

  /** As `Replica.apply`. Entries must come one after the other. */
  async apply(sequence: number, entry: LedgerEntry, known: KnownTransactions): Promise<Applied> {
    this.#store.hold();
    this.#held += 1;
    if (this.#held === 1) {
      this.#callOff = this.#host.after(chainLimits.heldMs, () => {
        this.settle().catch((error: unknown) => this.#host.fail(error as Error));
      });
    }
    const applied = await this.#archive.apply(sequence, entry, known);
    if (this.#held >= chainLimits.heldEntriesMax) await this.settle();
    return applied;
  }

  /** Resolves when all of it is stored. */
  async settle(): Promise<void> {
    this.#held = 0;
    this.#callOff?.();
    this.#callOff = null;
    await this.#archive.settle();
  }
}
