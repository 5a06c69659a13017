import { expect, test } from "vitest";
import type { Thread } from "../../workers/service/contract.ts";
import { platformHealth } from "./health.ts";

function verdictOf(...states: readonly Thread["state"][]) {
  const ids = ["integration", "quantum", "gateway"] as const;
  const threads = states.map((state, index) => {
    const id = ids[index] ?? "gateway";
    return { id, title: id, state } as Thread;
  });
  const { health, sentence } = platformHealth({ threads });
  return [health, sentence];
}

test("the verdict names the worst state first", () => {
  expect(verdictOf("ready", "ready", "ready")).toEqual(["healthy", "3 of 3 threads ready"]);
  expect(verdictOf("ready", "restarting", "ready")).toEqual([
    "degraded",
    "2 of 3 threads ready; quantum coming up",
  ]);
  expect(verdictOf("stopped", "ready", "ready")).toEqual([
    "degraded",
    "2 of 3 threads ready; integration stopped on request",
  ]);
  expect(verdictOf("restarting", "failed", "ready")).toEqual([
    "failed",
    "1 of 3 threads ready; quantum failed and will not restart",
  ]);
});
