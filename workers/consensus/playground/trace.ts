/** What happened in a run, kept for looking at: events, messages, and the marks of the time line. */
import type { SimulationEvent } from "../../cluster/event.ts";
import type { NodeId } from "../../cluster/process.ts";
import type { Arrival } from "../../cluster/simulation-host.ts";
import type { Algorithm } from "../algorithms.ts";
import { isClientAnswer, isClientRequest } from "../service/messages.ts";
import { eventsKeptMax, marksMax, messagesKeptMax } from "./limits.ts";
import { clipped } from "./text.ts";

export interface EventView {
  readonly number: number;
  readonly atMs: number;
  readonly kind: string;
  /** 0: the cluster as a whole. */
  readonly node: NodeId;
  readonly text: string;
}

export interface MessageView {
  readonly id: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: string;
  readonly text: string;
  readonly sentMs: number;
  /** When it will arrive or did; null for one that never will. */
  readonly arriveMs: number | null;
  readonly state: "flying" | "delivered" | "lost" | "blocked" | "held";
}

export interface Mark {
  readonly atMs: number;
  readonly event: number;
  readonly kind: "leader" | "commit" | "intervention" | "fault" | "failure";
  readonly text: string;
}

interface KeptEvent {
  readonly number: number;
  readonly line: string;
  readonly kind: string;
  readonly node: NodeId;
  readonly atMs: number;
}

interface KeptMessage {
  readonly id: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: unknown;
  readonly sentMs: number;
  arriveMs: number | null;
  state: MessageView["state"];
}

const states: Record<Arrival, MessageView["state"]> = {
  delivered: "delivered",
  held: "held",
  blocked: "blocked",
  "node down": "lost",
};

export class Trace {
  readonly #algorithm: Algorithm;
  /** The nodes whose messages are drawn: the servers, not their clients. */
  readonly #servers: number;
  #events: KeptEvent[] = [];
  #messages: KeptMessage[] = [];
  /** By number, as the simulation counts copies: those that may still be delivered. */
  readonly #open = new Map<number, KeptMessage>();
  readonly marks: Mark[] = [];
  /** Numbers those that never were under way, downwards from -1. */
  #lastLost = 0;
  #current: SimulationEvent<unknown, unknown> | null = null;

  constructor(algorithm: Algorithm, servers: number) {
    this.#algorithm = algorithm;
    this.#servers = servers;
  }

  beforeEvent(event: SimulationEvent<unknown, unknown>): void {
    this.#current = event;
  }

  onSend(
    sentMs: number,
    from: NodeId,
    to: NodeId,
    message: unknown,
    fate: string,
    arriveMs: number | null,
    number: number,
  ): void {
    if (from > this.#servers || to > this.#servers) return;
    const base = { from, to, message, sentMs, arriveMs };
    if (arriveMs === null) {
      this.#lastLost -= 1;
      const state = fate === "blocked" ? "blocked" : "lost";
      this.#messages.push({ ...base, id: this.#lastLost, state });
    } else {
      const kept: KeptMessage = { ...base, id: number, state: "flying" };
      this.#messages.push(kept);
      this.#open.set(number, kept);
    }
    if (this.#messages.length < 2 * messagesKeptMax) return;
    for (const { id } of this.#messages.slice(0, -messagesKeptMax)) this.#open.delete(id);
    this.#messages = this.#messages.slice(-messagesKeptMax);
  }

  onArrival(nowMs: number, number: number, outcome: Arrival): void {
    const kept = this.#open.get(number);
    if (kept === undefined) return;
    kept.state = states[outcome];
    if (outcome === "held") return;
    if (outcome === "delivered") kept.arriveMs = nowMs;
    else kept.arriveMs = null;
    this.#open.delete(number);
  }

  line(number: number, line: string): void {
    const event = this.#current;
    if (event === null) return;
    this.#events.push({
      number,
      line,
      kind: event.kind === "action" && event.node === 0 ? "fault" : event.kind,
      node: event.node,
      atMs: event.atUs / 1000,
    });
    if (this.#events.length >= 2 * eventsKeptMax) this.#events = this.#events.slice(-eventsKeptMax);
  }

  mark(mark: Mark): void {
    if (this.marks.length < marksMax) this.marks.push(mark);
  }

  isFlying(number: number): boolean {
    return this.#open.get(number)?.state === "flying";
  }

  /** A message under way will arrive later; Infinity: never. */
  delay(number: number, byMs: number): void {
    const kept = this.#open.get(number);
    if (kept?.arriveMs === null || kept === undefined) return;
    kept.arriveMs = byMs < Infinity ? kept.arriveMs + byMs : null;
    if (byMs < Infinity) return;
    kept.state = "lost";
    this.#open.delete(number);
  }

  events(max: number): readonly EventView[] {
    return this.#events.slice(-max).map(({ number, line, kind, node, atMs }) => {
      // The line begins with its number and time, which have fields of their own.
      const text = clipped(line.split(" ").slice(2).join(" "));
      return { number, atMs, kind, node, text };
    });
  }

  /** Messages sent since a moment, oldest first; at most `max`, the newest. */
  messages(sinceMs: number, max: number): readonly MessageView[] {
    const found: MessageView[] = [];
    for (let place = this.#messages.length - 1; place >= 0 && found.length < max; place--) {
      const kept = this.#messages[place]!;
      if (kept.sentMs < sinceMs) break;
      found.push(this.#view(kept));
    }
    return found.toReversed();
  }

  /** Messages under way now, oldest first; of too many the newest. */
  messagesFlying(max: number): readonly MessageView[] {
    return [...this.#open.values()].slice(-max).map((kept) => this.#view(kept));
  }

  kindOf(message: unknown): string {
    if (isClientRequest(message) || isClientAnswer(message)) return message.kind;
    try {
      return clipped(this.#algorithm.kindOf(message)).slice(0, 24);
    } catch {
      return "message";
    }
  }

  describe(message: unknown): string {
    if (isClientRequest(message) || isClientAnswer(message)) {
      return `${message.kind} #${message.request}`;
    }
    try {
      return clipped(this.#algorithm.describe(message));
    } catch {
      return "a message that its own algorithm cannot describe";
    }
  }

  #view({ id, from, to, message, sentMs, arriveMs, state }: KeptMessage): MessageView {
    const kind = this.kindOf(message);
    return { id, from, to, kind, text: this.describe(message), sentMs, arriveMs, state };
  }
}
