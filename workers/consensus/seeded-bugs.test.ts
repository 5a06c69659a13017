import { describe, expect, it } from "vitest";
import { checkRun } from "./check-run.ts";
import { seededBugs } from "./seeded-bugs.ts";

describe("the checkers find every seeded bug", () => {
  it.each(seededBugs)("$algorithm: $name ($clause)", (bug) => {
    const found = Array.from({ length: bug.seedsMax }, (_, place) => place + 1).find(
      (seed) => checkRun(bug.runWith(seed)) !== null,
    );
    expect(found, `not found with seeds 1 to ${bug.seedsMax}`).toBeDefined();
  });
});
