/** A named pipeline between components: source, transform, target, with retry and measurements. */
import type { FlowState } from "../contract.ts";
import type { CallProblem } from "./component.ts";

export interface DataFlow {
  readonly name: string;
  readonly summary: string;
  readonly source: Stage;
  /** Pure: what the target takes, made of what the source gave. */
  readonly transform: { readonly name: string; readonly run: (input: unknown) => unknown };
  readonly target: Stage;
  /** Tries of the source and of the target, the first included. */
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
}

interface Stage {
  readonly name: string;
  readonly isPresent: () => boolean;
  readonly run: (input: unknown) => Promise<unknown>;
}

interface FlowStages<Read, Written> {
  readonly source: Omit<Stage, "run"> & { readonly run: () => Promise<Read> };
  readonly transform: { readonly name: string; readonly run: (input: Read) => Written };
  readonly target: Omit<Stage, "run"> & { readonly run: (input: Written) => Promise<unknown> };
}

/** Checks that the stages fit together, which the list of flows need not know any more. */
export function dataFlow<Read, Written>(
  flow: Omit<DataFlow, "source" | "transform" | "target"> & FlowStages<Read, Written>,
): DataFlow {
  return flow as DataFlow;
}

interface FlowHost {
  now(): number;
  monotonicMs(): number;
  after(delayMs: number, run: () => void): () => void;
  describe(error: unknown): CallProblem;
  flowFinished(flow: string, status: "ok" | "failed", durationMs: number): void;
}

export class DataFlowRunner {
  readonly #flow: DataFlow;
  readonly #host: FlowHost;
  #runs = 0;
  #failures = 0;
  #retries = 0;
  #last: FlowState["last"] = null;

  constructor(flow: DataFlow, host: FlowHost) {
    this.#flow = flow;
    this.#host = host;
  }

  state(): FlowState {
    const { name, summary, source, transform, target } = this.#flow;
    return {
      name,
      summary,
      source: source.name,
      transform: transform.name,
      target: target.name,
      available: source.isPresent() && target.isPresent(),
      runs: this.#runs,
      failures: this.#failures,
      retries: this.#retries,
      last: this.#last,
    };
  }

  /** Runs the stages once; a stage that fails for good ends it, and the state says why. */
  async run(traceId: string): Promise<FlowState> {
    const { source, transform, target, name } = this.#flow;
    const at = this.#host.now();
    const began = this.#host.monotonicMs();
    const stages: { name: string; durationMs: number }[] = [];
    let attempts = 0;
    let output: unknown = null;
    let problem: CallProblem | null = null;
    const timed = async (stage: string, work: () => Promise<unknown>): Promise<unknown> => {
      const stageBegan = this.#host.monotonicMs();
      try {
        return await work();
      } finally {
        stages.push({ name: stage, durationMs: this.#host.monotonicMs() - stageBegan });
      }
    };
    const counted = (work: () => Promise<unknown>) => {
      attempts += 1;
      return work();
    };
    try {
      const read = await timed(source.name, () =>
        this.#retried(() => counted(() => source.run(null))),
      );
      const written = await timed(transform.name, () => Promise.resolve(transform.run(read)));
      output = await timed(target.name, () =>
        this.#retried(() => counted(() => target.run(written))),
      );
    } catch (error) {
      problem = this.#host.describe(error);
      this.#failures += 1;
    }
    const durationMs = this.#host.monotonicMs() - began;
    const status = problem === null ? "ok" : "failed";
    this.#runs += 1;
    this.#last = { at, status, durationMs, attempts, stages, output, problem, traceId };
    this.#host.flowFinished(name, status, durationMs);
    return this.state();
  }

  async #retried(work: () => Promise<unknown>): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= this.#flow.attemptsMax) throw error;
        this.#retries += 1;
        await this.#pause(this.#flow.retryDelayMs * 2 ** (attempt - 1));
      }
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#host.after(delayMs, resolve);
    });
  }
}
