/** Normal operation: pre-prepare, prepare and commit (section 4.2 of Castro and Liskov 1999). */
import type { NodeId } from "../../cluster/process.ts";
import { faultyMax } from "../quorum/byzantine.ts";
import {
  isPrePrepareValid,
  isPrepareValid,
  requestDigest,
  signPrepare,
  signPrePrepare,
} from "./certificates.ts";
import { takeCheckpoint } from "./checkpoints.ts";
import type { PbftState, Slot } from "./state.ts";
import type { PbftContext, PbftMessage, Prepare, PrePrepare } from "./types.ts";

/** A client asks. A backup passes it on to the primary. False: there is no room for it. */
export function onClientRequest(pbft: PbftState, context: PbftContext, command: string): boolean {
  if (!onRequest(pbft, context, command)) return false;
  if (!pbft.isPrimary) pbft.outbox.send(pbft.primary, { kind: "request", command }, false);
  return true;
}

/** A request has come, from a client or through another replica. */
export function onRequest(pbft: PbftState, context: PbftContext, command: string): boolean {
  const { service, waitingMax } = pbft.options;
  const digest = requestDigest(command);
  if (!pbft.waiting.has(digest)) {
    if (pbft.waiting.size >= waitingMax || !service.isValid(command)) return false;
    pbft.waiting.set(digest, command);
  }
  proposeWaiting(pbft);
  watchOldest(pbft, context);
  return true;
}

/** Section 4.4: a backup that waits for a request starts a timer, for one request at a time. */
export function watchOldest(pbft: PbftState, context: PbftContext): void {
  if (pbft.timed !== null && pbft.waiting.has(pbft.timed)) return;
  const [oldest] = pbft.waiting.keys();
  pbft.timed = oldest ?? null;
  if (!pbft.active) return;
  if (oldest === undefined) context.cancelTimer("request");
  else context.setTimer("request", timeoutMs(pbft));
}

export function timeoutMs({ failedViews, options }: PbftState): number {
  return options.requestTimeoutMs * 2 ** Math.min(failedViews, options.timeoutDoublingsMax);
}

/** The primary gives the next numbers to what waits, as far as the window goes. */
export function proposeWaiting(pbft: PbftState): void {
  if (!pbft.isPrimary || !pbft.active) return;
  const underway = new Set<number>();
  for (const { n, prePrepare } of pbft.slots.values()) {
    if (n > pbft.executed && prePrepare?.view === pbft.view) underway.add(prePrepare.digest);
  }
  for (const [digest, command] of pbft.waiting) {
    if (underway.has(digest)) continue;
    if (!pbft.inWindow(pbft.assigned + 1)) return;
    pbft.assigned += 1;
    const fields = { view: pbft.view, n: pbft.assigned, digest, command };
    const prePrepare = signPrePrepare(pbft.signer, fields);
    pbft.slot(pbft.assigned).prePrepare = prePrepare;
    pbft.outbox.append({ kind: "pre-prepared", prePrepare });
    for (const member of pbft.options.members) {
      if (member !== pbft.id) pbft.outbox.send(member, prePrepare, true);
    }
    onProgress(pbft, pbft.slot(pbft.assigned));
  }
}

export function onPrePrepare(pbft: PbftState, context: PbftContext, message: PrePrepare): void {
  const { view, n, digest, command } = message;
  if (view !== pbft.view || !pbft.active || pbft.isPrimary || !pbft.inWindow(n)) return;
  if (command === null || !isPrePrepareValid(pbft, message)) return;
  if (!pbft.options.service.isValid(command)) return;
  const slot = pbft.slot(n);
  if (slot.prePrepare?.view === view && slot.prePrepare.digest === digest) return;
  if (slot.prePrepare?.view === view && pbft.options.rules.onePrePrepare) {
    context.note(`a second pre-prepare for ${view}/${n}`);
    return;
  }
  pbft.outbox.append({ kind: "pre-prepared", prePrepare: message });
  acceptPrePrepare(pbft, slot, message);
}

/** What a backup does with a pre-prepare, of the primary or of a new view. */
export function acceptPrePrepare(pbft: PbftState, slot: Slot, message: PrePrepare): void {
  slot.prePrepare = message;
  if (!pbft.isPrimary) pbft.broadcast(ownPrepare(pbft, message), true);
  onProgress(pbft, slot);
}

export function ownPrepare(pbft: PbftState, { view, n, digest }: PrePrepare): Prepare {
  return signPrepare(pbft.signer, { view, n, digest });
}

export function onPrepare(
  pbft: PbftState,
  context: PbftContext,
  from: NodeId,
  message: Prepare,
): void {
  if (message.view !== pbft.view || message.replica !== from || !pbft.inWindow(message.n)) return;
  if (!isPrepareValid(pbft, message)) return;
  const slot = pbft.slot(message.n);
  slot.prepares.set(from, message);
  onProgress(pbft, slot);
  execute(pbft, context);
}

export function onCommit(
  pbft: PbftState,
  context: PbftContext,
  from: NodeId,
  { view, n, digest }: Extract<PbftMessage, { kind: "commit" }>,
): void {
  if (view !== pbft.view || !pbft.inWindow(n) || !pbft.options.members.includes(from)) return;
  pbft.slot(n).commits.set(from, digest);
  execute(pbft, context);
}

/** "prepared(m, v, n, i)": the pre-prepare and 2f prepares that match it. Then the replica commits. */
function onProgress(pbft: PbftState, slot: Slot): void {
  const { prePrepare } = slot;
  if (prePrepare === null || prePrepare.view !== pbft.view) return;
  if (slot.prepared?.prePrepare.view === pbft.view) return;
  const { matchDigests } = pbft.options.rules;
  const prepares = [...slot.prepares.values()].filter(
    ({ digest }) => digest === prePrepare.digest || !matchDigests,
  );
  if (prepares.length + 1 < pbft.quorum) return;
  slot.prepared = { prePrepare, prepares };
  pbft.outbox.append({ kind: "prepared", certificate: slot.prepared });
  const { view, n, digest } = prePrepare;
  pbft.broadcast({ kind: "commit", view, n, digest }, true);
}

/** "committed-local(m, v, n, i)": prepared, and 2f + 1 commits. Requests are executed in order. */
export function execute(pbft: PbftState, context: PbftContext): void {
  for (;;) {
    const slot = pbft.slots.get(pbft.executed + 1);
    if (slot === undefined || !isCommitted(pbft, slot)) break;
    pbft.failedViews = 0;
    executeNext(pbft, slot.prePrepare?.command ?? null);
  }
  watchOldest(pbft, context);
}

function executeNext(pbft: PbftState, command: string | null): void {
  pbft.executed += 1;
  pbft.decided.set(pbft.executed, command);
  pbft.claims.delete(pbft.executed);
  pbft.onExecuted(pbft.executed, command);
  if (command !== null) pbft.waiting.delete(requestDigest(command));
  if (pbft.executed % pbft.options.checkpointEvery === 0) takeCheckpoint(pbft);
}

/** A replica that is behind, perhaps alone in a later view, believes f + 1 others. */
export function onDecided(
  pbft: PbftState,
  context: PbftContext,
  from: NodeId,
  { n, command }: Extract<PbftMessage, { kind: "decided" }>,
): void {
  if (n <= pbft.executed || !pbft.inWindow(n) || !pbft.options.members.includes(from)) return;
  const claims = pbft.claims.get(n) ?? new Map<NodeId, string | null>();
  pbft.claims.set(n, claims.set(from, command));
  for (;;) {
    const next = [...(pbft.claims.get(pbft.executed + 1)?.values() ?? [])];
    const believed = next.find(
      (claim) => next.filter((other) => other === claim).length > faulty(pbft),
    );
    if (believed === undefined) break;
    executeNext(pbft, believed);
  }
  execute(pbft, context);
}

function isCommitted(pbft: PbftState, { prePrepare, prepared, commits }: Slot): boolean {
  if (prePrepare?.view !== pbft.view || prepared?.prePrepare.view !== pbft.view) return false;
  const { matchDigests } = pbft.options.rules;
  const agreeing = [...commits.values()].filter(
    (digest) => digest === prePrepare.digest || !matchDigests,
  );
  return agreeing.length >= pbft.quorum;
}

/** Replicas that may lie without being noticed. */
export function faulty(pbft: PbftState): number {
  return faultyMax(pbft.options.members.length);
}
