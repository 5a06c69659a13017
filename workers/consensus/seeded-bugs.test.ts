import { describe, expect, it } from "vitest";
import { checkRun } from "./check-run.ts";
import { RaftRun } from "./raft-run.ts";
import { runWithBug, seededBugs } from "./seeded-bugs.ts";

describe("the checkers find every seeded bug", () => {
  it.each(seededBugs)("$name ($clause)", (bug) => {
    const found = Array.from({ length: bug.seedsMax }, (_, place) => place + 1).find(
      (seed) => checkRun(new RaftRun(runWithBug(bug, seed)).run()) !== null,
    );
    expect(found, `not found with seeds 1 to ${bug.seedsMax}`).toBeDefined();
  });
});
