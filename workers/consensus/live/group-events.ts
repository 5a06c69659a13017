/** What happens in a live group, told from how its nodes change: elections, votes, commits. */
import type { NodeId } from "../../cluster/process.ts";
import type { ConsensusEvent } from "../contract.ts";
import type { Raft } from "../raft/raft.ts";
import { eventsKeptMax, shownCommandLengthMax } from "./limits.ts";
import { shownEntry } from "./log-view.ts";

type Draft = Omit<ConsensusEvent, "id" | "at">;

interface Seen {
  readonly raft: Raft;
  readonly role: string;
  readonly term: number;
  readonly votedFor: NodeId | null;
  readonly leader: NodeId | null;
  readonly commitIndex: number;
  readonly lastIndex: number;
  readonly snapshotIndex: number;
}

export class GroupEvents {
  readonly #now: () => number;
  readonly #seen = new Map<NodeId, Seen>();
  #events: ConsensusEvent[] = [];
  #newest = 0;
  #commitIndex = 0;
  /** Counts every visible change, also those that are no event. */
  version = 0;
  elections = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get newest(): number {
    return this.#newest;
  }

  get dropped(): number {
    return this.#newest - this.#events.length;
  }

  add(kind: ConsensusEvent["kind"], text: string, details: Partial<Draft> = {}): void {
    this.version += 1;
    this.#newest += 1;
    const none = { node: null, term: null, index: null };
    this.#events.push({ id: this.#newest, at: this.#now(), kind, text, ...none, ...details });
    if (this.#events.length > eventsKeptMax) this.#events.shift();
  }

  /** Newest first: those with numbers below `before`. */
  page(before: number, limit: number): readonly ConsensusEvent[] {
    return this.#events
      .filter(({ id }) => id < before)
      .slice(-limit)
      .toReversed();
  }

  /** Oldest first: those after this number, at most `limit` of the newest. */
  since(id: number, limit: number): readonly ConsensusEvent[] {
    return this.#events.filter((event) => event.id > id).slice(-limit);
  }

  /** To be called when a node has handled an event. True when something visible has changed. */
  observe(raft: Raft): boolean {
    const { id, role, term, votedFor, leader, commitIndex, log, snapshot } = raft.state;
    const seen = this.#seen.get(id);
    const now: Seen = {
      raft,
      role,
      term,
      votedFor,
      leader,
      commitIndex,
      lastIndex: log.lastIndex,
      snapshotIndex: snapshot?.lastIndex ?? 0,
    };
    if (seen !== undefined && isSame(seen, now)) return false;
    this.#seen.set(id, now);
    this.version += 1;
    // A new life begins with what its disk holds, which is no news.
    if (seen?.raft === raft) this.#compare(id, seen, now);
    this.#compareCommits(now);
    return true;
  }

  #compare(node: NodeId, seen: Seen, now: Seen): void {
    const { role, term, votedFor } = now;
    if (
      votedFor !== null &&
      votedFor !== node &&
      (seen.votedFor !== votedFor || seen.term !== term)
    )
      this.add("vote", `Node ${node} votes for node ${votedFor} in term ${term}.`, { node, term });
    if (role !== seen.role || (role === "candidate" && term !== seen.term)) {
      this.#tellRole(node, seen, now);
    }
    if (now.snapshotIndex > seen.snapshotIndex) {
      const index = now.snapshotIndex;
      this.add("snapshot", `Node ${node} has a snapshot up to ${index}.`, { node, term, index });
    }
  }

  #tellRole(node: NodeId, seen: Seen, { role, term }: Seen): void {
    if (role === "leader") {
      this.elections += 1;
      this.add("leader", `Node ${node} leads term ${term}.`, { node, term });
    } else if (role === "candidate") {
      this.add("election", `Node ${node} asks for votes in term ${term}.`, { node, term });
    } else if (role === "pre-candidate") {
      const text = `Node ${node} hears no leader and asks whether it could win term ${term + 1}.`;
      this.add("election", text, { node, term });
    } else if (seen.role === "leader") {
      this.add("step-down", `Node ${node} no longer leads; it knows term ${term}.`, { node, term });
    }
  }

  /** A commit is news once, from the first node that knows of it. */
  #compareCommits({ raft, commitIndex }: Seen): void {
    if (commitIndex <= this.#commitIndex) return;
    const isFirst = this.#commitIndex === 0 && commitIndex > 1;
    const from = isFirst ? commitIndex : this.#commitIndex + 1;
    this.#commitIndex = commitIndex;
    const node = raft.state.id;
    const first = Math.max(from, commitIndex - commitsToldMax + 1);
    for (let index = first; index <= commitIndex; index++) {
      const entry = raft.state.log.entry(index);
      if (entry === undefined || entry.payload.kind !== "command") continue;
      const { kind, command } = shownEntry(entry);
      if (kind !== "command" || command === null) continue;
      const shown = command.slice(0, shownCommandLengthMax);
      this.add("commit", `Committed: ${shown}`, { node, term: entry.term, index });
    }
  }
}

/** Of many commits at once, the last ones are told one by one. */
const commitsToldMax = 20;

function isSame(a: Seen, b: Seen): boolean {
  return (
    a.raft === b.raft &&
    a.role === b.role &&
    a.term === b.term &&
    a.votedFor === b.votedFor &&
    a.leader === b.leader &&
    a.commitIndex === b.commitIndex &&
    a.lastIndex === b.lastIndex &&
    a.snapshotIndex === b.snapshotIndex
  );
}
