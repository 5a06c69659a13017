/** All that a Raft node remembers between two events. The modules beside this one change it. */
import type { NodeId } from "../../cluster/process.ts";
import type { FinishedRead } from "../consensus-manager.ts";
import { jointCommitted, jointVote, type VoteResult } from "../quorum/quorum.ts";
import { isVoter, members } from "./configuration.ts";
import { RaftLog } from "./log.ts";
import { Progress } from "./progress.ts";
import type { Configuration, Entry, RaftMessage, RaftOptions, Snapshot } from "./types.ts";

type Role = "follower" | "pre-candidate" | "candidate" | "leader";

interface PendingRead {
  readonly id: string;
  /** The commit index that the read must see; null until one is known to be current. */
  index: number | null;
  /** The round of heartbeats that confirms the term. */
  round: number;
}

/** How far the disk has come. */
class DiskState {
  term = 0;
  votedFor: NodeId | null = null;
  /** The journal is to be written anew, because a snapshot replaces its beginning. */
  rewrite = false;
  /** Counts writes; a sync makes durable all writes up to a version. */
  writtenVersion = 0;
  syncedVersion = 0;
  /** The last term that is known to be durable. */
  durableTerm = 0;
  syncing: {
    readonly sync: number;
    readonly term: number;
    readonly version: number;
    readonly lastIndex: number;
    readonly lastTerm: number;
  } | null = null;
  /** Messages that wait for a version to be durable, in order. */
  waiting: { readonly version: number; readonly to: NodeId; readonly message: RaftMessage }[] = [];
}

export class RaftState {
  readonly id: NodeId;
  readonly options: RaftOptions;
  // On disk (Figure 2, persistent state).
  term = 0;
  votedFor: NodeId | null = null;
  readonly log = new RaftLog();
  snapshot: Snapshot | null = null;
  // In memory.
  role: Role = "follower";
  leader: NodeId | null = null;
  commitIndex = 0;
  appliedIndex = 0;
  halted: string | null = null;
  /** The configurations in the log that are still needed, by the index of their entry. */
  configurations: { readonly index: number; readonly configuration: Configuration }[];
  /** Local time of the last sign of a leader; the loyalty of section 4.2.3 counts from it. */
  leaderContactAtMs = -Infinity;
  // As a candidate.
  votes = new Map<NodeId, boolean>();
  /** What it asks of the others. */
  voteRequest: Extract<RaftMessage, { kind: "vote-request" }> | null = null;
  // As a leader.
  progress = new Map<NodeId, Progress>();
  round = 0;
  /** The last round that a majority has answered. */
  confirmedRound = 0;
  /** Local time at which each unconfirmed round of heartbeats began. */
  roundStartedAtMs = new Map<number, number>();
  leaseUntilMs = -Infinity;
  /** No lease in a term in which another was asked to take over: its votes ignore loyalty. */
  leaseForbidden = false;
  pendingReads: PendingRead[] = [];
  transferTo: NodeId | null = null;
  // Towards the disk and the network.
  outbox: { readonly to: NodeId; readonly message: RaftMessage; readonly afterSync: boolean }[] =
    [];
  readonly disk = new DiskState();
  // Towards the service, handed over at the end of each event.
  committed: Entry[] = [];
  finishedReads: FinishedRead[] = [];
  restored: Snapshot | null = null;
  /** The peers, kept for the configuration that they were taken from. */
  #peers: readonly NodeId[] = [];
  #peersOf: Configuration | null = null;

  constructor(id: NodeId, options: RaftOptions) {
    this.id = id;
    this.options = options;
    this.configurations = [{ index: 0, configuration: options.configuration }];
  }

  /** A server uses the latest configuration in its log, committed or not (section 6). */
  get configuration(): Configuration {
    return this.configurations.at(-1)?.configuration ?? this.options.configuration;
  }

  get configurationIndex(): number {
    return this.configurations.at(-1)?.index ?? 0;
  }

  configurationAt(index: number): Configuration {
    const known = this.configurations.findLast((entry) => entry.index <= index);
    return known?.configuration ?? this.options.configuration;
  }

  get isVoter(): boolean {
    return isVoter(this.configuration, this.id);
  }

  /**
   * A server whose log already excludes it may still be needed to commit exactly that (dissertation
   * 4.2.2). Any configuration from the last one known to be committed on may be the one in force.
   */
  get mayCampaign(): boolean {
    const { configurations, commitIndex, id } = this;
    const first = configurations.findLastIndex(({ index }) => index <= commitIndex);
    return configurations
      .slice(Math.max(first, 0))
      .some(({ configuration }) => isVoter(configuration, id));
  }

  /** Without an entry of its term committed, a leader does not know what else is. */
  get hasCommittedInTerm(): boolean {
    return this.log.termAt(this.commitIndex) === this.term;
  }

  /** Everyone else who receives the log. */
  get peers(): readonly NodeId[] {
    const { configuration } = this;
    if (this.#peersOf !== configuration) {
      this.#peersOf = configuration;
      this.#peers = members(configuration).filter((id) => id !== this.id);
    }
    return this.#peers;
  }

  /** Queues a message. `afterSync`: it promises something that must be durable first. */
  send(to: NodeId, message: RaftMessage, afterSync: boolean): void {
    this.outbox.push({ to, message, afterSync });
  }

  voteResult(vote: (id: NodeId) => boolean | undefined): VoteResult {
    return jointVote(this.configuration, vote, (count) => this.options.rules.quorumSize(count));
  }

  /** The highest value that a quorum has reached. */
  quorumReached(value: (id: NodeId) => number | undefined): number {
    return jointCommitted(this.configuration, value, (count) =>
      this.options.rules.quorumSize(count),
    );
  }

  /** Appends to the log, and follows a configuration as soon as it is there. */
  appendEntries(entries: readonly Entry[]): void {
    this.log.append(entries);
    for (const { index, payload } of entries) {
      if (payload.kind === "configuration") {
        this.configurations.push({ index, configuration: payload.configuration });
      }
    }
  }

  truncateFrom(index: number): void {
    if (index <= this.commitIndex) {
      throw new Error(`entry ${index} is committed and cannot be removed`);
    }
    this.log.truncateFrom(index);
    this.configurations = this.configurations.filter((entry) => entry.index < index);
  }

  /** Keeps a progress for each member, and for no one else. */
  alignProgress(): void {
    const present = new Set(members(this.configuration));
    for (const id of this.progress.keys()) {
      if (!present.has(id)) this.progress.delete(id);
    }
    for (const id of present) {
      if (this.progress.has(id)) continue;
      const progress = new Progress(this.log.lastIndex + 1);
      // A newcomer counts as heard of until the next check, or it would cost the leader its place.
      progress.recentlyActive = true;
      this.progress.set(id, progress);
    }
  }
}
