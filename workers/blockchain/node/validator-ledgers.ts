/**
 * The disks of the validators: a database for each. A damaged one is set aside, and the validator
 * begins an empty one, which it fills from the others.
 */
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { setAside } from "../../service/database.ts";
import { StartError } from "../../service/thread-failure.ts";
import type { Pacer } from "../core/pacer.ts";
import type { Hex, LedgerEntry } from "../engine/entry.ts";
import { StateDamaged } from "../engine/failures.ts";
import type { Genesis } from "../engine/genesis.ts";
import { Replica } from "../engine/replica.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import { openLedgerDatabase } from "../store/ledger-database.ts";
import { LedgerStore } from "../store/ledger-store.ts";
import type { LedgerPlace, StoredEntry } from "../validators/ledger.ts";
import { DecodedTransactions } from "./decoded.ts";

export interface LedgerFiles {
  /** null: private temporary files. */
  readonly home: string | null;
  readonly nowMs: number;
  readonly genesis: Genesis;
  readonly pacer: Pacer;
}

export interface OpenedLedger {
  readonly place: LedgerPlace;
  /** What was found damaged, and where it is now, in a sentence. */
  readonly damage: string | null;
}

/** What the validators' thread offers. */
export type LedgerApi = {
  open: (validator: number) => Promise<OpenedLedger>;
  apply: (validator: number, sequence: number, entry: string) => Promise<LedgerPlace>;
  entriesAfter: (validator: number, after: number, limit: number) => readonly StoredEntry[];
  flush: (validator: number) => void;
  close: () => void;
};

interface Disk {
  readonly store: LedgerStore;
  replica: Replica;
}

export class ValidatorLedgers implements LedgerApi {
  readonly #files: LedgerFiles;
  /** What one validator has decoded, the others need not decode again. */
  readonly #decoded = new DecodedTransactions();
  /** A validator that crashes leaves its disk behind. */
  readonly #disks = new Map<number, Disk>();

  constructor(files: LedgerFiles) {
    this.#files = files;
  }

  /** @throws StartError when the file cannot be used at all */
  async open(validator: number): Promise<OpenedLedger> {
    const known = this.#disks.get(validator);
    if (known !== undefined) {
      const { genesis, pacer } = this.#files;
      known.replica = await Replica.open(known.store, genesis, pacer);
      return { place: placeOf(known.replica), damage: null };
    }
    const { disk, damage } = await this.#open(validator);
    this.#disks.set(validator, disk);
    return { place: placeOf(disk.replica), damage };
  }

  async apply(validator: number, sequence: number, text: string): Promise<LedgerPlace> {
    const { replica } = this.#disk(validator);
    const entry = JSON.parse(text) as LedgerEntry;
    await replica.apply(sequence, entry, (raw) => this.#decode(raw as Hex, replica));
    return placeOf(replica);
  }

  entriesAfter(validator: number, after: number, limit: number): readonly StoredEntry[] {
    return this.#disk(validator).replica.applied(after + 1, limit);
  }

  flush(validator: number): void {
    this.#disk(validator).store.flush();
  }

  close(): void {
    for (const { store } of this.#disks.values()) store.close();
    this.#disks.clear();
  }

  #disk(validator: number): Disk {
    const disk = this.#disks.get(validator);
    if (disk === undefined) throw new Error(`The ledger of validator ${validator} is not open.`);
    return disk;
  }

  #decode(raw: Hex, { common }: Replica): TypedTransaction | undefined {
    const known = this.#decoded.get(raw);
    if (known !== undefined) return known;
    try {
      const tx = decodeTransaction(raw, null, common);
      this.#decoded.add(raw, tx);
      return tx;
    } catch {
      // Its refusal is the replica's to word.
      return undefined;
    }
  }

  async #open(validator: number): Promise<{ readonly disk: Disk; readonly damage: string | null }> {
    const { home, nowMs, genesis, pacer } = this.#files;
    const name = `validator-${validator}`;
    const open = () => new LedgerStore(openLedgerDatabase(name, "plain", home, nowMs));
    const begin = async (damage: string | null) => {
      const store = open();
      return { disk: { store, replica: await Replica.open(store, genesis, pacer) }, damage };
    };
    let store: LedgerStore;
    try {
      store = open();
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== "DATABASE_DAMAGED") throw error;
      // It was moved aside already.
      return begin(error.message);
    }
    try {
      return { disk: { store, replica: await Replica.open(store, genesis, pacer) }, damage: null };
    } catch (error) {
      if (!(error instanceof StateDamaged) || home === null) throw error;
      store.close();
      const aside = setAside(home, `${name}.db`, nowMs);
      return begin(`${error.message} It was moved to ${aside}; the others fill a new one.`);
    }
  }
}

function placeOf(replica: Replica): LedgerPlace {
  return {
    sequence: replica.sequence,
    height: replica.height,
    headHash: bytesToHex(replica.head.hash()),
    stateRoot: bytesToHex(replica.stateRoot),
  };
}
