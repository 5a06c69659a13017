/**
 * Finds threads whose event loop stands still. An idle loop is seen from here, without waking it: its
 * waiting time grows. One whose does not is asked to check in. CPU time tells a spinning thread from
 * one that is merely starved on a busy machine: a starved thread burns none.
 */
import { supervisorLimits } from "./limits.ts";
import type { ManagedThread } from "./managed-thread.ts";

type Running = NonNullable<ManagedThread["running"]>;

interface Seen {
  /** Time that its event loop has waited for events, milliseconds. */
  readonly idleMs: number;
  readonly beats: bigint;
  readonly atMs: number;
  /** CPU time of the thread at that moment, or more. */
  readonly cpuMs: number;
  /** Its CPU time when it was last known to turn, before that moment, or more. */
  readonly turnedCpuMs: number;
  asked: boolean;
  judging: boolean;
}

export class Watchdog {
  readonly #threads: readonly ManagedThread[];
  readonly #seen = new WeakMap<Running, Seen>();
  #timer: NodeJS.Timeout | undefined;

  constructor(threads: readonly ManagedThread[]) {
    this.#threads = threads;
    this.#lookIn(supervisorLimits.watchIntervalMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Again sooner while some thread is silent. */
  #lookIn(delayMs: number): void {
    this.#timer = setTimeout(() => {
      const silent = this.#threads.filter((thread) => this.#isSilent(thread));
      this.#lookIn(
        silent.length > 0
          ? supervisorLimits.silentWatchIntervalMs
          : supervisorLimits.watchIntervalMs,
      );
    }, delayMs);
  }

  #isSilent(thread: ManagedThread): boolean {
    const running = thread.running;
    if (running === null || thread.state !== "ready") return false;
    const { idle: idleMs, active: activeMs } = running.worker.performance.eventLoopUtilization();
    const beats = running.vitals.beats();
    const seen = this.#seen.get(running);
    const nowMs = performance.now();
    if (seen === undefined || seen.idleMs !== idleMs || seen.beats !== beats) {
      const beat = running.vitals.lastBeat();
      // What it used since its last beat is at most the time that it did not wait.
      const cpuMs = beat.cpuMs + Math.max(0, activeMs - beat.activeMs);
      const turnedCpuMs = seen === undefined ? cpuMs : Math.max(seen.cpuMs, beat.cpuMs);
      const fresh = { asked: false, judging: false };
      this.#seen.set(running, { idleMs, beats, atMs: nowMs, cpuMs, turnedCpuMs, ...fresh });
      return false;
    }
    const silentMs = nowMs - seen.atMs;
    if (!seen.asked) {
      seen.asked = true;
      void running.link.call((remote) => remote.checkIn()).catch(() => {});
    }
    if (!seen.judging && silentMs > supervisorLimits.spinCpuMsMax / 2) {
      seen.judging = true;
      void this.#judge(thread, running, seen, silentMs).finally(() => (seen.judging = false));
    }
    return true;
  }

  async #judge(
    thread: ManagedThread,
    running: Running,
    seen: Seen,
    silentMs: number,
  ): Promise<void> {
    if (silentMs > supervisorLimits.blockedMsMax) {
      await thread.end("blocked", `Its event loop stood still for ${Math.round(silentMs)} ms.`);
      return;
    }
    // Answered by the engine's interrupt handler, even in the middle of an endless loop.
    const usage = await running.worker.cpuUsage().catch(() => null);
    if (usage === null || thread.running !== running) return;
    const turned = running.vitals.beats() !== seen.beats || idleMsOf(running) !== seen.idleMs;
    if (turned) return;
    const cpuMs = (usage.user + usage.system) / 1_000 - seen.turnedCpuMs;
    if (cpuMs < supervisorLimits.spinCpuMsMax) return;
    const message = `It used ${Math.round(cpuMs)} ms of CPU without turning its event loop.`;
    await thread.end("spin", message);
  }
}

function idleMsOf({ worker }: Running): number {
  return worker.performance.eventLoopUtilization().idle;
}
