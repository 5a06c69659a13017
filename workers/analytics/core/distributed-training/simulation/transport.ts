/**
 * Reliable messages over links with latency, bandwidth and loss. A node sends one message at a time
 * at the speed of its link, and takes in one at a time; the first byte arrives after the latency, so
 * that a lone message takes latency + bytes / bandwidth (the alpha-beta model). What is not
 * acknowledged in time is sent again; copies are recognised.
 */
import type { Context, NodeId } from "../../../../cluster/process.ts";
import { rememberedMessagesMax, retransmissionsMax } from "../limits.ts";
import type { Agenda } from "./agenda.ts";

export type Wire<Body> =
  | {
      readonly kind: "data";
      readonly sequence: number;
      readonly bytes: number;
      readonly body: Body;
    }
  | { readonly kind: "ack"; readonly sequence: number };

export interface LinkProfile {
  /** One way, from this node to any other. */
  readonly latencyMs: number;
  /** Both ways, each; bytes a millisecond. */
  readonly bytesPerMs: number;
}

/** Whoever keeps the books. Times are virtual milliseconds. */
export interface TransportObserver {
  sent(node: NodeId, bytes: number, isAgain: boolean, fromMs: number, toMs: number): void;
}

/** What it needs of a node. */
type Sender<Body> = Pick<Context<Wire<Body>, never>, "id" | "now" | "setTimer" | "send" | "random">;

interface Outgoing<Body> {
  readonly to: NodeId;
  readonly sequence: number;
  readonly bytes: number;
  readonly body: Body;
  tries: number;
}

export class Transport<Body> {
  readonly #context: Sender<Body>;
  readonly #agenda: Agenda;
  readonly #link: LinkProfile;
  readonly #latencyMaxMs: number;
  readonly #observer: TransportObserver;
  readonly #deliver: (from: NodeId, body: Body) => void;
  readonly #open = new Map<number, Outgoing<Body>>();
  readonly #seen = new Set<string>();
  #sequence: number;
  #outFreeMs = 0;
  #inFreeMs = 0;

  /** @param latencyMaxMs of any node, for how long an acknowledgement is waited for */
  constructor(
    context: Sender<Body>,
    agenda: Agenda,
    link: LinkProfile,
    latencyMaxMs: number,
    observer: TransportObserver,
    deliver: (from: NodeId, body: Body) => void,
  ) {
    this.#context = context;
    this.#agenda = agenda;
    this.#link = link;
    this.#latencyMaxMs = latencyMaxMs;
    this.#observer = observer;
    this.#deliver = deliver;
    // Numbers of another life are not taken for this one's.
    this.#sequence = context.random.uint32() * 2 ** 20;
  }

  send(to: NodeId, bytes: number, body: Body): void {
    this.#sequence += 1;
    const message = { to, sequence: this.#sequence, bytes, body, tries: 0 };
    this.#open.set(message.sequence, message);
    this.#queue(message);
  }

  /** Gives up all that is under way from here. */
  forget(): void {
    this.#open.clear();
    this.#outFreeMs = this.#context.now();
  }

  receive(from: NodeId, wire: Wire<Body>): void {
    if (wire.kind === "ack") {
      this.#open.delete(wire.sequence);
      return;
    }
    const { sequence, bytes, body } = wire;
    const key = `${from} ${sequence}`;
    const now = this.#context.now();
    this.#inFreeMs = Math.max(now, this.#inFreeMs) + bytes / this.#link.bytesPerMs;
    const isNew = !this.#seen.has(key);
    this.#remember(key);
    this.#agenda.at(this.#context, this.#inFreeMs, () => {
      this.#context.send(from, { kind: "ack", sequence });
      if (isNew) this.#deliver(from, body);
    });
  }

  #queue(message: Outgoing<Body>): void {
    const startMs = Math.max(this.#context.now(), this.#outFreeMs);
    const endMs = startMs + message.bytes / this.#link.bytesPerMs;
    this.#outFreeMs = endMs;
    this.#agenda.at(this.#context, startMs, () => {
      const { to, sequence, bytes, body } = message;
      if (!this.#open.has(sequence)) return;
      this.#observer.sent(this.#context.id, bytes, message.tries > 0, startMs, endMs);
      message.tries += 1;
      this.#context.send(to, { kind: "data", sequence, bytes, body });
      this.#agenda.at(this.#context, endMs + this.#patienceMs(message), () => {
        if (!this.#open.has(sequence)) return;
        if (message.tries > retransmissionsMax) this.#open.delete(sequence);
        else this.#queue(message);
      });
    });
  }

  /** Twice what a quiet way there and back takes, and longer each time. */
  #patienceMs({ bytes, tries }: Outgoing<Body>): number {
    const wayMs = 2 * this.#latencyMaxMs + bytes / this.#link.bytesPerMs;
    return Math.min(2 * wayMs * 2 ** (tries - 1), 30 * wayMs + 1_000) + 1;
  }

  #remember(key: string): void {
    this.#seen.add(key);
    if (this.#seen.size > rememberedMessagesMax) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
  }
}
