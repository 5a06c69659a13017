/**
 * The thread that makes journals durable, so that no request waits while the disk does. What
 * comes while it writes goes into the next transaction together: one sync for many (group commit).
 */
import { parentPort, workerData } from "node:worker_threads";
import { type JournalFile, JournalTable, type JournalWrite } from "./journal-table.ts";

export interface JournalWriterData {
  readonly file: JournalFile;
  readonly nowMs: number;
}

export interface WriteOrder {
  readonly order: number;
  readonly node: number;
  readonly writes: readonly JournalWrite[];
}

/** Orders that are durable now, or, with a failure, none of which is. */
export interface WriteReport {
  readonly orders: readonly number[];
  readonly failure: string | null;
}

const port = parentPort;
if (port === null) throw new Error("the journal writer is a worker thread");
const { file, nowMs } = workerData as JournalWriterData;
const table = new JournalTable(file, nowMs);
let waiting: WriteOrder[] = [];

port.on("message", (order: WriteOrder | "close") => {
  if (order === "close") {
    write();
    table.close();
    port.close();
    return;
  }
  if (waiting.length === 0) setImmediate(write);
  waiting.push(order);
});

function write(): void {
  const batch = waiting;
  waiting = [];
  if (batch.length === 0) return;
  const report: WriteReport = { orders: batch.map(({ order }) => order), failure: attempt(batch) };
  port?.postMessage(report);
}

function attempt(batch: readonly WriteOrder[]): string | null {
  try {
    table.write(batch);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
