/** Batches on a clock of the test's own. */
import { describe, expect, it } from "vitest";
import { JobError } from "../../service/job-threads.ts";
import { Batcher } from "./batcher.ts";
import type { RunResult, TensorValue } from "./model-orders.ts";

const limits = {
  batchRowsMax: 4,
  batchDelayMs: 5,
  batchesInWorkMax: 2,
  requestsWaitingMax: 6,
  requestMsMax: 100,
};

class Bench {
  nowMs = 0;
  readonly timers: { at: number; act: () => void }[] = [];
  /** Runs that were begun, with the way to end each. */
  readonly runs: { values: number[]; finish: (error?: Error) => void }[] = [];
  readonly batcher: Batcher;

  constructor(joins = true) {
    this.batcher = new Batcher((inputs) => this.#run(inputs), this.#host(), limits, joins);
  }

  /** Doubles its input. */
  #run(inputs: readonly TensorValue[]): Promise<RunResult> {
    const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
    const values = [...inputs[0]!.values];
    const output = { ...inputs[0]!, name: "y", values: Float32Array.from(values, (x) => 2 * x) };
    this.runs.push({
      values,
      finish: (error) =>
        error === undefined ? resolve({ outputs: [output], runMs: 1, loadMs: 0 }) : reject(error),
    });
    return promise;
  }

  #host() {
    return {
      monotonicMs: () => this.nowMs,
      after: (ms: number, act: () => void) => {
        const timer = { at: this.nowMs + ms, act };
        this.timers.push(timer);
        return () => {
          const place = this.timers.indexOf(timer);
          if (place >= 0) this.timers.splice(place, 1);
        };
      },
    };
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const timer of [...this.timers].filter(({ at }) => at <= this.nowMs)) {
      this.timers.splice(this.timers.indexOf(timer), 1);
      timer.act();
    }
    await settled();
  }

  ask(values: readonly number[], signal?: AbortSignal) {
    const answer = this.batcher.submit(
      [{ name: "x", type: "float", shape: [values.length], values: Float32Array.from(values) }],
      signal,
    );
    answer.catch(() => undefined);
    return answer;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const valuesOf = async (answer: ReturnType<Bench["ask"]>) => [...(await answer).outputs[0]!.values];

describe("a batch", () => {
  it("goes at once when nothing is in work; the next ones together after the delay", async () => {
    const bench = new Bench();
    const answers = [bench.ask([1]), bench.ask([2]), bench.ask([3, 4])];
    expect(bench.runs.map(({ values }) => values)).toEqual([[1]]);
    await bench.pass(5);
    expect(bench.runs.map(({ values }) => values)).toEqual([[1], [2, 3, 4]]);
    for (const { finish } of bench.runs) finish();
    expect(await Promise.all(answers.map(valuesOf))).toEqual([[2], [4], [6, 8]]);
    expect((await answers[2]!).batchRows).toBe(3);
    expect((await answers[2]!).queueMs).toBe(5);
    expect(bench.timers).toEqual([]);
  });

  it("that is full does not wait, and what waits goes when one is done", async () => {
    const bench = new Bench();
    const answers = [1, 2, 3, 4, 5, 6].map((x) => bench.ask([x]));
    expect(bench.runs.map(({ values }) => values)).toEqual([[1], [2, 3, 4, 5]]);
    bench.runs[0]!.finish();
    await settled();
    expect(bench.runs.at(-1)!.values).toEqual([6]);
    for (const { finish } of bench.runs) finish();
    expect(await Promise.all(answers.map(valuesOf))).toEqual([[2], [4], [6], [8], [10], [12]]);
  });

  it("is of one request where rows do not join, and where a request is larger", async () => {
    const alone = new Bench(false);
    void [alone.ask([1]), alone.ask([2])];
    expect(alone.runs.map(({ values }) => values)).toEqual([[1], [2]]);
    const bench = new Bench();
    void bench.ask([1, 2, 3, 4, 5]);
    expect(bench.runs[0]!.values).toEqual([1, 2, 3, 4, 5]);
  });

  it("that fails is tried request by request", async () => {
    const bench = new Bench();
    const first = bench.ask([0]);
    const answers = [bench.ask([1]), bench.ask([-1]), bench.ask([2])];
    await bench.pass(5);
    bench.runs[0]!.finish();
    await first;
    bench.runs[1]!.finish(new JobError("failed", "Node 0: below 0."));
    for (let at = 2; at < 5; at++) {
      await settled();
      const { values, finish } = bench.runs[at]!;
      finish(values[0] === -1 ? new JobError("failed", "Node 0: below 0.") : undefined);
    }
    expect(await valuesOf(answers[0]!)).toEqual([2]);
    await expect(answers[1]).rejects.toThrow("below 0");
    expect(await valuesOf(answers[2]!)).toEqual([4]);
  });
});

describe("a request", () => {
  it("beyond those that may wait is refused", async () => {
    const bench = new Bench(false);
    for (let at = 0; at < limits.batchesInWorkMax + limits.requestsWaitingMax; at++)
      void bench.ask([at]);
    await expect(bench.ask([9])).rejects.toMatchObject({ code: "MODEL_BUSY" });
  });

  it("that waits too long, or that nobody waits for, is forgotten", async () => {
    const bench = new Bench(false);
    for (let at = 0; at < limits.batchesInWorkMax; at++) void bench.ask([at]);
    const late = bench.ask([7]);
    const controller = new AbortController();
    const left = bench.ask([8], controller.signal);
    controller.abort(new Error("The client went away."));
    await expect(left).rejects.toThrow("went away");
    await bench.pass(limits.requestMsMax);
    await expect(late).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    expect(bench.batcher.waiting).toBe(0);
    for (const { finish } of bench.runs) finish();
    await settled();
    expect(bench.runs).toHaveLength(limits.batchesInWorkMax);
  });
});
