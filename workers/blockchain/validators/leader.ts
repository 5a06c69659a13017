/** Who leads the validators, as far as it can get anything agreed on. */
import type { NodeId } from "../../cluster/process.ts";
import type { ValidatorGroup } from "./group.ts";

/** Who takes itself for the leader, in the highest term, with a quorum in reach. */
export function leaderOf(group: ValidatorGroup): NodeId | null {
  let best: { readonly id: NodeId; readonly term: number } | null = null;
  for (const id of group.ids) {
    if (!group.isUp(id)) continue;
    const status = group.lives.get(id)?.manager.status();
    if (status === undefined || status.leader !== id) continue;
    if (group.reachable(id).length + 1 < group.ordering.quorum) continue;
    if (best === null || status.term > best.term) best = { id, term: status.term };
  }
  return best?.id ?? null;
}
