import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVoter, members, votersOnly } from "../raft/configuration.ts";
import type { Configuration } from "../raft/types.ts";
import { parseScenarios, type Scenario } from "../quorum/scenarios.ts";
import {
  ConfigurationError,
  describeConfiguration,
  enterJoint,
  leaveJoint,
  type MemberChange,
  simpleChange,
} from "./confchange.ts";

/** Shared reference data lies beside the checkout; without it these tests are skipped. */
const folder = resolve(
  import.meta.dirname,
  "../../../../shared/data/etcd-raft/confchange/testdata",
);
const files = existsSync(folder) ? readdirSync(folder) : [];
const kinds = { v: "add-voter", l: "add-learner", r: "remove", u: "update" } as const;

function parseChanges(scenario: Scenario): readonly MemberChange[] {
  return scenario.input
    .flatMap((line) => line.split(" "))
    .filter((token) => token !== "")
    .map((token) => {
      const kind = Object.entries(kinds).find(([letter]) => letter === token[0])?.[1];
      if (kind === undefined) throw new Error(`unknown change ${token}`);
      return { kind, id: Number(token.slice(1)) };
    });
}

function apply(configuration: Configuration, scenario: Scenario): Configuration {
  if (scenario.command === "leave-joint") return leaveJoint(configuration);
  const changes = parseChanges(scenario);
  if (scenario.command === "simple") return simpleChange(configuration, changes);
  const autoLeave = scenario.arguments.get("autoleave")?.[0] === "true";
  return enterJoint(configuration, changes, { autoLeave });
}

/** etcd's test also prints each member's progress, which begins at the number of the command, but at least at 1. */
function runFile(scenarios: readonly Scenario[]): readonly string[] {
  let configuration: Configuration = votersOnly([]);
  const firstSeen = new Map<number, number>();
  return scenarios.map((scenario, round) => {
    try {
      configuration = apply(configuration, scenario);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
      throw error;
    }
    const present = members(configuration);
    for (const id of firstSeen.keys()) if (!present.includes(id)) firstSeen.delete(id);
    for (const id of present) if (!firstSeen.has(id)) firstSeen.set(id, Math.max(round, 1));
    const lines = present.map((id) => {
      const learner = isVoter(configuration, id) ? "" : " learner";
      return `${id}: StateProbe match=0 next=${firstSeen.get(id)}${learner}`;
    });
    return [describeConfiguration(configuration), ...lines].join("\n");
  });
}

describe.skipIf(files.length === 0)("etcd-io/raft's scenarios, byte for byte", () => {
  it.each(files)("%s", (file) => {
    const scenarios = parseScenarios(readFileSync(resolve(folder, file), "utf8"));
    expect(runFile(scenarios)).toEqual(scenarios.map(({ expected }) => expected));
  });
});

describe("changes of membership", () => {
  const change = fc.record({
    kind: fc.constantFrom("add-voter", "add-learner", "remove", "update"),
    id: fc.nat(6),
  }) satisfies fc.Arbitrary<MemberChange>;

  it("keep voters and learners apart, and lead by joint steps where one step would", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const start = votersOnly([1, 2, 3]);
        let joint: Configuration;
        try {
          joint = enterJoint(start, changes, { autoLeave: false });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          return;
        }
        const end = leaveJoint(joint);
        for (const id of end.learners) expect(isVoter(end, id)).toBe(false);
        for (const id of joint.learners) expect(isVoter(joint, id)).toBe(false);
        expect(end.outgoing).toEqual([]);
        let oneStep: Configuration | null = null;
        try {
          oneStep = simpleChange(start, changes);
        } catch {
          // More than one voter: only the joint way is safe.
        }
        expect([null, describeConfiguration(end)]).toContain(
          oneStep === null ? null : describeConfiguration(oneStep),
        );
      }),
    );
  });
});
