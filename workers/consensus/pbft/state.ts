/** All that a PBFT replica remembers between two events. */
import type { NodeId } from "../../cluster/process.ts";
import type { DurableOutbox } from "../durable-outbox.ts";
import { Signer } from "../signatures.ts";
import { primaryOf } from "./certificates.ts";
import type {
  Checkpoint,
  NewView,
  PbftMessage,
  PbftOptions,
  PbftRecord,
  Prepare,
  PreparedCertificate,
  PrePrepare,
  ViewChange,
} from "./types.ts";

/** What is known of one sequence number in the present view. */
export interface Slot {
  readonly n: number;
  prePrepare: PrePrepare | null;
  readonly prepares: Map<NodeId, Prepare>;
  /** The digest that each replica has committed to. */
  readonly commits: Map<NodeId, number>;
  /** The certificate of the highest view in which this replica was prepared. */
  prepared: PreparedCertificate | null;
}

export class PbftState {
  readonly id: NodeId;
  readonly options: PbftOptions;
  readonly outbox: DurableOutbox<PbftMessage, PbftRecord>;
  readonly signer: Signer;
  /** Towards the service: the request with the next number is agreed on. */
  readonly onExecuted: (n: number, command: string | null) => void;
  view = 0;
  /** False from the view-change that a replica sends until it enters the new view. */
  active = true;
  readonly slots = new Map<number, Slot>();
  /** Every request up to this number is executed. */
  executed = 0;
  /** What was executed behind the stable checkpoint, by number. */
  readonly decided = new Map<number, string | null>();
  /** What others say they have executed and this replica has not, by number and sender. */
  readonly claims = new Map<number, Map<NodeId, string | null>>();
  /** As primary: the last number given to a request. */
  assigned = 0;
  /** "h": the last stable checkpoint, its state and its proof. */
  stable = 0;
  stableData = "";
  stableProof: readonly Checkpoint[] = [];
  /** The replica's own later checkpoints, by number. */
  readonly ownCheckpoints = new Map<
    number,
    { readonly data: string; readonly message: Checkpoint }
  >();
  /** Checkpoint messages of others, by number and sender. */
  readonly checkpoints = new Map<number, Map<NodeId, Checkpoint>>();
  /** Requests that wait to be executed, by digest, in the order they came. */
  readonly waiting = new Map<number, string>();
  /** The request whose execution the timer waits for. */
  timed: number | null = null;
  /** The new view that the timer waits for. */
  awaitedView = -1;
  /** Views that failed in a row. */
  failedViews = 0;
  /** The last view that this replica took part in. */
  lastActiveView = 0;
  /** The newest valid view-change of each replica. */
  readonly viewChanges = new Map<NodeId, ViewChange>();
  /** Of those that ask for the present view: what each said. */
  readonly wanted = new Map<NodeId, ViewChange>();
  /** What this replica itself has said since it was last active, by view. */
  readonly ownViewChanges = new Map<number, ViewChange>();
  /** What let this replica into the last view that it was active in. */
  newView: NewView | null = null;
  halted: string | null = null;

  constructor(
    id: NodeId,
    options: PbftOptions,
    outbox: DurableOutbox<PbftMessage, PbftRecord>,
    onExecuted: (n: number, command: string | null) => void,
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

  get primary(): NodeId {
    return primaryOf(this.options.members, this.view);
  }

  get isPrimary(): boolean {
    return this.primary === this.id;
  }

  /** Between the low and the high water mark (section 4.2). */
  inWindow(n: number): boolean {
    return n > this.stable && n <= this.stable + this.options.windowSize;
  }

  slot(n: number): Slot {
    let slot = this.slots.get(n);
    if (slot === undefined) {
      slot = { n, prePrepare: null, prepares: new Map(), commits: new Map(), prepared: null };
      this.slots.set(n, slot);
    }
    return slot;
  }

  /** To everyone, itself included. */
  broadcast(message: PbftMessage, afterSync: boolean): void {
    for (const member of this.options.members) this.outbox.send(member, message, afterSync);
  }
}
