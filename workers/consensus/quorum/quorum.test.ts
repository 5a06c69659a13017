import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describeCommitted,
  jointCommitted,
  jointVote,
  majorityCommitted,
  majoritySize,
  majorityVote,
} from "./quorum.ts";
import { parseScenarios, type Scenario } from "./scenarios.ts";

/** Shared reference data lies beside the checkout; without it these tests are skipped. */
const folder = resolve(import.meta.dirname, "../../../../shared/data/etcd-raft/quorum/testdata");

/** What etcd-io/raft's own data-driven test prints for a `committed` command. */
function runScenario(scenario: Scenario): string {
  const ids = (scenario.arguments.get("cfg") ?? []).map(Number);
  const joint = scenario.arguments.get("cfgj");
  const jointIds = joint?.[0] === "zero" ? [] : (joint ?? []).map(Number);
  const all = [...new Set([...ids, ...jointIds])];
  const indexes = scenario.arguments.get("idx") ?? [];
  const acknowledged = new Map<number, number>();
  for (const [place, id] of all.entries()) {
    const text = indexes[place] ?? "_";
    if (text !== "_") acknowledged.set(id, Number(text));
  }
  const lookUp = (id: number): number | undefined => acknowledged.get(id);
  const sorted = all.toSorted((a, b) => a - b);
  const committed =
    joint === undefined
      ? majorityCommitted(ids, lookUp)
      : jointCommitted({ incoming: ids, outgoing: jointIds }, lookUp);
  return describeCommitted(sorted, lookUp) + (committed === Infinity ? "∞" : String(committed));
}

describe.skipIf(!existsSync(folder))("etcd-io/raft's scenarios, byte for byte", () => {
  it.each(["majority_commit.txt", "joint_commit.txt"])("%s", (file) => {
    const scenarios = parseScenarios(readFileSync(resolve(folder, file), "utf8"));
    expect(scenarios.length).toBeGreaterThan(10);
    for (const scenario of scenarios) {
      expect(`line ${scenario.line}\n${runScenario(scenario)}`).toBe(
        `line ${scenario.line}\n${scenario.expected}`,
      );
    }
  });
});

const group = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 9 });

describe("quorums", () => {
  it("of the same members always share one", () => {
    for (let members = 1; members < 100; members++) {
      expect(2 * majoritySize(members)).toBeGreaterThan(members);
      expect(2 * (majoritySize(members) - 1)).toBeLessThanOrEqual(members);
    }
  });

  it("have committed the highest index that enough members reach, counted one by one", () => {
    fc.assert(
      fc.property(
        group,
        fc.array(fc.nat(20), { minLength: 10, maxLength: 10 }),
        (voters, indexes) => {
          const reached = (id: number): number => indexes[id] ?? 0;
          let counted = 0;
          for (let index = 1; index <= 20; index++) {
            if (voters.filter((id) => reached(id) >= index).length * 2 > voters.length)
              counted = index;
          }
          expect(majorityCommitted(voters, reached)).toBe(voters.length === 0 ? Infinity : counted);
        },
      ),
    );
  });

  it("decide a vote as soon as it cannot change any more, and no sooner", () => {
    const votes = fc.array(fc.constantFrom(true, false, undefined), {
      minLength: 10,
      maxLength: 10,
    });
    fc.assert(
      fc.property(group, votes, (voters, cast) => {
        const vote = (id: number): boolean | undefined => cast[id];
        const result = majorityVote(voters, vote);
        const best = majorityVote(voters, (id) => vote(id) ?? true);
        const worst = majorityVote(voters, (id) => vote(id) ?? false);
        expect(best).not.toBe("pending");
        expect(result).toBe(best === worst ? best : "pending");
      }),
    );
  });

  it("of a joint configuration need both halves", () => {
    const votes = fc.array(fc.constantFrom(true, false, undefined), {
      minLength: 10,
      maxLength: 10,
    });
    fc.assert(
      fc.property(group, group, votes, (incoming, outgoing, cast) => {
        const vote = (id: number): boolean | undefined => cast[id];
        const halves = [majorityVote(incoming, vote), majorityVote(outgoing, vote)];
        const expected = halves.includes("lost")
          ? "lost"
          : halves.includes("pending")
            ? "pending"
            : "won";
        expect(jointVote({ incoming, outgoing }, vote)).toBe(expected);
        expect(jointVote({ incoming, outgoing: [] }, vote)).toBe(halves[0]);
      }),
    );
  });
});
