/**
 * The plainest agreement that works, as an example to read before Raft: one member, the one with the
 * lowest number, orders the commands; a command is agreed once a majority has it on disk. It survives
 * crashes, losses and repeats, and never disagrees. But nobody takes the coordinator's place: while it
 * is away nothing is agreed, which is what elections are for.
 */
import type { Context, NodeId } from "../cluster/process.ts";
import {
  ConsensusManager,
  type ConsensusStatus,
  type Membership,
  type NodeView,
  type Proposal,
} from "./consensus-manager.ts";
import { logViewMax } from "./limits.ts";
import { majorityCommitted } from "./quorum/quorum.ts";

export type VoteMessage =
  /** From the coordinator: the commands from this place on, and how far commands are agreed. */
  | {
      readonly kind: "ballot";
      readonly index: number;
      readonly commands: readonly string[];
      readonly agreed: number;
    }
  /** To the coordinator: everything up to this place is on disk. */
  | { readonly kind: "vote"; readonly index: number };

/** The journal holds the commands in their order. */
export type VoteRecord = string;

type VoteContext = Context<VoteMessage, VoteRecord>;

const retryMs = 50;
/** Commands in one ballot. */
const ballotMax = 64;

export class MajorityVote extends ConsensusManager<VoteMessage, VoteRecord> {
  readonly algorithm = "majority vote";
  readonly #id: NodeId;
  readonly #members: readonly NodeId[];
  readonly #coordinator: NodeId;
  #commands: string[] = [];
  /** How many commands the disk has. */
  #durable = 0;
  /** How many commands each sync under way covers. */
  readonly #syncs = new Map<number, number>();
  /** On the coordinator: how many commands each member has on disk. */
  readonly #votes = new Map<NodeId, number>();
  #agreed = 0;
  #halted: string | null = null;

  constructor(id: NodeId, members: readonly NodeId[]) {
    super();
    this.#id = id;
    this.#members = members;
    this.#coordinator = Math.min(...members);
  }

  override onStart(context: VoteContext): void {
    const { records, durableCount } = context.storage.read();
    const damaged = records.indexOf(null);
    const intact = records.slice(0, damaged < 0 ? undefined : damaged);
    if (intact.length < durableCount) {
      this.#halted = "durable commands are lost or damaged";
      return;
    }
    // Votes were only given for what was durable; the rest may be asked for again.
    this.#commands = intact.slice(0, durableCount).filter((record) => record !== null);
    this.#durable = this.#commands.length;
    context.storage.replace(this.#commands);
    if (this.#id === this.#coordinator) context.setTimer("retry", retryMs);
  }

  override onMessage(context: VoteContext, from: NodeId, message: VoteMessage): void {
    if (this.#halted !== null) return;
    if (message.kind === "vote") {
      this.#votes.set(from, Math.max(this.#votes.get(from) ?? 0, message.index));
      this.#count(context);
      return;
    }
    // Only the next command fits; the coordinator repeats the others.
    for (const [place, command] of message.commands.entries()) {
      if (message.index + place === this.#commands.length + 1) this.#store(context, command);
    }
    this.#agreeUpTo(Math.min(message.agreed, this.#durable));
    context.send(from, { kind: "vote", index: this.#durable });
  }

  override onTimer(context: VoteContext): void {
    context.setTimer("retry", retryMs);
    for (const member of this.#members) this.#ballot(context, member);
  }

  override onSynced(context: VoteContext, sync: number): void {
    if (this.#halted !== null) return;
    this.#durable = Math.max(this.#durable, this.#syncs.get(sync) ?? 0);
    this.#syncs.delete(sync);
    if (this.#id === this.#coordinator) {
      this.#count(context);
      for (const member of this.#members) this.#ballot(context, member);
    } else context.send(this.#coordinator, { kind: "vote", index: this.#durable });
  }

  override propose(context: VoteContext, command: string): Proposal {
    if (this.#halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (this.#id !== this.#coordinator) {
      return { accepted: false, reason: "not-leader", leader: this.#coordinator };
    }
    this.#store(context, command);
    return { accepted: true, index: this.#commands.length, term: 1 };
  }

  override status(): ConsensusStatus {
    return {
      algorithm: this.algorithm,
      id: this.#id,
      role: this.#id === this.#coordinator ? "coordinator" : "voter",
      term: 1,
      leader: this.#coordinator,
      commitIndex: this.#agreed,
      lastIndex: this.#commands.length,
      halted: this.#halted,
    };
  }

  override view(): NodeView {
    const first = Math.max(this.#commands.length - logViewMax, 0);
    const entries = this.#commands.slice(first).map((command, place) => {
      const index = first + place + 1;
      const stored = index <= this.#durable ? "accepted" : "proposed";
      return {
        index,
        term: 1,
        command,
        state: index <= this.#agreed ? "committed" : stored,
      } as const;
    });
    const variables: Record<string, string> = {
      coordinator: String(this.#coordinator),
      agreed: String(this.#agreed),
      durable: String(this.#durable),
    };
    for (const [member, index] of this.#votes) variables[`votes[${member}]`] = String(index);
    return { ...this.status(), entries, variables };
  }

  override membership(): Membership {
    return { voters: this.#members, outgoing: [], learners: [] };
  }

  #store(context: VoteContext, command: string): void {
    this.#commands.push(command);
    context.storage.append(command);
    this.#syncs.set(context.storage.sync(), this.#commands.length);
  }

  /**
   * Sends a member what it has not voted for, or again the last command. Only what the coordinator has
   * on disk itself: after a crash it might give the place of a lost command to another.
   */
  #ballot(context: VoteContext, member: NodeId): void {
    if (member === this.#id || this.#durable === 0) return;
    const index = Math.min((this.#votes.get(member) ?? 0) + 1, this.#durable);
    const last = Math.min(index - 1 + ballotMax, this.#durable);
    const commands = this.#commands.slice(index - 1, last);
    context.send(member, { kind: "ballot", index, commands, agreed: this.#agreed });
  }

  #count(context: VoteContext): void {
    const before = this.#agreed;
    this.#votes.set(this.#id, this.#durable);
    this.#agreeUpTo(majorityCommitted(this.#members, (id) => this.#votes.get(id)));
    if (this.#agreed === before) return;
    for (const member of this.#members) this.#ballot(context, member);
  }

  #agreeUpTo(index: number): void {
    while (this.#agreed < index) {
      const command = this.#commands[this.#agreed];
      if (command === undefined) throw new Error(`command ${this.#agreed + 1} is missing`);
      this.#agreed += 1;
      this.commit({ index: this.#agreed, term: 1, command });
    }
  }
}

/** One line for the log of a run. */
export function describeVoteMessage(message: VoteMessage): string {
  if (message.kind === "vote") return `vote ${message.index}`;
  return `ballot ${message.index} +${message.commands.length} agreed ${message.agreed}`;
}
