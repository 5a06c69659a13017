import { describe, expect, it } from "vitest";
import { streamJob } from "./job-stream.ts";

describe("a job as a stream", () => {
  it("tells the newest progress at each pull, then the output", async () => {
    let report: (progress: number) => void = () => undefined;
    let finish: (output: string) => void = () => undefined;
    const stream = streamJob<string, number>((onProgress) => {
      report = onProgress;
      return new Promise((resolve) => (finish = resolve));
    }, undefined);
    const first = stream.next();
    report(1);
    expect((await first).value).toEqual({ kind: "progress", progress: 1 });
    report(2);
    report(3);
    expect((await stream.next()).value).toEqual({ kind: "progress", progress: 3 });
    const last = stream.next();
    finish("all");
    expect((await last).value).toEqual({ kind: "done", output: "all" });
    expect((await stream.next()).done).toBe(true);
  });

  it("aborts the job when its reader leaves, and when it is told to", async () => {
    const signals: AbortSignal[] = [];
    const outside = new AbortController();
    const start = (onProgress: (progress: number) => void, signal: AbortSignal) => {
      signals.push(signal);
      onProgress(1);
      return new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    };
    for await (const event of streamJob(start, outside.signal)) {
      expect(event.kind).toBe("progress");
      break;
    }
    expect(signals[0]!.aborted).toBe(true);
    const second = streamJob(start, outside.signal);
    await second.next();
    const next = second.next();
    outside.abort();
    await expect(next).rejects.toThrow("aborted");
  });

  it("ends with the job's error", async () => {
    const stream = streamJob(() => Promise.reject(new Error("no such thing")), undefined);
    await expect(stream.next()).rejects.toThrow("no such thing");
  });
});
