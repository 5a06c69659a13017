/**
 * CPU time of the containers of one thread. Each has the time of its own synchronous calls; what the
 * thread used besides (parsing, sockets, collecting garbage) is shared out by requests and commands.
 * What the operating system measured is never exceeded: the clock that times the calls goes on while
 * the thread waits for a processor, so calls are scaled down to it.
 */

export interface MeteredContainer {
  cpuMs: number;
  /** Since the last sharing out. */
  callMs: number;
  work: number;
}

export class CpuMeter {
  readonly #threadCpuMs: () => number;
  readonly #monotonicMs: () => number;
  #lastCpuMs: number;
  #inside: MeteredContainer | null = null;

  constructor(threadCpuMs: () => number, monotonicMs: () => number) {
    this.#threadCpuMs = threadCpuMs;
    this.#monotonicMs = monotonicMs;
    this.#lastCpuMs = threadCpuMs();
  }

  /** Runs this on the container's account; a call within a call is the outer one's. */
  run<T>(container: MeteredContainer, call: () => T): T {
    if (this.#inside !== null) return call();
    this.#inside = container;
    const startedAt = this.#monotonicMs();
    try {
      return call();
    } finally {
      container.callMs += this.#monotonicMs() - startedAt;
      this.#inside = null;
    }
  }

  /** Shares out what was used since the last time. */
  settle(containers: Iterable<MeteredContainer>): void {
    const cpuMs = this.#threadCpuMs();
    const usedMs = cpuMs - this.#lastCpuMs;
    this.#lastCpuMs = cpuMs;
    const all = [...containers];
    const callMs = all.reduce((sum, container) => sum + container.callMs, 0);
    const work = all.reduce((sum, container) => sum + container.work, 0);
    const scale = callMs > usedMs ? usedMs / callMs : 1;
    const restMs = Math.max(0, usedMs - callMs);
    for (const container of all) {
      container.cpuMs += container.callMs * scale;
      if (work > 0) container.cpuMs += (restMs * container.work) / work;
      container.callMs = 0;
      container.work = 0;
    }
  }
}
