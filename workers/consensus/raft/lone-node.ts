/** One Raft node with a hand-fed world, for tests: messages in, messages out, time by command. */
import type { Journal, NodeId, Storage } from "../../cluster/process.ts";
import { Random } from "../../cluster/random.ts";
import type { Committed, FinishedRead } from "../consensus-manager.ts";
import { raftOptions } from "./options.ts";
import { Raft } from "./raft.ts";
import type { Entry, RaftContext, RaftMessage, RaftOptions, RaftRecord } from "./types.ts";

export interface Sent {
  readonly to: NodeId;
  readonly message: RaftMessage;
}

interface LoneNodeOptions {
  readonly id?: NodeId;
  readonly voters: readonly NodeId[];
  readonly term?: number;
  readonly votedFor?: NodeId | null;
  /** The terms of the entries in its log, from index 1. */
  readonly log?: readonly number[];
  readonly raft?: Partial<RaftOptions>;
  /** True: syncs finish only when `finishSync` is called. */
  readonly slowDisk?: boolean;
}

export class LoneNode {
  readonly raft: Raft;
  readonly committed: Committed[] = [];
  readonly reads: FinishedRead[] = [];
  readonly journal: RaftRecord[] = [];
  readonly timers = new Map<string, number>();
  readonly context: RaftContext;
  nowMs = 0;
  #sent: Sent[] = [];
  #syncs: number[] = [];
  #lastSync = 0;
  readonly #slowDisk: boolean;

  constructor(options: LoneNodeOptions) {
    const { id = 1, voters, term = 0, votedFor = null, log = [], raft = {} } = options;
    this.#slowDisk = options.slowDisk ?? false;
    this.journal.push({ kind: "hard-state", term, votedFor });
    if (log.length > 0) this.journal.push({ kind: "entries", entries: entriesOf(1, log) });
    this.context = this.#createContext(id);
    this.raft = new Raft(id, raftOptions(voters, raft));
    this.raft.onCommit((committed) => this.committed.push(committed));
    this.raft.onRead((read) => this.reads.push(read));
    this.raft.onStart(this.context);
    this.#settle();
    this.takeSent();
  }

  /** What was sent since the last call. */
  takeSent(): readonly Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  receive(from: NodeId, message: RaftMessage): readonly Sent[] {
    this.raft.onMessage(this.context, from, message);
    this.#settle();
    return this.takeSent();
  }

  fire(timer: string): readonly Sent[] {
    this.timers.delete(timer);
    this.raft.onTimer(this.context, timer);
    this.#settle();
    return this.takeSent();
  }

  propose(command: string): readonly Sent[] {
    this.raft.propose(this.context, command);
    this.#settle();
    return this.takeSent();
  }

  /** Lets the disk finish what it was asked for. */
  finishSync(): readonly Sent[] {
    this.#finishSyncs();
    return this.takeSent();
  }

  /** Past the loyalty to an earlier leader, and without pre-vote, straight into an election. */
  campaign(): readonly Sent[] {
    this.nowMs += this.raft.state.options.electionTimeoutMaxMs;
    return this.fire("election");
  }

  /** Makes it the leader of the next term by the votes of these. */
  lead(votes: readonly NodeId[]): readonly Sent[] {
    this.campaign();
    const { term } = this.raft.state;
    return votes.flatMap((from) =>
      this.receive(from, { kind: "vote-response", term, preVote: false, granted: true }),
    );
  }

  logTerms(): readonly number[] {
    const { log } = this.raft.state;
    return log.slice(log.firstIndex, Infinity).map(({ term }) => term);
  }

  #settle(): void {
    if (!this.#slowDisk) this.#finishSyncs();
  }

  #finishSyncs(): void {
    while (this.#syncs.length > 0) {
      const sync = this.#syncs.shift();
      if (sync !== undefined) this.raft.onSynced(this.context, sync);
    }
  }

  #createContext(id: NodeId): RaftContext {
    const storage: Storage<RaftRecord> = {
      read: (): Journal<RaftRecord> => ({
        records: [...this.journal],
        durableCount: this.journal.length,
      }),
      append: (record) => void this.journal.push(record),
      replace: (records) => void this.journal.splice(0, this.journal.length, ...records),
      sync: () => {
        this.#lastSync += 1;
        this.#syncs.push(this.#lastSync);
        return this.#lastSync;
      },
    };
    return {
      id,
      random: new Random(id),
      storage,
      now: () => this.nowMs,
      send: (to, message) => void this.#sent.push({ to, message }),
      setTimer: (name, delayMs) => void this.timers.set(name, delayMs),
      cancelTimer: (name) => void this.timers.delete(name),
      note: () => undefined,
    };
  }
}

/** Entries of these terms from an index on. */
export function entriesOf(firstIndex: number, terms: readonly number[]): readonly Entry[] {
  return terms.map((term, place) => ({
    index: firstIndex + place,
    term,
    payload: { kind: "command", command: `${firstIndex + place}/${term}` },
  }));
}

/** An append with the parts that a test does not care for filled in. */
export function appendMessage(
  fields: Partial<Extract<RaftMessage, { kind: "append" }>>,
): Extract<RaftMessage, { kind: "append" }> {
  return {
    kind: "append",
    term: 1,
    previousIndex: 0,
    previousTerm: 0,
    entries: [],
    commitIndex: 0,
    ...fields,
  };
}

export function matches(index: number, term: number): RaftMessage {
  return { kind: "append-response", term, accepted: true, index, hintIndex: 0, hintTerm: 0 };
}
