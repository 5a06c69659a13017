import { expect, test } from "vitest";
import type { Thread } from "../../../workers/service/contract.ts";
import { type Experiment, stageOf } from "./experiment-store.ts";

const experiment: Experiment = {
  thread: "quantum",
  kind: "crash",
  injectedAt: 10,
  exitBefore: 5,
};
const exitAt = (at: number): Thread["lastExit"] => ({ at, kind: "crash", reason: "on purpose" });

test.each([
  ["ready", 5, "injected"],
  ["restarting", 5, "recovering"],
  ["starting", 11, "recovering"],
  ["ready", 11, "recovered"],
  ["failed", 11, "ended"],
] as const)("%s with its last exit at %i is %s", (state, at, stage) => {
  expect(stageOf(experiment, { state, lastExit: exitAt(at) })).toBe(stage);
});
