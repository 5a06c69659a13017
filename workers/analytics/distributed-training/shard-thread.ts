/** A thread of data-parallel training. It answers each order with one report. */
import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { Replica } from "../core/distributed-training/replica.ts";
import { referenceOf } from "../core/serving/model-monitor.ts";
import { RoundGivenUp } from "./barrier.ts";
import { prepareData } from "./prepare-data.ts";
import type { DataChoice, PublishOrder, ThreadOrder, ThreadReport } from "./thread-messages.ts";
import { ThreadWorker } from "./thread-worker.ts";

const now = (): number => performance.timeOrigin + performance.now();
let worker: ThreadWorker | null = null;

function carryOut(order: ThreadOrder): ThreadReport {
  if (order.kind === "prepare") return prepared(order.choice);
  if (order.kind === "publish") return published(order);
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

function published({ choice, network, parameters }: PublishOrder): ThreadReport {
  const report = prepared(choice);
  if (report.kind !== "prepared") return report;
  const { inputs, labels } = report.data.training;
  const width = inputs.length / labels.length;
  const replica = new Replica(network);
  replica.setParameters(parameters);
  const onnx = replica.toOnnx();
  replica.dispose();
  const tensor = { name: "input", shape: [labels.length, width], values: inputs };
  const dataHash = createHash("sha256").update(inputs).update(labels).digest("hex");
  return { kind: "published", onnx, reference: referenceOf([tensor]), dataHash };
}

parentPort?.on("message", (order: ThreadOrder) => parentPort?.postMessage(carryOut(order)));
