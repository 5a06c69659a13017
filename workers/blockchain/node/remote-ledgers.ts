/** The validators' ledgers, which are in a thread of their own. */
import { Worker } from "node:worker_threads";
import { ChildCalls } from "../../service/child-calls.ts";
import { childThread } from "../../service/child-thread.ts";
import type { LedgerEntry } from "../engine/entry.ts";
import type { LedgerPlace, StoredEntry, ValidatorLedger } from "../validators/ledger.ts";
import type { LedgerApi, OpenedLedger } from "./validator-ledgers.ts";

export interface ValidatorThreadData {
  /** null: private temporary files. */
  readonly home: string | null;
  readonly nowMs: number;
  /** Absolute path of a genesis file; null: the developer's chain. */
  readonly genesis: string | null;
}

export class RemoteLedgers {
  readonly #worker: Worker;
  readonly #calls: ChildCalls<LedgerApi>;
  readonly #onDamage: (text: string) => void;

  /** @param onDamage told when a damaged database was set aside, in a sentence */
  constructor(data: ValidatorThreadData, onDamage: (text: string) => void) {
    this.#worker = new Worker(childThread("blockchain", "validator-thread"), { workerData: data });
    this.#calls = new ChildCalls<LedgerApi>(this.#worker);
    this.#onDamage = onDamage;
  }

  /** Once more for each life of a validator. @throws Error when its file cannot be used at all */
  async open(validator: number): Promise<ValidatorLedger> {
    const opened = await this.#calls.call("open", validator);
    if (opened.damage !== null) this.#onDamage(opened.damage);
    return new RemoteLedger(this.#calls, validator, opened);
  }

  async close(): Promise<void> {
    // A thread that is gone has nothing open any more.
    await this.#calls.call("close").catch(() => {});
    await this.#worker.terminate();
  }
}

class RemoteLedger implements ValidatorLedger {
  readonly #calls: ChildCalls<LedgerApi>;
  readonly #validator: number;
  #place: LedgerPlace;

  constructor(calls: ChildCalls<LedgerApi>, validator: number, { place }: OpenedLedger) {
    this.#calls = calls;
    this.#validator = validator;
    this.#place = place;
  }

  get place(): LedgerPlace {
    return this.#place;
  }

  async apply(sequence: number, entry: LedgerEntry): Promise<LedgerPlace> {
    const text = JSON.stringify(entry);
    this.#place = await this.#calls.call("apply", this.#validator, sequence, text);
    return this.#place;
  }

  entriesAfter(after: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#calls.call("entriesAfter", this.#validator, after, limit);
  }

  flush(): void {
    // In the order of the calls: what was applied before is flushed.
    void this.#calls.call("flush", this.#validator).catch(() => {});
  }
}
