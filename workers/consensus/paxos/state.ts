/** All that a Multi-Paxos node remembers between two events: acceptor, learner and leader in one. */
import type { NodeId } from "../../cluster/process.ts";
import type { DurableOutbox } from "../durable-outbox.ts";
import type {
  Accepted,
  Ballot,
  PaxosMessage,
  PaxosOptions,
  PaxosRecord,
  PaxosSnapshot,
} from "./types.ts";

interface Phase1 {
  /** Slots from this one on are asked for. */
  readonly from: number;
  readonly promised: Set<NodeId>;
  /** What the promises report, by slot. */
  readonly reported: Map<number, Accepted[]>;
}

export class PaxosState {
  readonly id: NodeId;
  readonly options: PaxosOptions;
  readonly outbox: DurableOutbox<PaxosMessage, PaxosRecord>;
  // Acceptor, on disk.
  promised: Ballot = 0;
  /** Accepted or learned, by slot; slots up to `cutSlot` are gone. */
  readonly log = new Map<number, Accepted>();
  cutSlot = 0;
  snapshot: PaxosSnapshot | null = null;
  /** The last slot that anything was accepted in. */
  lastSlot = 0;
  // Learner.
  /** Every slot up to this one is known to be chosen, and applied. */
  chosenUpTo = 0;
  /** Local time of the last learn-request, which is not repeated at once. */
  askedAtMs = -Infinity;
  // Leader.
  role: "follower" | "candidate" | "leader" = "follower";
  leader: NodeId | null = null;
  leaderContactAtMs = -Infinity;
  /** Attempts to lead that were preempted since a leader was last heard of. */
  preempted = 0;
  /** The highest ballot heard of. */
  highest: Ballot = 0;
  ballot: Ballot = 0;
  phase1: Phase1 | null = null;
  nextSlot = 1;
  /** Of each open slot: who has accepted its value in this ballot. */
  readonly votes = new Map<number, Set<NodeId>>();
  /** Local time of each acceptor's last sign of life in this ballot. */
  readonly heardAtMs = new Map<NodeId, number>();
  halted: string | null = null;
  /** Towards the service: a slot has been chosen, in order. */
  readonly onChosen: (accepted: Accepted) => void;

  constructor(
    id: NodeId,
    options: PaxosOptions,
    outbox: DurableOutbox<PaxosMessage, PaxosRecord>,
    onChosen: (accepted: Accepted) => void,
  ) {
    this.id = id;
    this.options = options;
    this.outbox = outbox;
    this.onChosen = onChosen;
  }

  get quorum(): number {
    return this.options.rules.quorumSize(this.options.members.length);
  }

  broadcast(message: PaxosMessage): void {
    for (const member of this.options.members) this.outbox.send(member, message, false);
  }
}
