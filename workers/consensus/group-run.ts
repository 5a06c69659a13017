/**
 * One seeded run of any algorithm that extends ConsensusManager: commands are proposed while faults
 * strike and its invariants are checked after every event; then everything is repaired, and a command
 * must still be agreed on by every node whose disk is whole.
 */
import { defaultDisk, type DiskOptions } from "../cluster/disk.ts";
import { allFaults, type FaultOptions, FaultSchedule } from "../cluster/fault-schedule.ts";
import { defaultNetwork, type NetworkOptions } from "../cluster/network.ts";
import type { NodeId } from "../cluster/process.ts";
import { Simulation, type SimulationCounts } from "../cluster/simulation.ts";
import type { ConsensusManager } from "./consensus-manager.ts";

interface GroupRunOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Mean time between two proposals, each to a node by chance. */
  readonly proposeEveryMs: number;
  readonly safetyMs: number;
  readonly livenessMs: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly faults: FaultOptions;
}

export const defaultGroupRun: Omit<GroupRunOptions, "seed"> = {
  nodes: 5,
  proposeEveryMs: 50,
  safetyMs: 10_000,
  livenessMs: 10_000,
  network: { ...defaultNetwork, lossChance: 0.02, duplicateChance: 0.01, replayChance: 0.01 },
  disk: defaultDisk,
  faults: allFaults,
};

interface GroupRunResult {
  readonly seed: number;
  /** What went wrong, with the number of the event that showed it; null when nothing did. */
  readonly failure: { readonly event: number; readonly message: string } | null;
  readonly counts: SimulationCounts;
  /** Commands agreed on by some node. */
  readonly agreed: number;
}

export function runGroup<Message, Stored>(
  options: GroupRunOptions,
  create: (id: NodeId, members: readonly NodeId[]) => ConsensusManager<Message, Stored>,
  log?: { describe(message: Message): string; write(line: string): void },
): GroupRunResult {
  const members = Array.from({ length: options.nodes }, (_, place) => place + 1);
  const group = new Map<NodeId, ConsensusManager<Message, Stored>>();
  const invariants = create(1, members).invariants();
  let failure: GroupRunResult["failure"] = null;

  const simulation: Simulation<Message, Stored> = new Simulation<Message, Stored>(
    { ...options, clockOffsetMaxMs: 100 },
    {
      create: (id) => {
        const manager = create(id, members);
        group.set(id, manager);
        for (const invariant of invariants) invariant.watch?.(id, manager);
        return manager;
      },
      describe: (message) => log?.describe(message) ?? "",
      afterEvent: (node) => {
        failure ??= findFailure(node);
      },
      ...(log === undefined ? {} : { log: (line: string) => log.write(line) }),
    },
  );

  function findFailure(node: NodeId): GroupRunResult["failure"] {
    const event = simulation.counts.events;
    const stopped = simulation.failures[0];
    if (stopped !== undefined) {
      return { event, message: `node ${stopped.node} stopped: ${stopped.reason}` };
    }
    if (node === 0) return null;
    for (const invariant of invariants) {
      const message = invariant.check(group, node);
      if (message !== null) return { event, message: `${invariant.name}: ${message}` };
    }
    return null;
  }

  const random = simulation.random.fork("proposals");
  let proposed = 0;
  function proposeNext(): void {
    simulation.schedule(random.exponential(options.proposeEveryMs), "propose", () => {
      proposed += 1;
      const command = `command ${proposed}`;
      simulation.scheduleOn(random.pick(members), 0, command, (context) => {
        group.get(context.id)?.propose(context, command);
      });
      proposeNext();
    });
  }

  const faults = new FaultSchedule(simulation, options.faults, members);
  faults.start();
  proposeNext();
  simulation.runUntil(options.safetyMs, () => failure !== null);
  if (failure === null) {
    const before = agreedBy(group, members);
    simulation.schedule(0, "liveness phase", () => faults.startLiveness());
    const progressed = (): boolean => {
      const healthy = members.filter((id) => !faults.damaged.has(id));
      return healthy.every((id) => (group.get(id)?.status().commitIndex ?? 0) > before);
    };
    const end = options.safetyMs + options.livenessMs;
    simulation.runUntil(end, () => failure !== null || progressed());
    if (failure === null && !progressed()) {
      const message = `not all healthy nodes have agreed on more than ${before} commands`;
      failure = { event: simulation.counts.events, message };
    }
  }
  return {
    seed: options.seed,
    failure,
    counts: simulation.counts,
    agreed: agreedBy(group, members),
  };
}

function agreedBy<Message, Stored>(
  group: ReadonlyMap<NodeId, ConsensusManager<Message, Stored>>,
  members: readonly NodeId[],
): number {
  return Math.max(...members.map((id) => group.get(id)?.status().commitIndex ?? 0));
}
