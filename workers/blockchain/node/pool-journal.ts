/**
 * What was accepted and is not yet in a block, on disk: an accepted transaction outlives a crash of
 * everything. Records of what was mined are harmless, and are dropped when there are many.
 */
import type { DiskMirror } from "../../cluster/disk.ts";
import type { EntryTransaction } from "../engine/entry.ts";
import { chainLimits } from "../limits.ts";

export class PoolJournal {
  readonly #disk: DiskMirror<unknown> | null;
  #written = 0;

  /** @param disk null: nothing outlives the process anyway */
  constructor(disk: DiskMirror<unknown> | null) {
    this.#disk = disk;
  }

  /** What it holds from before, oldest first, mined or not. */
  left(): readonly EntryTransaction[] {
    return (this.#disk?.records ?? []) as readonly EntryTransaction[];
  }

  /**
   * Resolves when the transaction is durable.
   * @param live what waits now, this one among it
   */
  add(transaction: EntryTransaction, live: () => readonly EntryTransaction[]): Promise<void> {
    if (this.#disk === null) return Promise.resolve();
    this.#written += 1;
    const isFull = this.#written > chainLimits.poolRecordsMax;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = (failure?: Error) => (failure === undefined ? resolve() : reject(failure));
    if (isFull) {
      const records = live();
      this.#written = records.length;
      this.#disk.write([{ kind: "replace", records }], done);
    } else {
      this.#disk.write([{ kind: "append", record: transaction }], done);
    }
    return promise;
  }
}
