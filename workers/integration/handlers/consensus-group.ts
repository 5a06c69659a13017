/** The Raft group that runs in this thread, in real time. */
import { getRandomValues } from "node:crypto";
import { ConsensusGroup } from "../../consensus/live/group.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import { testLimits } from "../limits.ts";
import { Journals } from "../../service/journals.ts";
import type { RaftRecord } from "../../consensus/raft/types.ts";

/** @throws StartError as `openDatabase` */
export function openJournals(home: string, nowMs: number): Journals<RaftRecord> {
  return new Journals({ home, fileName: "consensus.db", title: "consensus database" }, nowMs);
}

export function startConsensusGroup(
  kit: Pick<SubsystemKit, "now" | "monotonicMs">,
  journals: Journals<RaftRecord> | null,
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
    ...(journals === null
      ? { storage: { kind: "memory", detail: "The log lives as long as the integration thread." } }
      : {
          storage: { kind: "sqlite", detail: "Each node's journal is kept in consensus.db." },
          mirror: (id) => journals.mirror(id),
        }),
  });
  group.start();
  return group;
}
