/** The acceptor: phase 1b and 2b of "Paxos Made Simple", section 2.2, and what it keeps on disk. */
import type { NodeId } from "../../cluster/process.ts";
import { followBallot } from "./leader.ts";
import { entriesFrom, learnUpTo } from "./learner.ts";
import type { PaxosState } from "./state.ts";
import type { Accepted, Ballot, PaxosContext, PaxosMessage, PaxosRecord } from "./types.ts";

type Message<Kind> = Extract<PaxosMessage, { kind: Kind }>;

export function onPrepare(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot, from: firstSlot }: Message<"prepare">,
): void {
  // The lease of a live leader ("Paxos Made Live", section 5.2): others are not even answered.
  if (from !== paxos.id && isLoyal(paxos, context)) return;
  if (ballot < paxos.promised) {
    reject(paxos, from, ballot);
    return;
  }
  if (ballot > paxos.promised) promise(paxos, ballot);
  followBallot(paxos, context, ballot, null);
  const { snapshot, cutSlot } = paxos;
  const isCut = firstSlot <= cutSlot;
  const message: PaxosMessage = {
    kind: "promise",
    ballot,
    accepted: entriesFrom(paxos, isCut ? (snapshot?.slot ?? 0) + 1 : firstSlot, Infinity),
    chosenUpTo: paxos.chosenUpTo,
    snapshot: isCut ? snapshot : null,
  };
  paxos.outbox.send(from, message, true);
}

function isLoyal({ role, leaderContactAtMs, options }: PaxosState, context: PaxosContext): boolean {
  if (role === "leader") return true;
  return context.now() - leaderContactAtMs < options.electionTimeoutMinMs;
}

export function onAccept(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot, slot, value, chosenUpTo }: Message<"accept">,
): void {
  if (!paxos.options.rules.mayAccept(ballot, paxos.promised)) {
    reject(paxos, from, ballot);
    return;
  }
  if (ballot > paxos.promised) promise(paxos, ballot);
  followBallot(paxos, context, ballot, from);
  // What was cut is chosen, and whoever proposes there proposes the same.
  if (slot > paxos.cutSlot) store(paxos, { slot, ballot, value });
  paxos.outbox.send(from, { kind: "accepted", ballot, slot }, true);
  learnUpTo(paxos, context, from, ballot, chosenUpTo);
}

function promise(paxos: PaxosState, ballot: Ballot): void {
  paxos.promised = ballot;
  const stored = paxos.options.rules.storedPromise(ballot);
  paxos.outbox.append({ kind: "promise", ballot: stored });
}

/** Puts into the log what was accepted, or learned to be chosen. */
export function store(paxos: PaxosState, accepted: Accepted): void {
  const known = paxos.log.get(accepted.slot);
  if (known !== undefined && known.ballot >= accepted.ballot) return;
  const { slot, ballot, value } = accepted;
  paxos.log.set(slot, { slot, ballot, value });
  paxos.lastSlot = Math.max(paxos.lastSlot, slot);
  paxos.outbox.append({ kind: "accept", slot, ballot, value });
}

export function reject(paxos: PaxosState, to: NodeId, ballot: Ballot): void {
  paxos.outbox.send(to, { kind: "reject", ballot, promised: paxos.promised }, false);
}

/** Takes up again what the journal holds. */
export function replay(paxos: PaxosState, record: PaxosRecord): void {
  switch (record.kind) {
    case "promise":
      paxos.promised = record.ballot;
      break;
    case "snapshot":
      paxos.snapshot = record.snapshot;
      paxos.cutSlot = record.snapshot.slot;
      paxos.chosenUpTo = record.snapshot.slot;
      paxos.lastSlot = Math.max(paxos.lastSlot, record.snapshot.slot);
      break;
    default: {
      const { slot, ballot, value } = record;
      paxos.log.set(slot, { slot, ballot, value });
      paxos.lastSlot = Math.max(paxos.lastSlot, slot);
    }
  }
}

/** The journal that says the same without what was cut: written whole, all or nothing. */
export function rewriteJournal(paxos: PaxosState): void {
  const { snapshot, log, options } = paxos;
  const records: PaxosRecord[] = [
    { kind: "promise", ballot: options.rules.storedPromise(paxos.promised) },
  ];
  if (snapshot !== null) records.push({ kind: "snapshot", snapshot });
  const kept = [...log.values()].filter(({ slot }) => slot > (snapshot?.slot ?? 0));
  for (const accepted of kept) records.push({ kind: "accept", ...accepted });
  paxos.outbox.replace(records);
}
