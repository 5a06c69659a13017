/**
 * Who leads: elections (section 5.2 of the paper), their restriction (5.4.1), pre-vote (dissertation
 * 9.6), loyalty to a live leader (4.2.3) and the leader's own check that it still has a quorum (6.2).
 */
import type { NodeId } from "../../cluster/process.ts";
import { failReads } from "./reads.ts";
import { broadcastAppend, broadcastHeartbeat, maybeCommit } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { RaftContext, RaftMessage } from "./types.ts";

type VoteRequest = Extract<RaftMessage, { kind: "vote-request" }>;
type VoteResponse = Extract<RaftMessage, { kind: "vote-response" }>;

export function resetElectionTimer(raft: RaftState, context: RaftContext): void {
  const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max } = raft.options;
  context.setTimer("election", min + context.random.float() * (max - min));
}

export function becomeFollower(
  raft: RaftState,
  context: RaftContext,
  term: number,
  leader: NodeId | null,
): void {
  if (term < raft.term) throw new Error(`term ${raft.term} cannot go back to ${term}`);
  if (term > raft.term) {
    raft.term = term;
    raft.votedFor = null;
  }
  if (raft.role !== "follower") context.note(`follower in term ${term}`);
  if (raft.role === "leader") stopLeading(raft, context);
  raft.role = "follower";
  raft.leader = leader;
  resetElectionTimer(raft, context);
}

function stopLeading(raft: RaftState, context: RaftContext): void {
  context.cancelTimer("heartbeat");
  context.cancelTimer("quorum-check");
  context.cancelTimer("transfer");
  raft.transferTo = null;
  raft.leaseUntilMs = -Infinity;
  raft.leaseForbidden = false;
  raft.roundStartedAtMs.clear();
  raft.progress.clear();
  failReads(raft);
}

/** The election timer has fired: no sign of a leader for a whole timeout. */
export function onElectionTimeout(raft: RaftState, context: RaftContext): void {
  resetElectionTimer(raft, context);
  if (raft.role === "leader" || !raft.mayCampaign) return;
  campaign(raft, context, { preVote: raft.options.preVote, transfer: false });
}

export function campaign(
  raft: RaftState,
  context: RaftContext,
  { preVote, transfer }: { preVote: boolean; transfer: boolean },
): void {
  raft.leader = null;
  if (preVote) {
    raft.role = "pre-candidate";
  } else {
    raft.role = "candidate";
    raft.term += 1;
    raft.votedFor = raft.id;
  }
  context.note(`${raft.role} in term ${raft.term}`);
  raft.votes.clear();
  raft.voteRequest = {
    kind: "vote-request",
    term: preVote ? raft.term + 1 : raft.term,
    preVote,
    transfer,
    lastIndex: raft.log.lastIndex,
    lastTerm: raft.log.lastTerm,
  };
  askForVotes(raft, context);
  countVotes(raft, context);
}

/** Whoever has not answered may not have heard: servers retry their calls (section 5.1). */
export function onVoteTimer(raft: RaftState, context: RaftContext): void {
  if (raft.role === "candidate" || raft.role === "pre-candidate") askForVotes(raft, context);
}

function askForVotes(raft: RaftState, context: RaftContext): void {
  const request = raft.voteRequest;
  if (request === null) return;
  for (const peer of raft.peers) {
    if (!raft.votes.has(peer)) raft.send(peer, request, !request.preVote);
  }
  context.setTimer("votes", raft.options.heartbeatMs);
}

export function onVoteRequest(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  request: VoteRequest,
): void {
  const { rules } = raft.options;
  const own = { lastIndex: raft.log.lastIndex, lastTerm: raft.log.lastTerm };
  const mayVote = request.preVote
    ? request.term > raft.term
    : rules.mayVote(raft.votedFor, from) && (raft.leader === null || raft.leader === from);
  const granted = mayVote && rules.isUpToDate(request, own);
  if (granted && !request.preVote) {
    raft.votedFor = from;
    resetElectionTimer(raft, context);
    context.note(`votes for ${from} in term ${raft.term}`);
  }
  // A pre-vote that is granted speaks of the term asked for, and promises nothing.
  const term = granted && request.preVote ? request.term : raft.term;
  const response: RaftMessage = { kind: "vote-response", term, preVote: request.preVote, granted };
  raft.send(from, response, granted && !request.preVote);
}

/**
 * Whether a request for a vote is to be ignored because a leader was heard of within the least
 * election timeout. Leases rest on it, and removed servers disturb nobody because of it.
 */
export function isLoyal(raft: RaftState, context: RaftContext): boolean {
  if (!raft.options.checkQuorum) return false;
  if (raft.role === "leader") return true;
  return context.now() - raft.leaderContactAtMs < raft.options.electionTimeoutMinMs;
}

export function onVoteResponse(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  response: VoteResponse,
): void {
  const asked = response.preVote ? "pre-candidate" : "candidate";
  if (raft.role !== asked) return;
  // Answers to an earlier pre-vote speak of an earlier term.
  if (response.preVote && response.granted && response.term !== raft.term + 1) return;
  if (!raft.votes.has(from)) raft.votes.set(from, response.granted);
  countVotes(raft, context);
}

/** The candidate's term and vote have become durable, so its own vote counts. */
export function onVoteStable(raft: RaftState, context: RaftContext): void {
  if (raft.role === "candidate") countVotes(raft, context);
}

function countVotes(raft: RaftState, context: RaftContext): void {
  // A vote for itself is a promise like any other: a sole voter that led before its term was on disk
  // could lead the same term twice.
  const { answerAfterSync } = raft.options.rules;
  const promised =
    raft.role === "pre-candidate" || !answerAfterSync || raft.disk.durableTerm === raft.term;
  const own = promised ? true : undefined;
  const result = raft.voteResult((id) => (id === raft.id ? own : raft.votes.get(id)));
  if (result === "pending") return;
  if (result === "lost") {
    becomeFollower(raft, context, raft.term, null);
  } else if (raft.role === "pre-candidate") {
    campaign(raft, context, { preVote: false, transfer: false });
  } else {
    becomeLeader(raft, context);
  }
}

function becomeLeader(raft: RaftState, context: RaftContext): void {
  raft.role = "leader";
  raft.leader = raft.id;
  raft.progress.clear();
  raft.alignProgress();
  const own = raft.progress.get(raft.id);
  if (own !== undefined) own.match = raft.log.stableIndex;
  context.note(`leader in term ${raft.term}`);
  context.cancelTimer("election");
  context.setTimer("heartbeat", raft.options.heartbeatMs);
  context.setTimer("quorum-check", raft.options.electionTimeoutMaxMs);
  // An entry of its own term, without which nothing earlier can commit (section 8).
  const index = raft.log.lastIndex + 1;
  raft.appendEntries([{ index, term: raft.term, payload: { kind: "noop" } }]);
  broadcastAppend(raft, context);
  maybeCommit(raft, context);
}

export function onHeartbeatTimer(raft: RaftState, context: RaftContext): void {
  if (raft.role !== "leader") return;
  context.setTimer("heartbeat", raft.options.heartbeatMs);
  broadcastHeartbeat(raft, context);
}

export function onQuorumCheck(raft: RaftState, context: RaftContext): void {
  if (raft.role !== "leader") return;
  if (raft.options.checkQuorum) {
    const active = raft.voteResult(
      (id) => id === raft.id || (raft.progress.get(id)?.recentlyActive ?? false),
    );
    if (active !== "won") {
      context.note("lost its quorum");
      becomeFollower(raft, context, raft.term, null);
      return;
    }
  }
  for (const progress of raft.progress.values()) progress.recentlyActive = false;
  context.setTimer("quorum-check", raft.options.electionTimeoutMaxMs);
}
