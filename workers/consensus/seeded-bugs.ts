/**
 * Bugs put into Raft on purpose, one rule each. Every one must be found by the invariants or the
 * linearizability checker within its number of seeds: a checker that finds nothing proves nothing.
 */
import { raftRules, type RaftRules } from "./raft/rules.ts";
import type { RaftOptions } from "./raft/types.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { RaftRunOptions } from "./raft-run.ts";
import { scenarios } from "./scenarios.ts";

interface SeededBug {
  readonly name: string;
  /** What the paper says instead. */
  readonly clause: string;
  readonly scenario: ScenarioName;
  readonly rules: Partial<RaftRules>;
  readonly raft?: Partial<RaftOptions>;
  readonly run?: Partial<RaftRunOptions>;
  /** It is found by one of the seeds 1 to this. */
  readonly seedsMax: number;
}

export const seededBugs: readonly SeededBug[] = [
  {
    name: "the vote is not written to disk",
    clause: "Figure 2: votedFor is persistent state",
    scenario: "crashes",
    rules: { storedVote: () => null },
    seedsMax: 60,
  },
  {
    name: "a server votes for everyone who asks",
    clause: "5.2: at most one vote in a term",
    scenario: "crashes",
    rules: { mayVote: () => true },
    seedsMax: 10,
  },
  {
    name: "a vote is given whatever the candidate's log",
    clause: "5.4.1: the election restriction",
    scenario: "partitions",
    rules: { isUpToDate: () => true },
    seedsMax: 10,
  },
  {
    name: "the longer log counts as more up to date, whatever its last term",
    clause: "5.4.1: the later term is more up to date",
    scenario: "partitions",
    rules: { isUpToDate: (candidate, own) => candidate.lastIndex >= own.lastIndex },
    seedsMax: 50,
  },
  {
    name: "an entry of an earlier term is committed by counting its copies",
    clause: "5.4.2 and Figure 8",
    scenario: "partitions",
    rules: { mayCommitByCounting: () => true },
    seedsMax: 150,
  },
  {
    name: "half of the servers count as a majority",
    clause: "5.2: votes from a majority",
    scenario: "storm",
    rules: { quorumSize: (members) => Math.max(1, Math.floor(members / 2)) },
    seedsMax: 10,
  },
  {
    name: "a server answers before its disk has finished",
    clause: "Figure 2: stable storage before responding",
    scenario: "crashes",
    rules: { answerAfterSync: false },
    seedsMax: 60,
  },
  {
    name: "every append cuts off what follows it",
    clause: "Figure 2, AppendEntries 3: delete on conflict only",
    scenario: "storm",
    rules: { truncateOnlyOnConflict: false },
    seedsMax: 10,
  },
  {
    name: "a new leader answers reads at once",
    clause: "dissertation 6.4, step 1: first commit an entry of its term",
    scenario: "partitions",
    rules: { readAfterCommitInTerm: false },
    seedsMax: 20,
  },
  {
    name: "a leader answers reads without asking whether it still leads",
    clause: "dissertation 6.4, step 3: a round of heartbeats",
    scenario: "isolation",
    rules: { readConfirmsLeadership: false },
    seedsMax: 100,
  },
  {
    name: "a lease lasts ten election timeouts",
    clause: "dissertation 6.4.1: at most one, less the drift of the clocks",
    scenario: "isolation",
    rules: { leaseMs: (electionTimeoutMinMs) => 10 * electionTimeoutMinMs },
    raft: { leaseReads: { driftPpmMax: 200 } },
    seedsMax: 50,
  },
  {
    name: "a repeated command runs again",
    clause: "dissertation 6.3: sessions",
    scenario: "storm",
    rules: {},
    run: { deduplicate: false },
    seedsMax: 10,
  },
];

/** The options of a run with the bug in it. */
export function runWithBug(bug: SeededBug, seed: number): RaftRunOptions {
  const scenario = scenarios[bug.scenario];
  const rules = { ...raftRules, ...bug.rules };
  return { ...scenario, ...bug.run, seed, raft: { ...scenario.raft, ...bug.raft, rules } };
}
