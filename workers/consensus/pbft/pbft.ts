/**
 * PBFT as a deterministic process: agreement among n >= 3f + 1 replicas of which f may lie. The parts
 * are in the modules beside this one.
 *
 * Of "Practical Byzantine Fault Tolerance" (Castro and Liskov, OSDI 1999): 4.1 (in service/), 4.2, 4.3,
 * 4.4, 4.5. Of its longer version (TOCS 2002): 5.2 status messages. Signatures are modelled in
 * signatures.ts. Which parts are left out is listed in docs/consensus/pbft.md.
 */
import type { NodeId } from "../../cluster/process.ts";
import {
  type ConsensusStatus,
  ConsensusManager,
  type EntryView,
  type Invariant,
  type Membership,
  type NodeView,
  type Proposal,
  shown,
} from "../consensus-manager.ts";
import { DurableOutbox } from "../durable-outbox.ts";
import { logViewMax } from "../limits.ts";
import { onCheckpoint, onState } from "./checkpoints.ts";
import { pbftInvariants } from "./invariants.ts";
import { replay, resume } from "./journal.ts";
import { commandLengthMax } from "./limits.ts";
import {
  onClientRequest,
  onCommit,
  onDecided,
  onPrepare,
  onPrePrepare,
  onRequest,
} from "./ordering.ts";
import { PbftState } from "./state.ts";
import { onStatus, sendStatus } from "./status.ts";
import type { PbftContext, PbftMessage, PbftOptions, PbftRecord } from "./types.ts";
import { isWellFormed } from "./validation.ts";
import { onNewView, onViewChange, ownViewChange, startViewChange } from "./view-change.ts";

export class Pbft extends ConsensusManager<PbftMessage, PbftRecord> {
  readonly algorithm = "pbft";
  /** Open to observers and tests; only the modules of this folder change it. */
  readonly state: PbftState;

  constructor(id: NodeId, options: PbftOptions) {
    super();
    const { answerAfterSync } = options.rules;
    const outbox = new DurableOutbox<PbftMessage, PbftRecord>(
      id,
      (context, message) => this.#handle(context, id, message),
      { answerAfterSync },
    );
    this.state = new PbftState(id, options, outbox, (n, command) => {
      // Replicas may execute one request in different views.
      this.commit({ index: n, term: 0, command });
    });
  }

  override onStart(context: PbftContext): void {
    const pbft = this.state;
    const recovered = pbft.outbox.recover(context);
    if ("halted" in recovered) {
      pbft.halted = recovered.halted;
      return;
    }
    for (const record of recovered.records) replay(pbft, record);
    resume(pbft);
    if (!pbft.active) pbft.broadcast(ownViewChange(pbft, pbft.view), true);
    sendStatus(pbft, context);
    pbft.outbox.flush(context);
  }

  override onMessage(context: PbftContext, from: NodeId, message: PbftMessage): void {
    const pbft = this.state;
    if (pbft.halted !== null || !isWellFormed(message, pbft.options)) return;
    this.#handle(context, from, message);
    pbft.outbox.flush(context);
  }

  override onTimer(context: PbftContext, name: string): void {
    const pbft = this.state;
    if (pbft.halted !== null) return;
    if (name === "status") sendStatus(pbft, context);
    else startViewChange(pbft, context, pbft.view + 1);
    pbft.outbox.flush(context);
  }

  override onSynced(context: PbftContext, sync: number): void {
    if (this.state.halted === null) this.state.outbox.onSynced(context, sync);
  }

  /** Any replica takes requests; a backup passes them on and watches the primary. */
  override propose(context: PbftContext, command: string): Proposal {
    const pbft = this.state;
    if (command.length > commandLengthMax) {
      throw new RangeError(`a command has at most ${commandLengthMax} characters`);
    }
    if (pbft.halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (!onClientRequest(pbft, context, command)) {
      return { accepted: false, reason: "busy", leader: pbft.primary };
    }
    pbft.outbox.flush(context);
    return { accepted: true, index: 0, term: pbft.view };
  }

  override status(): ConsensusStatus {
    const { id, view, active, isPrimary, primary, executed, slots, halted } = this.state;
    const role = isPrimary ? "primary" : "backup";
    return {
      algorithm: this.algorithm,
      id,
      role: active ? role : "view change",
      term: view,
      leader: active ? primary : null,
      commitIndex: executed,
      lastIndex: Math.max(executed, ...slots.keys()),
      halted,
    };
  }

  override view(): NodeView {
    return { ...this.status(), entries: this.#entries(), variables: this.#variables() };
  }

  override membership(): Membership {
    return { voters: this.state.options.members, outgoing: [], learners: [] };
  }

  override invariants(): readonly Invariant<ConsensusManager<PbftMessage, PbftRecord>>[] {
    return [...super.invariants(), ...pbftInvariants()];
  }

  #entries(): readonly EntryView[] {
    const { slots, decided, executed, view } = this.state;
    const entries = new Map<number, EntryView>();
    for (const { n, prePrepare, prepared } of slots.values()) {
      const shownRequest = prePrepare ?? prepared?.prePrepare;
      if (shownRequest === undefined) continue;
      const state = prepared === null ? "proposed" : "accepted";
      const { command } = shownRequest;
      entries.set(n, { index: n, term: shownRequest.view, command, state });
    }
    for (const [n, command] of decided) {
      const term = entries.get(n)?.term ?? view;
      entries.set(n, { index: n, term, command, state: "committed" });
    }
    return [...entries.values()]
      .filter(({ index, state }) => index > executed || state === "committed")
      .toSorted((a, b) => a.index - b.index)
      .slice(-logViewMax);
  }

  #variables(): Readonly<Record<string, string>> {
    const { view, active, primary, executed, stable, options, waiting, slots } = this.state;
    const variables: Record<string, string> = {
      view: String(view),
      active: String(active),
      primary: shown(primary),
      lastExecuted: String(executed),
      h: String(stable),
      H: String(stable + options.windowSize),
      waiting: String(waiting.size),
    };
    for (const [n, { prepares, commits }] of slots) {
      if (n <= executed) continue;
      variables[`prepares[${n}]`] = [...prepares.keys()].join(" ");
      variables[`commits[${n}]`] = [...commits.keys()].join(" ");
    }
    if (!active) {
      variables["viewChanges"] = [...this.state.wanted.keys()].join(" ");
    }
    return variables;
  }

  #handle(context: PbftContext, from: NodeId, message: PbftMessage): void {
    const pbft = this.state;
    switch (message.kind) {
      case "request":
        onRequest(pbft, context, message.command);
        return;
      case "pre-prepare":
        return onPrePrepare(pbft, context, message);
      case "prepare":
        return onPrepare(pbft, context, from, message);
      case "commit":
        return onCommit(pbft, context, from, message);
      case "checkpoint":
        return onCheckpoint(pbft, context, from, message);
      case "view-change":
        return onViewChange(pbft, context, from, message);
      case "new-view":
        return onNewView(pbft, context, message);
      case "status":
        return onStatus(pbft, from, message);
      case "decided":
        return onDecided(pbft, context, from, message);
      default:
        return onState(pbft, context, message);
    }
  }
}

const anySize = { members: { length: Infinity } as readonly NodeId[], windowSize: Infinity };

/** One line for the log of a run. Liars send what is no message at all. */
export function describePbftMessage(message: PbftMessage): string {
  if (!isWellFormed(message, anySize)) return "garbage";
  switch (message.kind) {
    case "request":
      return `request ${message.command}`;
    case "pre-prepare":
      return `pre-prepare v${message.view} ${message.n} ${message.command ?? "null"}`;
    case "prepare":
      return `prepare v${message.view} ${message.n} ${message.digest.toString(36)}`;
    case "commit":
      return `commit v${message.view} ${message.n} ${message.digest.toString(36)}`;
    case "checkpoint":
      return `checkpoint ${message.n} ${message.digest.toString(36)}`;
    case "view-change":
      return `view-change v${message.view} h ${message.stable} prepared ${message.prepared.length}`;
    case "new-view":
      return `new-view v${message.view} +${message.prePrepares.length}`;
    case "status":
      return `status v${message.view}${message.active ? "" : " changing"} executed ${message.executed} h ${message.stable}`;
    case "decided":
      return `decided ${message.n} ${message.command ?? "null"}`;
    default:
      return `state ${message.n}`;
  }
}

export function pbftMessageKind(message: PbftMessage): string {
  return isWellFormed(message, anySize) ? message.kind : "garbage";
}
