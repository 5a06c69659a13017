/** The live group as the orchestrator sees it, its refusals as problems. */
import type { ConsensusGroup } from "../../consensus/live/group.ts";
import type { ConsensusPort } from "../core/consensus-port.ts";
import { testLimits } from "../limits.ts";
import { groupProblem } from "./consensus.ts";

export function consensusPort(
  group: Pick<ConsensusGroup, "propose" | "leader" | "status">,
): ConsensusPort {
  return {
    async propose(command) {
      try {
        const timeoutMs = testLimits.proposalTimeoutMs;
        const { term, index } = await group.propose(command, { timeoutMs });
        return { term, index };
      } catch (error) {
        throw groupProblem(error);
      }
    },
    status() {
      const leader = group.leader();
      const term = Math.max(0, ...group.status().nodes.map((node) => node.term));
      return { leader: leader === null ? null : `Node ${leader}`, term };
    },
  };
}
