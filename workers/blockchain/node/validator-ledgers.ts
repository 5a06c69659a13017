/**
 * The disks of the validators: a database for each. A damaged one is set aside, and the validator
 * begins an empty one, which it fills from the others.
 */
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import type { Pacer } from "../core/pacer.ts";
import type { Applied, LedgerEntry } from "../engine/entry.ts";
import type { Genesis } from "../engine/genesis.ts";
import type { KnownTransactions } from "../engine/executor.ts";
import { StateDamaged } from "../engine/failures.ts";
import { Replica } from "../engine/replica.ts";
import { openLedgerDatabase } from "../store/ledger-database.ts";
import { LedgerStore } from "../store/ledger-store.ts";
import { StartError } from "../../service/thread-failure.ts";
import { setAside } from "../../service/database.ts";
import type { StoredEntry, ValidatorLedger } from "../validators/ledger.ts";

export interface LedgerFiles {
  /** null: private temporary files. */
  readonly home: string | null;
  readonly nowMs: number;
  readonly genesis: Genesis;
  readonly pacer: Pacer;
  /** Told when a damaged database was set aside, in a sentence. */
  onDamage(validator: number, text: string): void;
}

export class ValidatorLedgers {
  readonly #files: LedgerFiles;
  readonly #known: KnownTransactions;
  /** A validator that crashes leaves its disk behind. */
  readonly #stores = new Map<number, LedgerStore>();

  /** @param known what need not be decoded and recovered again by each validator */
  constructor(files: LedgerFiles, known: (raw: string) => TypedTransaction | undefined) {
    this.#files = files;
    this.#known = known;
  }

  /** @throws StartError when the file cannot be used at all */
  async open(validator: number): Promise<ValidatorLedger> {
    const { genesis, pacer } = this.#files;
    try {
      return new ReplicaLedger(
        await Replica.open(this.#store(validator), genesis, pacer),
        this.#store(validator),
        this.#known,
      );
    } catch (error) {
      if (!(error instanceof StateDamaged)) throw error;
      this.#discard(validator, error.message);
      const store = this.#store(validator);
      return new ReplicaLedger(await Replica.open(store, genesis, pacer), store, this.#known);
    }
  }

  close(): void {
    for (const store of this.#stores.values()) store.close();
    this.#stores.clear();
  }

  #store(validator: number): LedgerStore {
    const known = this.#stores.get(validator);
    if (known !== undefined) return known;
    const { home, nowMs } = this.#files;
    const open = () => new LedgerStore(openLedgerDatabase(nameOf(validator), "plain", home, nowMs));
    let store: LedgerStore;
    try {
      store = open();
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== "DATABASE_DAMAGED") throw error;
      // It was moved aside already.
      this.#files.onDamage(validator, error.message);
      store = open();
    }
    this.#stores.set(validator, store);
    return store;
  }

  #discard(validator: number, why: string): void {
    const { home, nowMs } = this.#files;
    this.#stores.get(validator)?.close();
    this.#stores.delete(validator);
    if (home === null) return;
    const aside = setAside(home, `${nameOf(validator)}.db`, nowMs);
    this.#files.onDamage(validator, `${why} It was moved to ${aside}; the others fill a new one.`);
  }
}

function nameOf(validator: number): string {
  return `validator-${validator}`;
}

class ReplicaLedger implements ValidatorLedger {
  readonly #replica: Replica;
  readonly #store: LedgerStore;
  readonly #known: KnownTransactions;

  constructor(replica: Replica, store: LedgerStore, known: KnownTransactions) {
    this.#replica = replica;
    this.#store = store;
    this.#known = known;
  }

  get sequence(): number {
    return this.#replica.sequence;
  }

  get height(): number {
    return this.#replica.height;
  }

  get headHash(): string {
    return bytesToHex(this.#replica.head.hash());
  }

  get stateRoot(): string {
    return bytesToHex(this.#replica.stateRoot);
  }

  apply(sequence: number, entry: LedgerEntry): Promise<Applied> {
    return this.#replica.apply(sequence, entry, this.#known);
  }

  entriesAfter(after: number, limit: number): readonly StoredEntry[] {
    return this.#replica.applied(after + 1, limit);
  }

  flush(): void {
    this.#store.flush();
  }
}
