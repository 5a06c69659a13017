/** A seeded run of Raft, with the options and the changes of membership that only Raft has. */
import type { NodeId } from "../cluster/process.ts";
import { type Algorithm, raft } from "./algorithms.ts";
import { Operator } from "./operator.ts";
import { raftOptions } from "./raft/options.ts";
import { Raft } from "./raft/raft.ts";
import type { RaftMessage, RaftOptions, RaftRecord } from "./raft/types.ts";
import { ConsensusRun, type RunObserver } from "./run.ts";
import type { RunOptions } from "./run-options.ts";

export interface RaftRunOptions extends RunOptions {
  readonly raft?: Partial<RaftOptions>;
  /** Servers that vote at first; the others wait to be added. null: all. */
  readonly votersAtFirst?: number | null;
  /** Mean time between changes of membership, during the safety phase. null: none. */
  readonly reconfigureEveryMs?: number | null;
  /** Mean time between transfers of leadership, during the safety phase. null: none. */
  readonly transferEveryMs?: number | null;
}

export class RaftRun extends ConsensusRun<RaftMessage, RaftRecord, Raft> {
  readonly #operator: Operator;
  readonly #raftOptions: RaftRunOptions;

  constructor(options: RaftRunOptions, observer: RunObserver<RaftMessage, RaftRecord> = {}) {
    super(options, raftWith(options), observer);
    this.#raftOptions = options;
    this.#operator = new Operator(this.simulation, this.group);
  }

  protected override startSafety(): void {
    super.startSafety();
    const { reconfigureEveryMs = null, transferEveryMs = null } = this.#raftOptions;
    this.#operator.start({ reconfigureEveryMs, transferEveryMs });
  }

  protected override startLiveness(): void {
    this.#operator.stop();
    super.startLiveness();
  }
}

function raftWith(options: RaftRunOptions): Algorithm<RaftMessage, RaftRecord, Raft> {
  return {
    ...raft,
    create: (id, members: readonly NodeId[], service) => {
      const voters = members.slice(0, options.votersAtFirst ?? members.length);
      const changes = { ...options.raft, snapshots: service ?? noSnapshots };
      return new Raft(id, raftOptions(voters, changes));
    },
  };
}

/** For the one instance that is asked for its invariants alone. */
const noSnapshots = { take: () => "", restore: () => undefined };
