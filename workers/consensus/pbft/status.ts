/** Sending again what was lost: replicas tell what they have (TOCS 2002, section 5.2). */
import type { NodeId } from "../../cluster/process.ts";
import { ownPrepare } from "./ordering.ts";
import type { PbftState, Slot } from "./state.ts";
import type { PbftContext, PbftMessage } from "./types.ts";
import { ownViewChange } from "./view-change.ts";

type Status = Extract<PbftMessage, { kind: "status" }>;

export function sendStatus(pbft: PbftState, context: PbftContext): void {
  const { view, active, executed, stable, options } = pbft;
  context.setTimer("status", options.statusEveryMs);
  for (const member of options.members) {
    if (member === pbft.id) continue;
    pbft.outbox.send(member, { kind: "status", view, active, executed, stable }, false);
  }
}

export function onStatus(pbft: PbftState, to: NodeId, status: Status): void {
  if (status.stable < pbft.stable) {
    const { stable: n, stableData: data, stableProof: proof } = pbft;
    pbft.outbox.send(to, { kind: "state", n, data, proof }, false);
  }
  for (const [n, { message }] of pbft.ownCheckpoints) {
    if (n > status.stable) pbft.outbox.send(to, message, true);
  }
  if (status.view < pbft.view || (status.view === pbft.view && !status.active)) {
    sendView(pbft, to, status);
  } else if (status.view === pbft.view && pbft.active) {
    resend(pbft, to, Math.max(pbft.executed, status.stable));
  }
  sendDecided(pbft, to, status.executed);
}

function sendDecided(pbft: PbftState, to: NodeId, executed: number): void {
  const last = Math.min(pbft.executed, executed + pbft.options.resendMax);
  for (let n = executed + 1; n <= last; n++) {
    const command = pbft.decided.get(n);
    if (command !== undefined) pbft.outbox.send(to, { kind: "decided", n, command }, false);
  }
}

/** How this replica came into its view, or that it wants to, and wanted to go where the other is. */
function sendView(pbft: PbftState, to: NodeId, status: Status): void {
  const { newView, active, view, lastActiveView } = pbft;
  const isAhead = (other: number): boolean =>
    other > status.view || (other === status.view && !status.active);
  if (newView !== null && isAhead(newView.view)) pbft.outbox.send(to, newView, true);
  if (active) return;
  pbft.outbox.send(to, ownViewChange(pbft, view), true);
  const isPassed = !status.active && status.view < view && status.view > lastActiveView;
  if (isPassed) pbft.outbox.send(to, ownViewChange(pbft, status.view), true);
}

function resend(pbft: PbftState, to: NodeId, after: number): void {
  for (let n = after + 1; n <= after + pbft.options.resendMax; n++) {
    const slot = pbft.slots.get(n);
    if (slot !== undefined) resendSlot(pbft, to, slot);
  }
}

function resendSlot(pbft: PbftState, to: NodeId, { n, prePrepare, prepared }: Slot): void {
  if (prePrepare?.view !== pbft.view) return;
  const { view } = pbft;
  pbft.outbox.send(to, prePrepare, true);
  if (!pbft.isPrimary) pbft.outbox.send(to, ownPrepare(pbft, prePrepare), true);
  if (prepared?.prePrepare.view !== view) return;
  const { digest } = prepared.prePrepare;
  pbft.outbox.send(to, { kind: "commit", view, n, digest }, true);
}
