/** The journals of live consensus nodes: read here once, written by a thread of their own. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { childThread } from "./child-thread.ts";
import { type JournalFile, JournalTable, type JournalWrite } from "./journal-table.ts";
import type { JournalWriterData, WriteOrder, WriteReport } from "./journal-writer.ts";

export type RecordWrite<Stored> =
  | { readonly kind: "append"; readonly record: Stored }
  /** In the place of all that is there. */
  | { readonly kind: "replace"; readonly records: readonly Stored[] };

/** A node's journal, as the disks of the cluster expect one behind them. */
export interface Journal<Stored> {
  /** What it holds when it is opened. */
  readonly records: readonly Stored[];
  /** Makes these durable, all or nothing, after all that were written before, and says so later. */
  write(writes: readonly RecordWrite<Stored>[], done: (failure?: Error) => void): void;
}

export class Journals<Stored> {
  readonly #table: JournalTable;
  readonly #writer: Worker;
  readonly #waiting = new Map<number, (failure?: Error) => void>();
  #orders = 0;
  /** When the writer has begun: before that a group would only elect leaders whose votes are not kept. */
  readonly ready: Promise<void>;

  /** @throws StartError as `openDatabase` */
  constructor(file: JournalFile, nowMs: number) {
    this.#table = new JournalTable(file, nowMs);
    const workerData: JournalWriterData = { file, nowMs };
    this.#writer = new Worker(childThread("service", "journal-writer"), { workerData });
    this.ready = once(this.#writer, "online").then(() => undefined);
    this.#writer.on("message", (report: WriteReport) => this.#answer(report));
    this.#writer.on("error", (error) => {
      // Nothing can be agreed on without it: this thread ends too, and is started anew.
      throw error;
    });
  }

  /** What a node's disk holds, and where its writes go. */
  mirror(node: number): Journal<Stored> {
    return {
      records: this.#table.read(node).map((record) => JSON.parse(record) as Stored),
      write: (writes, done) => {
        const order: WriteOrder = { order: this.#orders, node, writes: writes.map(encode) };
        this.#orders += 1;
        this.#waiting.set(order.order, done);
        this.#writer.postMessage(order);
      },
    };
  }

  /** Ends the writer when it has done what it was given. */
  async close(): Promise<void> {
    const ended = once(this.#writer, "exit");
    this.#writer.postMessage("close");
    await ended;
    this.#table.close();
  }

  #answer({ orders, failure }: WriteReport): void {
    for (const order of orders) {
      const done = this.#waiting.get(order);
      this.#waiting.delete(order);
      done?.(failure === null ? undefined : new Error(failure));
    }
  }
}

function encode<Stored>(write: RecordWrite<Stored>): JournalWrite {
  const records = write.kind === "replace" ? write.records : [write.record];
  return { kind: write.kind, records: records.map((record) => JSON.stringify(record)) };
}
