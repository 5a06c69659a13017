/**
 * What must survive a crash: term, vote and log (Figure 2), and the snapshot. Writes of one event go
 * out together; while a sync runs, later writes gather for the next one (group commit).
 */
import type { RaftState } from "./state.ts";
import { restoreSnapshot } from "./snapshot.ts";
import type { RaftContext, RaftRecord } from "./types.ts";

/** Writes what changed, then sends what may be sent; the rest waits for the disk. */
export function flush(raft: RaftState, context: RaftContext): void {
  const { disk } = raft;
  if (write(raft, context)) disk.writtenVersion += 1;
  startSync(raft, context);
  const messages = raft.outbox;
  if (messages.length === 0) return;
  raft.outbox = [];
  const mustWait = raft.options.rules.answerAfterSync && disk.syncedVersion < disk.writtenVersion;
  for (const { to, message, afterSync } of messages) {
    if (afterSync && mustWait) disk.waiting.push({ version: disk.writtenVersion, to, message });
    else context.send(to, message);
  }
}

function write(raft: RaftState, context: RaftContext): boolean {
  const { disk, log } = raft;
  const { storage } = context;
  const votedFor = raft.options.rules.storedVote(raft.votedFor);
  const hardStateChanged = disk.term !== raft.term || disk.votedFor !== votedFor;
  disk.term = raft.term;
  disk.votedFor = votedFor;
  if (disk.rewrite) {
    disk.rewrite = false;
    log.takeUnwritten();
    storage.replace(wholeJournal(raft));
    return true;
  }
  if (hardStateChanged) storage.append({ kind: "hard-state", term: raft.term, votedFor });
  const entries = log.takeUnwritten();
  if (entries.length > 0) storage.append({ kind: "entries", entries });
  return hardStateChanged || entries.length > 0;
}

/** Term and vote, the snapshot, and what follows it. */
function wholeJournal({ disk, log, snapshot }: RaftState): readonly RaftRecord[] {
  const journal: RaftRecord[] = [{ kind: "hard-state", term: disk.term, votedFor: disk.votedFor }];
  if (snapshot !== null) journal.push({ kind: "snapshot", snapshot });
  const entries = log.slice((snapshot?.lastIndex ?? 0) + 1, Infinity);
  if (entries.length > 0) journal.push({ kind: "entries", entries });
  return journal;
}

function startSync(raft: RaftState, context: RaftContext): void {
  const { disk, log } = raft;
  if (disk.syncing !== null || disk.syncedVersion === disk.writtenVersion) return;
  disk.syncing = {
    sync: context.storage.sync(),
    term: disk.term,
    version: disk.writtenVersion,
    lastIndex: log.lastIndex,
    lastTerm: log.lastTerm,
  };
}

/** A sync has finished: what it covers is durable, and what waited for it goes out. */
export function onDurable(raft: RaftState, context: RaftContext, sync: number): void {
  const { disk } = raft;
  if (disk.syncing?.sync !== sync) return;
  const { term, version, lastIndex, lastTerm } = disk.syncing;
  disk.syncing = null;
  disk.durableTerm = term;
  disk.syncedVersion = version;
  raft.log.markStable(lastIndex, lastTerm);
  const released = disk.waiting.filter((message) => message.version <= version);
  disk.waiting = disk.waiting.filter((message) => message.version > version);
  for (const { to, message } of released) {
    // A promise of an earlier term is worthless and might be taken for one of this term.
    if (message.term === raft.term) context.send(to, message);
  }
}

/**
 * Reads the journal at the start of a life. A torn end was never promised and is dropped; damage to
 * what was durable means lost promises, and the node must not take part again.
 */
export function recover(raft: RaftState, context: RaftContext): void {
  const { records, durableCount } = context.storage.read();
  const firstDamaged = records.indexOf(null);
  const intact = firstDamaged < 0 ? records : records.slice(0, firstDamaged);
  if (intact.length < durableCount) {
    raft.halted = `${durableCount - intact.length} durable records are lost or damaged`;
    context.note(`halts: ${raft.halted}`);
    return;
  }
  const kept = intact.filter((record) => record !== null);
  for (const record of kept) replay(raft, record);
  raft.log.takeUnwritten();
  raft.disk.rewrite = false;
  raft.disk.term = raft.term;
  raft.disk.votedFor = raft.votedFor;
  if (kept.length < records.length) {
    context.note(`drops ${records.length - kept.length} torn records`);
    context.storage.replace(kept);
  }
  // What survived without a sync may still be lost: it counts only once it is known to be durable.
  if (records.length > durableCount) raft.disk.writtenVersion += 1;
  else raft.log.markStable(raft.log.lastIndex, raft.log.lastTerm);
}

function replay(raft: RaftState, record: RaftRecord): void {
  switch (record.kind) {
    case "hard-state":
      raft.term = record.term;
      raft.votedFor = record.votedFor;
      break;
    case "snapshot":
      restoreSnapshot(raft, record.snapshot);
      break;
    default: {
      const first = record.entries[0];
      if (first !== undefined && first.index <= raft.log.lastIndex) raft.truncateFrom(first.index);
      raft.appendEntries(record.entries);
    }
  }
}
