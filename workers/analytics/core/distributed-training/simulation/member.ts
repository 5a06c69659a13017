/** What all nodes of a training cluster do: messages, an agenda, and signs of life. */
import type { Context, NodeId, Process } from "../../../../cluster/process.ts";
import { Agenda } from "./agenda.ts";
import { type Bench, beatMs, type Body, type Message, type Stored } from "./plan.ts";
import { Transport } from "./transport.ts";

export type NodeContext = Context<Message, Stored>;

export abstract class ClusterNode implements Process<Message, Stored> {
  protected readonly bench: Bench;
  protected readonly agenda = new Agenda();
  protected transport!: Transport<Body>;
  protected context!: NodeContext;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  onStart(context: NodeContext): void {
    this.context = context;
    this.transport = new Transport(
      context,
      this.agenda,
      this.bench.place(context.id),
      this.bench.latencyMaxMs(),
      this.bench,
      (from, body) => this.onBody(from, body),
    );
    this.start();
  }

  onMessage(context: NodeContext, from: NodeId, message: Message): void {
    this.context = context;
    if (message.kind === "beat") this.onBeat(from, message.life, message.generation);
    else this.transport.receive(from, message);
  }

  onTimer(context: NodeContext): void {
    this.context = context;
    this.agenda.run(context);
  }

  onSynced(context: NodeContext, sync: number): void {
    this.context = context;
    this.onDurable(sync);
  }

  protected now(): number {
    return this.context.now();
  }

  protected after(delayMs: number, act: () => void): void {
    this.agenda.at(this.context, this.now() + delayMs, act);
  }

  protected abstract start(): void;
  protected abstract onBody(from: NodeId, body: Body): void;
  protected onBeat(_from: NodeId, _life: number, _generation: number): void {}
  protected onDurable(_sync: number): void {}
}

/** A node that tells the server that it lives, for as long as it is wanted. */
export abstract class WorkerNode extends ClusterNode {
  protected generation = 0;
  /** Counts what was begun, so that what is late of an earlier thing is known. */
  protected turn = 0;
  #life = 0;
  #isWanted = true;

  protected override start(): void {
    this.#life = this.context.random.uint32();
    this.#beat();
  }

  protected dismiss(): void {
    this.#isWanted = false;
    this.turn += 1;
  }

  #beat(): void {
    if (!this.#isWanted) return;
    const { server } = this.bench;
    this.context.send(server, { kind: "beat", life: this.#life, generation: this.generation });
    this.after(beatMs, () => this.#beat());
  }
}

/** A machine that is not part of the cluster yet. */
export class IdleNode extends ClusterNode {
  protected override start(): void {}
  protected override onBody(): void {}
}
