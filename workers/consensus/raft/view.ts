/** What a screen shows of a Raft node, by the names of Figure 2 of the paper. */
import { type EntryView, shown } from "../consensus-manager.ts";
import { logViewMax } from "../limits.ts";
import { isJoint } from "./configuration.ts";
import type { RaftState } from "./state.ts";

/** The end of the log. An entry is accepted once it is durable on this node. */
export function raftEntries({ log, commitIndex }: RaftState): readonly EntryView[] {
  const from = Math.max(log.firstIndex, log.lastIndex - logViewMax + 1);
  return log.slice(from, logViewMax).map(({ index, term, payload }) => {
    const stored = index <= log.stableIndex ? "accepted" : "proposed";
    return {
      index,
      term,
      command: payload.kind === "command" ? payload.command : null,
      state: index <= commitIndex ? "committed" : stored,
    };
  });
}

export function raftVariables(raft: RaftState): Readonly<Record<string, string>> {
  const { configuration, snapshot } = raft;
  const variables: Record<string, string> = {
    currentTerm: String(raft.term),
    votedFor: shown(raft.votedFor),
    commitIndex: String(raft.commitIndex),
    lastApplied: String(raft.appliedIndex),
    durableIndex: String(raft.log.stableIndex),
    snapshotIndex: snapshot === null ? "none" : String(snapshot.lastIndex),
    voters: configuration.incoming.join(" "),
  };
  if (isJoint(configuration)) variables["outgoingVoters"] = configuration.outgoing.join(" ");
  if (configuration.learners.length > 0) variables["learners"] = configuration.learners.join(" ");
  if (raft.role === "candidate" || raft.role === "pre-candidate") {
    for (const [id, granted] of raft.votes) {
      variables[`votes[${id}]`] = granted ? "granted" : "refused";
    }
  }
  if (raft.role === "leader") {
    for (const [id, progress] of raft.progress) {
      if (id === raft.id) continue;
      variables[`nextIndex[${id}]`] = String(progress.next);
      variables[`matchIndex[${id}]`] = String(progress.match);
      variables[`progress[${id}]`] = progress.mode;
    }
    if (raft.transferTo !== null) variables["transferTo"] = String(raft.transferTo);
    if (raft.pendingReads.length > 0) variables["pendingReads"] = String(raft.pendingReads.length);
  }
  return variables;
}
