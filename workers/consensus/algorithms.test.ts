import { describe, expect, it } from "vitest";
import type { Algorithm } from "./algorithms.ts";
import { algorithms } from "./algorithms.ts";
import type { NodeView } from "./consensus-manager.ts";
import { logViewMax } from "./limits.ts";
import { MajorityVote } from "./majority-vote.ts";
import { ConsensusRun } from "./run.ts";
import { defaultRun } from "./run-options.ts";

/** Every node's view at the end of a calm run. */
function viewsOf(algorithm: Algorithm): readonly NodeView[] {
  const run = new ConsensusRun({ ...defaultRun, nodes: algorithm.nodes.default }, algorithm);
  expect(run.run().failure).toBeNull();
  return [...run.group.values()].map((manager) => manager.view());
}

describe.each(Object.entries(algorithms))("%s", (name, algorithm) => {
  it("has the name it is listed under, and a default within its range", () => {
    const { min, max, default: usual } = algorithm.nodes;
    expect(algorithm.id).toBe(name);
    expect(min <= usual && usual <= max).toBe(true);
    expect(algorithm.tolerates(min)).toBeGreaterThanOrEqual(0);
  });

  it("shows the end of its log, in order, committed as far as its status says", () => {
    for (const { entries, commitIndex, variables } of viewsOf(algorithm)) {
      expect(entries.length).toBeGreaterThan(1);
      expect(entries.length).toBeLessThanOrEqual(logViewMax);
      for (const [place, { index, state }] of entries.entries()) {
        if (place > 0) expect(index).toBeGreaterThan(entries[place - 1]?.index ?? Infinity);
        expect(state === "committed").toBe(index <= commitIndex);
      }
      expect(Object.keys(variables).length).toBeGreaterThan(2);
    }
  });
});

describe("the view of Raft", () => {
  it("shows on a leader how far each follower is, and on nobody else", () => {
    const raft = algorithms["raft"];
    if (raft === undefined) throw new Error("Raft is missing");
    for (const { role, id, variables } of viewsOf(raft)) {
      const followed = Object.keys(variables).filter((variable) =>
        variable.startsWith("matchIndex"),
      );
      const others = [1, 2, 3, 4, 5].filter((other) => other !== id);
      expect(followed.toSorted()).toEqual(
        role === "leader" ? others.map((other) => `matchIndex[${other}]`) : [],
      );
    }
  });
});

describe("MajorityVote", () => {
  it("sends proposals to its coordinator, the lowest of its members", () => {
    const voter = new MajorityVote(3, [2, 3, 4]);
    expect(voter.status()).toMatchObject({ role: "voter", leader: 2, commitIndex: 0 });
    expect(voter.membership().voters).toEqual([2, 3, 4]);
  });
});
