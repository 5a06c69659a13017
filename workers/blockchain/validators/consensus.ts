/** The algorithms that can order the ledger's entries. */
import type { NodeId } from "../../cluster/process.ts";
import type { ConsensusManager, Service } from "../../consensus/consensus-manager.ts";
import { pbftOptions } from "../../consensus/pbft/options.ts";
import { describePbftMessage, Pbft } from "../../consensus/pbft/pbft.ts";
import type { PbftMessage } from "../../consensus/pbft/types.ts";
import { byzantineQuorum } from "../../consensus/quorum/byzantine.ts";
import { majoritySize } from "../../consensus/quorum/quorum.ts";
import { raftOptions } from "../../consensus/raft/options.ts";
import { describeRaftMessage, Raft } from "../../consensus/raft/raft.ts";
import type { RaftMessage } from "../../consensus/raft/types.ts";
import { validatorCounts } from "../../service/contract.ts";
import { validatorLimits } from "./limits.ts";

export type ConsensusName = "raft" | "pbft";

/** Messages and records are the algorithm's own affair; here they only pass through. */
export type Manager = ConsensusManager<unknown, unknown>;

export interface Ordering {
  readonly name: ConsensusName;
  /** How many validators must reach each other for anything to be agreed on. */
  readonly quorum: number;
  create(id: NodeId, service: Service): Manager;
  describe(message: unknown): string;
  /** Whether only the leader takes proposals; otherwise every validator is told. */
  readonly leaderProposes: boolean;
  /** What makes the first validator ask for votes at once, as nobody leads yet; null: nobody needs to. */
  readonly firstElection: ((term: number) => unknown) | null;
}

/** @throws RangeError when the algorithm cannot work with so many validators */
export function orderingBy(name: ConsensusName, validators: readonly NodeId[]): Ordering {
  const count = validators.length;
  const least = name === "pbft" ? validatorCounts.pbftMin : validatorCounts.min;
  if (count < least || count > validatorCounts.max) {
    const title = name === "pbft" ? "PBFT" : "Raft";
    throw new RangeError(
      `${title} orders the ledger with ${least} to ${validatorCounts.max} validators, not ${count}`,
    );
  }
  return name === "pbft" ? byPbft(validators) : byRaft(validators);
}

function byRaft(validators: readonly NodeId[]): Ordering {
  const { heartbeatMs, electionTimeoutMinMs, electionTimeoutMaxMs } = validatorLimits;
  const { snapshotEveryEntries, trailingEntries } = validatorLimits;
  const options = raftOptions(validators, {
    heartbeatMs,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    trailingEntries,
  });
  return {
    name: "raft",
    quorum: majoritySize(validators.length),
    create: (id, service) => new Raft(id, { ...options, snapshotEveryEntries, snapshots: service }),
    describe: (message) => describeRaftMessage(message as RaftMessage),
    leaderProposes: true,
    firstElection: (term) => ({ kind: "timeout-now", term }) satisfies RaftMessage,
  };
}

function byPbft(validators: readonly NodeId[]): Ordering {
  return {
    name: "pbft",
    quorum: byzantineQuorum(validators.length),
    create: (id, service) => new Pbft(id, pbftOptions(validators, { service })),
    describe: (message) => describePbftMessage(message as PbftMessage),
    leaderProposes: false,
    firstElection: null,
  };
}
