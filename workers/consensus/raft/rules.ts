/**
 * The decisions that Raft's safety rests on, each alone with the clause that asks for it. A test or a
 * lesson that breaks one of them gives its own set; everything else uses `raftRules`.
 */
import type { NodeId } from "../../cluster/process.ts";
import { majoritySize } from "../quorum/quorum.ts";

export interface RaftRules {
  /** Section 5.4.1: the voter's log must not be more up to date than the candidate's. */
  isUpToDate(
    candidate: { readonly lastIndex: number; readonly lastTerm: number },
    own: { readonly lastIndex: number; readonly lastTerm: number },
  ): boolean;
  /** Section 5.2: at most one vote in a term, first come, first served. */
  mayVote(votedFor: NodeId | null, candidate: NodeId): boolean;
  /** Section 5.4.2: only an entry of the leader's own term commits by counting copies. */
  mayCommitByCounting(entryTerm: number, currentTerm: number): boolean;
  /** Section 5.2: members that must agree. */
  quorumSize(members: number): number;
  /** Figure 2: the vote is on disk before it is answered. */
  storedVote(votedFor: NodeId | null): NodeId | null;
  /** Figure 2, "updated on stable storage before responding to RPCs". */
  readonly answerAfterSync: boolean;
  /** Figure 2, AppendEntries 3: only a conflict deletes entries; an old message never does. */
  readonly truncateOnlyOnConflict: boolean;
  /** Dissertation section 6.4, step 1: no read before an entry of the leader's term is committed. */
  readonly readAfterCommitInTerm: boolean;
  /** Dissertation section 6.4, step 3: no read without a majority's word that the term still runs. */
  readonly readConfirmsLeadership: boolean;
  /** Dissertation section 6.4.1: how long a majority's answer keeps other leaders away. */
  leaseMs(electionTimeoutMinMs: number, driftPpmMax: number): number;
}

export const raftRules: RaftRules = {
  isUpToDate: (candidate, own) =>
    candidate.lastTerm > own.lastTerm ||
    (candidate.lastTerm === own.lastTerm && candidate.lastIndex >= own.lastIndex),
  mayVote: (votedFor, candidate) => votedFor === null || votedFor === candidate,
  mayCommitByCounting: (entryTerm, currentTerm) => entryTerm === currentTerm,
  quorumSize: majoritySize,
  storedVote: (votedFor) => votedFor,
  answerAfterSync: true,
  truncateOnlyOnConflict: true,
  readAfterCommitInTerm: true,
  readConfirmsLeadership: true,
  // The leader's clock may be slow and a follower's fast, each by the bound.
  leaseMs: (electionTimeoutMinMs, driftPpmMax) =>
    electionTimeoutMinMs * (1 - (2 * driftPpmMax) / 1_000_000),
};
