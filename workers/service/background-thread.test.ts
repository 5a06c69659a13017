import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { yieldToOtherThreads } from "./background-thread.ts";

it.skipIf(process.platform !== "linux")("lowers the calling thread alone", async () => {
  const module = new URL("./background-thread.ts", import.meta.url).href;
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const { readFileSync } = require("node:fs");
     import(${JSON.stringify(module)}).then(({ yieldToOtherThreads }) => {
       const yields = yieldToOtherThreads();
       const [, state] = readFileSync("/proc/thread-self/stat", "utf8").split(") ");
       parentPort.postMessage({ yields, niceness: Number(state.split(" ")[16]) });
     });`,
    { eval: true },
  );
  const told = await new Promise((resolve) => {
    worker.once("message", resolve);
  });
  await worker.terminate();
  expect(told).toEqual({ yields: true, niceness: 5 });
  expect(getPriority()).toBe(0);
  const [, state = ""] = readFileSync("/proc/thread-self/stat", "utf8").split(") ");
  expect(Number(state.split(" ")[16])).toBe(0);
});

it.skipIf(process.platform === "linux")("does nothing elsewhere", () => {
  expect(yieldToOtherThreads()).toBe(false);
});
