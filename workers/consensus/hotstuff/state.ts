/** All that a HotStuff replica remembers between two events. */
import type { NodeId } from "../../cluster/process.ts";
import type { DurableOutbox } from "../durable-outbox.ts";
import { Signer } from "../signatures.ts";
import { genesis, leaderOf } from "./certificates.ts";
import type {
  Block,
  Certificate,
  HotStuffMessage,
  HotStuffOptions,
  HotStuffRecord,
  Phase,
  Snapshot,
} from "./types.ts";

/** What a leader has proposed in its view, and how far it has come. */
interface Leading {
  readonly view: number;
  readonly digest: number;
  phase: Phase | "decide";
  /** Votes for the proposal in this phase. */
  readonly votes: Map<NodeId, number>;
}

export class HotStuffState {
  readonly id: NodeId;
  readonly options: HotStuffOptions;
  readonly outbox: DurableOutbox<HotStuffMessage, HotStuffRecord>;
  readonly signer: Signer;
  /** Towards the service: this command is the next one agreed on. */
  readonly onExecuted: (index: number, view: number, command: string) => void;
  // On disk.
  view = 1;
  /** The last phase that this replica has voted in, and in which view. */
  voted: { readonly view: number; readonly phase: Phase } = { view: 0, phase: "commit" };
  /** The highest certificate of the prepare phase. */
  prepareQC: Certificate = genesis;
  /** The highest certificate of the pre-commit phase: the lock. */
  lockedQC: Certificate = genesis;
  /** The certificate of the last decision. */
  decidedQC: Certificate = genesis;
  /** By digest: proposals, and the decided blocks that are still kept. */
  readonly blocks = new Map<number, Block>();
  snapshot: Snapshot | null = null;
  // In memory.
  /** The last decided block that is executed. */
  height = 0;
  head = 0;
  executed = 0;
  /** Digests of the decided blocks that are still kept, by height. */
  readonly decided = new Map<number, number>();
  /** Requests that wait to be executed, in the order they came. */
  readonly waiting = new Set<string>();
  /** Views that failed in a row. */
  failedViews = 0;
  isTimerRunning = false;
  /** The view that this replica wants to be in: its own, or a later one. */
  wanted = 1;
  /** The same of the others, as far as it is known. */
  readonly wants = new Map<NodeId, number>();
  /** As leader, now or soon: the newest view that each replica has announced to it. */
  readonly newViews = new Map<NodeId, { readonly view: number; readonly justify: Certificate }>();
  leading: Leading | null = null;
  /** A decision of which some blocks are missing here. */
  pending: Certificate | null = null;
  /** Snapshots that others have sent, the newest of each. */
  readonly offered = new Map<NodeId, Snapshot>();
  halted: string | null = null;
  /** Hears of each block that is decided here: for invariants. */
  onDecided: ((height: number, digest: number) => void) | null = null;

  constructor(
    id: NodeId,
    options: HotStuffOptions,
    outbox: DurableOutbox<HotStuffMessage, HotStuffRecord>,
    onExecuted: (index: number, view: number, command: string) => void,
  ) {
    this.id = id;
    this.options = options;
    this.outbox = outbox;
    this.signer = new Signer(id);
    this.onExecuted = onExecuted;
  }

  get quorum(): number {
    return this.options.rules.quorumSize(this.options.members.length);
  }

  get leader(): NodeId {
    return leaderOf(this.options.members, this.view);
  }

  /** To everyone, itself included. */
  broadcast(message: HotStuffMessage, afterSync: boolean): void {
    for (const member of this.options.members) this.outbox.send(member, message, afterSync);
  }
}
