/**
 * Finds threads whose event loop stands still. CPU time tells a spinning thread from one that is
 * merely starved on a busy machine: a starved thread burns none.
 */
import { supervisorLimits } from "./limits.ts";
import type { ManagedThread } from "./managed-thread.ts";

interface Seen {
  beats: bigint;
  atMs: number;
  asking: boolean;
}

export class Watchdog {
  readonly #threads: readonly ManagedThread[];
  readonly #seen = new WeakMap<object, Seen>();
  readonly #timer: NodeJS.Timeout;

  constructor(threads: readonly ManagedThread[]) {
    this.#threads = threads;
    this.#timer = setInterval(() => this.#look(), supervisorLimits.watchIntervalMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    for (const thread of this.#threads) {
      const running = thread.running;
      if (running === null || thread.state !== "ready") continue;
      const beats = running.vitals.beats();
      const seen = this.#seen.get(running);
      if (seen === undefined || seen.beats !== beats) {
        this.#seen.set(running, { beats, atMs: nowMs, asking: false });
      } else if (!seen.asking && nowMs - seen.atMs > supervisorLimits.spinCpuMsMax / 2) {
        seen.asking = true;
        void this.#judge(thread, seen, nowMs - seen.atMs).finally(() => (seen.asking = false));
      }
    }
  }

  async #judge(thread: ManagedThread, seen: Seen, silentMs: number): Promise<void> {
    const running = thread.running;
    if (running === null) return;
    if (silentMs > supervisorLimits.blockedMsMax) {
      await thread.end("blocked", `Its event loop stood still for ${Math.round(silentMs)} ms.`);
      return;
    }
    // Answered by the engine's interrupt handler, even in the middle of an endless loop.
    const usage = await running.worker.cpuUsage().catch(() => null);
    if (usage === null || running.vitals.beats() !== seen.beats) return;
    const cpuMs = (usage.user + usage.system) / 1_000 - running.vitals.cpuMsAtBeat();
    if (cpuMs < supervisorLimits.spinCpuMsMax) return;
    const message = `It used ${Math.round(cpuMs)} ms of CPU without turning its event loop.`;
    await thread.end("spin", message);
  }
}
