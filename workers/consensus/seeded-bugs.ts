/**
 * Bugs put into the algorithms on purpose, one rule each. Every one must be found by the invariants, the
 * linearizability checker or the liveness phase within its number of seeds: a checker that finds
 * nothing proves nothing.
 */
import { defaultDisk } from "../cluster/disk.ts";
import { hotStuff, multiPaxos, pbft } from "./algorithms.ts";
import { HotStuff } from "./hotstuff/hotstuff.ts";
import { hotStuffOptions } from "./hotstuff/options.ts";
import { hotStuffRules, type HotStuffRules } from "./hotstuff/rules.ts";
import { MultiPaxos } from "./paxos/multi-paxos.ts";
import { paxosOptions } from "./paxos/options.ts";
import { paxosRules, type PaxosRules } from "./paxos/rules.ts";
import { pbftOptions } from "./pbft/options.ts";
import { Pbft } from "./pbft/pbft.ts";
import { pbftRules, type PbftRules } from "./pbft/rules.ts";
import { faultyMax } from "./quorum/byzantine.ts";
import { RaftRun, type RaftRunOptions } from "./raft-run.ts";
import { raftRules, type RaftRules } from "./raft/rules.ts";
import type { RaftOptions } from "./raft/types.ts";
import { ConsensusRun, type RunResult } from "./run.ts";
import type { RunOptions } from "./run-options.ts";
import { type ScenarioName, scenarios } from "./scenarios.ts";

interface Bug {
  readonly name: string;
  /** What the paper says instead. */
  readonly clause: string;
  readonly scenario: ScenarioName;
  readonly run?: Partial<RunOptions>;
  /** It is found by one of the seeds 1 to this. */
  readonly seedsMax: number;
}

interface RaftBug extends Bug {
  readonly rules: Partial<RaftRules>;
  readonly raft?: Partial<RaftOptions>;
}

export interface SeededBug extends Bug {
  readonly algorithm: string;
  runWith(seed: number): RunResult;
}

export const raftBugs: readonly RaftBug[] = [
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

const half = (members: number): number => Math.max(1, Math.floor(members / 2));

const paxosBugs: readonly (Bug & { readonly rules: Partial<PaxosRules> })[] = [
  {
    name: "half of the acceptors count as a majority",
    clause: "Paxos Made Simple 2.1: a majority of the acceptors",
    scenario: "storm",
    rules: { quorumSize: half },
    seedsMax: 10,
  },
  {
    name: "an acceptor accepts whatever it has promised",
    clause: "P1a: unless it has promised a higher number",
    scenario: "partitions",
    rules: { mayAccept: () => true },
    seedsMax: 50,
  },
  {
    name: "a new leader takes the value of the lowest ballot reported",
    clause: "P2c: the highest-numbered proposal",
    scenario: "partitions",
    rules: { chooseValue: (reported) => reported.toSorted((a, b) => a.ballot - b.ballot)[0] },
    seedsMax: 50,
  },
  {
    name: "a new leader fills all open slots with no-ops",
    clause: "P2c: values that may have been chosen are proposed again",
    scenario: "storm",
    rules: { chooseValue: () => undefined },
    seedsMax: 10,
  },
  {
    name: "a new leader leaves gaps",
    clause: "Paxos Made Simple 3: no-ops in the gaps",
    scenario: "partitions",
    rules: { fillGaps: false },
    seedsMax: 50,
  },
  {
    name: "promises are not written to disk",
    clause: "Paxos Made Simple 2.2: remembered even if it fails and restarts",
    scenario: "crashes",
    rules: { storedPromise: () => 0 },
    seedsMax: 50,
  },
  {
    name: "an acceptor answers before its disk has finished",
    clause: "Paxos Made Simple 2.2: recorded before it is sent",
    scenario: "crashes",
    rules: { answerAfterSync: false },
    seedsMax: 50,
  },
  {
    name: "a learner takes for chosen what it accepted in any ballot",
    clause: "Paxos Made Simple 2.3: a majority has accepted one proposal",
    scenario: "partitions",
    rules: { isChosenHere: () => true },
    seedsMax: 50,
  },
];

/** Syncs so slow that crashes come between a word and its sync. */
const slowDisk = { ...defaultDisk, sync: { minMs: 5, meanMs: 15, maxMs: 100 } };

/** A number that liars alone can fill up. */
const twiceFaulty = (members: number): number => 2 * faultyMax(members);

const pbftBugs: readonly (Bug & { readonly rules: Partial<PbftRules> })[] = [
  {
    name: "2f replicas count as a quorum",
    clause: "4.2: 2f + 1, of which any two sets share an honest one",
    scenario: "storm",
    run: { byzantine: { 1: "equivocate" } },
    rules: { quorumSize: twiceFaulty },
    seedsMax: 20,
  },
  {
    name: "prepares and commits count for any digest",
    clause: "4.2: that match the pre-prepare",
    scenario: "storm",
    run: { byzantine: { 1: "equivocate" } },
    rules: { matchDigests: false },
    seedsMax: 20,
  },
  {
    name: "a backup accepts a second pre-prepare for a number",
    clause: "4.2: it has not accepted one with a different digest",
    scenario: "storm",
    run: { byzantine: { 1: "equivocate" } },
    rules: { onePrePrepare: false },
    seedsMax: 20,
  },
  {
    name: "view-changes do not name what was prepared",
    clause: "4.4: the set P",
    scenario: "storm",
    rules: { reportedInViewChange: () => [] },
    seedsMax: 20,
  },
  {
    name: "a new view takes the certificate of the lowest view",
    clause: "4.4: the highest view number in V",
    scenario: "partitions",
    run: { byzantine: { 3: "forgetful" } },
    rules: {
      chooseCertificate: (certificates) =>
        certificates.toSorted((a, b) => a.prePrepare.view - b.prePrepare.view)[0],
    },
    seedsMax: 100,
  },
  {
    name: "backups enter any view that a primary declares",
    clause: "4.4: a backup verifies O by a computation like the primary's",
    scenario: "storm",
    run: { byzantine: { 2: "forgetful" } },
    rules: { verifyNewView: false },
    seedsMax: 50,
  },
  {
    name: "a replica speaks before its disk has finished",
    clause: "2: what was said must survive a crash",
    scenario: "crashes",
    run: { disk: slowDisk },
    rules: { answerAfterSync: false },
    seedsMax: 50,
  },
];

const hotStuffBugs: readonly (Bug & { readonly rules: Partial<HotStuffRules> })[] = [
  {
    name: "2f votes make a certificate",
    clause: "3: n - f votes",
    scenario: "partitions",
    rules: { quorumSize: twiceFaulty },
    seedsMax: 50,
  },
  {
    name: "a replica votes for everything its leader proposes",
    clause: "4.2: one vote in each phase of a view",
    scenario: "storm",
    run: { byzantine: { 1: "equivocate" } },
    rules: { voteOncePerPhase: false },
    seedsMax: 20,
  },
  {
    name: "proposals against the lock are voted for",
    clause: "Algorithm 1, safeNode",
    scenario: "storm",
    run: { byzantine: { 1: "forgetful" } },
    rules: { safeNode: () => true },
    seedsMax: 20,
  },
  {
    name: "a replica never locks",
    clause: "Algorithm 2, commit phase: lockedQC",
    scenario: "storm",
    rules: { lock: (locked) => locked },
    seedsMax: 20,
  },
  {
    name: "a leader extends the lowest certificate it is told of",
    clause: "Algorithm 2, prepare phase: highQC",
    scenario: "partitions",
    rules: { highest: (certificates) => certificates.toSorted((a, b) => a.view - b.view)[0] },
    seedsMax: 50,
  },
  {
    name: "one signer counts as often as it has signed",
    clause: "3: signatures of n - f different replicas",
    scenario: "storm",
    run: { byzantine: { 1: "forge" } },
    rules: { countSigners: false },
    seedsMax: 20,
  },
  {
    name: "a replica speaks before its disk has finished",
    clause: "4.2: what was voted for must survive a crash",
    scenario: "crashes",
    rules: { answerAfterSync: false },
    seedsMax: 50,
  },
];

const gullible: Bug = {
  name: "a client believes the first answer",
  clause: "Castro and Liskov 4.1: f + 1 replies with the same result",
  scenario: "storm",
  run: { byzantine: { 2: "wrong-digests" }, allowTooManyFaults: true },
  seedsMax: 10,
};

function optionsOf(bug: Bug, seed: number, nodes: number): RunOptions {
  return { ...scenarios[bug.scenario], nodes, ...bug.run, seed };
}

export const seededBugs: readonly SeededBug[] = [
  ...raftBugs.map((bug) => ({
    ...bug,
    algorithm: "Raft",
    runWith: (seed: number) => {
      const scenario: RaftRunOptions = { ...scenarios[bug.scenario], ...bug.run, seed };
      const rules = { ...raftRules, ...bug.rules };
      return new RaftRun({ ...scenario, raft: { ...scenario.raft, ...bug.raft, rules } }).run();
    },
  })),
  ...paxosBugs.map((bug) => ({
    ...bug,
    algorithm: multiPaxos.title,
    runWith: (seed: number) => {
      const rules = { ...paxosRules, ...bug.rules };
      const create: typeof multiPaxos.create = (id, members, service) =>
        new MultiPaxos(id, paxosOptions(members, { service: service ?? null, rules }));
      const options = optionsOf(bug, seed, multiPaxos.nodes.default);
      return new ConsensusRun(options, { ...multiPaxos, create }).run();
    },
  })),
  ...pbftBugs.map((bug) => ({
    ...bug,
    algorithm: pbft.title,
    runWith: (seed: number) => {
      const rules = { ...pbftRules, ...bug.rules };
      const create: typeof pbft.create = (id, members, service) =>
        new Pbft(id, pbftOptions(members, service === undefined ? { rules } : { service, rules }));
      const options = optionsOf(bug, seed, pbft.nodes.default);
      return new ConsensusRun(options, { ...pbft, create }).run();
    },
  })),
  {
    ...gullible,
    algorithm: pbft.title,
    runWith: (seed) =>
      new ConsensusRun(optionsOf(gullible, seed, 4), { ...pbft, tolerates: () => 0 }).run(),
  },
  ...hotStuffBugs.map((bug) => ({
    ...bug,
    algorithm: hotStuff.title,
    runWith: (seed: number) => {
      const rules = { ...hotStuffRules, ...bug.rules };
      const create: typeof hotStuff.create = (id, members, service) => {
        const changes = service === undefined ? { rules } : { service, rules };
        return new HotStuff(id, hotStuffOptions(members, changes));
      };
      const options = optionsOf(bug, seed, hotStuff.nodes.default);
      return new ConsensusRun(options, { ...hotStuff, create }).run();
    },
  })),
];
