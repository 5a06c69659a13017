/**
 * The leader: phase 1 over all open slots at once, then phase 2 for one slot after another (section 3
 * of "Paxos Made Simple"). Who leads is found out by heartbeats; rivals back off for random times that
 * double, so that duels end (van Renesse and Altinbuken, section 3).
 */
import type { NodeId } from "../../cluster/process.ts";
import { apply, learn, learnUpTo } from "./learner.ts";
import type { PaxosState } from "./state.ts";
import {
  type Accepted,
  type Ballot,
  ballotOf,
  describeBallot,
  leaderOf,
  type PaxosContext,
  type PaxosMessage,
  roundOf,
  type Value,
} from "./types.ts";

type Message<Kind> = Extract<PaxosMessage, { kind: Kind }>;

export function resetElectionTimer(paxos: PaxosState, context: PaxosContext): void {
  const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max } = paxos.options;
  const spread = (max - min) * 2 ** Math.min(paxos.preempted, paxos.options.backOffDoublingsMax);
  context.setTimer("election", min + context.random.float() * spread);
}

/** A message of this ballot was heard; `leader`: and it shows that its leader has been elected. */
export function followBallot(
  paxos: PaxosState,
  context: PaxosContext,
  ballot: Ballot,
  leader: NodeId | null,
): void {
  paxos.highest = Math.max(paxos.highest, ballot);
  if (ballot > paxos.ballot && leaderOf(ballot) !== paxos.id) stopLeading(paxos, context);
  if (leaderOf(ballot) === paxos.id) return;
  if (leader === null) {
    resetElectionTimer(paxos, context);
    return;
  }
  paxos.leader = leader;
  paxos.leaderContactAtMs = context.now();
  paxos.preempted = 0;
  resetElectionTimer(paxos, context);
}

function stopLeading(paxos: PaxosState, context: PaxosContext): void {
  if (paxos.role !== "follower") context.note("follows");
  paxos.role = "follower";
  paxos.phase1 = null;
  paxos.votes.clear();
  paxos.heardAtMs.clear();
  if (paxos.leader === paxos.id) paxos.leader = null;
  context.cancelTimer("heartbeat");
  resetElectionTimer(paxos, context);
}

/** Phase 1a. */
export function campaign(paxos: PaxosState, context: PaxosContext): void {
  if (paxos.role === "leader") return;
  if (paxos.role === "candidate") paxos.preempted += 1;
  const round = roundOf(Math.max(paxos.highest, paxos.promised)) + 1;
  paxos.role = "candidate";
  paxos.leader = null;
  paxos.ballot = ballotOf(round, paxos.id);
  paxos.highest = paxos.ballot;
  const from = paxos.chosenUpTo + 1;
  paxos.phase1 = { from, promised: new Set(), reported: new Map() };
  context.note(`prepares ballot ${describeBallot(paxos.ballot)}`);
  resetElectionTimer(paxos, context);
  paxos.broadcast({ kind: "prepare", ballot: paxos.ballot, from });
}

export function onPromise(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot, accepted, chosenUpTo, snapshot }: Message<"promise">,
): void {
  const { phase1 } = paxos;
  if (phase1 === null || ballot !== paxos.ballot || phase1.promised.has(from)) return;
  phase1.promised.add(from);
  const chosen = accepted.filter(({ slot }) => slot <= chosenUpTo);
  learn(paxos, context, chosen, snapshot);
  for (const pvalue of accepted) {
    const reported = phase1.reported.get(pvalue.slot);
    if (reported === undefined) phase1.reported.set(pvalue.slot, [pvalue]);
    else reported.push(pvalue);
  }
  if (phase1.promised.size >= paxos.quorum) lead(paxos, context, phase1.reported);
}

/** Phase 2a for every slot that may have a value already, with no-ops in the gaps. */
function lead(
  paxos: PaxosState,
  context: PaxosContext,
  reported: ReadonlyMap<number, readonly Accepted[]>,
): void {
  const { rules, heartbeatMs } = paxos.options;
  paxos.phase1 = null;
  paxos.role = "leader";
  paxos.leader = paxos.id;
  paxos.preempted = 0;
  context.note(`leads ballot ${describeBallot(paxos.ballot)}`);
  context.cancelTimer("election");
  context.setTimer("heartbeat", heartbeatMs);
  for (const member of paxos.options.members) paxos.heardAtMs.set(member, context.now());
  const last = Math.max(paxos.chosenUpTo, ...reported.keys());
  paxos.nextSlot = last + 1;
  for (let slot = paxos.chosenUpTo + 1; slot <= last; slot++) {
    const pvalue = rules.chooseValue(reported.get(slot) ?? []);
    if (pvalue !== undefined) proposeValue(paxos, slot, pvalue.value);
    else if (rules.fillGaps) proposeValue(paxos, slot, { command: null, origin: paxos.ballot });
  }
  sendHeartbeat(paxos);
}

/** Gives the next slot to a command and returns it. */
export function proposeCommand(paxos: PaxosState, command: string): number {
  const slot = paxos.nextSlot;
  paxos.nextSlot += 1;
  proposeValue(paxos, slot, { command, origin: paxos.ballot });
  return slot;
}

function proposeValue(paxos: PaxosState, slot: number, value: Value): void {
  const { ballot, chosenUpTo } = paxos;
  paxos.votes.set(slot, new Set());
  paxos.broadcast({ kind: "accept", ballot, slot, value, chosenUpTo });
}

export function onAccepted(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot, slot }: Message<"accepted">,
): void {
  if (paxos.role !== "leader" || ballot !== paxos.ballot) return;
  paxos.heardAtMs.set(from, context.now());
  const votes = paxos.votes.get(slot);
  if (votes === undefined) return;
  votes.add(from);
  const before = paxos.chosenUpTo;
  for (;;) {
    const next = paxos.log.get(paxos.chosenUpTo + 1);
    const accepted = paxos.votes.get(paxos.chosenUpTo + 1)?.size ?? 0;
    if (next === undefined || next.ballot !== ballot || accepted < paxos.quorum) break;
    apply(paxos, next);
  }
  // Under load the next proposals carry the news; in a quiet moment it goes by itself.
  if (paxos.chosenUpTo > before && paxos.votes.size === 0) sendHeartbeat(paxos);
}

export function onReject(
  paxos: PaxosState,
  context: PaxosContext,
  { ballot, promised }: Message<"reject">,
): void {
  paxos.highest = Math.max(paxos.highest, promised);
  if (ballot !== paxos.ballot || paxos.role === "follower") return;
  context.note(`preempted by ${describeBallot(promised)}`);
  paxos.preempted += 1;
  stopLeading(paxos, context);
}

/** Tells that the leader lives, and sends again what may have been lost. */
export function onHeartbeatTimer(paxos: PaxosState, context: PaxosContext): void {
  if (paxos.role !== "leader") return;
  const { members, electionTimeoutMaxMs, heartbeatMs, slotsPerMessageMax } = paxos.options;
  const since = context.now() - electionTimeoutMaxMs;
  const alive = members.filter((id) => id === paxos.id || (paxos.heardAtMs.get(id) ?? 0) >= since);
  if (alive.length < paxos.quorum) {
    context.note("lost its quorum");
    stopLeading(paxos, context);
    return;
  }
  context.setTimer("heartbeat", heartbeatMs);
  sendHeartbeat(paxos);
  for (const [slot, votes] of [...paxos.votes].slice(0, slotsPerMessageMax)) {
    const own = paxos.log.get(slot);
    if (own === undefined || own.ballot !== paxos.ballot) continue;
    const { ballot, value } = own;
    const { chosenUpTo } = paxos;
    for (const member of members) {
      if (member === paxos.id || votes.has(member)) continue;
      paxos.outbox.send(member, { kind: "accept", ballot, slot, value, chosenUpTo }, false);
    }
  }
}

function sendHeartbeat(paxos: PaxosState): void {
  const { ballot, chosenUpTo, id } = paxos;
  for (const member of paxos.options.members) {
    if (member !== id) paxos.outbox.send(member, { kind: "heartbeat", ballot, chosenUpTo }, false);
  }
}

export function onHeartbeat(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot, chosenUpTo }: Message<"heartbeat">,
): void {
  if (ballot < paxos.promised) {
    paxos.outbox.send(from, { kind: "reject", ballot, promised: paxos.promised }, false);
    return;
  }
  followBallot(paxos, context, ballot, from);
  learnUpTo(paxos, context, from, ballot, chosenUpTo);
  paxos.outbox.send(from, { kind: "heartbeat-response", ballot }, false);
}

export function onHeartbeatResponse(
  paxos: PaxosState,
  context: PaxosContext,
  from: NodeId,
  { ballot }: Message<"heartbeat-response">,
): void {
  if (paxos.role === "leader" && ballot === paxos.ballot) paxos.heardAtMs.set(from, context.now());
}
