/** The threads that do the quantum thread's heavy work, and which backend they compute with. */
import { childThread } from "../../service/child-thread.ts";
import { problem as serviceProblem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import type { BackendChoice } from "../backends/open-backends.ts";
import { quantumProblem } from "../errors.ts";
import { simulatorLimits } from "../limits.ts";
import type { SimulatorOrder, SimulatorOutcome } from "../simulator.ts";

export class SimulatorThreads {
  readonly #threads = new JobThreads<SimulatorOrder, SimulatorOutcome>(
    childThread("quantum", "simulator"),
    simulatorLimits,
  );
  #measured: Promise<BackendChoice> | null = null;

  get jobs(): { running: number; waiting: number } {
    return { running: this.#threads.running, waiting: this.#threads.waiting };
  }

  /** Measured with the first use and remembered; a measurement that failed is made again. */
  choice(): Promise<BackendChoice> {
    this.#measured ??= this.#measure().catch((error: unknown) => {
      this.#measured = null;
      throw error;
    });
    return this.#measured;
  }

  /** Rejects with a problem of the catalogue when there is no outcome. */
  async hand(order: SimulatorOrder, signal: AbortSignal | undefined): Promise<SimulatorOutcome> {
    try {
      return await this.#threads.run(order, { signal });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw serviceProblem("OVERLOADED", error.message);
      if (error.reason === "overran") throw quantumProblem("SIMULATION_TOO_LONG", error.message);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  async #measure(): Promise<BackendChoice> {
    const outcome = await this.hand({ kind: "measure" }, undefined);
    if (outcome.kind !== "measured") throw new Error("a measurement was asked for");
    return outcome.choice;
  }
}
