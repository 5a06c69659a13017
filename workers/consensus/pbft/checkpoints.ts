/**
 * Checkpoints and garbage collection (section 4.3): once a quorum has proven the same state, the
 * messages behind it are discarded, and replicas that fell behind are sent that state (section 4.3 of
 * the paper, 5.3.1 of TOCS 2002 without its tree of partitions).
 */
import type { NodeId } from "../../cluster/process.ts";
import { isCheckpointValid, isProofValid, signCheckpoint, stateDigest } from "./certificates.ts";
import { rewriteJournal } from "./journal.ts";
import { proposeWaiting } from "./ordering.ts";
import type { PbftState } from "./state.ts";
import type { Checkpoint, PbftContext, PbftMessage } from "./types.ts";

/** After executing every K-th request. The state is durable before anybody is told of it. */
export function takeCheckpoint(pbft: PbftState): void {
  const n = pbft.executed;
  const data = pbft.options.service.take();
  const message = signCheckpoint(pbft.signer, { n, digest: stateDigest(n, data) });
  pbft.ownCheckpoints.set(n, { data, message });
  pbft.outbox.append({ kind: "checkpoint", n, data });
  pbft.broadcast(message, true);
}

export function onCheckpoint(
  pbft: PbftState,
  context: PbftContext,
  from: NodeId,
  message: Checkpoint,
): void {
  const { n, replica } = message;
  const { checkpointEvery, windowSize } = pbft.options;
  // Further ahead than this nobody is believed; the state comes with its own proof.
  if (n <= pbft.stable || n > pbft.stable + 2 * windowSize || n % checkpointEvery !== 0) return;
  if (replica !== from || !isCheckpointValid(pbft, message)) return;
  const heard = pbft.checkpoints.get(n) ?? new Map<NodeId, Checkpoint>();
  pbft.checkpoints.set(n, heard.set(from, message));
  const own = pbft.ownCheckpoints.get(n);
  if (own === undefined) return;
  const proof = [...heard.values()].filter(({ digest }) => digest === own.message.digest);
  if (proof.length < pbft.quorum) return;
  context.note(`checkpoint ${n} is stable`);
  becomeStable(pbft, n, own.data, proof);
}

function becomeStable(
  pbft: PbftState,
  n: number,
  data: string,
  proof: readonly Checkpoint[],
): void {
  pbft.stable = n;
  pbft.stableData = data;
  pbft.stableProof = proof;
  const { slots, ownCheckpoints, checkpoints, decided, claims } = pbft;
  for (const map of [slots, ownCheckpoints, checkpoints, decided, claims]) {
    for (const number of map.keys()) if (number <= n) map.delete(number);
  }
  pbft.assigned = Math.max(pbft.assigned, n);
  rewriteJournal(pbft);
  proposeWaiting(pbft);
}

export function onState(
  pbft: PbftState,
  context: PbftContext,
  { n, data, proof }: Extract<PbftMessage, { kind: "state" }>,
): void {
  if (n <= pbft.stable || !isProofValid(pbft, n, proof)) return;
  if (proof[0].digest !== stateDigest(n, data)) return;
  if (n > pbft.executed) {
    context.note(`restored the state at ${n}`);
    pbft.options.service.restore(data);
    pbft.executed = n;
    // What became of them is not known here any more; their clients will ask again.
    pbft.waiting.clear();
    pbft.timed = null;
    context.cancelTimer("request");
  }
  becomeStable(pbft, n, data, proof);
}
