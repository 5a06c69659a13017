/**
 * Multi-Paxos as a deterministic process: every node is acceptor, learner and, if it comes to that,
 * leader. The parts are in the modules beside this one.
 *
 * Of "Paxos Made Simple" (Lamport 2001): 2.2, 2.3 and 3. Of "Paxos Made Moderately Complex" (van
 * Renesse and Altinbuken 2015): ballots, pvalues, the window and back-off. Of "Paxos Made Live"
 * (Chandra et al. 2007): leader leases against rivals, snapshots and catch-up. Which parts are left
 * out is listed in docs/consensus/multi-paxos.md.
 */
import type { NodeId } from "../../cluster/process.ts";
import {
  type ConsensusStatus,
  ConsensusManager,
  type Invariant,
  type Membership,
  type NodeView,
  type Proposal,
  shown,
} from "../consensus-manager.ts";
import { DurableOutbox } from "../durable-outbox.ts";
import { logViewMax } from "../limits.ts";
import { onAccept, onPrepare, replay } from "./acceptor.ts";
import { paxosInvariants } from "./invariants.ts";
import {
  campaign,
  onAccepted,
  onHeartbeat,
  onHeartbeatResponse,
  onHeartbeatTimer,
  onPromise,
  onReject,
  proposeCommand,
  resetElectionTimer,
} from "./leader.ts";
import { entriesFrom, maybeCompact, onLearn, onLearnRequest } from "./learner.ts";
import { commandLengthMax, logSlotsMax } from "./limits.ts";
import { PaxosState } from "./state.ts";
import {
  describeBallot,
  type PaxosContext,
  type PaxosMessage,
  type PaxosOptions,
  type PaxosRecord,
} from "./types.ts";

export class MultiPaxos extends ConsensusManager<PaxosMessage, PaxosRecord> {
  readonly algorithm = "multi-paxos";
  /** Open to observers and tests; only the modules of this folder change it. */
  readonly state: PaxosState;

  constructor(id: NodeId, options: PaxosOptions) {
    super();
    const { answerAfterSync } = options.rules;
    const outbox = new DurableOutbox<PaxosMessage, PaxosRecord>(
      id,
      (context, message) => this.#handle(context, id, message),
      { answerAfterSync },
    );
    this.state = new PaxosState(id, options, outbox, ({ slot, value }) => {
      this.commit({ index: slot, term: value.origin, command: value.command });
    });
  }

  override onStart(context: PaxosContext): void {
    const paxos = this.state;
    const recovered = paxos.outbox.recover(context);
    if ("halted" in recovered) {
      paxos.halted = recovered.halted;
      return;
    }
    for (const record of recovered.records) replay(paxos, record);
    if (paxos.snapshot !== null) paxos.options.service?.restore(paxos.snapshot.data);
    paxos.highest = paxos.promised;
    // It may have answered a leader just before the crash, and owes it the same loyalty.
    paxos.leaderContactAtMs = context.now();
    resetElectionTimer(paxos, context);
    paxos.outbox.flush(context);
  }

  override onMessage(context: PaxosContext, from: NodeId, message: PaxosMessage): void {
    if (this.state.halted !== null) return;
    this.#handle(context, from, message);
    this.#finish(context);
  }

  override onTimer(context: PaxosContext, name: string): void {
    if (this.state.halted !== null) return;
    if (name === "election") campaign(this.state, context);
    else if (name === "heartbeat") onHeartbeatTimer(this.state, context);
    this.#finish(context);
  }

  override onSynced(context: PaxosContext, sync: number): void {
    if (this.state.halted !== null) return;
    this.state.outbox.onSynced(context, sync);
    this.#finish(context);
  }

  override propose(context: PaxosContext, command: string): Proposal {
    const paxos = this.state;
    if (command.length > commandLengthMax) {
      throw new RangeError(`a command has at most ${commandLengthMax} characters`);
    }
    const { halted, role, leader, nextSlot, chosenUpTo, cutSlot, options } = paxos;
    if (halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (role !== "leader") return { accepted: false, reason: "not-leader", leader };
    const isFull = nextSlot - chosenUpTo > options.windowSlots || nextSlot - cutSlot > logSlotsMax;
    if (isFull) return { accepted: false, reason: "busy", leader };
    const slot = proposeCommand(paxos, command);
    this.#finish(context);
    return { accepted: true, index: slot, term: paxos.ballot };
  }

  override status(): ConsensusStatus {
    const { id, role, promised, leader, chosenUpTo, lastSlot, halted } = this.state;
    return {
      algorithm: this.algorithm,
      id,
      role,
      term: promised,
      leader,
      commitIndex: chosenUpTo,
      lastIndex: lastSlot,
      halted,
    };
  }

  override view(): NodeView {
    const paxos = this.state;
    const from = Math.max(paxos.lastSlot - logViewMax + 1, 1);
    const entries = entriesFrom(paxos, from, logViewMax).map(({ slot, ballot, value }) => ({
      index: slot,
      term: ballot,
      command: value.command,
      state: slot <= paxos.chosenUpTo ? ("committed" as const) : ("accepted" as const),
    }));
    return { ...this.status(), entries, variables: this.#variables() };
  }

  override membership(): Membership {
    return { voters: this.state.options.members, outgoing: [], learners: [] };
  }

  override invariants(): readonly Invariant<ConsensusManager<PaxosMessage, PaxosRecord>>[] {
    const { members } = this.state.options;
    return [...super.invariants(), ...paxosInvariants(members.length)];
  }

  #variables(): Readonly<Record<string, string>> {
    const { promised, ballot, role, nextSlot, chosenUpTo, cutSlot, votes, phase1 } = this.state;
    const variables: Record<string, string> = {
      promised: describeBallot(promised),
      leader: shown(this.state.leader),
      chosenUpTo: String(chosenUpTo),
      cutSlot: String(cutSlot),
    };
    if (role !== "follower") variables["ballot"] = describeBallot(ballot);
    if (phase1 !== null) variables["promises"] = [...phase1.promised].join(" ");
    if (role === "leader") {
      variables["nextSlot"] = String(nextSlot);
      for (const [slot, accepted] of [...votes].slice(0, logViewMax)) {
        variables[`accepted[${slot}]`] = [...accepted].join(" ");
      }
    }
    return variables;
  }

  #handle(context: PaxosContext, from: NodeId, message: PaxosMessage): void {
    const paxos = this.state;
    switch (message.kind) {
      case "prepare":
        return onPrepare(paxos, context, from, message);
      case "promise":
        return onPromise(paxos, context, from, message);
      case "accept":
        return onAccept(paxos, context, from, message);
      case "accepted":
        return onAccepted(paxos, context, from, message);
      case "reject":
        return onReject(paxos, context, message);
      case "heartbeat":
        return onHeartbeat(paxos, context, from, message);
      case "heartbeat-response":
        return onHeartbeatResponse(paxos, context, from, message);
      case "learn-request":
        return onLearnRequest(paxos, from, message.from);
      default:
        return onLearn(paxos, context, from, message);
    }
  }

  #finish(context: PaxosContext): void {
    maybeCompact(this.state, context);
    this.state.outbox.flush(context);
  }
}

/** One line for the log of a run. */
export function describePaxosMessage(message: PaxosMessage): string {
  switch (message.kind) {
    case "prepare":
      return `prepare b${describeBallot(message.ballot)} from ${message.from}`;
    case "promise":
      return `promise b${describeBallot(message.ballot)} +${message.accepted.length} chosen ${message.chosenUpTo}`;
    case "accept": {
      const { ballot, slot, value, chosenUpTo } = message;
      return `accept b${describeBallot(ballot)} ${slot}=${value.command ?? "no-op"} chosen ${chosenUpTo}`;
    }
    case "accepted":
      return `accepted b${describeBallot(message.ballot)} ${message.slot}`;
    case "reject":
      return `reject b${describeBallot(message.ballot)} promised ${describeBallot(message.promised)}`;
    case "heartbeat":
      return `heartbeat b${describeBallot(message.ballot)} chosen ${message.chosenUpTo}`;
    case "heartbeat-response":
      return `heartbeat-response b${describeBallot(message.ballot)}`;
    case "learn-request":
      return `learn-request from ${message.from}`;
    default:
      return `learn +${message.chosen.length} snapshot ${message.snapshot?.slot ?? "none"}`;
  }
}
