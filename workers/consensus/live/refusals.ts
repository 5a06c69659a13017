/** Why a live group does not take a command, or has not agreed on one in time. */
import type { ConsensusGroup } from "./group.ts";
import { GroupError } from "./group-error.ts";
import { proposalsWaitingMax } from "./limits.ts";

/** Why a command is not even tried; null when it is. */
export function whyNot(group: ConsensusGroup): GroupError | null {
  if (!group.running) return new GroupError("stopped", "The consensus group does not run.");
  if (group.client.waiting >= proposalsWaitingMax) {
    return new GroupError("busy", `${group.client.waiting} proposals wait already.`);
  }
  return group.quorumReached ? null : noQuorum(group, "was not tried");
}

export function whyLate(group: ConsensusGroup, timeoutMs: number): GroupError {
  const outcome = "may still be agreed on later, once";
  if (!group.quorumReached) return noQuorum(group, outcome);
  if (group.leader() === null) {
    const text = `No node led within ${timeoutMs} ms; the command ${outcome}.`;
    return new GroupError("no-leader", text);
  }
  return undecided(`no answer came within ${timeoutMs} ms`);
}

export function undecided(reason: string): GroupError {
  return new GroupError(
    "undecided",
    `Whether the command was agreed on is not known: ${reason}. It takes effect at most once.`,
  );
}

function noQuorum(group: ConsensusGroup, outcome: string): GroupError {
  const { nodeIds, quorum } = group;
  const sizes = nodeIds.map((id) => (group.isUp(id) ? group.reachable(id).length + 1 : 0));
  const most = Math.max(0, ...sizes);
  return new GroupError(
    "no-quorum",
    `At most ${most} of ${nodeIds.length} nodes reach each other and ${quorum} are needed; the command ${outcome}.`,
  );
}
