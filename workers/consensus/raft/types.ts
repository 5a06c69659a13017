/** The words of Raft: entries, messages, records on disk, options. */
import type { Context, NodeId } from "../../cluster/process.ts";
import type { RaftRules } from "./rules.ts";

/** Who votes and who only listens. Outside a change `outgoing` and `learnersNext` are empty. */
export interface Configuration {
  readonly incoming: readonly NodeId[];
  /** The old voters, while both halves must agree (joint consensus, dissertation section 4.3). */
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** Voters of the old half that become learners once the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  /** The leader leaves the joint configuration by itself once that is committed. */
  readonly autoLeave: boolean;
}

type Payload =
  | { readonly kind: "noop" }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "configuration"; readonly configuration: Configuration };

export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly payload: Payload;
}

export interface Snapshot {
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The configuration as of `lastIndex`. */
  readonly configuration: Configuration;
  readonly data: string;
}

export type RaftMessage =
  | {
      readonly kind: "vote-request";
      /** Of a pre-vote: the term that the candidate would begin. */
      readonly term: number;
      readonly preVote: boolean;
      /** Asked by the leader to take over: overrules the loyalty of its followers. */
      readonly transfer: boolean;
      readonly lastIndex: number;
      readonly lastTerm: number;
    }
  | {
      readonly kind: "vote-response";
      readonly term: number;
      readonly preVote: boolean;
      readonly granted: boolean;
    }
  | {
      readonly kind: "append";
      readonly term: number;
      readonly previousIndex: number;
      readonly previousTerm: number;
      readonly entries: readonly Entry[];
      readonly commitIndex: number;
    }
  | {
      readonly kind: "append-response";
      readonly term: number;
      readonly accepted: boolean;
      /** Accepted: the last index known to match. Refused: the previous index that did not fit. */
      readonly index: number;
      /** Refused: the last place where the follower may agree, and its term there. */
      readonly hintIndex: number;
      readonly hintTerm: number;
    }
  | {
      readonly kind: "heartbeat";
      readonly term: number;
      readonly commitIndex: number;
      readonly round: number;
    }
  | { readonly kind: "heartbeat-response"; readonly term: number; readonly round: number }
  /** News of a commit in a quiet moment, for followers that are known to have the entries. */
  | { readonly kind: "commit"; readonly term: number; readonly commitIndex: number }
  | { readonly kind: "snapshot"; readonly term: number; readonly snapshot: Snapshot }
  | { readonly kind: "timeout-now"; readonly term: number };

export type RaftRecord =
  | { readonly kind: "hard-state"; readonly term: number; readonly votedFor: NodeId | null }
  /** Replaces whatever the journal held from the first entry's index on. */
  | { readonly kind: "entries"; readonly entries: readonly Entry[] }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot };

export type RaftContext = Context<RaftMessage, RaftRecord>;

/** What the service on top keeps, so that the log can be cut. */
interface SnapshotSource {
  /** The state after everything committed so far. */
  take(): string;
  restore(data: string): void;
}

export interface RaftOptions {
  /** The first configuration: the same on every node that starts with an empty disk. */
  readonly configuration: Configuration;
  /** Election timeouts are drawn from this range (section 5.2 of the paper). */
  readonly electionTimeoutMinMs: number;
  readonly electionTimeoutMaxMs: number;
  /** Well below the election timeout (section 5.6). */
  readonly heartbeatMs: number;
  readonly preVote: boolean;
  /** A leader that hears of no majority for an election timeout steps down. */
  readonly checkQuorum: boolean;
  /** Reads without a round of messages, on the strength of clocks that drift no more than this. */
  readonly leaseReads: { readonly driftPpmMax: number } | null;
  readonly entriesPerMessageMax: number;
  /** Unanswered appends to one follower. */
  readonly appendsInFlightMax: number;
  /** Entries not yet committed, beyond which proposals are refused as busy. */
  readonly uncommittedEntriesMax: number;
  /** Applied entries after which the log is cut; null: never. */
  readonly snapshotEveryEntries: number | null;
  /** Entries kept behind the cut, so that a follower slightly behind needs no snapshot. */
  readonly trailingEntries: number;
  readonly snapshots: SnapshotSource | null;
  readonly rules: RaftRules;
}
