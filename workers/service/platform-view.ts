/** A thread's copy of the platform's state, as the supervisor broadcasts it. */
import type { LifecycleEvent, PlatformState, SubsystemId, Thread } from "./contract.ts";
import { problem } from "./errors.ts";
import { platformLimits } from "./limits.ts";

type Listener = (events: readonly LifecycleEvent[]) => void;

export class PlatformView {
  #state: PlatformState | undefined;
  #events: LifecycleEvent[] = [];
  #dropped = 0;
  readonly #listeners = new Set<Listener>();

  update(state: PlatformState, events: readonly LifecycleEvent[]): void {
    this.#state = state;
    const last = this.#events.at(-1)?.sequence ?? 0;
    const fresh = events.filter(({ sequence }) => sequence > last);
    this.#events.push(...fresh);
    const excess = Math.max(0, this.#events.length - platformLimits.lifecycleEventsMax);
    this.#events.splice(0, excess);
    this.#dropped += excess;
    this.#listeners.forEach((listener) => listener(fresh));
  }

  /** @throws SUBSYSTEM_UNAVAILABLE in the first moments, before the first broadcast. */
  state(): PlatformState {
    if (this.#state !== undefined) return this.#state;
    throw problem("SUBSYSTEM_UNAVAILABLE", "The platform is still starting.");
  }

  thread(id: SubsystemId): Thread {
    const thread = this.state().threads.find((each) => each.id === id);
    if (thread !== undefined) return thread;
    throw problem("SUBSYSTEM_UNAVAILABLE", `The ${id} thread is not part of this run.`, {
      remedy: "Start the platform without --only, or name the subsystem in it.",
    });
  }

  /** Whether a thread that cannot be reached will be soon: it restarts, or the news are older. */
  expects(id: SubsystemId): boolean {
    if (this.#state === undefined) return true;
    const state = this.#state.threads.find((thread) => thread.id === id)?.state;
    return state === "starting" || state === "restarting" || state === "ready";
  }

  events(): { events: LifecycleEvent[]; dropped: number } {
    return { events: this.#events, dropped: this.#dropped };
  }

  onUpdate(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest state at each pull: a slow reader skips states instead of queueing them. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<PlatformState> {
    let seen: PlatformState | undefined;
    for (;;) {
      const state = this.state();
      if (state === seen) await this.#nextUpdate(signal);
      else yield (seen = state);
      if (signal?.aborted === true) return;
    }
  }

  #nextUpdate(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const stop = this.onUpdate(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}
