/** The threads of the networks that are trained or asked: few, and ended when nobody asks any more. */
import { MessageChannel, Worker } from "node:worker_threads";
import { ChildCalls } from "../../service/child-calls.ts";
import { childThread } from "../../service/child-thread.ts";
import type { Specification } from "../contract-training-network.ts";
import type { TrainingControl } from "../contract-training.ts";
import type { PublishedNetwork } from "./published-network.ts";
import type { SessionEvent } from "./session.ts";
import type { TrainingThreadApi, TrainingThreadData } from "./training-thread.ts";
import { runLimits } from "./training-limits.ts";

/** All threads are busy. */
export class ThreadsBusy extends Error {}

/** A call that was not answered in time; its thread has been ended. */
export class ThreadSilent extends Error {}

interface Opening {
  readonly specification: Specification;
  readonly checkpoint: Uint8Array | null;
  readonly onEvent: (event: SessionEvent) => void;
  /** The thread has ended by itself. */
  readonly onDeath: (reason: string) => void;
}

export class NetworkThread {
  readonly #worker: Worker;
  readonly #calls: ChildCalls<TrainingThreadApi>;
  /** It trains, so it may not be ended for another. */
  isBusy = false;
  usedAt = 0;
  #isEnded = false;

  constructor({ onEvent, onDeath }: Opening) {
    const { port1, port2 } = new MessageChannel();
    const data: TrainingThreadData = { events: port2 };
    this.#worker = new Worker(childThread("analytics", "training/training-thread"), {
      workerData: data,
      transferList: [port2],
    });
    this.#calls = new ChildCalls(this.#worker);
    port1.on("message", (event: SessionEvent) => {
      if (!this.#isEnded) onEvent(event);
    });
    const die = (reason: string) => {
      port1.close();
      if (!this.#isEnded) onDeath(reason);
      this.#isEnded = true;
    };
    this.#worker.on("error", (error: Error) => die(error.message));
    this.#worker.on("exit", () => die("The network's thread ended."));
  }

  open({ specification, checkpoint }: Opening): Promise<void> {
    return this.#within(runLimits.openMsMax, this.#calls.call("open", specification, checkpoint));
  }

  show(): Promise<void> {
    return this.#within(runLimits.askMsMax, this.#calls.call("show"));
  }

  command(command: TrainingControl): Promise<void> {
    return this.#within(runLimits.askMsMax, this.#calls.call("command", command));
  }

  predict(rows: readonly (readonly number[])[]): Promise<number[][]> {
    return this.#within(runLimits.askMsMax, this.#calls.call("predict", rows));
  }

  onnx(): Promise<Uint8Array> {
    return this.#within(runLimits.askMsMax, this.#calls.call("onnx"));
  }

  publish(): Promise<PublishedNetwork> {
    return this.#within(runLimits.askMsMax, this.#calls.call("publish"));
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#worker.terminate();
  }

  async #within<T>(ms: number, answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new ThreadSilent(`The network's thread did not answer within ${ms / 1_000} s.`));
      void this.#worker.terminate();
    }, ms);
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export class NetworkThreads {
  readonly #threads = new Map<string, { thread: NetworkThread; ready: Promise<void> }>();
  readonly #monotonicMs: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#timer = setInterval(() => this.#endIdle(), runLimits.idleMs / 3);
    this.#timer.unref();
  }

  get(id: string): NetworkThread | null {
    return this.#threads.get(id)?.thread ?? null;
  }

  /** @throws ThreadsBusy when all threads train */
  async open(id: string, opening: () => Opening): Promise<NetworkThread> {
    let entry = this.#threads.get(id);
    if (entry === undefined) {
      this.#makeRoom();
      const order = opening();
      const onDeath = (reason: string) => {
        if (this.#threads.get(id)?.thread === thread) this.#threads.delete(id);
        order.onDeath(reason);
      };
      const thread = new NetworkThread({ ...order, onDeath });
      entry = { thread, ready: thread.open(order) };
      this.#threads.set(id, entry);
    }
    entry.thread.usedAt = this.#monotonicMs();
    try {
      await entry.ready;
    } catch (error) {
      if (this.#threads.get(id) === entry) void this.end(id);
      throw error;
    }
    return entry.thread;
  }

  async end(id: string): Promise<void> {
    const entry = this.#threads.get(id);
    this.#threads.delete(id);
    await entry?.thread.end();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#threads.keys()].map((id) => this.end(id)));
  }

  #makeRoom(): void {
    if (this.#threads.size < runLimits.threadsMax) return;
    const idle = [...this.#threads]
      .filter(([, { thread }]) => !thread.isBusy)
      .toSorted(([, a], [, b]) => a.thread.usedAt - b.thread.usedAt);
    const oldest = idle[0];
    if (oldest === undefined)
      throw new ThreadsBusy(`${this.#threads.size} networks are being trained already.`);
    void this.end(oldest[0]);
  }

  #endIdle(): void {
    const now = this.#monotonicMs();
    for (const [id, { thread }] of this.#threads)
      if (!thread.isBusy && now - thread.usedAt > runLimits.idleMs) void this.end(id);
  }
}
