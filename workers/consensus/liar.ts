/**
 * A node that lies: an honest one whose words are changed on their way out. It knows all that an honest
 * node knows and may say anything to anyone, but signs for itself alone.
 */
import type { Context, NodeId } from "../cluster/process.ts";
import {
  type Committed,
  ConsensusManager,
  type ConsensusStatus,
  type Membership,
  type NodeView,
  type Proposal,
} from "./consensus-manager.ts";
import { type Lie, lyingContext } from "./lying-server.ts";

export class Liar<Message, Stored> extends ConsensusManager<Message, Stored> {
  readonly algorithm: string;
  readonly #honest: ConsensusManager<Message, Stored>;
  readonly #lie: Lie<Message, Stored>;

  constructor(honest: ConsensusManager<Message, Stored>, lie: Lie<Message, Stored>) {
    super();
    this.algorithm = honest.algorithm;
    this.#honest = honest;
    this.#lie = lie;
  }

  override onStart(context: Context<Message, Stored>): void {
    this.#honest.onStart(lyingContext(context, this.#lie));
  }

  override onMessage(context: Context<Message, Stored>, from: NodeId, message: Message): void {
    this.#honest.onMessage(lyingContext(context, this.#lie), from, message);
  }

  override onTimer(context: Context<Message, Stored>, name: string): void {
    this.#honest.onTimer(lyingContext(context, this.#lie), name);
  }

  override onSynced(context: Context<Message, Stored>, sync: number): void {
    this.#honest.onSynced(lyingContext(context, this.#lie), sync);
  }

  override propose(context: Context<Message, Stored>, command: string): Proposal {
    return this.#honest.propose(lyingContext(context, this.#lie), command);
  }

  override onCommit(listener: (committed: Committed) => void): void {
    this.#honest.onCommit(listener);
  }

  override status(): ConsensusStatus {
    return this.#honest.status();
  }

  override view(): NodeView {
    return this.#honest.view();
  }

  override membership(): Membership {
    return this.#honest.membership();
  }
}
