import { describe, expect, it } from "vitest";
import { checkRun } from "./check-run.ts";
import { scenarios, type ScenarioName } from "./scenarios.ts";
import { RaftRun, type RaftRunOptions } from "./raft-run.ts";

const seeds = Array.from({ length: 25 }, (_, place) => place + 1);
const snapshots = { snapshotEveryEntries: 20, trailingEntries: 5 };
const leases = { leaseReads: { driftPpmMax: 200 } };

function optionsOf(name: ScenarioName, raft: RaftRunOptions["raft"]): Omit<RaftRunOptions, "seed"> {
  const scenario = scenarios[name];
  return { ...scenario, raft: { ...scenario.raft, ...raft } };
}

describe("Raft holds its invariants, stays linearizable and finishes", () => {
  it.each([
    { name: "calm", raft: {} },
    { name: "storm", raft: {} },
    { name: "storm", raft: snapshots },
    { name: "storm", raft: { ...snapshots, ...leases } },
    { name: "crashes", raft: {} },
    { name: "crashes", raft: snapshots },
    { name: "partitions", raft: {} },
    { name: "turnover", raft: {} },
    { name: "turnover", raft: { ...snapshots, ...leases } },
    { name: "fewServers", raft: { ...snapshots, ...leases } },
    { name: "fewServers", raft: { preVote: false } },
    { name: "isolation", raft: {} },
    { name: "isolation", raft: leases },
  ] as const)("in $name with $raft", ({ name, raft }) => {
    for (const seed of seeds) {
      const problem = checkRun(new RaftRun({ ...optionsOf(name, raft), seed }).run());
      expect(problem).toBeNull();
    }
  });

  it("with the seeds that once showed a fault in it", () => {
    const raft = { snapshotEveryEntries: 10, trailingEntries: 0, ...leases };
    // A sole voter led a term before it was on disk; a server that only its own log excluded, and
    // whose vote was needed, did not stand.
    for (const seed of [9387, 20_781]) {
      const problem = checkRun(new RaftRun({ ...optionsOf("turnover", raft), seed }).run());
      expect(problem).toBeNull();
    }
  });

  it("with one server, and with two", () => {
    for (const nodes of [1, 2]) {
      for (const seed of seeds.slice(0, 10)) {
        const problem = checkRun(new RaftRun({ ...optionsOf("storm", {}), nodes, seed }).run());
        expect(problem).toBeNull();
      }
    }
  });
});

describe("a run of Raft", () => {
  function logOf(seed: number, scenario: ScenarioName = "storm"): readonly string[] {
    const lines: string[] = [];
    new RaftRun(
      { ...optionsOf(scenario, snapshots), seed },
      { log: (line) => lines.push(line) },
    ).run();
    return lines;
  }

  it("repeats byte for byte from its seed", () => {
    const first = logOf(5);
    expect(first.length).toBeGreaterThan(1000);
    expect(logOf(5)).toEqual(first);
    expect(logOf(6)).not.toEqual(first);
  });

  it("sees what it is meant to see: elections, crashes, snapshots sent, broken disks", () => {
    const scenarioNames = ["storm", "crashes"] as const;
    const log = scenarioNames
      .flatMap((name) => seeds.slice(0, 15).flatMap((seed) => logOf(seed, name)))
      .join("\n");
    for (const event of [
      "leader in term",
      "pre-candidate in term",
      "* crash",
      "lost its quorum",
      "restored the snapshot",
      "drops 1 torn records",
      "halts:",
    ]) {
      expect(log).toContain(event);
    }
  });

  it("notices a server whose state is not that of the others", () => {
    const run = new RaftRun({ ...optionsOf("calm", {}), seed: 1 });
    run.simulation.schedule(9000, "spoil", () => {
      const empty = JSON.stringify({ inner: "[]", sessions: [] });
      run.group.get(2)?.state.options.snapshots?.restore(empty);
    });
    const { failure } = run.run();
    expect(failure?.message).toMatch(/^the state of server \d at \d+ differs$/);
  });

  it("reports the clients that could not finish when there is no majority", () => {
    const options = { ...optionsOf("calm", {}), seed: 1, safetyMs: 100, livenessMs: 3000 };
    const run = new RaftRun(options);
    for (const id of [1, 2, 3])
      run.simulation.schedule(50, "fail for good", () => failDisk(run, id));
    const { failure } = run.run();
    expect(failure?.kind).toBe("liveness");
    expect(failure?.message).toContain("clients 6, 7, 8");
  });
});

/** A crash after which the node finds its journal gone and halts. */
function failDisk(run: RaftRun, id: number): void {
  run.simulation.crash(id);
  run.simulation.node(id).disk.loseDurable();
}
