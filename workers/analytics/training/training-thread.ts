/** The thread of one network: opened with its specification, then ordered by calls. */
import assert from "node:assert/strict";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type MessagePort, workerData } from "node:worker_threads";
import { serveCalls } from "../../service/child-calls.ts";
import type { Specification } from "../contract-training-network.ts";
import type { TrainingControl } from "../contract-training.ts";
import { dataSetOf } from "./data-sets.ts";
import { readLabDigits } from "./digits.ts";
import { planOf } from "./plan.ts";
import { type SessionEvent, TrainingSession } from "./session.ts";

export interface TrainingThreadData {
  /** Where the session's events go. */
  readonly events: MessagePort;
}

const { events } = workerData as TrainingThreadData;
let session: TrainingSession | null = null;

function opened(): TrainingSession {
  assert(session !== null, "the thread has not been opened");
  return session;
}

const api = {
  async open(specification: Specification, checkpoint: Uint8Array | null): Promise<void> {
    const digits = specification.data.kind === "digits" ? await readLabDigits() : null;
    const data = dataSetOf(specification, digits);
    session = new TrainingSession(specification, data, planOf(specification, data), checkpoint, {
      monotonicMs: () => performance.now(),
      breathe: () => setImmediate(),
      sleep: (ms) => setTimeout(ms),
      tell: (event: SessionEvent) => events.postMessage(event),
    });
  },
  show: () => opened().show(),
  async command(command: TrainingControl): Promise<void> {
    const network = opened();
    switch (command.action) {
      case "resume":
        return network.run();
      case "step":
        return network.step();
      case "rate":
        return network.setRate(command.learningRate);
      case "pace":
        return network.setPace(command.stepsPerSecond);
      case "edit":
        return network.edit(command);
      default:
        return network.pause();
    }
  },
  predict: (rows: readonly (readonly number[])[]) => opened().predict(rows),
  onnx: () => opened().toOnnx(),
  publish: () => opened().publish(),
};
export type TrainingThreadApi = typeof api;

serveCalls(api);
