/**
 * Raft as a deterministic process. The parts of the algorithm are in the modules beside this one; here
 * each event is handed to its part, and its effects leave in the right order.
 *
 * Of the paper (Ongaro and Ousterhout 2014): 5.1 to 5.6, 6 (joint consensus), 7. Of Ongaro's
 * dissertation (2014): 3.10 leadership transfer, 4.2.1 learners, 4.2.2 and 4.2.3 removed servers, 4.3,
 * 6.2 quorum check, 6.4 reads and leases, 9.6 pre-vote, 10.2 batching and pipelining. Sessions (6.3)
 * are in service/. Not here: single-server catch-up rounds, reads through followers, snapshots in
 * chunks, repair of a damaged disk.
 */
import type { NodeId } from "../../cluster/process.ts";
import {
  type ConsensusStatus,
  ConsensusManager,
  type FinishedRead,
  type Invariant,
  type Membership,
  type NodeView,
  type Proposal,
  type Reads,
} from "../consensus-manager.ts";
import {
  becomeFollower,
  campaign,
  isLoyal,
  onElectionTimeout,
  onHeartbeatTimer,
  onQuorumCheck,
  onVoteRequest,
  onVoteResponse,
  onVoteStable,
  onVoteTimer,
  resetElectionTimer,
} from "./election.ts";
import { raftInvariants } from "./invariants.ts";
import { commandLengthMax, pendingReadsMax } from "./limits.ts";
import { leaveJoint, proposeConfiguration } from "./membership.ts";
import { flush, onDurable, recover } from "./persistence.ts";
import { startRead } from "./reads.ts";
import {
  broadcastAppend,
  commitTo,
  onAppend,
  onAppendResponse,
  onHeartbeat,
  onHeartbeatResponse,
  onLogStable,
  refuseOldLeader,
} from "./replication.ts";
import { maybeCompact, onSnapshot } from "./snapshot.ts";
import { RaftState } from "./state.ts";
import { onTransferTimeout, startTransfer } from "./transfer.ts";
import type { Configuration, RaftContext, RaftMessage, RaftOptions, RaftRecord } from "./types.ts";
import { isJoint, isVoter } from "./configuration.ts";
import { raftEntries, raftVariables } from "./view.ts";

export class Raft extends ConsensusManager<RaftMessage, RaftRecord> {
  readonly algorithm = "raft";
  /** Open to observers and tests; only the modules of this folder change it. */
  readonly state: RaftState;
  readonly #readListeners: ((read: FinishedRead) => void)[] = [];

  constructor(id: NodeId, options: RaftOptions) {
    super();
    if (options.snapshotEveryEntries !== null && options.snapshots === null) {
      throw new RangeError("snapshotEveryEntries needs a source of snapshots");
    }
    this.state = new RaftState(id, options);
  }

  override onStart(context: RaftContext): void {
    const raft = this.state;
    recover(raft, context);
    if (raft.halted !== null) return;
    // It may have acknowledged a leader just before the crash, and owes it the same loyalty.
    raft.leaderContactAtMs = context.now();
    resetElectionTimer(raft, context);
    this.#finish(context);
  }

  override onMessage(context: RaftContext, from: NodeId, message: RaftMessage): void {
    if (this.state.halted !== null) return;
    this.#receive(context, from, message);
    this.#finish(context);
  }

  override onTimer(context: RaftContext, name: string): void {
    const raft = this.state;
    if (raft.halted !== null) return;
    if (name === "election") onElectionTimeout(raft, context);
    else if (name === "heartbeat") onHeartbeatTimer(raft, context);
    else if (name === "votes") onVoteTimer(raft, context);
    else if (name === "quorum-check") onQuorumCheck(raft, context);
    else if (name === "transfer") onTransferTimeout(raft);
    this.#finish(context);
  }

  override onSynced(context: RaftContext, sync: number): void {
    if (this.state.halted !== null) return;
    onDurable(this.state, context, sync);
    onVoteStable(this.state, context);
    onLogStable(this.state, context);
    this.#finish(context);
  }

  override propose(context: RaftContext, command: string): Proposal {
    const raft = this.state;
    if (command.length > commandLengthMax) {
      throw new RangeError(`a command has at most ${commandLengthMax} characters`);
    }
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    const index = raft.log.lastIndex + 1;
    if (index - raft.commitIndex > raft.options.uncommittedEntriesMax) {
      return { accepted: false, reason: "busy", leader: raft.leader };
    }
    raft.appendEntries([{ index, term: raft.term, payload: { kind: "command", command } }]);
    broadcastAppend(raft, context);
    this.#finish(context);
    return { accepted: true, index, term: raft.term };
  }

  /** Asks when a linearizable read may be answered; `onRead` tells, or the refusal says why not. */
  read(context: RaftContext, id: string): Proposal {
    const raft = this.state;
    if (raft.halted !== null || raft.role !== "leader") {
      return this.#refusal() ?? { accepted: false, reason: "not-leader", leader: raft.leader };
    }
    if (raft.pendingReads.length >= pendingReadsMax) {
      return { accepted: false, reason: "busy", leader: raft.leader };
    }
    startRead(raft, context, id);
    this.#finish(context);
    return { accepted: true, index: raft.commitIndex, term: raft.term };
  }

  onRead(listener: (read: FinishedRead) => void): void {
    this.#readListeners.push(listener);
  }

  /** Hands leadership to another voter. */
  transferLeadership(context: RaftContext, target: NodeId): Proposal {
    const raft = this.state;
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    if (target === raft.id || !isVoter(raft.configuration, target)) {
      throw new RangeError(`node ${target} is not another voter`);
    }
    startTransfer(raft, context, target);
    this.#finish(context);
    return { accepted: true, index: raft.commitIndex, term: raft.term };
  }

  /**
   * Moves to a configuration made by the functions in confchange/. One change at a time: "busy" until
   * the one before is committed and left, and until an entry of this term is committed (the flaw in
   * single-server changes that Ongaro published in 2015).
   */
  changeMembership(context: RaftContext, configuration: Configuration): Proposal {
    const raft = this.state;
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    const leaving = isJoint(raft.configuration) && !isJoint(configuration);
    const isOpen = raft.configurationIndex > raft.commitIndex || !raft.hasCommittedInTerm;
    if (isOpen || (isJoint(raft.configuration) && !leaving)) {
      return { accepted: false, reason: "busy", leader: raft.leader };
    }
    const entry = proposeConfiguration(raft, context, configuration);
    this.#finish(context);
    return { accepted: true, index: entry.index, term: entry.term };
  }

  /** Leaves a joint configuration that does not leave by itself. */
  leaveJointConfiguration(context: RaftContext): Proposal {
    return this.changeMembership(context, leaveJoint(this.state.configuration));
  }

  override status(): ConsensusStatus {
    const { id, role, term, leader, commitIndex, log, halted } = this.state;
    return {
      algorithm: this.algorithm,
      id,
      role,
      term,
      leader,
      commitIndex,
      lastIndex: log.lastIndex,
      halted,
    };
  }

  override reads(): Reads<RaftMessage, RaftRecord> {
    return this;
  }

  override view(): NodeView {
    const { state } = this;
    return { ...this.status(), entries: raftEntries(state), variables: raftVariables(state) };
  }

  override membership(): Membership {
    const { incoming, outgoing, learners } = this.state.configuration;
    return { voters: incoming, outgoing, learners };
  }

  override invariants(): readonly Invariant<ConsensusManager<RaftMessage, RaftRecord>>[] {
    return [...super.invariants(), ...raftInvariants()];
  }

  #refusal(): Extract<Proposal, { accepted: false }> | null {
    const { halted, role, leader, transferTo } = this.state;
    if (halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (role !== "leader") return { accepted: false, reason: "not-leader", leader };
    if (transferTo !== null) return { accepted: false, reason: "transferring", leader };
    return null;
  }

  #receive(context: RaftContext, from: NodeId, message: RaftMessage): void {
    const raft = this.state;
    if (message.term > raft.term) {
      const isRequest = message.kind === "vote-request";
      if (isRequest && !message.transfer && isLoyal(raft, context)) return;
      // A pre-vote speaks of a term that nobody has begun.
      const isFuture =
        (isRequest && message.preVote) ||
        (message.kind === "vote-response" && message.preVote && message.granted);
      if (!isFuture) becomeFollower(raft, context, message.term, null);
    } else if (message.term < raft.term) {
      this.#answerOldTerm(from, message);
      return;
    }
    this.#handle(context, from, message);
  }

  /** Section 5.1: whoever is behind is told the term. */
  #answerOldTerm(from: NodeId, message: RaftMessage): void {
    const raft = this.state;
    if (message.kind === "vote-request") {
      const { preVote } = message;
      raft.send(from, { kind: "vote-response", term: raft.term, preVote, granted: false }, false);
    } else if (isFromLeader(message)) {
      refuseOldLeader(raft, from);
    }
  }

  #handle(context: RaftContext, from: NodeId, message: RaftMessage): void {
    const raft = this.state;
    if (isFromLeader(message)) this.#follow(context, from);
    switch (message.kind) {
      case "vote-request":
        return onVoteRequest(raft, context, from, message);
      case "vote-response":
        return onVoteResponse(raft, context, from, message);
      case "append":
        return onAppend(raft, context, from, message);
      case "append-response":
        return onAppendResponse(raft, context, from, message);
      case "heartbeat":
        return onHeartbeat(raft, context, from, message);
      case "heartbeat-response":
        return onHeartbeatResponse(raft, context, from, message);
      case "commit":
        return commitTo(raft, message.commitIndex);
      case "snapshot":
        return onSnapshot(raft, context, from, message.snapshot);
      default:
        if (raft.mayCampaign && raft.role !== "leader") {
          campaign(raft, context, { preVote: false, transfer: true });
        }
    }
  }

  /** A message that only the leader of the term can have sent. */
  #follow(context: RaftContext, from: NodeId): void {
    const raft = this.state;
    if (raft.role === "leader") throw new Error(`${from} also leads term ${raft.term}`);
    if (raft.role === "follower") {
      raft.leader = from;
      resetElectionTimer(raft, context);
    } else {
      becomeFollower(raft, context, raft.term, from);
    }
    raft.leaderContactAtMs = context.now();
  }

  /** The effects of an event: to the service first, then to disk and network. */
  #finish(context: RaftContext): void {
    const raft = this.state;
    if (raft.restored !== null) {
      raft.options.snapshots?.restore(raft.restored.data);
      raft.restored = null;
    }
    if (raft.committed.length > 0) this.#handOverCommits();
    if (raft.finishedReads.length > 0) this.#handOverReads();
    maybeCompact(raft, context);
    flush(raft, context);
  }

  #handOverCommits(): void {
    const { committed } = this.state;
    this.state.committed = [];
    for (const { index, term, payload } of committed) {
      this.commit({ index, term, command: payload.kind === "command" ? payload.command : null });
    }
  }

  #handOverReads(): void {
    const { finishedReads } = this.state;
    this.state.finishedReads = [];
    for (const read of finishedReads) {
      for (const listener of this.#readListeners) listener(read);
    }
  }
}

type FromLeader = Extract<RaftMessage, { kind: "append" | "heartbeat" | "commit" | "snapshot" }>;

function isFromLeader(message: RaftMessage): message is FromLeader {
  const { kind } = message;
  return kind === "append" || kind === "heartbeat" || kind === "commit" || kind === "snapshot";
}

/** One line for the log of a run. */
export function describeRaftMessage(message: RaftMessage): string {
  switch (message.kind) {
    case "vote-request":
      return `${message.preVote ? "pre-vote" : "vote"}-request t${message.term} last ${message.lastIndex}/${message.lastTerm}`;
    case "vote-response":
      return `${message.preVote ? "pre-vote" : "vote"}-response t${message.term} ${message.granted ? "granted" : "refused"}`;
    case "append":
      return `append t${message.term} after ${message.previousIndex}/${message.previousTerm} +${message.entries.length} commit ${message.commitIndex}`;
    case "append-response":
      return `append-response t${message.term} ${message.accepted ? "matches" : "refuses"} ${message.index}`;
    case "heartbeat":
      return `heartbeat t${message.term} commit ${message.commitIndex} round ${message.round}`;
    case "heartbeat-response":
      return `heartbeat-response t${message.term} round ${message.round}`;
    case "commit":
      return `commit t${message.term} ${message.commitIndex}`;
    case "snapshot":
      return `snapshot t${message.term} at ${message.snapshot.lastIndex}`;
    default:
      return `timeout-now t${message.term}`;
  }
}
