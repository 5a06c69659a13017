/** The validators' ledgers, which are in a thread of their own. */
import { Worker } from "node:worker_threads";
import { ChildCalls } from "../../service/child-calls.ts";
import { childThread } from "../../service/child-thread.ts";
import type {
  LedgerPlace,
  LedgerResult,
  Ledgers,
  LedgerWork,
  StoredEntry,
} from "../validators/ledger.ts";
import type { LedgerApi } from "./validator-ledgers.ts";

export interface ValidatorThreadData {
  /** null: private temporary files. */
  readonly home: string | null;
  readonly nowMs: number;
  /** Absolute path of a genesis file; null: the developer's chain. */
  readonly genesis: string | null;
}

export class RemoteLedgers implements Ledgers {
  readonly #worker: Worker;
  readonly #calls: ChildCalls<LedgerApi>;
  readonly #onDamage: (text: string) => void;

  /** @param onDamage told when a damaged database was set aside, in a sentence */
  constructor(data: ValidatorThreadData, onDamage: (text: string) => void) {
    this.#worker = new Worker(childThread("blockchain", "validator-thread"), { workerData: data });
    this.#calls = new ChildCalls<LedgerApi>(this.#worker);
    this.#onDamage = onDamage;
  }

  /** @throws Error when its file cannot be used at all */
  async open(validator: number): Promise<LedgerPlace> {
    const { place, damage } = await this.#calls.call("open", validator);
    if (damage !== null) this.#onDamage(damage);
    return place;
  }

  apply(work: readonly LedgerWork[]): Promise<readonly LedgerResult[]> {
    return this.#calls.call("apply", work);
  }

  entriesAfter(validator: number, after: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#calls.call("entriesAfter", validator, after, limit);
  }

  flush(validator: number): void {
    // In the order of the calls: what was applied before is flushed.
    void this.#calls.call("flush", validator).catch(() => {});
  }

  async close(): Promise<void> {
    // A thread that is gone has nothing open any more.
    await this.#calls.call("close").catch(() => {});
    await this.#worker.terminate();
  }
}
