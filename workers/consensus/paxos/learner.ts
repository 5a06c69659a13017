/** The learner: what is chosen, in order (section 2.3), and how one that is behind catches up. */
import type { NodeId } from "../../cluster/process.ts";
import { rewriteJournal, store } from "./acceptor.ts";
import type { PaxosState } from "./state.ts";
import type { Accepted, Ballot, PaxosContext, PaxosMessage, PaxosSnapshot } from "./types.ts";

/** Entries of the log in the order of their slots, from one slot on. */
export function entriesFrom(paxos: PaxosState, from: number, max: number): readonly Accepted[] {
  const entries: Accepted[] = [];
  for (let slot = Math.max(from, paxos.cutSlot + 1); slot <= paxos.lastSlot; slot++) {
    const accepted = paxos.log.get(slot);
    if (accepted !== undefined) entries.push(accepted);
    if (entries.length >= max) break;
  }
  return entries;
}

/**
 * The leader of a ballot says that all slots up to this one are chosen. Of those this node has
 * accepted in that very ballot it knows the value; any other value may have lost.
 */
export function learnUpTo(
  paxos: PaxosState,
  context: PaxosContext,
  leader: NodeId,
  ballot: Ballot,
  chosenUpTo: number,
): void {
  while (paxos.chosenUpTo < chosenUpTo) {
    const next = paxos.log.get(paxos.chosenUpTo + 1);
    if (next === undefined || !paxos.options.rules.isChosenHere(next, ballot)) {
      askFor(paxos, context, leader);
      return;
    }
    apply(paxos, next);
  }
}

function askFor(paxos: PaxosState, context: PaxosContext, leader: NodeId): void {
  if (context.now() - paxos.askedAtMs < paxos.options.heartbeatMs) return;
  paxos.askedAtMs = context.now();
  paxos.outbox.send(leader, { kind: "learn-request", from: paxos.chosenUpTo + 1 }, false);
}

export function onLearnRequest(paxos: PaxosState, to: NodeId, from: number): void {
  if (from > paxos.chosenUpTo) return;
  const isCut = from <= paxos.cutSlot;
  const first = isCut ? (paxos.snapshot?.slot ?? 0) + 1 : from;
  const entries = entriesFrom(paxos, first, paxos.options.slotsPerMessageMax);
  const chosen = entries.filter(({ slot }) => slot <= paxos.chosenUpTo);
  const snapshot = isCut ? paxos.snapshot : null;
  paxos.outbox.send(to, { kind: "learn", chosen, snapshot }, false);
}

export function onLearn(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { chosen, snapshot }: Extract<PaxosMessage, { kind: "learn" }>,
): void {
  learn(paxos, context, chosen, snapshot);
  paxos.askedAtMs = -Infinity;
  // A full answer has more behind it.
  if (chosen.length >= paxos.options.slotsPerMessageMax) askFor(paxos, context, from);
}

/** Takes up values that are known to be chosen. */
export function learn(
  paxos: PaxosState,
  context: PaxosContext,
  chosen: readonly Accepted[],
  snapshot: PaxosSnapshot | null,
): void {
  if (snapshot !== null && snapshot.slot > paxos.chosenUpTo) install(paxos, context, snapshot);
  for (const accepted of chosen) {
    if (accepted.slot !== paxos.chosenUpTo + 1) continue;
    store(paxos, accepted);
    apply(paxos, accepted);
  }
}

function install(paxos: PaxosState, context: PaxosContext, snapshot: PaxosSnapshot): void {
  context.note(`restored the snapshot at ${snapshot.slot}`);
  for (const slot of paxos.log.keys()) {
    if (slot <= snapshot.slot) paxos.log.delete(slot);
  }
  paxos.snapshot = snapshot;
  paxos.cutSlot = snapshot.slot;
  paxos.chosenUpTo = snapshot.slot;
  paxos.lastSlot = Math.max(paxos.lastSlot, snapshot.slot);
  paxos.options.service?.restore(snapshot.data);
  rewriteJournal(paxos);
}

/** The next slot in order is chosen. */
export function apply(paxos: PaxosState, accepted: Accepted): void {
  if (accepted.slot !== paxos.chosenUpTo + 1) {
    throw new Error(`slot ${accepted.slot} cannot be applied after ${paxos.chosenUpTo}`);
  }
  paxos.chosenUpTo = accepted.slot;
  paxos.votes.delete(accepted.slot);
  paxos.onChosen(accepted);
}

/** Takes a snapshot when enough has been applied since the last one, and cuts the log behind it. */
export function maybeCompact(paxos: PaxosState, context: PaxosContext): void {
  const { service, snapshotEverySlots, trailingSlots } = paxos.options;
  if (service === null) return;
  if (paxos.chosenUpTo - (paxos.snapshot?.slot ?? 0) < snapshotEverySlots) return;
  paxos.snapshot = { slot: paxos.chosenUpTo, data: service.take() };
  context.note(`snapshot at ${paxos.chosenUpTo}`);
  const cut = paxos.chosenUpTo - trailingSlots;
  for (let slot = paxos.cutSlot + 1; slot <= cut; slot++) paxos.log.delete(slot);
  paxos.cutSlot = Math.max(paxos.cutSlot, cut);
  rewriteJournal(paxos);
}
