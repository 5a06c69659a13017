/** The compiler in a thread of its own that is kept warm and replaced from time to time. */
import { JobError, JobThreads } from "../../../service/job-threads.ts";
import { compilerLimits } from "../limits.ts";
import type { CompileOrder, CompileStage } from "./compile.ts";
import type { CompileOutcome } from "./compile-thread.ts";
import { refuseSources } from "./imports.ts";

type Threads = JobThreads<CompileOrder, CompileOutcome, CompileStage>;

interface Generation {
  readonly threads: Threads;
  started: number;
  pending: number;
}

/** The sources are not taken; nothing was compiled. */
export class SourcesRefused extends Error {
  override readonly name = "SourcesRefused";
}

interface CompileOptions {
  /** Ends the compile in the middle. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (stage: CompileStage) => void;
}

export class Compiler {
  readonly #entry: URL;
  readonly #limits: typeof compilerLimits;
  #generation: Generation | null = null;
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(
    entry: URL = new URL("./compile-thread.js", import.meta.url),
    limits: typeof compilerLimits = compilerLimits,
  ) {
    this.#entry = entry;
    this.#limits = limits;
  }

  /**
   * Errors in the sources are diagnostics of the result.
   * @throws SourcesRefused, JobError, or the signal's reason
   */
  async compile(order: CompileOrder, options: CompileOptions = {}): Promise<CompileOutcome> {
    const refusal = refuseSources(order.sources);
    if (refusal !== null) throw new SourcesRefused(refusal);
    if (this.#closed) throw new JobError("crashed", "The compiler is ending.");
    const generation = this.#current();
    generation.started += 1;
    generation.pending += 1;
    options.onProgress?.("waiting");
    try {
      return await generation.threads.run(order, options);
    } finally {
      generation.pending -= 1;
      if (generation !== this.#generation && generation.pending === 0) this.#end(generation);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#generation !== null) this.#end(this.#generation);
    await Promise.all(this.#ending);
  }

  #current(): Generation {
    const current = this.#generation;
    if (current !== null && current.started < this.#limits.compilesPerThreadMax) return current;
    if (current !== null && current.pending === 0) this.#end(current);
    const { queueLengthMax, durationMsMax, idleMs } = this.#limits;
    const threads: Threads = new JobThreads(this.#entry, {
      threadsMax: 1,
      queueLengthMax,
      durationMsMax,
      idleMs,
    });
    this.#generation = { threads, started: 0, pending: 0 };
    return this.#generation;
  }

  #end({ threads }: Generation): void {
    const ending = threads.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
