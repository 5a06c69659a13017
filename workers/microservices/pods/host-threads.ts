/** Which container goes into which thread. */
import { PodRuntimeError } from "./container-spec.ts";
import { HostThread, type HostThreadEvents } from "./host-thread.ts";
import type { PodRuntimeLimits } from "./pod-limits.ts";

export class HostThreads {
  readonly #limits: PodRuntimeLimits;
  readonly #events: (thread: () => HostThread) => HostThreadEvents;
  readonly #threads = new Set<HostThread>();

  constructor(limits: PodRuntimeLimits, events: (thread: () => HostThread) => HostThreadEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  get all(): readonly HostThread[] {
    return [...this.#threads];
  }

  /** @throws PodRuntimeError when there is no room. */
  place(ownThread: boolean): HostThread {
    const alive = [...this.#threads].filter(({ isGone }) => !isGone);
    const own = alive.filter(({ isShared }) => !isShared);
    const shared = alive
      .filter(({ isShared }) => isShared)
      .toSorted((a, b) => a.containers.size - b.containers.size);
    const { ownThreadsMax, sharedThreadsMax } = this.#limits;
    const { containersPerThreadMax } = this.#limits;
    const wanted = Math.min(this.#limits.containersPerThreadWanted, containersPerThreadMax);
    if (ownThread) {
      if (own.length < ownThreadsMax) return this.#begin(false);
      const message = `At most ${ownThreadsMax} containers have a thread of their own.`;
      throw new PodRuntimeError("Full", message);
    }
    const [emptiest] = shared;
    if (emptiest !== undefined && emptiest.containers.size < wanted) {
      return emptiest;
    }
    if (shared.length < sharedThreadsMax) return this.#begin(true);
    if (emptiest !== undefined && emptiest.containers.size < containersPerThreadMax) {
      return emptiest;
    }
    const most = sharedThreadsMax * containersPerThreadMax;
    throw new PodRuntimeError("Full", `The node runs ${most} containers, which is all it can.`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #begin(isShared: boolean): HostThread {
    const events = this.#events(() => thread);
    const thread: HostThread = new HostThread(isShared, this.#limits, {
      hear: events.hear,
      gone: (exit) => {
        this.#threads.delete(thread);
        events.gone(exit);
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}
