/** The threads that do the quantum thread's heavy work, and which backend they compute with. */
import { childThread } from "../../service/child-thread.ts";
import { problem as serviceProblem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import type { GpuChoice } from "../backends/measure-single.ts";
import type { BackendChoice } from "../backends/open-backends.ts";
import { quantumProblem } from "../errors.ts";
import { longSimulatorLimits, simulatorLimits } from "../limits.ts";
import type { SimulatorOrder, SimulatorOutcome, SimulatorProgress } from "../simulator.ts";

type Threads = JobThreads<SimulatorOrder, SimulatorOutcome, SimulatorProgress>;

export class SimulatorThreads {
  readonly #short = newThreads(simulatorLimits);
  readonly #long = newThreads(longSimulatorLimits);
  #measured: Promise<BackendChoice> | null = null;
  #measuredGpu: Promise<GpuChoice> | null = null;

  get jobs(): { running: number; waiting: number } {
    return {
      running: this.#short.running + this.#long.running,
      waiting: this.#short.waiting + this.#long.waiting,
    };
  }

  /** Measured with the first use and remembered; a measurement that failed is made again. */
  choice(): Promise<BackendChoice> {
    this.#measured ??= this.#measure().catch((error: unknown) => {
      this.#measured = null;
      throw error;
    });
    return this.#measured;
  }

  /** The same for single precision, which takes longer: GPU.js is tried. */
  gpuChoice(): Promise<GpuChoice> {
    this.#measuredGpu ??= this.#measureGpu().catch((error: unknown) => {
      this.#measuredGpu = null;
      throw error;
    });
    return this.#measuredGpu;
  }

  /** What an order to simulate needs to know. */
  async choices(precision: "double" | "single") {
    const choice = await this.choice();
    return { choice, gpu: precision === "double" ? null : await this.gpuChoice() };
  }

  /** Rejects with a problem of the catalogue when there is no outcome. */
  hand(order: SimulatorOrder, signal: AbortSignal | undefined): Promise<SimulatorOutcome> {
    return answered(this.#short.run(order, { signal }));
  }

  /** For orders that may take minutes. */
  handLong(
    order: SimulatorOrder,
    signal: AbortSignal,
    onProgress: (progress: SimulatorProgress) => void,
  ): Promise<SimulatorOutcome> {
    return answered(this.#long.run(order, { signal, onProgress }));
  }

  async close(): Promise<void> {
    await Promise.all([this.#short.close(), this.#long.close()]);
  }

  async #measure(): Promise<BackendChoice> {
    const outcome = await this.hand({ kind: "measure" }, undefined);
    if (outcome.kind !== "measured") throw new Error("a measurement was asked for");
    return outcome.choice;
  }

  async #measureGpu(): Promise<GpuChoice> {
    const choice = await this.choice();
    const outcome = await this.hand({ kind: "measure-gpu", choice }, undefined);
    if (outcome.kind !== "measured-gpu") throw new Error("a measurement was asked for");
    return outcome.gpu;
  }
}

function newThreads(limits: typeof simulatorLimits): Threads {
  return new JobThreads(childThread("quantum", "simulator"), limits);
}

async function answered(outcome: Promise<SimulatorOutcome>): Promise<SimulatorOutcome> {
  try {
    return await outcome;
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    if (error.reason === "busy") throw serviceProblem("OVERLOADED", error.message);
    if (error.reason === "overran") throw quantumProblem("SIMULATION_TOO_LONG", error.message);
    throw error;
  }
}
