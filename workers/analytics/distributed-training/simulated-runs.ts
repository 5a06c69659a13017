/** Simulated runs, each in a thread of its own. */
import { Worker } from "node:worker_threads";
import type { ScalingPoint, TrainingView } from "../contract-distributed-training.ts";
import type {
  Deed,
  SimulationDeed,
  SimulationOrder,
  SimulationReport,
} from "./simulation-messages.ts";

/** From which a stopped run is brought back. */
export interface KeptSimulation {
  readonly events: number;
  readonly deeds: readonly SimulationDeed[];
}

export class SimulatedRun {
  readonly #thread: Worker;
  #answers: ((done: boolean) => void)[] = [];

  constructor(entry: URL, order: SimulationOrder) {
    this.#thread = new Worker(entry, { workerData: order });
  }

  /** Resolves with the last view, and what was learned. */
  finish(
    tell: (view: TrainingView, kept: KeptSimulation) => void,
  ): Promise<{ readonly view: TrainingView; readonly parameters: Float32Array }> {
    return this.#outcome((report, resolve) => {
      if (report.kind === "view") tell(report.view, { events: report.events, deeds: report.deeds });
      if (report.kind === "acted") this.#answers.shift()?.(report.done);
      if (report.kind === "done") resolve({ view: report.view, parameters: report.parameters });
    });
  }

  scaling(): Promise<ScalingPoint[]> {
    return this.#outcome((report, resolve) => {
      if (report.kind === "scaling") resolve(report.points);
    });
  }

  act(deed: Deed): Promise<boolean> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#thread.postMessage(deed);
    });
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }

  #outcome<T>(hear: (report: SimulationReport, resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#thread.on("message", (report: SimulationReport) => {
        if (report.kind === "failed") reject(new Error(report.message));
        else hear(report, resolve);
      });
      this.#thread.on("error", reject);
      this.#thread.on("exit", () => {
        for (const answer of this.#answers.splice(0)) answer(false);
        reject(new Error("The simulation's thread ended."));
      });
    });
  }
}
