/**
 * Primary and backup, the example of docs/guides/custom-consensus.md: node 1 orders the commands, and a
 * command is agreed once every member has it on disk. It never disagrees; it waits while anyone is away.
 */
import type { Context, NodeId } from "../../workers/cluster/process.ts";
import {
  ConsensusManager,
  type ConsensusStatus,
  type Membership,
  type Proposal,
} from "../../workers/consensus/consensus-manager.ts";

type Message =
  /** From the primary: the commands from this place on, and how far commands are agreed. */
  | {
      readonly kind: "copy";
      readonly index: number;
      readonly commands: readonly string[];
      readonly agreed: number;
    }
  /** From a backup: everything up to this place is on its disk. */
  | { readonly kind: "stored"; readonly index: number };

type Ctx = Context<Message, string>;

const retryMs = 50;
/** Commands in one message. */
const copyMax = 64;
const primary: NodeId = 1;

export default class PrimaryBackup extends ConsensusManager<Message, string> {
  readonly algorithm = "primary-backup";
  readonly #id: NodeId;
  readonly #members: readonly NodeId[];
  #commands: string[] = [];
  #durable = 0;
  #agreed = 0;
  #halted: string | null = null;
  /** How many commands each sync under way covers. */
  readonly #syncs = new Map<number, number>();
  /** On the primary: how many commands each member has on disk. */
  readonly #stored = new Map<NodeId, number>();

  constructor(id: NodeId, members: readonly NodeId[]) {
    super();
    this.#id = id;
    this.#members = members;
  }

  override onStart(context: Ctx): void {
    const { records, durableCount } = context.storage.read();
    const durable = records.slice(0, durableCount).filter((record) => record !== null);
    if (durable.length < durableCount) {
      this.#halted = "durable commands are lost or damaged";
      return;
    }
    // What was never promised may be torn or lost, and is dropped.
    this.#commands = durable;
    this.#durable = durable.length;
    context.storage.replace(durable);
    if (this.#id === primary) context.setTimer("retry", retryMs);
  }

  override onMessage(context: Ctx, from: NodeId, message: Message): void {
    if (this.#halted !== null) return;
    if (message.kind === "stored") {
      this.#stored.set(from, Math.max(this.#stored.get(from) ?? 0, message.index));
      this.#count();
      return;
    }
    // Messages come late, twice and out of order: only the next command fits.
    for (const [place, command] of message.commands.entries()) {
      if (message.index + place === this.#commands.length + 1) this.#store(context, command);
    }
    this.#agreeUpTo(Math.min(message.agreed, this.#durable));
    context.send(from, { kind: "stored", index: this.#durable });
  }

  override onTimer(context: Ctx): void {
    context.setTimer("retry", retryMs);
    for (const member of this.#members) this.#copy(context, member);
  }

  override onSynced(context: Ctx, sync: number): void {
    this.#durable = Math.max(this.#durable, this.#syncs.get(sync) ?? 0);
    this.#syncs.delete(sync);
    if (this.#id === primary) {
      this.#count();
      for (const member of this.#members) this.#copy(context, member);
    } else context.send(primary, { kind: "stored", index: this.#durable });
  }

  override propose(context: Ctx, command: string): Proposal {
    if (this.#halted !== null) return { accepted: false, reason: "halted", leader: null };
    if (this.#id !== primary) return { accepted: false, reason: "not-leader", leader: primary };
    this.#store(context, command);
    return { accepted: true, index: this.#commands.length, term: 1 };
  }

  override status(): ConsensusStatus {
    return {
      algorithm: this.algorithm,
      id: this.#id,
      role: this.#id === primary ? "primary" : "backup",
      term: 1,
      leader: primary,
      commitIndex: this.#agreed,
      lastIndex: this.#commands.length,
      halted: this.#halted,
    };
  }

  override membership(): Membership {
    return { voters: this.#members, outgoing: [], learners: [] };
  }

  #store(context: Ctx, command: string): void {
    this.#commands.push(command);
    context.storage.append(command);
    this.#syncs.set(context.storage.sync(), this.#commands.length);
  }

  /**
   * What a member is not known to have, or again the last command. Only what the primary has on disk
   * itself: after a crash it might give the place of a lost command to another.
   */
  #copy(context: Ctx, member: NodeId): void {
    if (member === this.#id || this.#durable === 0) return;
    const index = Math.min((this.#stored.get(member) ?? 0) + 1, this.#durable);
    const last = Math.min(index - 1 + copyMax, this.#durable);
    const commands = this.#commands.slice(index - 1, last);
    context.send(member, { kind: "copy", index, commands, agreed: this.#agreed });
  }

  #count(): void {
    this.#stored.set(this.#id, this.#durable);
    this.#agreeUpTo(Math.min(...this.#members.map((id) => this.#stored.get(id) ?? 0)));
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
