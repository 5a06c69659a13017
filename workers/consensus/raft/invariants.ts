/**
 * Raft's safety properties (Figure 3 of the paper), checked over a whole group after every event. Each
 * looks only at what the event changed, so that checking costs little.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { Invariant } from "../consensus-manager.ts";
import type { Raft } from "./raft.ts";
import type { Entry } from "./types.ts";

/** A fresh set for one run. */
export function raftInvariants(): readonly Invariant<Raft>[] {
  const commits = new CommitRecord();
  return [new ElectionSafety(), new LogMatching(), commits, new LeaderCompleteness(commits)];
}

/** "At most one leader can be elected in a given term." */
class ElectionSafety implements Invariant<Raft> {
  readonly name = "election safety";
  readonly #leaders = new Map<number, NodeId>();

  check(group: ReadonlyMap<NodeId, Raft>, changed: NodeId): string | null {
    const state = group.get(changed)?.state;
    if (state?.role !== "leader") return null;
    const known = this.#leaders.get(state.term);
    if (known === undefined) this.#leaders.set(state.term, changed);
    else if (known !== changed) {
      return `nodes ${known} and ${changed} both lead term ${state.term}`;
    }
    return null;
  }
}

/**
 * "If two logs contain an entry with the same index and term, then the logs are identical in all
 * entries up through the given index": every entry with an index and term is the same and follows
 * an entry of the same term, wherever it is.
 */
class LogMatching implements Invariant<Raft> {
  readonly name = "log matching";
  readonly #known = new Map<string, { readonly content: string; readonly previousTerm: number }>();

  check(group: ReadonlyMap<NodeId, Raft>, changed: NodeId): string | null {
    const log = group.get(changed)?.state.log;
    if (log === undefined) return null;
    const from = Math.max(log.takeChangedFrom(), log.firstIndex);
    for (let index = from; index <= log.lastIndex; index++) {
      const entry = log.entry(index);
      if (entry === undefined) continue;
      const previousTerm = log.termAt(index - 1) ?? 0;
      const key = `${index}/${entry.term}`;
      const known = this.#known.get(key);
      const content = contentOf(entry);
      if (known === undefined) this.#known.set(key, { content, previousTerm });
      else if (known.content !== content) {
        return `entry ${key} is ${known.content} elsewhere and ${content} on node ${changed}`;
      } else if (known.previousTerm !== previousTerm) {
        return `entry ${key} follows term ${known.previousTerm} elsewhere and ${previousTerm} on node ${changed}`;
      }
    }
    return null;
  }
}

function contentOf({ payload }: Entry): string {
  return payload.kind === "command" ? payload.command : JSON.stringify(payload);
}

/** "If any server has applied an entry at an index, no other server applies a different one there." */
class CommitRecord implements Invariant<Raft> {
  readonly name = "state-machine safety";
  /** The term of each committed entry, by index; with log matching it names the entry. */
  readonly #terms: (number | undefined)[] = [];
  /** Of each node: the process last seen, and how far its commits have been checked. */
  readonly #checked = new Map<NodeId, { readonly manager: Raft; upTo: number }>();
  /** The term in which each entry was committed, by index. */
  readonly #committedIn: (number | undefined)[] = [];

  get lastIndex(): number {
    return this.#terms.length - 1;
  }

  termAt(index: number): number | undefined {
    return this.#terms[index];
  }

  committedIn(index: number): number {
    return this.#committedIn[index] ?? Infinity;
  }

  check(group: ReadonlyMap<NodeId, Raft>, changed: NodeId): string | null {
    const manager = group.get(changed);
    if (manager === undefined) return null;
    let seen = this.#checked.get(changed);
    if (seen?.manager !== manager) {
      seen = { manager, upTo: 0 };
      this.#checked.set(changed, seen);
    }
    const { log, commitIndex } = manager.state;
    for (let index = Math.max(seen.upTo + 1, log.firstIndex); index <= commitIndex; index++) {
      const term = log.termAt(index);
      const known = this.#terms[index];
      if (term === undefined) return `node ${changed} committed entry ${index} without having it`;
      if (known === undefined) {
        this.#terms[index] = term;
        this.#committedIn[index] = manager.state.term;
      } else if (known !== term) {
        return `entry ${index} was committed from term ${known}, on node ${changed} from term ${term}`;
      }
    }
    seen.upTo = commitIndex;
    return null;
  }
}

/**
 * "If a log entry is committed in a given term, then that entry will be present in the logs of the
 * leaders for all higher-numbered terms."
 */
class LeaderCompleteness implements Invariant<Raft> {
  readonly name = "leader completeness";
  readonly #commits: CommitRecord;
  /** Of each node: the term in which its leadership was checked. */
  readonly #checkedTerm = new Map<NodeId, number>();
  #checkedIndex = 0;

  constructor(commits: CommitRecord) {
    this.#commits = commits;
  }

  check(group: ReadonlyMap<NodeId, Raft>, changed: NodeId): string | null {
    const elected = group.get(changed);
    if (elected?.state.role === "leader" && this.#checkedTerm.get(changed) !== elected.state.term) {
      this.#checkedTerm.set(changed, elected.state.term);
      const missing = this.#missing(elected, elected.state.log.firstIndex);
      if (missing !== null) return missing;
    }
    if (this.#commits.lastIndex <= this.#checkedIndex) return null;
    const from = this.#checkedIndex + 1;
    this.#checkedIndex = this.#commits.lastIndex;
    for (const manager of group.values()) {
      const missing = manager.state.role === "leader" ? this.#missing(manager, from) : null;
      if (missing !== null) return missing;
    }
    return null;
  }

  #missing(leader: Raft, from: number): string | null {
    const { log, term, id } = leader.state;
    for (let index = Math.max(from, log.firstIndex); index <= this.#commits.lastIndex; index++) {
      const committedTerm = this.#commits.termAt(index);
      if (committedTerm === undefined || this.#commits.committedIn(index) >= term) continue;
      if (log.termAt(index) !== committedTerm) {
        return `node ${id} leads term ${term} without committed entry ${index} of term ${committedTerm}`;
      }
    }
    return null;
  }
}
