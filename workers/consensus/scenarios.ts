/**
 * Named fault scenarios for seeded runs: the tests, the command line and the table of seeded bugs
 * mean the same by these names.
 */
import { allFaults } from "../cluster/fault-schedule.ts";
import { partitionModes } from "../cluster/partition.ts";
import type { Algorithm } from "./algorithms.ts";
import { RaftRun, type RaftRunOptions } from "./raft-run.ts";
import { ConsensusRun, type RunObserver } from "./run.ts";
import { defaultRun, type RunOptions, RunOptionsError } from "./run-options.ts";

const roughNetwork = {
  ...defaultRun.network,
  lossChance: 0.02,
  duplicateChance: 0.01,
  replayChance: 0.01,
};
/** Without these two, elections are many and leaders stay stale for long. */
const withoutGuards = { preVote: false, checkQuorum: false };

const calm: Omit<RaftRunOptions, "seed"> = defaultRun;

/** Every kind of fault on a rough network. */
const storm: Omit<RaftRunOptions, "seed"> = {
  ...defaultRun,
  network: roughNetwork,
  faults: allFaults,
  disk: { ...defaultRun.disk, slowSyncChance: 0.05 },
};

/** Nodes crash many times in each election, and come back at once. */
const crashes: Omit<RaftRunOptions, "seed"> = {
  ...defaultRun,
  nodes: 3,
  keys: 1,
  operationsPerClient: 40,
  pauseMs: 20,
  requestTimeoutMs: 60,
  safetyMs: 8000,
  network: { ...roughNetwork, delay: { minMs: 1, meanMs: 15, maxMs: 100 }, lossChance: 0.2 },
  faults: {
    ...allFaults,
    pause: null,
    clog: null,
    partition: null,
    crash: { everyMs: 15, lastsMs: 2 },
    diskDamageChance: 0,
  },
  raft: {
    ...withoutGuards,
    electionTimeoutMinMs: 60,
    electionTimeoutMaxMs: 65,
    heartbeatMs: 55,
  },
};

/** Partitions that change before a log is through, and appends of one entry: Figure 8 country. */
const partitions: Omit<RaftRunOptions, "seed"> = {
  ...defaultRun,
  keys: 1,
  operationsPerClient: 100,
  pauseMs: 30,
  requestTimeoutMs: 100,
  safetyMs: 20_000,
  livenessMs: 60_000,
  network: {
    ...roughNetwork,
    delay: { minMs: 5, meanMs: 20, maxMs: 100 },
    replayChance: 0,
  },
  faults: {
    ...allFaults,
    pause: null,
    clog: null,
    drift: null,
    partition: {
      everyMs: 120,
      lastsMs: 400,
      modes: partitionModes,
      asymmetricChance: 0,
    },
    crash: { everyMs: 200, lastsMs: 100 },
    diskDamageChance: 0,
  },
  raft: {
    ...withoutGuards,
    electionTimeoutMinMs: 120,
    electionTimeoutMaxMs: 250,
    heartbeatMs: 40,
    entriesPerMessageMax: 1,
    appendsInFlightMax: 1,
  },
};

/** One node after another is cut off, but not from its clients: old leaders that do not know it. */
const isolation: Omit<RaftRunOptions, "seed"> = {
  ...defaultRun,
  nodes: 3,
  clients: 4,
  keys: 1,
  operationsPerClient: 150,
  pauseMs: 4,
  requestTimeoutMs: 40,
  safetyMs: 4000,
  network: roughNetwork,
  faults: {
    ...allFaults,
    crash: null,
    clog: null,
    pause: null,
    partition: { everyMs: 500, lastsMs: 1000, modes: ["isolate-single"], asymmetricChance: 0 },
  },
  raft: { electionTimeoutMinMs: 100, electionTimeoutMaxMs: 600 },
};

/** Servers come and go and leadership is handed around, while the storm goes on. */
const turnover: Omit<RaftRunOptions, "seed"> = {
  ...storm,
  votersAtFirst: 3,
  reconfigureEveryMs: 300,
  transferEveryMs: 700,
  faults: { ...allFaults, diskDamageChance: 0 },
};

/** A group that grows from one server and shrinks to one again, with slow disks and quick crashes. */
const fewServers: Omit<RaftRunOptions, "seed"> = {
  ...turnover,
  nodes: 3,
  votersAtFirst: 1,
  reconfigureEveryMs: 120,
  transferEveryMs: 300,
  operationsPerClient: 40,
  pauseMs: 60,
  requestTimeoutMs: 100,
  safetyMs: 6000,
  disk: { ...defaultRun.disk, slowSyncChance: 0.2 },
  faults: { ...allFaults, crash: { everyMs: 150, lastsMs: 60 }, diskDamageChance: 0 },
};

export const scenarios = { calm, storm, crashes, partitions, isolation, turnover, fewServers };
export type ScenarioName = keyof typeof scenarios;

/** What these two do to a group only Raft has: changes of membership. */
const raftOnly: ReadonlySet<ScenarioName> = new Set(["turnover", "fewServers"]);

/** A run of any algorithm in a scenario; groups have the algorithm's default size unless told. */
export function startRun(
  algorithm: Algorithm,
  name: ScenarioName,
  changes: Partial<RunOptions> & Pick<RunObserver<unknown, unknown>, "log">,
): Pick<ConsensusRun<unknown, unknown>, "run"> {
  const { log, ...options } = changes;
  const scenario = scenarios[name];
  const observer = log === undefined ? {} : { log };
  if (algorithm.id === "raft") return new RaftRun({ ...scenario, seed: 1, ...options }, observer);
  if (raftOnly.has(name)) {
    throw new RunOptionsError(`${name} changes the membership, which ${algorithm.title} cannot`);
  }
  const nodes = algorithm.nodes.default;
  return new ConsensusRun({ ...scenario, nodes, seed: 1, ...options }, algorithm, observer);
}
