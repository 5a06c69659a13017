/**
 * The disks of the validators: a database for each. A damaged one is set aside, and the validator
 * begins an empty one, which it fills from the others.
 */
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { setAside } from "../../service/database.ts";
import { StartError } from "../../service/thread-failure.ts";
import type { Pacer } from "../core/pacer.ts";
import type { Applied, Hex, LedgerEntry } from "../engine/entry.ts";
import { StateDamaged } from "../engine/failures.ts";
import type { Genesis } from "../engine/genesis.ts";
import { Replica } from "../engine/replica.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import { openLedgerDatabase } from "../store/ledger-database.ts";
import { LedgerStore } from "../store/ledger-store.ts";
import type { LedgerPlace, LedgerResult, LedgerWork, StoredEntry } from "../validators/ledger.ts";
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
  apply: (work: readonly LedgerWork[]) => Promise<readonly LedgerResult[]>;
  entriesAfter: (validator: number, after: number, limit: number) => readonly StoredEntry[];
  flush: (validator: number) => Promise<void>;
  close: () => void;
};

interface Disk {
  readonly store: LedgerStore;
  replica: Replica;
  /** What was found wrong with it while it was used. */
  damage: string | null;
}

export class ValidatorLedgers implements LedgerApi {
  readonly #files: LedgerFiles;
  /**
   * What execution made of the newest entry, and of which state: another validator with equal state
   * takes it over, with a root of its own (`Replica.adopt`), instead of doing the same again.
   */
  #executed: { readonly before: string; readonly applied: Applied } | null = null;
  /** What one validator has decoded, the others need not decode again. */
  readonly #decoded = new DecodedTransactions();
  /** A validator that crashes leaves its disk behind. */
  readonly #disks = new Map<number, Disk>();

  constructor(files: LedgerFiles) {
    this.#files = files;
  }

  /** @throws StartError when the file cannot be used at all */
  async open(validator: number): Promise<OpenedLedger> {
    const { genesis, pacer } = this.#files;
    const known = this.#disks.get(validator);
    if (known !== undefined && known.damage === null) {
      known.replica = await Replica.open(known.store, genesis, pacer);
      return { place: placeOf(known.replica), damage: null };
    }
    known?.store.close();
    this.#disks.delete(validator);
    const found = known?.damage ?? null;
    const opened =
      found === null ? await this.#open(validator) : await this.#begin(validator, found);
    const { store, replica, damage } = opened;
    this.#disks.set(validator, { store, replica, damage: null });
    return { place: placeOf(replica), damage };
  }

  async apply(work: readonly LedgerWork[]): Promise<readonly LedgerResult[]> {
    const stores = new Map<number, LedgerStore>();
    for (const validator of work.flatMap(({ validators }) => validators)) {
      const store = this.#disks.get(validator)?.store;
      if (store !== undefined) stores.set(validator, store);
    }
    for (const store of stores.values()) store.hold();
    const results = await this.#applyAll(work);
    for (const [validator, store] of stores) {
      try {
        store.release();
      } catch (error) {
        const { name, message } = error as Error;
        const sequence = work[0]?.sequence ?? 0;
        results.unshift({ sequence, validator, place: null, failure: { name, message } });
      }
    }
    return results;
  }

  async #applyAll(work: readonly LedgerWork[]): Promise<LedgerResult[]> {
    const results: LedgerResult[] = [];
    const failed = new Set<number>();
    for (const { sequence, text, validators } of work) {
      const entry = JSON.parse(text) as LedgerEntry;
      for (const validator of validators) {
        if (failed.has(validator)) continue;
        const result = await this.#apply(validator, sequence, entry);
        if (result.failure !== null) failed.add(validator);
        results.push(result);
      }
    }
    return results;
  }

  entriesAfter(validator: number, after: number, limit: number): readonly StoredEntry[] {
    return this.#disk(validator).replica.applied(after + 1, limit);
  }

  flush(validator: number): Promise<void> {
    return this.#disk(validator).replica.flush();
  }

  close(): void {
    for (const { store } of this.#disks.values()) store.close();
    this.#disks.clear();
  }

  async #apply(validator: number, sequence: number, entry: LedgerEntry): Promise<LedgerResult> {
    try {
      const { replica } = this.#disk(validator);
      await this.#carryOut(replica, sequence, entry);
      return { sequence, validator, place: placeOf(replica), failure: null };
    } catch (error) {
      const { name, message } = error as Error;
      const disk = this.#disks.get(validator);
      if (error instanceof StateDamaged && disk !== undefined) disk.damage = message;
      return { sequence, validator, place: null, failure: { name, message } };
    }
  }

  async #carryOut(replica: Replica, sequence: number, entry: LedgerEntry): Promise<void> {
    const { headHash, stateRoot } = placeOf(replica);
    const before = `${sequence} ${headHash} ${stateRoot}`;
    if (this.#executed?.before === before) {
      if ((await replica.adopt(entry, this.#executed.applied)) !== null) return;
    }
    const applied = await replica.apply(sequence, entry, (raw) =>
      this.#decode(raw as Hex, replica),
    );
    this.#executed = { before, applied };
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

  async #open(validator: number): Promise<Opened> {
    const { home, genesis, pacer } = this.#files;
    let store: LedgerStore;
    try {
      store = this.#store(validator);
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== "DATABASE_DAMAGED") throw error;
      // It was moved aside already.
      store = this.#store(validator);
      return { store, replica: await Replica.open(store, genesis, pacer), damage: error.message };
    }
    try {
      return { store, replica: await Replica.open(store, genesis, pacer), damage: null };
    } catch (error) {
      if (!(error instanceof StateDamaged) || home === null) throw error;
      store.close();
      return this.#begin(validator, error.message);
    }
  }

  /** An empty ledger in the place of a damaged one. */
  async #begin(validator: number, found: string): Promise<Opened> {
    const { home, nowMs, genesis, pacer } = this.#files;
    const moved =
      home === null ? "" : ` It was moved to ${setAside(home, `${nameOf(validator)}.db`, nowMs)}.`;
    const store = this.#store(validator);
    const replica = await Replica.open(store, genesis, pacer);
    return { store, replica, damage: `${found}${moved} The other validators fill a new one.` };
  }

  #store(validator: number): LedgerStore {
    const { home, nowMs } = this.#files;
    return new LedgerStore(openLedgerDatabase(nameOf(validator), "plain", home, nowMs));
  }
}

interface Opened {
  readonly store: LedgerStore;
  readonly replica: Replica;
  readonly damage: string | null;
}

function nameOf(validator: number): string {
  return `validator-${validator}`;
}

function placeOf(replica: Replica): LedgerPlace {
  return {
    sequence: replica.sequence,
    height: replica.height,
    headHash: bytesToHex(replica.head.hash()),
    stateRoot: bytesToHex(replica.stateRoot),
  };
}
