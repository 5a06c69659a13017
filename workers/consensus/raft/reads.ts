/** Reads that need no entry in the log: ReadIndex and leases (dissertation section 6.4). */
import { broadcastHeartbeat } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { RaftContext } from "./types.ts";

/** Starts a read on the leader. Its end is reported in `finishedReads`. */
export function startRead(raft: RaftState, context: RaftContext, id: string): void {
  const { rules } = raft.options;
  const current = !rules.readAfterCommitInTerm || raft.hasCommittedInTerm;
  const confirmed = !rules.readConfirmsLeadership || holdsLease(raft, context);
  if (current && confirmed) {
    raft.finishedReads.push({ id, index: raft.commitIndex });
    return;
  }
  // The round begins after the read was asked for, so a majority's answer proves it was not stale.
  const index = current ? raft.commitIndex : null;
  raft.pendingReads.push({ id, index, round: raft.round + 1 });
  broadcastHeartbeat(raft, context);
}

function holdsLease(raft: RaftState, context: RaftContext): boolean {
  return raft.options.leaseReads !== null && context.now() < raft.leaseUntilMs;
}

/** Looks how far a majority has answered the heartbeats, and what that allows. */
export function confirmRound(raft: RaftState, context: RaftContext): void {
  if (raft.pendingReads.length === 0 && raft.options.leaseReads === null) return;
  const confirmed = raft.quorumReached((id) =>
    id === raft.id ? raft.round : raft.progress.get(id)?.round,
  );
  const startedAtMs = raft.roundStartedAtMs.get(confirmed);
  if (startedAtMs === undefined) return;
  for (const round of raft.roundStartedAtMs.keys()) {
    if (round > confirmed) break;
    raft.roundStartedAtMs.delete(round);
  }
  const { leaseReads, rules, electionTimeoutMinMs, checkQuorum } = raft.options;
  // Without loyal followers a lease means nothing.
  if (leaseReads !== null && checkQuorum && !raft.leaseForbidden) {
    const lengthMs = rules.leaseMs(electionTimeoutMinMs, leaseReads.driftPpmMax);
    raft.leaseUntilMs = Math.max(raft.leaseUntilMs, startedAtMs + lengthMs);
  }
  raft.confirmedRound = confirmed;
  releaseReads(raft, context);
}

/** Finishes the reads whose term is confirmed and whose index is known to be current. */
export function releaseReads(raft: RaftState, context: RaftContext): void {
  if (raft.pendingReads.length === 0) return;
  if (raft.options.rules.readAfterCommitInTerm && !raft.hasCommittedInTerm) return;
  const waiting = [];
  for (const read of raft.pendingReads) {
    const index = read.index ?? raft.commitIndex;
    const confirmed = read.round <= raft.confirmedRound || holdsLease(raft, context);
    if (confirmed) raft.finishedReads.push({ id: read.id, index });
    else waiting.push({ ...read, index });
  }
  raft.pendingReads = waiting;
}

/** The leader steps down: whoever asked must ask the next one. */
export function failReads(raft: RaftState): void {
  for (const { id } of raft.pendingReads) raft.finishedReads.push({ id, index: null });
  raft.pendingReads = [];
}
