/**
 * Heavy work of a subsystem in threads of its own, one job at a time each, so that its event loop stays
 * free. A job that is given up or overruns its time ends its thread, which is the only way to stop
 * code that does not look up; the next job gets a new one.
 */
import { Worker } from "node:worker_threads";
import type { Ask, JobMessage, JobOrder } from "./job-protocol.ts";

export interface JobLimits {
  readonly threadsMax: number;
  /** Jobs that wait for a thread; further ones are refused. */
  readonly queueLengthMax: number;
  readonly durationMsMax: number;
  /** An idle thread is ended after this, and its memory with it. */
  readonly idleMs: number;
}

/** Why there is no result. `failed` carries what the job said, the others what became of it. */
export class JobError extends Error {
  readonly reason: "busy" | "overran" | "crashed" | "failed";

  constructor(reason: JobError["reason"], message: string) {
    super(message);
    this.name = "JobError";
    this.reason = reason;
  }
}

interface Job<Input, Output, Progress> {
  readonly input: Input;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

interface JobOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export class JobThreads<Input, Output, Progress = never> {
  readonly #entry: URL;
  readonly #limits: JobLimits;
  readonly #answer: Ask | undefined;
  readonly #queue: Job<Input, Output, Progress>[] = [];
  readonly #threads = new Set<JobThread<Input, Output, Progress>>();
  #closed = false;

  /** @param answer what jobs ask while they run */
  constructor(entry: URL, limits: JobLimits, answer?: Ask) {
    this.#entry = entry;
    this.#limits = limits;
    this.#answer = answer;
  }

  get running(): number {
    return [...this.#threads].filter(({ isIdle }) => !isIdle).length;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Rejects with the signal's reason when it is aborted.
   * @throws JobError
   */
  run(input: Input, { signal, onProgress }: JobOptions<Progress> = {}): Promise<Output> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      if (this.#closed) return reject(new JobError("crashed", "The thread is ending."));
      const job = { input, onProgress, resolve, reject, signal };
      const thread = this.#freeThread();
      if (thread !== null) return thread.begin(job);
      if (this.#queue.length >= this.#limits.queueLengthMax) {
        return reject(new JobError("busy", `${this.#queue.length} jobs wait already.`));
      }
      this.#queue.push(job);
      signal?.addEventListener("abort", () => this.#giveUp(job), { once: true });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#queue.splice(0)) {
      reject(new JobError("crashed", "The thread is ending."));
    }
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #giveUp(job: Job<Input, Output, Progress>): void {
    const place = this.#queue.indexOf(job);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    job.reject(job.signal?.reason);
  }

  #freeThread(): JobThread<Input, Output, Progress> | null {
    for (const thread of this.#threads) if (thread.isIdle) return thread;
    if (this.#threads.size >= this.#limits.threadsMax) return null;
    const thread = new JobThread<Input, Output, Progress>(this.#entry, this.#limits, {
      answer: this.#answer,
      free: () => {
        const next = this.#queue.shift();
        if (next !== undefined) thread.begin(next);
      },
      ended: () => {
        this.#threads.delete(thread);
        const next = this.#closed ? undefined : this.#queue.shift();
        if (next !== undefined) this.#freeThread()?.begin(next);
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}

interface ThreadEvents {
  readonly answer: Ask | undefined;
  readonly free: () => void;
  readonly ended: () => void;
}

class JobThread<Input, Output, Progress> {
  readonly #worker: Worker;
  readonly #limits: JobLimits;
  readonly #events: ThreadEvents;
  #job: Job<Input, Output, Progress> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  readonly #abort = () => this.#stop(this.#job?.signal?.reason);

  constructor(entry: URL, limits: JobLimits, events: ThreadEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#worker = new Worker(entry);
    this.#worker.on("message", (message: JobMessage<Output, Progress>) => this.#hear(message));
    this.#worker.on("error", (error: Error) => {
      this.#stop(new JobError("crashed", `The job's thread ended: ${error.message}`));
    });
    this.#worker.on("exit", () => {
      this.#stop(new JobError("crashed", "The job's thread ended."));
    });
  }

  get isIdle(): boolean {
    return this.#job === null && !this.#ended;
  }

  begin(job: Job<Input, Output, Progress>): void {
    clearTimeout(this.#timer);
    this.#job = job;
    const { durationMsMax } = this.#limits;
    this.#timer = setTimeout(() => {
      this.#stop(new JobError("overran", `It did not end within ${durationMsMax / 1_000} s.`));
    }, durationMsMax);
    job.signal?.addEventListener("abort", this.#abort, { once: true });
    const order: JobOrder<Input> = { input: job.input };
    this.#worker.postMessage(order);
  }

  async end(): Promise<void> {
    this.#stop(new JobError("crashed", "The thread is ending."));
    await this.#worker.terminate();
  }

  #hear(message: JobMessage<Output, Progress>): void {
    if (message.kind === "question") {
      void this.#reply(message.question, message.content);
      return;
    }
    const job = this.#job;
    if (job === null) return;
    if (message.kind === "progress") {
      job.onProgress?.(message.progress);
      return;
    }
    this.#finish();
    if (message.kind === "done") job.resolve(message.output);
    else job.reject(new JobError("failed", message.message));
    this.#timer = setTimeout(() => void this.end(), this.#limits.idleMs).unref();
    this.#events.free();
  }

  async #reply(question: number, content: unknown): Promise<void> {
    const post = (reply: JobOrder<Input>) => {
      if (!this.#ended) this.#worker.postMessage(reply);
    };
    try {
      if (this.#events.answer === undefined) throw new Error("Nobody answers questions here.");
      post({ question, answer: await this.#events.answer(content) });
    } catch (error) {
      post({ question, refusal: error instanceof Error ? error.message : String(error) });
    }
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#job?.signal?.removeEventListener("abort", this.#abort);
    this.#job = null;
  }

  /** Ends the thread in the middle of whatever it does. */
  #stop(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const job = this.#job;
    this.#finish();
    void this.#worker.terminate();
    job?.reject(reason);
    this.#events.ended();
  }
}
