/** Changing who takes part: joint consensus (section 6; dissertation 4.3) and learners (4.2.1). */
import { becomeFollower } from "./election.ts";
import { isJoint } from "./configuration.ts";
import { broadcastAppend } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { Configuration, Entry, RaftContext } from "./types.ts";

/** Whether the last configuration in the log is still open; only one may be at a time. */
export function isChanging(raft: RaftState): boolean {
  return raft.configurationIndex > raft.commitIndex || isJoint(raft.configuration);
}

/** Puts a configuration into the leader's log; it is followed from that moment on. */
export function proposeConfiguration(
  raft: RaftState,
  context: RaftContext,
  configuration: Configuration,
): Entry {
  const entry: Entry = {
    index: raft.log.lastIndex + 1,
    term: raft.term,
    payload: { kind: "configuration", configuration },
  };
  raft.appendEntries([entry]);
  raft.alignProgress();
  context.note(`configuration ${JSON.stringify(configuration)} at ${entry.index}`);
  broadcastAppend(raft, context);
  return entry;
}

/** The configuration without its old half. */
export function leaveJoint(configuration: Configuration): Configuration {
  const { incoming, learners, learnersNext } = configuration;
  return {
    incoming,
    outgoing: [],
    learners: [...learners, ...learnersNext].toSorted((a, b) => a - b),
    learnersNext: [],
    autoLeave: false,
  };
}

export function onConfigurationCommitted(
  raft: RaftState,
  context: RaftContext,
  entry: Entry,
): void {
  if (raft.role !== "leader" || entry.index !== raft.configurationIndex) return;
  const { configuration } = raft;
  if (isJoint(configuration)) {
    if (configuration.autoLeave) proposeConfiguration(raft, context, leaveJoint(configuration));
  } else if (!raft.isVoter) {
    // Section 6: a leader outside the new configuration steps down once that is committed.
    becomeFollower(raft, context, raft.term, null);
  }
}
