/** A thread of data-parallel training. It answers each order with one report. */
import { parentPort } from "node:worker_threads";
import { RoundGivenUp } from "./barrier.ts";
import { prepareData } from "./prepare-data.ts";
import type { DataChoice, ThreadOrder, ThreadReport } from "./thread-messages.ts";
import { ThreadWorker } from "./thread-worker.ts";

const now = (): number => performance.timeOrigin + performance.now();
let worker: ThreadWorker | null = null;

function carryOut(order: ThreadOrder): ThreadReport {
  if (order.kind === "prepare") return prepared(order.choice);
  if (order.kind === "open") {
    worker = new ThreadWorker(order, now);
    return { kind: "opened", parameters: worker.replica.size };
  }
  if (worker === null) throw new Error("A segment was ordered before the worker was opened.");
  try {
    return worker.run(order);
  } catch (error) {
    if (error instanceof RoundGivenUp) return { kind: "gave-up" };
    throw error;
  }
}

function prepared(choice: DataChoice): ThreadReport {
  try {
    return { kind: "prepared", data: prepareData(choice) };
  } catch (error) {
    return { kind: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (order: ThreadOrder) => parentPort?.postMessage(carryOut(order)));
