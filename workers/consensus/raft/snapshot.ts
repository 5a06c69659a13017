/** Snapshots: cutting the log, and sending what was cut (section 7). */
import type { NodeId } from "../../cluster/process.ts";
import type { Progress } from "./progress.ts";
import { commitTo } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { RaftContext, Snapshot } from "./types.ts";

/** Takes a snapshot when enough has been applied since the last one. */
export function maybeCompact(raft: RaftState, context: RaftContext): void {
  const { snapshotEveryEntries, trailingEntries, snapshots } = raft.options;
  if (snapshotEveryEntries === null || snapshots === null) return;
  if (raft.appliedIndex - (raft.snapshot?.lastIndex ?? 0) < snapshotEveryEntries) return;
  const lastTerm = raft.log.termAt(raft.appliedIndex);
  if (lastTerm === undefined) throw new Error(`applied entry ${raft.appliedIndex} is missing`);
  raft.snapshot = {
    lastIndex: raft.appliedIndex,
    lastTerm,
    configuration: raft.configurationAt(raft.appliedIndex),
    data: snapshots.take(),
  };
  raft.disk.rewrite = true;
  context.note(`snapshot at ${raft.appliedIndex}`);
  const cut = raft.appliedIndex - trailingEntries;
  if (cut < raft.log.firstIndex) return;
  raft.log.cutTo(cut);
  const base = raft.configurations.findLastIndex(({ index }) => index <= cut);
  if (base > 0) raft.configurations = raft.configurations.slice(base);
}

/** The follower needs entries that were cut away. */
export function sendSnapshot(
  raft: RaftState,
  context: RaftContext,
  to: NodeId,
  progress: Progress,
): void {
  if (raft.snapshot === null) throw new Error(`the log is cut but there is no snapshot`);
  progress.becomeSnapshot(raft.snapshot.lastIndex, context.now());
  context.note(`sends ${to} the snapshot at ${raft.snapshot.lastIndex}`);
  raft.send(to, { kind: "snapshot", term: raft.term, snapshot: raft.snapshot }, false);
}

export function onSnapshot(
  raft: RaftState,
  context: RaftContext,
  from: NodeId,
  snapshot: Snapshot,
): void {
  if (raft.log.termAt(snapshot.lastIndex) === snapshot.lastTerm) {
    // Section 7, step 6: what follows in the log may already be promised and is kept.
    commitTo(raft, snapshot.lastIndex);
  } else if (snapshot.lastIndex > raft.commitIndex) {
    restoreSnapshot(raft, snapshot);
    context.note(`restored the snapshot at ${snapshot.lastIndex}`);
  }
  raft.send(
    from,
    {
      kind: "append-response",
      term: raft.term,
      accepted: true,
      index: raft.commitIndex,
      hintIndex: 0,
      hintTerm: 0,
    },
    true,
  );
}

/** Starts over from a snapshot that the log does not meet: none of the log is of any use. */
export function restoreSnapshot(raft: RaftState, snapshot: Snapshot): void {
  raft.log.reset(snapshot);
  raft.snapshot = snapshot;
  raft.configurations = [{ index: snapshot.lastIndex, configuration: snapshot.configuration }];
  raft.commitIndex = snapshot.lastIndex;
  raft.appliedIndex = snapshot.lastIndex;
  raft.committed = [];
  raft.restored = snapshot;
  raft.disk.rewrite = true;
}
