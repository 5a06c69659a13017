/** The coordinator's end of one worker thread. */
import { Worker } from "node:worker_threads";
import type { ThreadOrder, ThreadReport } from "./thread-messages.ts";

export class WorkerGone extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "WorkerGone";
  }
}

export class WorkerHandle {
  readonly id: number;
  readonly #thread: Worker;
  #waiting: PromiseWithResolvers<ThreadReport> | null = null;
  #gone: WorkerGone | null = null;
  #reason = "The thread ended.";

  constructor(id: number, entry: URL) {
    this.id = id;
    this.#thread = new Worker(entry);
    this.#thread.on("message", (report: ThreadReport) => {
      this.#waiting?.resolve(report);
      this.#waiting = null;
    });
    this.#thread.on("error", (error) => {
      this.#reason = error instanceof Error ? error.message : String(error);
    });
    this.#thread.on("exit", () => {
      this.#gone = new WorkerGone(this.#reason);
      this.#waiting?.reject(this.#gone);
      this.#waiting = null;
    });
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** One order at a time. @throws WorkerGone */
  ask(order: ThreadOrder): Promise<ThreadReport> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    this.#waiting = Promise.withResolvers();
    this.#thread.postMessage(order);
    return this.#waiting.promise;
  }

  /** Ends the thread in the middle of whatever it does; resolves when it is gone. */
  async end(reason: string): Promise<void> {
    this.#reason = reason;
    await this.#thread.terminate();
  }
}
