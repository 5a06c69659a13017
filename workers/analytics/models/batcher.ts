/**
 * Requests of one version are put together into batches: the first goes at once, those that come while
 * it is worked on go together when it is done, or when they have waited long enough and there is a
 * thread, or when they are enough.
 */
import { JobError } from "../../service/job-threads.ts";
import { analyticsProblem } from "../errors.ts";
import type { RunResult, TensorValue } from "./model-orders.ts";
import { rowsOf } from "./tensor-rows.ts";

export interface BatchLimits {
  readonly batchRowsMax: number;
  readonly batchDelayMs: number;
  readonly batchesInWorkMax: number;
  readonly requestsWaitingMax: number;
  readonly requestMsMax: number;
}

export interface BatchHost {
  monotonicMs(): number;
  /** Calls later; what it returns calls it off. */
  after(ms: number, act: () => void): () => void;
}

export interface BatchedResult {
  readonly outputs: readonly TensorValue[];
  readonly queueMs: number;
  readonly runMs: number;
  readonly loadMs: number;
  readonly batchRows: number;
}

interface Request {
  readonly inputs: readonly TensorValue[];
  readonly rows: number;
  readonly arrivedMs: number;
  readonly done: PromiseWithResolvers<BatchedResult>;
  readonly forget: () => void;
}

export class Batcher {
  readonly #run: (inputs: readonly TensorValue[]) => Promise<RunResult>;
  readonly #host: BatchHost;
  readonly #limits: BatchLimits;
  readonly #joins: boolean;
  readonly #waiting: Request[] = [];
  #inWork = 0;
  #batches = 0;
  #callOff: (() => void) | null = null;

  /** @param joins whether requests may be run together along the first axis */
  constructor(
    run: (inputs: readonly TensorValue[]) => Promise<RunResult>,
    host: BatchHost,
    limits: BatchLimits,
    joins: boolean,
  ) {
    this.#run = run;
    this.#host = host;
    this.#limits = limits;
    this.#joins = joins;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get batches(): number {
    return this.#batches;
  }

  /** @throws MODEL_BUSY, MODEL_TIMEOUT, JobError, the signal's reason */
  submit(inputs: readonly TensorValue[], signal?: AbortSignal): Promise<BatchedResult> {
    const { requestsWaitingMax, requestMsMax } = this.#limits;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#waiting.length >= requestsWaitingMax) {
      const detail = `${this.#waiting.length} requests wait for this version already.`;
      return Promise.reject(analyticsProblem("MODEL_BUSY", detail));
    }
    const done = Promise.withResolvers<BatchedResult>();
    const giveUp = (reason: unknown): void => {
      const place = this.#waiting.indexOf(request);
      if (place >= 0) this.#waiting.splice(place, 1);
      request.forget();
      done.reject(reason);
    };
    const abort = () => giveUp(signal?.reason);
    const callOff = this.#host.after(requestMsMax, () =>
      giveUp(analyticsProblem("MODEL_TIMEOUT", `There was no answer within ${requestMsMax} ms.`)),
    );
    const request: Request = {
      inputs,
      rows: this.#joins ? (inputs[0]?.shape[0] ?? 1) : 1,
      arrivedMs: this.#host.monotonicMs(),
      done,
      forget: () => {
        callOff();
        signal?.removeEventListener("abort", abort);
      },
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(request);
    this.#next(false);
    return done.promise;
  }

  /** Refuses what waits. */
  close(reason: Error): void {
    this.#callOff?.();
    for (const { done, forget } of this.#waiting.splice(0)) {
      forget();
      done.reject(reason);
    }
  }

  #next(hasWaited: boolean): void {
    const { batchRowsMax, batchDelayMs, batchesInWorkMax } = this.#limits;
    while (this.#waiting.length > 0 && this.#inWork < batchesInWorkMax) {
      const rows = this.#waiting.reduce((sum, each) => sum + each.rows, 0);
      if (this.#joins && this.#inWork > 0 && !hasWaited && rows < batchRowsMax) {
        this.#callOff ??= this.#host.after(batchDelayMs, () => {
          this.#callOff = null;
          this.#next(true);
        });
        return;
      }
      void this.#work(this.#take());
    }
  }

  #take(): Request[] {
    const taken = [this.#waiting.shift()!];
    if (!this.#joins) return taken;
    let { rows } = taken[0]!;
    while (this.#waiting.length > 0 && rows + this.#waiting[0]!.rows <= this.#limits.batchRowsMax) {
      const request = this.#waiting.shift()!;
      rows += request.rows;
      taken.push(request);
    }
    return taken;
  }

  async #work(requests: readonly Request[]): Promise<void> {
    this.#inWork += 1;
    const startedMs = this.#host.monotonicMs();
    try {
      await this.#answer(requests, startedMs);
    } finally {
      this.#inWork -= 1;
      this.#next(true);
    }
  }

  async #answer(requests: readonly Request[], startedMs: number): Promise<void> {
    this.#batches += 1;
    const rows = requests.reduce((sum, each) => sum + each.rows, 0);
    try {
      const { outputs, runMs, loadMs } = await this.#run(joined(requests));
      let from = 0;
      for (const request of requests) {
        const own =
          requests.length === 1 ? outputs : outputs.map((each) => rowsOf(each, from, request.rows));
        from += request.rows;
        request.forget();
        const queueMs = startedMs - request.arrivedMs;
        request.done.resolve({ outputs: own, queueMs, runMs, loadMs, batchRows: rows });
      }
    } catch (error) {
      const isOne = requests.length === 1;
      if (isOne || (error instanceof JobError && error.reason === "busy")) {
        for (const { done, forget } of requests) {
          forget();
          done.reject(error);
        }
        return;
      }
      // One of them may be at fault: each is tried alone, so that the others get their answers.
      for (const request of requests) await this.#answer([request], startedMs);
    }
  }
}

function joined(requests: readonly Request[]): readonly TensorValue[] {
  const [first, ...others] = requests;
  if (others.length === 0) return first!.inputs;
  return first!.inputs.map((input, at) => {
    const parts = requests.map(({ inputs }) => inputs[at]!);
    const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
    const size = parts.reduce((sum, { values }) => sum + values.length, 0);
    const values =
      input.values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
    let from = 0;
    for (const part of parts) {
      values.set(part.values, from);
      from += part.values.length;
    }
    return { ...input, shape: [rows, ...input.shape.slice(1)], values };
  });
}
