/** Sending again what was lost: replicas tell where they are, and are told what they lack. */
import type { NodeId } from "../../cluster/process.ts";
import { askForPending } from "./decisions.ts";
import { newView, onOthersWant } from "./pacemaker.ts";
import type { HotStuffState } from "./state.ts";
import type { Block, HotStuffContext, HotStuffMessage } from "./types.ts";

export function onStatusTimer(hotStuff: HotStuffState, context: HotStuffContext): void {
  context.setTimer("status", hotStuff.options.statusEveryMs);
  sendStatusToAll(hotStuff);
  askForPending(hotStuff);
}

export function sendStatusToAll(hotStuff: HotStuffState): void {
  const { view, wanted, height, options, id } = hotStuff;
  for (const member of options.members) {
    if (member === id) continue;
    hotStuff.outbox.send(member, { kind: "status", view, wanted, height }, true);
  }
}

export function onStatus(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  { view, wanted, height }: Extract<HotStuffMessage, { kind: "status" }>,
): void {
  if (height < hotStuff.height) sendDecided(hotStuff, from, height);
  onOthersWant(hotStuff, context, from, Math.max(view, wanted));
  // The leader of the view may not have heard of this replica.
  if (from === hotStuff.leader && view === hotStuff.view) {
    hotStuff.outbox.send(from, newView(hotStuff), true);
  }
}

function sendDecided(hotStuff: HotStuffState, to: NodeId, height: number): void {
  const { snapshot, decidedQC } = hotStuff;
  let after = height;
  if (snapshot !== null && !hotStuff.decided.has(height + 1)) {
    hotStuff.outbox.send(to, { kind: "snapshot", ...snapshot }, true);
    after = snapshot.height;
  }
  const blocks: Block[] = [];
  for (let at = after + 1; at <= hotStuff.height; at++) {
    const block = hotStuff.blocks.get(hotStuff.decided.get(at) ?? 0);
    if (block !== undefined) blocks.push(block);
  }
  // After a restart from a snapshot the certificate may be of a block before it.
  if (blocks.length === 0 || decidedQC.height !== hotStuff.height) return;
  hotStuff.outbox.send(to, { kind: "decided", blocks, justify: decidedQC }, true);
}
