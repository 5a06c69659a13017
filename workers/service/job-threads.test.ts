import { afterEach, describe, expect, it } from "vitest";
import { JobThreads, type JobLimits } from "./job-threads.ts";

const entry = new URL("testdata/job-thread.ts", import.meta.url);
const limits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 2,
  durationMsMax: 5_000,
  idleMs: 5_000,
};

type Order = { kind: string; value?: number; to?: number; about?: string };
const opened: JobThreads<Order, number, number>[] = [];
const open = (changes: Partial<JobLimits> = {}) => {
  const threads = new JobThreads<Order, number, number>(entry, { ...limits, ...changes });
  opened.push(threads);
  return threads;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((threads) => threads.close()));
});

describe("jobs in threads", () => {
  it("are done one after the other, in order", async () => {
    const threads = open();
    const jobs = [1, 2, 3].map((value) => threads.run({ kind: "double", value }));
    expect([threads.running, threads.waiting]).toEqual([1, 2]);
    expect(await Promise.all(jobs)).toEqual([2, 4, 6]);
    expect([threads.running, threads.waiting]).toEqual([0, 0]);
  });

  it("ask what only the subsystem knows", async () => {
    const threads = new JobThreads<Order, number, number>(entry, limits, async (about) => {
      if (about === "nothing") throw new Error("not known");
      return String(about).length;
    });
    opened.push(threads);
    expect(await threads.run({ kind: "ask", about: "four" })).toBe(4);
    await expect(threads.run({ kind: "ask", about: "nothing" })).rejects.toThrow("not known");
    await expect(open().run({ kind: "ask", about: "x" })).rejects.toThrow("Nobody answers");
  });

  it("tell how far they are", async () => {
    const steps: number[] = [];
    const onProgress = (step: number) => void steps.push(step);
    expect(await open().run({ kind: "count", to: 4 }, { onProgress })).toBe(4);
    expect(steps).toEqual([1, 2, 3, 4]);
  });

  it("are refused when too many wait", async () => {
    const threads = open();
    const jobs = [1, 2, 3].map((value) => threads.run({ kind: "double", value }));
    await expect(threads.run({ kind: "double", value: 4 })).rejects.toMatchObject({
      reason: "busy",
    });
    await Promise.all(jobs);
  });

  it("say why they failed, and the thread goes on", async () => {
    const threads = open();
    await expect(threads.run({ kind: "throw" })).rejects.toMatchObject({
      reason: "failed",
      message: "it cannot be done",
    });
    expect(await threads.run({ kind: "double", value: 5 })).toBe(10);
  });

  it("that spin are ended at their time, and the next one is done by a new thread", async () => {
    const threads = open({ durationMsMax: 300 });
    const spinning = threads.run({ kind: "spin" });
    const next = threads.run({ kind: "double", value: 6 });
    await expect(spinning).rejects.toMatchObject({ reason: "overran" });
    expect(await next).toBe(12);
  });

  it("are given up while they run and while they wait", async () => {
    const threads = open();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = threads.run({ kind: "spin" }, { signal: running.signal });
    const second = threads.run({ kind: "spin" }, { signal: waiting.signal });
    const third = threads.run({ kind: "double", value: 7 });
    waiting.abort(new Error("nobody waits"));
    await expect(second).rejects.toThrow("nobody waits");
    running.abort(new Error("not needed"));
    await expect(first).rejects.toThrow("not needed");
    expect(await third).toBe(14);
    const late = threads.run({ kind: "double", value: 8 }, { signal: running.signal });
    await expect(late).rejects.toThrow("not needed");
  });

  it("whose thread ends are rejected, and the next one is done", async () => {
    const threads = open();
    await expect(threads.run({ kind: "exit" })).rejects.toMatchObject({ reason: "crashed" });
    expect(await threads.run({ kind: "double", value: 9 })).toBe(18);
  });

  it("leave no thread behind: an idle one ends, and closing rejects what is open", async () => {
    const threads = open({ idleMs: 50 });
    expect(await threads.run({ kind: "double", value: 1 })).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const spinning = threads.run({ kind: "spin" });
    const waiting = threads.run({ kind: "double", value: 1 });
    const outcomes = Promise.allSettled([spinning, waiting]);
    await threads.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(threads.run({ kind: "double", value: 1 })).rejects.toThrow("ending");
  });
});
