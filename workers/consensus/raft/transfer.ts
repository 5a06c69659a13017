/** Leadership transfer (dissertation section 3.10). */
import type { NodeId } from "../../cluster/process.ts";
import { sendAppends } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { RaftContext } from "./types.ts";

/** Stops taking proposals, brings the target up to date and tells it to start an election. */
export function startTransfer(raft: RaftState, context: RaftContext, target: NodeId): void {
  raft.transferTo = target;
  context.setTimer("transfer", raft.options.electionTimeoutMaxMs);
  context.note(`hands over to ${target}`);
  sendAppends(raft, context, target);
  continueTransfer(raft, context, target);
}

/** The follower has answered; if it is the target and complete, it is its turn. */
export function continueTransfer(raft: RaftState, context: RaftContext, from: NodeId): void {
  if (raft.transferTo !== from || raft.progress.get(from)?.match !== raft.log.lastIndex) return;
  raft.leaseForbidden = true;
  raft.leaseUntilMs = -Infinity;
  context.note(`tells ${from} to take over`);
  raft.send(from, { kind: "timeout-now", term: raft.term }, false);
}

/** The target has not taken over within an election timeout: the leader goes on. */
export function onTransferTimeout(raft: RaftState): void {
  raft.transferTo = null;
}
