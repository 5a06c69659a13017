/** One spare worker with the shared code loaded, so that a thread that ends is replaced at once. */
import { Worker } from "node:worker_threads";
import { supervisorLimits } from "./limits.ts";
import type { StandbyData } from "../workers/service/lifecycle.ts";
import { sharedModule, threadEntry } from "./locations.ts";

const resourceLimits = { maxYoungGenerationSizeMb: supervisorLimits.youngGenerationMbMax };
export class Standby {
  #spare: Worker | null = null;
  #timer: NodeJS.Timeout | undefined;
  #open = false;

  /** Begins to keep a spare, once the platform has started. */
  open(): void {
    this.#open = true;
    this.#prepareLater();
  }

  /** The spare, or else a worker that still has to load. */
  take(): Worker {
    const spare = this.#spare;
    this.#spare = null;
    if (this.#open) this.#prepareLater();
    spare?.removeAllListeners();
    return spare ?? new Worker(threadEntry, { resourceLimits });
  }

  async close(): Promise<void> {
    this.#open = false;
    clearTimeout(this.#timer);
    await this.#spare?.terminate();
  }

  /** Not at once: whoever took the last one needs the processor now. */
  #prepareLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#spare !== null) return;
      const worker = new Worker(threadEntry, {
        name: "standby",
        resourceLimits,
        workerData: { preload: sharedModule } satisfies StandbyData,
      });
      const gone = () => {
        if (this.#spare === worker) this.#spare = null;
      };
      worker.once("error", gone).once("exit", gone);
      this.#spare = worker;
    }, supervisorLimits.standbyDelayMs);
  }
}
