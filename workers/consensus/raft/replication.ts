/**
 * The log from the leader to the others: AppendEntries (section 5.3), pipelined and batched
 * (dissertation 10.2), heartbeats, and the commit rule (5.4.2).
 */
import type { NodeId } from "../../cluster/process.ts";
import { roundsMax } from "./limits.ts";
import { followConfiguration } from "./membership.ts";
import type { Progress } from "./progress.ts";
import { confirmRound, releaseReads } from "./reads.ts";
import { sendSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";
import { continueTransfer } from "./transfer.ts";
import type { RaftContext, RaftMessage } from "./types.ts";

type Append = Extract<RaftMessage, { kind: "append" }>;
type AppendResponse = Extract<RaftMessage, { kind: "append-response" }>;

export function broadcastAppend(raft: RaftState, context: RaftContext): void {
  for (const peer of raft.peers) sendAppends(raft, context, peer);
}

/** Sends one follower all that its window takes. */
export function sendAppends(raft: RaftState, context: RaftContext, to: NodeId): void {
  const progress = raft.progress.get(to);
  if (progress === undefined) return;
  if (progress.mode === "probe") {
    if (!progress.probing) sendAppend(raft, context, to, progress);
    progress.probing = true;
    return;
  }
  while (
    progress.mode === "replicate" &&
    progress.next <= raft.log.lastIndex &&
    progress.inFlight < raft.options.appendsInFlightMax
  ) {
    sendAppend(raft, context, to, progress);
  }
}

function sendAppend(raft: RaftState, context: RaftContext, to: NodeId, progress: Progress): void {
  const previousIndex = progress.next - 1;
  const previousTerm = raft.log.termAt(previousIndex);
  if (previousTerm === undefined) {
    sendSnapshot(raft, context, to, progress);
    return;
  }
  const entries = raft.log.slice(progress.next, raft.options.entriesPerMessageMax);
  const message: Append = {
    kind: "append",
    term: raft.term,
    previousIndex,
    previousTerm,
    entries,
    commitIndex: raft.commitIndex,
  };
  // Sent beside the leader's own write to disk, not after it (dissertation 10.2.1).
  raft.send(to, message, false);
  const last = entries.at(-1);
  if (last !== undefined && progress.mode === "replicate") progress.sent(last.index);
}

export function onAppend(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  message: Append,
): void {
  if (message.previousIndex < raft.commitIndex) {
    // An old message: what is committed matches, and the leader can go on from there.
    accept(raft, from, raft.commitIndex);
    return;
  }
  if (raft.log.termAt(message.previousIndex) !== message.previousTerm) {
    refuse(raft, from, message);
    return;
  }
  appendMatching(raft, message);
  const lastNew = message.previousIndex + message.entries.length;
  commitTo(raft, Math.min(message.commitIndex, lastNew));
  accept(raft, from, lastNew);
}

/** Steps 3 and 4 of AppendEntries in Figure 2. */
function appendMatching(raft: RaftState, message: Append): void {
  const { log } = raft;
  for (const [place, entry] of message.entries.entries()) {
    if (log.termAt(entry.index) === entry.term) continue;
    if (entry.index <= log.lastIndex) raft.truncateFrom(entry.index);
    raft.appendEntries(message.entries.slice(place));
    return;
  }
  const next = message.previousIndex + message.entries.length + 1;
  if (
    !raft.options.rules.truncateOnlyOnConflict &&
    next <= log.lastIndex &&
    next > raft.commitIndex
  ) {
    raft.truncateFrom(next);
  }
}

function accept(raft: RaftState, to: NodeId, index: number): void {
  raft.send(
    to,
    { kind: "append-response", term: raft.term, accepted: true, index, hintIndex: 0, hintTerm: 0 },
    true,
  );
}

function refuse(raft: RaftState, to: NodeId, message: Append): void {
  const { log } = raft;
  const hintIndex = log.lastIndexWithin(
    Math.min(message.previousIndex, log.lastIndex),
    message.previousTerm,
  );
  raft.send(
    to,
    {
      kind: "append-response",
      term: raft.term,
      accepted: false,
      index: message.previousIndex,
      hintIndex,
      hintTerm: log.termAt(hintIndex) ?? 0,
    },
    false,
  );
}

export function onAppendResponse(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  response: AppendResponse,
): void {
  const progress = raft.progress.get(from);
  if (raft.role !== "leader" || progress === undefined) return;
  progress.recentlyActive = true;
  if (!response.accepted) {
    onRefusal(raft, context, from, progress, response);
    return;
  }
  if (response.index > raft.log.lastIndex) {
    throw new Error(`node ${from} claims entry ${response.index} of ${raft.log.lastIndex}`);
  }
  const isNew = progress.matched(response.index);
  if (progress.mode === "probe") {
    progress.becomeReplicate();
  } else if (progress.mode === "snapshot" && progress.match + 1 >= raft.log.firstIndex) {
    progress.becomeReplicate();
  }
  if (isNew) maybeCommit(raft, context);
  sendAppends(raft, context, from);
  continueTransfer(raft, context, from);
}

function onRefusal(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  progress: Progress,
  response: AppendResponse,
): void {
  // An old refusal, of something that matched since or was not the last probe.
  if (response.index <= progress.match) return;
  if (progress.mode === "snapshot") return;
  if (progress.mode === "probe" && response.index !== progress.next - 1) return;
  const next = raft.log.lastIndexWithin(response.hintIndex, response.hintTerm) + 1;
  progress.becomeProbe(Math.min(next, response.index));
  sendAppends(raft, context, from);
}

/** Advances the commit index to what a quorum has, if its entry is of the current term. */
export function maybeCommit(raft: RaftState, context: RaftContext): void {
  if (raft.role !== "leader") return;
  const index = raft.quorumReached((id) => raft.progress.get(id)?.match);
  if (index <= raft.commitIndex || index === Infinity) return;
  const entryTerm = raft.log.termAt(index);
  if (entryTerm === undefined || !raft.options.rules.mayCommitByCounting(entryTerm, raft.term))
    return;
  commitTo(raft, index);
  releaseReads(raft, context);
  // Under load the next entries carry the news; in a quiet moment it goes by itself.
  if (raft.commitIndex === raft.log.lastIndex) broadcastCommit(raft);
  followConfiguration(raft, context);
}

function broadcastCommit(raft: RaftState): void {
  const { term, commitIndex } = raft;
  for (const peer of raft.peers) {
    const match = raft.progress.get(peer)?.match ?? 0;
    if (match >= commitIndex) raft.send(peer, { kind: "commit", term, commitIndex }, false);
  }
}

export function commitTo(raft: RaftState, index: number): void {
  if (index <= raft.commitIndex) return;
  if (index > raft.log.lastIndex) {
    throw new Error(`cannot commit entry ${index} of a log that ends at ${raft.log.lastIndex}`);
  }
  raft.commitIndex = index;
  while (raft.appliedIndex < raft.commitIndex) {
    const entry = raft.log.entry(raft.appliedIndex + 1);
    if (entry === undefined) throw new Error(`committed entry ${raft.appliedIndex + 1} is missing`);
    raft.appliedIndex = entry.index;
    raft.committed.push(entry);
  }
}

export function broadcastHeartbeat(raft: RaftState, context: RaftContext): void {
  raft.round += 1;
  raft.roundStartedAtMs.set(raft.round, context.now());
  // A round this old can no longer extend a lease.
  raft.roundStartedAtMs.delete(raft.round - roundsMax);
  for (const peer of raft.peers) {
    // A follower must not commit what it has not got: no further than its log is known to match.
    const commitIndex = Math.min(raft.commitIndex, raft.progress.get(peer)?.match ?? 0);
    raft.send(peer, { kind: "heartbeat", term: raft.term, commitIndex, round: raft.round }, false);
  }
  confirmRound(raft, context);
}

export function onHeartbeat(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  message: Extract<RaftMessage, { kind: "heartbeat" }>,
): void {
  commitTo(raft, message.commitIndex);
  raft.send(from, { kind: "heartbeat-response", term: raft.term, round: message.round }, false);
}

export function onHeartbeatResponse(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  message: Extract<RaftMessage, { kind: "heartbeat-response" }>,
): void {
  const progress = raft.progress.get(from);
  if (raft.role !== "leader" || progress === undefined) return;
  progress.recentlyActive = true;
  progress.round = Math.max(progress.round, message.round);
  confirmRound(raft, context);
  if (progress.mode === "snapshot") {
    const waitedMs = context.now() - progress.snapshotSentAtMs;
    if (waitedMs >= raft.options.electionTimeoutMinMs) sendSnapshot(raft, context, from, progress);
    return;
  }
  if (progress.match >= raft.log.lastIndex) return;
  // It lives and is behind: what was under way may be lost. An append that follows the last one
  // sent, empty if need be, is refused if anything is missing.
  progress.probing = false;
  if (progress.inFlight >= raft.options.appendsInFlightMax) progress.freeOne();
  sendAppends(raft, context, from);
  if (progress.mode === "replicate" && progress.next > raft.log.lastIndex) {
    sendAppend(raft, context, from, progress);
  }
}

/** The leader's own disk has caught up. */
export function onLogStable(raft: RaftState, context: RaftContext): void {
  const own = raft.progress.get(raft.id);
  if (raft.role !== "leader" || own === undefined) return;
  if (own.matched(raft.log.stableIndex)) maybeCommit(raft, context);
}

/** A message of an earlier term comes from a leader that does not know it is over. */
export function refuseOldLeader(raft: RaftState, to: NodeId): void {
  raft.send(
    to,
    {
      kind: "append-response",
      term: raft.term,
      accepted: false,
      index: 0,
      hintIndex: 0,
      hintTerm: 0,
    },
    false,
  );
}
