/** Whoever runs the cluster of a seeded run: changes its membership and moves its leader, by chance. */
import type { NodeId } from "../cluster/process.ts";
import type { Random } from "../cluster/random.ts";
import type { Simulation } from "../cluster/simulation.ts";
import {
  ConfigurationError,
  enterJoint,
  type MemberChange,
  simpleChange,
} from "./confchange/confchange.ts";
import type { Raft } from "./raft/raft.ts";
import type { RaftContext, RaftRecord } from "./raft/types.ts";
import type { ServiceMessage } from "./service/server.ts";

export class Operator {
  readonly #simulation: Simulation<ServiceMessage, RaftRecord>;
  readonly #group: ReadonlyMap<NodeId, Raft>;
  readonly #random: Random;
  #active = false;

  constructor(
    simulation: Simulation<ServiceMessage, RaftRecord>,
    group: ReadonlyMap<NodeId, Raft>,
  ) {
    this.#simulation = simulation;
    this.#group = group;
    this.#random = simulation.random.fork("operator");
  }

  start(options: {
    readonly reconfigureEveryMs: number | null;
    readonly transferEveryMs: number | null;
  }): void {
    this.#active = true;
    const { reconfigureEveryMs, transferEveryMs } = options;
    if (reconfigureEveryMs !== null) {
      this.#every(reconfigureEveryMs, "reconfigure", (raft, context) => {
        this.#reconfigure(raft, context);
      });
    }
    if (transferEveryMs !== null) {
      this.#every(transferEveryMs, "transfer", (raft, context) => this.#transfer(raft, context));
    }
  }

  stop(): void {
    this.#active = false;
  }

  /** Acts on a leader, if there is one, again and again. */
  #every(meanMs: number, label: string, act: (raft: Raft, context: RaftContext) => void): void {
    this.#simulation.schedule(this.#random.exponential(meanMs), `operator: ${label}`, () => {
      if (!this.#active) return;
      for (const [id, raft] of this.#group) {
        if (raft.state.role !== "leader") continue;
        this.#simulation.scheduleOn(id, 0, label, (context) => act(raft, context));
      }
      this.#every(meanMs, label, act);
    });
  }

  #reconfigure(raft: Raft, context: RaftContext): void {
    const { configuration } = raft.state;
    const changes = this.#drawChanges();
    try {
      const next = this.#random.chance(0.5)
        ? simpleChange(configuration, changes.slice(0, 1))
        : enterJoint(configuration, changes, { autoLeave: true });
      raft.changeMembership(context, next);
    } catch (error) {
      // Not every change drawn is possible; the algorithm must refuse it, and nothing else may fail.
      if (!(error instanceof ConfigurationError)) throw error;
      context.note(error.message);
    }
  }

  #drawChanges(): readonly MemberChange[] {
    return this.#random.shuffle([...this.#group.keys()]).map((id) => ({
      id,
      kind: this.#random.pick(["add-voter", "add-voter", "add-learner", "remove"] as const),
    }));
  }

  #transfer(raft: Raft, context: RaftContext): void {
    const { incoming } = raft.state.configuration;
    const others = incoming.filter((id) => id !== raft.state.id);
    if (others.length > 0) raft.transferLeadership(context, this.#random.pick(others));
  }
}
