/**
 * Basic HotStuff as a deterministic process: agreement among n >= 3f + 1 replicas of which f may lie,
 * with messages linear in n while views succeed. The parts are in the modules beside this one.
 *
 * Of "HotStuff: BFT Consensus with Linearity and Responsiveness" (Yin et al., PODC 2019): sections 3,
 * 4.1 to 4.4. Signatures are modelled in signatures.ts. Which parts are left out, the chained form
 * among them, is listed in docs/consensus/hotstuff.md.
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
} from "../consensus-manager.ts";
import { DurableOutbox } from "../durable-outbox.ts";
import { logViewMax } from "../limits.ts";
import { onBranch, onDecidedBlocks, onFetch, onSnapshot, replay } from "./decisions.ts";
import { hotStuffInvariants } from "./invariants.ts";
import { maybePropose, onNewView, onVote } from "./leader.ts";
import { commandLengthMax } from "./limits.ts";
import { newView, onTimeout, restartTimer } from "./pacemaker.ts";
import { isDecision, onCertificate, onDecide, onPrepare } from "./replica.ts";
import { HotStuffState } from "./state.ts";
import { onStatus, onStatusTimer } from "./status.ts";
import type {
  Certificate,
  HotStuffContext,
  HotStuffMessage,
  HotStuffOptions,
  HotStuffRecord,
} from "./types.ts";
import { isWellFormed } from "./validation.ts";

export class HotStuff extends ConsensusManager<HotStuffMessage, HotStuffRecord> {
  readonly algorithm = "hotstuff";
  /** Open to observers and tests; only the modules of this folder change it. */
  readonly state: HotStuffState;

  constructor(id: NodeId, options: HotStuffOptions) {
    super();
    const { answerAfterSync } = options.rules;
    const outbox = new DurableOutbox<HotStuffMessage, HotStuffRecord>(
      id,
      (context, message) => this.#handle(context, id, message),
      { answerAfterSync },
    );
    this.state = new HotStuffState(id, options, outbox, (index, view, command) => {
      this.commit({ index, term: view, command });
    });
  }

  override onStart(context: HotStuffContext): void {
    const hotStuff = this.state;
    const recovered = hotStuff.outbox.recover(context);
    if ("halted" in recovered) {
      hotStuff.halted = recovered.halted;
      return;
    }
    for (const record of recovered.records) replay(hotStuff, record);
    hotStuff.wanted = hotStuff.view;
    hotStuff.outbox.send(hotStuff.leader, newView(hotStuff), true);
    onStatusTimer(hotStuff, context);
    hotStuff.outbox.flush(context);
  }

  override onMessage(context: HotStuffContext, from: NodeId, message: HotStuffMessage): void {
    const hotStuff = this.state;
    if (hotStuff.halted !== null || !isWellFormed(message, hotStuff.options)) return;
    this.#handle(context, from, message);
    hotStuff.outbox.flush(context);
  }

  override onTimer(context: HotStuffContext, name: string): void {
    const hotStuff = this.state;
    if (hotStuff.halted !== null) return;
    if (name === "status") onStatusTimer(hotStuff, context);
    else onTimeout(hotStuff, context);
    hotStuff.outbox.flush(context);
  }

  override onSynced(context: HotStuffContext, sync: number): void {
    if (this.state.halted === null) this.state.outbox.onSynced(context, sync);
  }

  /** Any replica takes requests, passes them on to the leader and watches the view. */
  override propose(context: HotStuffContext, command: string): Proposal {
    const hotStuff = this.state;
    if (command.length > commandLengthMax) {
      throw new RangeError(`a command has at most ${commandLengthMax} characters`);
    }
    const { halted, leader, id, view } = hotStuff;
    if (halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (!this.#onRequest(context, command)) return { accepted: false, reason: "busy", leader };
    if (leader !== id) hotStuff.outbox.send(leader, { kind: "request", command }, false);
    hotStuff.outbox.flush(context);
    return { accepted: true, index: 0, term: view };
  }

  override status(): ConsensusStatus {
    const { id, view, leader, executed, blocks, height, halted } = this.state;
    const undecided = [...blocks.values()].filter((block) => block.height > height);
    const commands = undecided.reduce((sum, block) => sum + block.commands.length, 0);
    return {
      algorithm: this.algorithm,
      id,
      role: leader === id ? "leader" : "replica",
      term: view,
      leader,
      commitIndex: executed,
      lastIndex: executed + commands,
      halted,
    };
  }

  override view(): NodeView {
    return { ...this.status(), entries: this.#entries(), variables: this.#variables() };
  }

  override membership(): Membership {
    return { voters: this.state.options.members, outgoing: [], learners: [] };
  }

  override invariants(): readonly Invariant<ConsensusManager<HotStuffMessage, HotStuffRecord>>[] {
    return [...super.invariants(), ...hotStuffInvariants()];
  }

  /** Decided commands by their place, and behind them the branch of the highest certificate. */
  #entries(): readonly EntryView[] {
    const { blocks, decided, executed, height, prepareQC, snapshot } = this.state;
    const entries: EntryView[] = [];
    let index = executed;
    for (let at = height; at > (snapshot?.height ?? 0) - 1; at--) {
      const block = blocks.get(decided.get(at) ?? 0);
      if (block === undefined) break;
      for (const command of block.commands.toReversed()) {
        entries.unshift({ index, term: block.view, command, state: "committed" });
        index -= 1;
      }
    }
    const open: EntryView[] = [];
    let block = blocks.get(prepareQC.block);
    while (block !== undefined && block.height > height) {
      const { view: term, commands } = block;
      open.unshift(
        ...commands.map((command) => ({ index: 0, term, command, state: "accepted" as const })),
      );
      block = blocks.get(block.parent);
    }
    const numbered = open.map((entry, place) => ({ ...entry, index: executed + 1 + place }));
    return [...entries, ...numbered].slice(-logViewMax);
  }

  #variables(): Readonly<Record<string, string>> {
    const { view, leader, prepareQC, lockedQC, voted, height, waiting, leading } = this.state;
    const variables: Record<string, string> = {
      curView: String(view),
      leader: String(leader),
      prepareQC: describeCertificate(prepareQC),
      lockedQC: describeCertificate(lockedQC),
      voted: `${voted.phase} in ${voted.view}`,
      height: String(height),
      waiting: String(waiting.size),
    };
    if (leading?.view === view) {
      variables["phase"] = leading.phase;
      variables["votes"] = [...leading.votes.keys()].join(" ");
    }
    return variables;
  }

  #onRequest(context: HotStuffContext, command: string): boolean {
    const hotStuff = this.state;
    const { waitingMax, service } = hotStuff.options;
    if (!hotStuff.waiting.has(command)) {
      if (hotStuff.waiting.size >= waitingMax || !service.isValid(command)) return false;
      hotStuff.waiting.add(command);
    }
    if (!hotStuff.isTimerRunning) restartTimer(hotStuff, context);
    maybePropose(hotStuff);
    return true;
  }

  #handle(context: HotStuffContext, from: NodeId, message: HotStuffMessage): void {
    const hotStuff = this.state;
    switch (message.kind) {
      case "request":
        this.#onRequest(context, message.command);
        return;
      case "new-view":
        return onNewView(hotStuff, context, from, message);
      case "prepare":
        return onPrepare(hotStuff, context, from, message);
      case "pre-commit":
      case "commit":
        return onCertificate(hotStuff, context, from, message.kind, message.justify);
      case "decide":
        return onDecide(hotStuff, context, message.justify);
      case "vote":
        return onVote(hotStuff, from, message);
      case "status":
        return onStatus(hotStuff, context, from, message);
      case "fetch":
        return onFetch(hotStuff, from, message.block);
      case "branch":
        return onBranch(hotStuff, context, message.blocks);
      case "decided":
        if (isDecision(hotStuff, message.justify)) {
          onDecidedBlocks(hotStuff, context, message);
        }
        return;
      default:
        return onSnapshot(hotStuff, context, from, message);
    }
  }
}

const anySize = {
  members: { length: Infinity } as readonly NodeId[],
  batchMax: Infinity,
  snapshotEveryBlocks: Infinity,
};

function describeCertificate({ phase, view, height }: Certificate): string {
  return view === 0 ? "genesis" : `${phase} v${view} h${height}`;
}

/** One line for the log of a run. Liars send what is no message at all. */
export function describeHotStuffMessage(message: HotStuffMessage): string {
  if (!isWellFormed(message, anySize)) return "garbage";
  switch (message.kind) {
    case "request":
      return `request ${message.command}`;
    case "new-view":
      return `new-view v${message.view} QC ${describeCertificate(message.justify)}`;
    case "prepare":
      return `prepare v${message.view} h${message.block.height} +${message.block.commands.length} QC ${describeCertificate(message.justify)}`;
    case "vote":
      return `vote ${message.phase} v${message.view} h${message.height}`;
    case "status":
      return `status v${message.view} wants ${message.wanted} h${message.height}`;
    case "fetch":
      return `fetch ${message.block.toString(36)}`;
    case "branch":
      return `branch +${message.blocks.length}`;
    case "decided":
      return `decided +${message.blocks.length} QC ${describeCertificate(message.justify)}`;
    case "snapshot":
      return `snapshot h${message.height}`;
    default:
      return `${message.kind} QC ${describeCertificate(message.justify)}`;
  }
}

export function hotStuffMessageKind(message: HotStuffMessage): string {
  return isWellFormed(message, anySize) ? message.kind : "garbage";
}
