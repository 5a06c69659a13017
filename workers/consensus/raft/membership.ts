/** Changing who takes part: joint consensus (section 6; dissertation 4.3) and learners (4.2.1). */
import { becomeFollower } from "./election.ts";
import { isJoint } from "./configuration.ts";
import { broadcastAppend } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { Configuration, Entry, RaftContext } from "./types.ts";

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

/**
 * What committed configurations ask of their leader: to leave a joint one, and to step down when it
 * is outside (section 6).
 */
export function followConfiguration(raft: RaftState, context: RaftContext): void {
  if (raft.role !== "leader" || raft.configurationIndex > raft.commitIndex) return;
  const { configuration } = raft;
  if (isJoint(configuration)) {
    if (configuration.autoLeave && raft.hasCommittedInTerm) {
      proposeConfiguration(raft, context, leaveJoint(configuration));
    }
  } else if (!raft.isVoter) {
    context.note("is outside the configuration");
    becomeFollower(raft, context, raft.term, null);
  }
}
