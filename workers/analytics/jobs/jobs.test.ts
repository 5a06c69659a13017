import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobRecord } from "../contract-jobs.ts";
import { JobTable } from "./job-table.ts";
import { Jobs, type JobRun } from "./jobs.ts";
import { jobLimits } from "./limits.ts";

interface CountInput {
  readonly to: number;
  readonly failsAt?: number;
}

/** Counts to its input, a step each time it is let go on, with a checkpoint after each. */
class Counting {
  readonly runs: JobRun[] = [];
  readonly #gates: (() => void)[] = [];

  readonly kind = {
    kind: "counting",
    resumable: true,
    title: (input: CountInput) => `Counts to ${input.to}`,
    run: async ({ to, failsAt }: CountInput, run: JobRun) => {
      this.runs.push(run);
      let count = (run.saved as { count: number } | null)?.count ?? 0;
      while (count < to) {
        // eslint-disable-next-line no-await-in-loop -- a step at a time is what it is for
        await new Promise<void>((resolve, reject) => {
          this.#gates.push(resolve);
          run.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
        });
        count += 1;
        if (count === failsAt) throw new Error(`${count} is not counted.`);
        run.report({ fraction: count / to, message: `At ${count}.`, detail: { count } });
        run.checkpoint({ count });
      }
      return { counted: count };
    },
  };

  async step(times = 1): Promise<void> {
    for (let done = 0; done < times; done += 1) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await turn();
      for (const letGo of this.#gates.splice(0)) letGo();
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await turn();
    }
  }
}

let home: string;
let clockMs = 0;
const host = { now: () => (clockMs += 1), monotonicMs: () => (clockMs += 1_000) };
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "jobs-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function open(where: string | null = null) {
  const counting = new Counting();
  const jobs = new Jobs(host, new JobTable(where, clockMs));
  jobs.register(counting.kind);
  return { jobs, counting };
}

const stateOf = (jobs: Jobs, { id }: JobRecord) => jobs.get(id).state;

describe("jobs", () => {
  it("run to their end with progress, live readings and a result", async () => {
    const { jobs, counting } = open();
    const job = jobs.start("counting", { to: 2 });
    expect(job).toMatchObject({ state: "running", title: "Counts to 2", fraction: 0 });
    await counting.step();
    expect(jobs.get(job.id)).toMatchObject({
      fraction: 0.5,
      message: "At 1.",
      detail: { count: 1 },
    });
    await counting.step();
    expect(jobs.get(job.id)).toMatchObject({
      state: "done",
      fraction: 1,
      input: { to: 2 },
      result: { counted: 2 },
      checkpointAt: null,
    });
  });

  it("wait while as many as may run do, and are refused beyond the queue", async () => {
    const { jobs, counting } = open();
    const all = Array.from({ length: jobLimits.runningMax + jobLimits.queuedMax }, () =>
      jobs.start("counting", { to: 1 }),
    );
    expect(() => jobs.start("counting", { to: 1 })).toThrow(/wait already/);
    const running = all.filter((job) => stateOf(jobs, job) === "running");
    expect(running).toEqual(all.slice(0, jobLimits.runningMax));
    await counting.step(all.length);
    expect(all.map((job) => stateOf(jobs, job))).toEqual(all.map(() => "done"));
  });

  it("go on from the last checkpoint after a cancel", async () => {
    const { jobs, counting } = open();
    const job = jobs.start("counting", { to: 5 });
    await counting.step(2);
    expect(jobs.cancel(job.id).state).toBe("cancelled");
    await turn();
    expect(() => jobs.cancel(job.id)).toThrow(/ended already/);
    jobs.resume(job.id);
    await turn();
    expect(counting.runs[1]?.saved).toEqual({ count: 2 });
    await counting.step(3);
    expect(jobs.get(job.id)).toMatchObject({ state: "done", result: { counted: 5 } });
    expect(() => jobs.resume(job.id)).toThrow(/cannot go on/);
  });

  it("resumed before its former run has ended, never run twice at once", async () => {
    const { jobs, counting } = open();
    const job = jobs.start("counting", { to: 2 });
    jobs.cancel(job.id);
    jobs.resume(job.id);
    expect(counting.runs).toHaveLength(1);
    await turn();
    expect(counting.runs).toHaveLength(2);
    await counting.step(2);
    expect(stateOf(jobs, job)).toBe("done");
  });

  it("fail with what went wrong and can be tried again", async () => {
    const { jobs, counting } = open();
    const job = jobs.start("counting", { to: 20, failsAt: 13 });
    await counting.step(13);
    expect(jobs.get(job.id)).toMatchObject({ state: "failed", result: null });
    jobs.resume(job.id);
    expect(counting.runs[1]?.saved).toEqual({ count: 12 });
  });

  it("outlive the thread: results stay, what ran is interrupted and goes on", async () => {
    const before = open(home);
    const short = before.jobs.start("counting", { to: 1 });
    const long = before.jobs.start("counting", { to: 4 });
    await before.counting.step(2);
    before.jobs.close();

    const after = open(home);
    expect(after.jobs.get(short.id)).toMatchObject({ state: "done", result: { counted: 1 } });
    expect(stateOf(after.jobs, long)).toBe("interrupted");
    after.jobs.resume(long.id);
    await after.counting.step(2);
    expect(after.jobs.get(long.id)).toMatchObject({ state: "done", result: { counted: 4 } });
    after.jobs.close();
  });

  it("killed with the thread, without a word, are interrupted at the next start", async () => {
    const before = open(home);
    const job = before.jobs.start("counting", { to: 4 });
    await before.counting.step(3);
    // No close: the second opening reads what a dead thread left.
    const after = open(home);
    expect(stateOf(after.jobs, job)).toBe("interrupted");
    after.jobs.resume(job.id);
    expect(after.counting.runs[0]?.saved).toEqual({ count: 3 });
    after.jobs.close();
    before.jobs.cancel(job.id);
  });

  it("are forgotten, the oldest first, and only when they have ended", async () => {
    const { jobs, counting } = open();
    const first = jobs.start("counting", { to: jobLimits.keptMax * 10 });
    let last = first;
    for (let made = 0; made < jobLimits.keptMax + 5; made += 1) {
      last = jobs.start("counting", { to: 1 });
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await counting.step();
    }
    expect(jobs.list(jobLimits.keptMax * 2)).toHaveLength(jobLimits.keptMax);
    expect(jobs.list(1)[0]?.id).toBe(last.id);
    expect(() => jobs.remove(first.id)).toThrow(/cancel it first/);
    jobs.cancel(first.id);
    jobs.remove(first.id);
    expect(() => jobs.get(first.id)).toThrow(/no job/);
  });

  it("are watched until they have ended", async () => {
    const { jobs, counting } = open();
    const job = jobs.start("counting", { to: 3 });
    const fractions: number[] = [];
    const watching = (async () => {
      for await (const { fraction } of jobs.watch(job.id, undefined)) fractions.push(fraction);
    })();
    await counting.step(3);
    await watching;
    expect(fractions.at(0)).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
  });

  it("refuse an input over the limit", () => {
    const { jobs } = open();
    const text = "x".repeat(jobLimits.inputCharactersMax);
    expect(() => jobs.start("counting", { to: 1, text })).toThrow(/characters/);
  });
});
