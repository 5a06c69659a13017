/** The Raft group that runs in this thread, in real time. */
import { getRandomValues } from "node:crypto";
import { ConsensusGroup } from "../../consensus/live/group.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import { testLimits } from "../limits.ts";

export function startConsensusGroup(
  kit: Pick<SubsystemKit, "now" | "monotonicMs">,
): ConsensusGroup {
  const group = new ConsensusGroup({
    seed: getRandomValues(new Uint32Array(1))[0] as number,
    nodes: testLimits.consensusNodes,
    clock: {
      monotonicMs: kit.monotonicMs,
      wake(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    now: kit.now,
    storage: { kind: "memory", detail: "The log lives as long as the integration thread." },
  });
  group.start();
  return group;
}
