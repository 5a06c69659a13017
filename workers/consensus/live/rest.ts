/** When a live group may let its time stand: nobody would see a difference. */
import type { ConsensusGroup } from "./group.ts";
import { restAfterMs } from "./limits.ts";

/**
 * Whether all nodes hold the same durable log, follow the same leader, and nothing has been asked of
 * them, or broken, for `restAfterMs`.
 * @param changedAtMs when something visible last changed, in the group's own time
 */
export function mayRest(group: ConsensusGroup, changedAtMs: number): boolean {
  const { simulation, client, faults, members } = group;
  if (simulation.nowMs - changedAtMs < restAfterMs || client.waiting > 0) return false;
  const leader = group.leader();
  if (leader === null || faults.since(group.crashed) !== null) return false;
  const lastIndex = members.get(leader)?.server.raft.state.log.lastIndex;
  return group.nodeIds.every((id) => {
    const state = members.get(id)?.server.raft.state;
    return (
      state?.leader === leader &&
      state.commitIndex === lastIndex &&
      state.log.stableIndex === lastIndex
    );
  });
}
