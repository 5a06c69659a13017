/** The words of Multi-Paxos: ballots, values, messages, records on disk, options. */
import type { Context, NodeId } from "../../cluster/process.ts";
import type { Service } from "../consensus-manager.ts";
import type { PaxosRules } from "./rules.ts";

/** A round and the node that leads it, as one number: ballots are totally ordered and never shared. */
export type Ballot = number;

const ballotWidth = 1000;

export function ballotOf(round: number, leader: NodeId): Ballot {
  return round * ballotWidth + leader;
}

export function roundOf(ballot: Ballot): number {
  return Math.floor(ballot / ballotWidth);
}

/** null: the ballot before all others, which nobody leads. */
export function leaderOf(ballot: Ballot): NodeId | null {
  return ballot === 0 ? null : ballot % ballotWidth;
}

export function describeBallot(ballot: Ballot): string {
  return ballot === 0 ? "none" : `${roundOf(ballot)}.${leaderOf(ballot)}`;
}

export interface Value {
  /** null: a no-op that fills a gap. */
  readonly command: string | null;
  /** The ballot in which it was first proposed; later leaders pass it on as it is. */
  readonly origin: Ballot;
}

/** A "pvalue": what an acceptor has accepted in a slot, and in which ballot. */
export interface Accepted {
  readonly slot: number;
  readonly ballot: Ballot;
  readonly value: Value;
}

export interface PaxosSnapshot {
  /** Every slot up to this one is applied. */
  readonly slot: number;
  readonly data: string;
}

export type PaxosMessage =
  /** Phase 1a, for all slots from `from` on at once. */
  | { readonly kind: "prepare"; readonly ballot: Ballot; readonly from: number }
  /** Phase 1b. Entries up to `chosenUpTo` are known to be chosen. */
  | {
      readonly kind: "promise";
      readonly ballot: Ballot;
      readonly accepted: readonly Accepted[];
      readonly chosenUpTo: number;
      /** In place of what was asked for and has been cut. */
      readonly snapshot: PaxosSnapshot | null;
    }
  /** Phase 2a. */
  | ({ readonly kind: "accept"; readonly chosenUpTo: number } & Accepted)
  /** Phase 2b. */
  | { readonly kind: "accepted"; readonly ballot: Ballot; readonly slot: number }
  /** A higher ballot was promised. */
  | { readonly kind: "reject"; readonly ballot: Ballot; readonly promised: Ballot }
  | { readonly kind: "heartbeat"; readonly ballot: Ballot; readonly chosenUpTo: number }
  | { readonly kind: "heartbeat-response"; readonly ballot: Ballot }
  /** A learner lacks what was chosen from this slot on. */
  | { readonly kind: "learn-request"; readonly from: number }
  | {
      readonly kind: "learn";
      readonly chosen: readonly Accepted[];
      readonly snapshot: PaxosSnapshot | null;
    };

export type PaxosRecord =
  | { readonly kind: "promise"; readonly ballot: Ballot }
  | ({ readonly kind: "accept" } & Accepted)
  | { readonly kind: "snapshot"; readonly snapshot: PaxosSnapshot };

export type PaxosContext = Context<PaxosMessage, PaxosRecord>;

export interface PaxosOptions {
  readonly members: readonly NodeId[];
  /** How long without a leader before a node tries to become one; drawn from this range. */
  readonly electionTimeoutMinMs: number;
  readonly electionTimeoutMaxMs: number;
  readonly heartbeatMs: number;
  /** Back-off doubles with each preempted attempt, up to this many times. */
  readonly backOffDoublingsMax: number;
  /** Open slots, beyond which proposals are refused as busy (WINDOW of van Renesse and Altinbuken). */
  readonly windowSlots: number;
  /** Slots that a leader sends again to one acceptor with each heartbeat, and in one answer to learn. */
  readonly slotsPerMessageMax: number;
  /** Applied slots after which the log is cut. */
  readonly snapshotEverySlots: number;
  /** Slots kept behind the cut for learners slightly behind. */
  readonly trailingSlots: number;
  /** null: nothing is cut, and proposals are refused once the log has `logSlotsMax` slots. */
  readonly service: Service | null;
  readonly rules: PaxosRules;
}
