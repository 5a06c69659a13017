import { describe, expect, it } from "vitest";
import PrimaryBackup from "../../resources/consensus/primary-backup.ts";
import { checkRun } from "./check-run.ts";
import { customAlgorithm } from "./custom-algorithm.ts";
import { MajorityVote } from "./majority-vote.ts";
import { startRun } from "./scenarios.ts";

const seeds = Array.from({ length: 10 }, (_, place) => place + 1);

describe("an algorithm of one's own", () => {
  it.each(["calm", "crashes", "partitions"] as const)(
    "the example of the guide is clean in %s",
    (scenario) => {
      for (const seed of seeds) {
        expect(
          checkRun(startRun(customAlgorithm(PrimaryBackup), scenario, { seed }).run()),
        ).toBeNull();
      }
    },
  );

  it("and does not survive a disk that is lost for good, as the guide says", () => {
    const problems = Array.from({ length: 20 }, (_, place) => place + 1).map((seed) =>
      checkRun(startRun(customAlgorithm(PrimaryBackup), "storm", { seed }).run()),
    );
    const found = problems.filter((problem) => problem !== null);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((problem) => problem.includes("liveness"))).toBe(true);
  });

  it.each([
    [undefined, /export a class as its default/],
    [{}, /export a class as its default/],
    [class Empty extends Map {}, /Empty must extend ConsensusManager; it lacks onStart, onMessage/],
    [() => null, /it lacks onStart/],
  ])("is refused in a sentence when it is none", (exported, message) => {
    expect(() => customAlgorithm(exported)).toThrow(message);
  });

  it("labels messages by their kind or type, and writes them as JSON", () => {
    const algorithm = customAlgorithm(MajorityVote);
    const kindOf = (message: unknown): string => algorithm.kindOf(message);
    expect(algorithm.title).toBe("MajorityVote");
    expect([{ kind: "vote" }, { type: "ack" }, 7, null].map((message) => kindOf(message))).toEqual([
      "vote",
      "ack",
      "number",
      "object",
    ]);
    expect(algorithm.describe({ kind: "vote", index: 1 })).toBe('{"kind":"vote","index":1}');
    expect(algorithm.describe(undefined)).toBe("undefined");
  });
});
