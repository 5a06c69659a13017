/**
 * The base of every consensus algorithm. An algorithm is a deterministic process that extends this
 * class; the same instance runs in simulation, live and under the checkers. Commands are opaque
 * strings: what they mean is the business of the service that applies them.
 */
import type { Context, NodeId, Process } from "../cluster/process.ts";
import { logViewMax } from "./limits.ts";

/** A command that the group has agreed on for good. */
export interface Committed {
  /** Its place in the agreed order, from 1. */
  readonly index: number;
  /** The term, ballot or view of its proposal; 0 where nodes may know different ones. */
  readonly term: number;
  /** null: an entry of the algorithm's own, which the service skips. */
  readonly command: string | null;
}

export type Proposal =
  | {
      readonly accepted: true;
      /** Where it will stand if it is agreed on in this term; 0 where the node cannot know. */
      readonly index: number;
      readonly term: number;
    }
  | {
      readonly accepted: false;
      readonly reason: "not-leader" | "busy" | "halted" | "transferring";
      /** Whom to ask instead, where that is known. */
      readonly leader: NodeId | null;
    };

export interface Membership {
  readonly voters: readonly NodeId[];
  /** The voters of the old configuration while it is being replaced. */
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
}

export interface ConsensusStatus {
  readonly algorithm: string;
  readonly id: NodeId;
  readonly role: string;
  readonly term: number;
  readonly leader: NodeId | null;
  readonly commitIndex: number;
  readonly lastIndex: number;
  /** Why the node takes no part any more; null while it does. */
  readonly halted: string | null;
}

export interface EntryView {
  readonly index: number;
  /** The term, ballot or view that it was proposed in. */
  readonly term: number;
  /** null: an entry of the algorithm's own. */
  readonly command: string | null;
  /** proposed: this node has seen it; accepted: it stands by it, durably; committed: agreed. */
  readonly state: "proposed" | "accepted" | "committed";
}

/** What a screen shows of one node; one shape for every algorithm. */
export interface NodeView extends ConsensusStatus {
  /** The end of the node's log, oldest first; at most `logViewMax` entries. */
  readonly entries: readonly EntryView[];
  /** The algorithm's own variables by the names in its paper (votedFor, nextIndex[2], view, ...). */
  readonly variables: Readonly<Record<string, string>>;
}

/** What must hold of the whole group after every event. */
export interface Invariant<Manager> {
  readonly name: string;
  /** Called with each new life of a node, before its first event. */
  watch?(id: NodeId, manager: Manager): void;
  /** Told which node has just handled an event, it returns what is wrong, or null. */
  check(group: ReadonlyMap<NodeId, Manager>, changed: NodeId): string | null;
}

/** What an algorithm may ask of the service that applies its commands. */
export interface Service {
  /** The state after everything committed so far, which lets the algorithm cut its log. */
  take(): string;
  restore(data: string): void;
  /**
   * Where nodes may lie: whether a client has signed this command. Honest nodes agree on no other
   * (external validity).
   */
  isValid(command: string): boolean;
}

/** Linearizable reads that need no entry in the log. */
export interface Reads<Message, Stored> {
  /** Asks when a read may be answered from this node's state; `onRead` tells. */
  read(context: Context<Message, Stored>, id: string): Proposal;
  onRead(listener: (read: FinishedRead) => void): void;
}

export interface FinishedRead {
  readonly id: string;
  /** The read may be answered from the state after this index; null: ask again, elsewhere. */
  readonly index: number | null;
}

type ConsensusEvent<Message> =
  | { readonly kind: "start" }
  | { readonly kind: "message"; readonly from: NodeId; readonly message: Message }
  | { readonly kind: "timer"; readonly name: string }
  | { readonly kind: "synced"; readonly sync: number }
  | { readonly kind: "propose"; readonly command: string };

export abstract class ConsensusManager<Message, Stored> implements Process<Message, Stored> {
  abstract readonly algorithm: string;
  readonly #listeners: ((committed: Committed) => void)[] = [];
  /** The last commits, for the view of an algorithm that has none of its own. */
  #recent: Committed[] = [];

  abstract onStart(context: Context<Message, Stored>): void;
  abstract onMessage(context: Context<Message, Stored>, from: NodeId, message: Message): void;
  abstract onTimer(context: Context<Message, Stored>, name: string): void;
  abstract onSynced(context: Context<Message, Stored>, sync: number): void;

  /** Asks for agreement on a command. Accepted means tried, not agreed: wait for its commit. */
  abstract propose(context: Context<Message, Stored>, command: string): Proposal;
  abstract status(): ConsensusStatus;
  abstract membership(): Membership;

  /** null: the algorithm has none, and whoever reads puts the question into the log. */
  reads(): Reads<Message, Stored> | null {
    return null;
  }

  /** For people to look at. Without one of its own an algorithm shows its status and last commits. */
  view(): NodeView {
    const status = this.status();
    const entries = this.#recent
      .slice(-logViewMax)
      .map((committed) => ({ ...committed, state: "committed" as const }));
    const { role, term, leader, commitIndex, lastIndex } = status;
    const variables = {
      role,
      term: String(term),
      leader: shown(leader),
      commitIndex: String(commitIndex),
      lastIndex: String(lastIndex),
    };
    return { ...status, entries, variables };
  }

  /** The state machine's one door: the same state and the same event always do the same. */
  step(context: Context<Message, Stored>, event: ConsensusEvent<Message>): Proposal | null {
    switch (event.kind) {
      case "start":
        this.onStart(context);
        return null;
      case "message":
        this.onMessage(context, event.from, event.message);
        return null;
      case "timer":
        this.onTimer(context, event.name);
        return null;
      case "synced":
        this.onSynced(context, event.sync);
        return null;
      default:
        return this.propose(context, event.command);
    }
  }

  /** Hears of each commit on this node, in the agreed order, once in each life of the process. */
  onCommit(listener: (committed: Committed) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * A fresh set of what must hold of a group of these, for one run. Agreement holds of any algorithm;
   * each adds its own.
   */
  invariants(): readonly Invariant<ConsensusManager<Message, Stored>>[] {
    return [new Agreement<Message, Stored>()];
  }

  /** To be called by the algorithm, with rising indexes. */
  protected commit(committed: Committed): void {
    this.#recent.push(committed);
    if (this.#recent.length >= 2 * logViewMax) this.#recent = this.#recent.slice(-logViewMax);
    for (const listener of this.#listeners) listener(committed);
  }
}

/** A variable that may be empty, as views write it. */
export function shown(value: number | null): string {
  return value === null ? "none" : String(value);
}

/** No two nodes commit different commands at one index, and every node commits in order. */
class Agreement<Message, Stored> implements Invariant<ConsensusManager<Message, Stored>> {
  readonly name = "agreement";
  readonly #commands = new Map<number, { readonly id: NodeId; readonly command: string | null }>();
  #problem: string | null = null;

  watch(id: NodeId, manager: ConsensusManager<Message, Stored>): void {
    let last = 0;
    manager.onCommit(({ index, command }) => {
      if (index <= last) this.#problem ??= `node ${id} commits ${index} after ${last}`;
      last = index;
      const known = this.#commands.get(index);
      if (known === undefined) this.#commands.set(index, { id, command });
      else if (known.command !== command) {
        this.#problem ??= `at ${index} node ${known.id} commits ${known.command}, node ${id} ${command}`;
      }
    });
  }

  check(): string | null {
    return this.#problem;
  }
}
