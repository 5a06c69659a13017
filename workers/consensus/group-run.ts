/**
 * One seeded run of any algorithm that extends ConsensusManager: commands are proposed while faults
 * strike and its invariants are checked after every event; then everything is repaired, and a command
 * must still be agreed on by every node whose disk is whole.
 */
import { defaultDisk, type DiskOptions } from "../cluster/disk.ts";
import { allFaults, type FaultOptions, FaultSchedule } from "../cluster/fault-schedule.ts";
import { defaultNetwork, type NetworkOptions } from "../cluster/network.ts";
import type { NodeId } from "../cluster/process.ts";
import type { Random } from "../cluster/random.ts";
import { Simulation } from "../cluster/simulation.ts";
import type { SimulationCounts } from "../cluster/simulation-host.ts";
import type { ConsensusManager, Invariant } from "./consensus-manager.ts";

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

export class GroupRun<Message, Stored> {
  readonly simulation: Simulation<Message, Stored>;
  readonly faults: FaultSchedule<Message, Stored>;
  readonly options: GroupRunOptions;
  readonly members: readonly NodeId[];
  /** The instance of the present life of each node. */
  readonly group = new Map<NodeId, ConsensusManager<Message, Stored>>();
  readonly #invariants: readonly Invariant<ConsensusManager<Message, Stored>>[];
  readonly #random: Random;
  #proposed = 0;
  #failure: GroupRunResult["failure"] = null;

  /** `create` makes one node; `log`, if given, receives a line for each event. */
  constructor(
    options: GroupRunOptions,
    create: (id: NodeId, members: readonly NodeId[]) => ConsensusManager<Message, Stored>,
    log?: { describe(message: Message): string; write(line: string): void },
  ) {
    this.options = options;
    this.members = Array.from({ length: options.nodes }, (_, place) => place + 1);
    this.#invariants = create(1, this.members).invariants();
    this.simulation = new Simulation<Message, Stored>(
      { ...options, clockOffsetMaxMs: 100 },
      {
        create: (id) => {
          const manager = create(id, this.members);
          this.group.set(id, manager);
          for (const invariant of this.#invariants) invariant.watch?.(id, manager);
          return manager;
        },
        describe: (message) => log?.describe(message) ?? "",
        afterEvent: (node) => this.#check(node),
        ...(log === undefined ? {} : { log: (line: string) => log.write(line) }),
      },
    );
    this.faults = new FaultSchedule(this.simulation, options.faults, this.members);
    this.#random = this.simulation.random.fork("proposals");
  }

  /** Both phases, to the end or to the first violation. */
  run(): GroupRunResult {
    const { simulation, options } = this;
    this.faults.start();
    this.#proposeAgain();
    simulation.runUntil(options.safetyMs, () => this.#failure !== null);
    if (this.#failure === null) {
      const before = this.#agreed();
      simulation.schedule(0, "liveness phase", () => this.faults.startLiveness());
      const end = options.safetyMs + options.livenessMs;
      simulation.runUntil(end, () => this.#failure !== null || this.#allBeyond(before));
      if (!this.#allBeyond(before)) {
        this.#report(`not all healthy nodes have agreed on more than ${before} commands`);
      }
    }
    const { counts } = simulation;
    return { seed: options.seed, failure: this.#failure, counts, agreed: this.#agreed() };
  }

  #proposeAgain(): void {
    const delayMs = this.#random.exponential(this.options.proposeEveryMs);
    this.simulation.schedule(delayMs, "propose", () => {
      this.#proposed += 1;
      const command = `command ${this.#proposed}`;
      this.simulation.scheduleOn(this.#random.pick(this.members), 0, command, (context) => {
        this.group.get(context.id)?.propose(context, command);
      });
      this.#proposeAgain();
    });
  }

  #check(node: NodeId): void {
    const stopped = this.simulation.failures[0];
    if (stopped !== undefined) {
      this.#report(`node ${stopped.node} stopped: ${stopped.reason}`);
    } else if (node !== 0) {
      for (const invariant of this.#invariants) {
        const message = invariant.check(this.group, node);
        if (message !== null) this.#report(`${invariant.name}: ${message}`);
      }
    }
  }

  #report(message: string): void {
    this.#failure ??= { event: this.simulation.counts.events, message };
  }

  #commitIndex(id: NodeId): number {
    return this.group.get(id)?.status().commitIndex ?? 0;
  }

  /** Commands agreed on by some node. */
  #agreed(): number {
    return Math.max(...this.members.map((id) => this.#commitIndex(id)));
  }

  #allBeyond(commitIndex: number): boolean {
    return this.members.every(
      (id) => this.faults.damaged.has(id) || this.#commitIndex(id) > commitIndex,
    );
  }
}
