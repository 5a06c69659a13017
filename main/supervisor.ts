/** Starts, watches, connects, restarts and stops the subsystem threads. */
import { MessageChannel } from "node:worker_threads";
import { transfer } from "comlink";
import type {
  LifecycleEvent,
  PlatformState,
  SubsystemId,
  Thread,
} from "../workers/service/contract.ts";
import type { HostApi, ThreadAction } from "../workers/service/lifecycle.ts";
import { faultDelayMs } from "../workers/service/thread-failure.ts";
import { supervisorLimits } from "./limits.ts";
import { ManagedThread, type ThreadConfig, type ThreadEvents } from "./managed-thread.ts";
import { Standby } from "./standby.ts";
import { Watchdog } from "./watchdog.ts";

export interface SupervisorConfig {
  /** In start order; stopped in the reverse one. */
  readonly threads: readonly Omit<ThreadConfig, "hostApi">[];
  /** The state that is broadcast, from the threads' part of it. */
  readonly describe: (threads: PlatformState["threads"]) => PlatformState;
  /** Once a second, before the state is broadcast. */
  readonly onTick: () => void;
  readonly onLog: (event: LifecycleEvent) => void;
}

export class Supervisor {
  readonly threads: readonly ManagedThread[];
  readonly #config: SupervisorConfig;
  readonly #listeners = new Set<(state: PlatformState) => void>();
  readonly #told = new WeakMap<object, number>();
  #events: LifecycleEvent[] = [];
  #sequence = 0;
  readonly #standby = new Standby();
  #watchdog: Watchdog | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #announcing = false;

  constructor(config: SupervisorConfig) {
    this.#config = config;
    const hostApi: HostApi = {
      control: (id, action) => this.control(id, action),
      signInCodeUsed: (id) => this.#thread(id).codeUsed(),
    };
    const events: ThreadEvents = {
      takeWorker: () => this.#standby.take(),
      onCreated: (thread) => this.#connect(thread),
      onChanged: () => this.#announceSoon(),
      onLog: (thread, level, message) => this.#log(thread.id, level, message),
    };
    this.threads = config.threads.map((each) => new ManagedThread({ ...each, hostApi }, events));
  }

  /** @throws StartupError of the first thread that cannot start; the others are ended then. */
  async start(): Promise<void> {
    this.#watchdog = new Watchdog(this.threads);
    this.#ticker = setInterval(() => this.#tick(), supervisorLimits.stateIntervalMs);
    const results = await Promise.allSettled(this.threads.map((thread) => thread.start()));
    const failure = results.find((result) => result.status === "rejected");
    if (failure === undefined) {
      this.#standby.open();
      return;
    }
    await this.stop();
    throw failure.reason;
  }

  /** @throws Error with a sentence when the action cannot be carried out. */
  async control(id: SubsystemId, action: ThreadAction): Promise<Thread> {
    const thread = this.#thread(id);
    if (action === "start") {
      await thread.start();
    } else if (action === "stop") {
      await thread.stop();
    } else if (action === "restart") {
      await thread.stop();
      await thread.start();
    } else if (action === "kill") {
      const reason = "Killed on purpose (fault injection).";
      setTimeout(() => void thread.end("crash", reason), faultDelayMs);
    } else {
      await thread.running?.link.call((remote) => remote.fault(action));
    }
    this.#announceSoon();
    return thread.snapshot();
  }

  /** In reverse start order, all within the stop deadline. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    void this.#standby.close();
    this.#watchdog?.close();
    const orderly = (async () => {
      for (const thread of this.threads.toReversed()) await thread.stop();
    })();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, supervisorLimits.stopTimeoutMs);
    });
    await Promise.race([orderly, deadline]);
    clearTimeout(timer);
    // Those that did not drain in time.
    const left = this.threads.flatMap(({ running }) => (running === null ? [] : [running.worker]));
    await Promise.all(left.map((worker) => worker.terminate()));
  }

  state(): PlatformState {
    return this.#config.describe(this.threads.map((thread) => thread.snapshot()));
  }

  subscribe(listener: (state: PlatformState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #thread(id: SubsystemId): ManagedThread {
    const thread = this.threads.find((each) => each.id === id);
    if (thread === undefined) throw new Error(`The ${id} thread is not part of this run.`);
    return thread;
  }

  /** Two channels with every other thread: one to call it, one to be called by it. */
  #connect(thread: ManagedThread): void {
    for (const other of this.threads) {
      if (other === thread || other.running === null || thread.running === null) continue;
      const [there, back] = [new MessageChannel(), new MessageChannel()];
      void thread.running.link
        .call((remote) =>
          remote.connect(
            other.id,
            transfer(there.port1, [there.port1]),
            transfer(back.port2, [back.port2]),
          ),
        )
        .catch(() => {});
      void other.running.link
        .call((remote) =>
          remote.connect(
            thread.id,
            transfer(back.port1, [back.port1]),
            transfer(there.port2, [there.port2]),
          ),
        )
        .catch(() => {});
    }
    this.#announceSoon();
  }

  #tick(): void {
    for (const thread of this.threads) thread.sampleCpu();
    this.#config.onTick();
    this.#announce();
  }

  #log(id: SubsystemId, level: LifecycleEvent["level"], message: string): void {
    this.#sequence += 1;
    const event = { sequence: this.#sequence, at: Date.now(), thread: id, level, message };
    this.#events = [...this.#events, event].slice(-supervisorLimits.lifecycleEventsMax);
    this.#config.onLog(event);
    this.#announceSoon();
  }

  /** Several changes in one turn are told once. */
  #announceSoon(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      this.#announce();
    });
  }

  #announce(): void {
    const state = this.state();
    for (const { running } of this.threads) {
      if (running === null) continue;
      const last = this.#told.get(running) ?? 0;
      const events = this.#events.filter(({ sequence }) => sequence > last);
      this.#told.set(running, this.#sequence);
      // A thread that is ending or still loading learns it from its successor or the next tick.
      void running.link.call((remote) => remote.platformChanged(state, events)).catch(() => {});
    }
    this.#listeners.forEach((listener) => listener(state));
  }
}
