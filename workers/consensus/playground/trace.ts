/** What happened in a run, kept for looking at: events, messages, and the marks of the time line. */
import type { SimulationEvent } from "../../cluster/event.ts";
import type { NodeId } from "../../cluster/process.ts";
import type { Algorithm } from "../algorithms.ts";
import { eventsKeptMax, marksMax, messagesKeptMax } from "./limits.ts";
import { type Envelope } from "./service.ts";
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
  readonly message: Envelope;
  readonly sentMs: number;
  readonly event: SimulationEvent<Envelope, unknown> | null;
  state: MessageView["state"];
  deliveredMs: number | null;
}

export class Trace {
  readonly #algorithm: Algorithm;
  /** The nodes whose messages are drawn: the servers, not their clients. */
  readonly #servers: number;
  #events: KeptEvent[] = [];
  #messages: KeptMessage[] = [];
  readonly #byEvent = new Map<SimulationEvent<Envelope, unknown>, KeptMessage>();
  readonly marks: Mark[] = [];
  #nextMessage = 1;
  #current: SimulationEvent<Envelope, unknown> | null = null;

  constructor(algorithm: Algorithm, servers: number) {
    this.#algorithm = algorithm;
    this.#servers = servers;
  }

  beforeEvent(event: SimulationEvent<Envelope, unknown>): void {
    this.#current = event;
    if (event.kind !== "message") return;
    const kept = this.#byEvent.get(event) ?? this.#heldTwin(event);
    if (kept === undefined) return;
    kept.state = "delivered";
    kept.deliveredMs = event.atUs / 1000;
    if (kept.event !== null) this.#byEvent.delete(kept.event);
  }

  onSend(
    nowMs: number,
    from: NodeId,
    to: NodeId,
    message: Envelope,
    fate: string,
    copies: readonly SimulationEvent<Envelope, unknown>[],
  ): void {
    if (from > this.#servers || to > this.#servers) return;
    const sent = { from, to, message, sentMs: nowMs, deliveredMs: null };
    if (copies.length === 0) {
      const state = fate === "blocked" ? "blocked" : "lost";
      this.#messages.push({ ...sent, id: this.#nextMessage++, event: null, state });
    }
    for (const event of copies) {
      const kept: KeptMessage = { ...sent, id: this.#nextMessage++, event, state: "flying" };
      this.#messages.push(kept);
      this.#byEvent.set(event, kept);
    }
    if (this.#messages.length >= 2 * messagesKeptMax) {
      for (const { event } of this.#messages.slice(0, -messagesKeptMax)) {
        if (event !== null) this.#byEvent.delete(event);
      }
      this.#messages = this.#messages.slice(-messagesKeptMax);
    }
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

  /** The event of a message that is still under way. */
  flying(id: number): SimulationEvent<Envelope, unknown> | null {
    const kept = this.#messages.find((candidate) => candidate.id === id);
    return kept?.state === "flying" ? kept.event : null;
  }

  lose(id: number): void {
    const kept = this.#messages.find((candidate) => candidate.id === id);
    if (kept === undefined) return;
    kept.state = "lost";
    if (kept.event !== null) this.#byEvent.delete(kept.event);
  }

  events(max: number): readonly EventView[] {
    return this.#events.slice(-max).map(({ number, line, kind, node, atMs }) => {
      // The line begins with its number and time, which have fields of their own.
      const text = clipped(line.split(" ").slice(2).join(" "));
      return { number, atMs, kind, node, text };
    });
  }

  /** Messages sent since a moment, oldest first; at most `max`, the newest. */
  messages(nowMs: number, sinceMs: number, max: number): readonly MessageView[] {
    const found: MessageView[] = [];
    for (let place = this.#messages.length - 1; place >= 0 && found.length < max; place--) {
      const kept = this.#messages[place]!;
      if (kept.sentMs < sinceMs) break;
      found.push(this.#view(kept, nowMs));
    }
    return found.toReversed();
  }

  /** Messages under way now, oldest first. */
  messagesFlying(nowMs: number, max: number): readonly MessageView[] {
    const flying: MessageView[] = [];
    for (const kept of this.#byEvent.values()) {
      const view = this.#view(kept, nowMs);
      if (view.state === "flying" || view.state === "held") flying.push(view);
      if (flying.length >= max) break;
    }
    return flying;
  }

  kindOf(message: Envelope): string {
    if ("service" in message) return message.service.kind;
    try {
      return clipped(this.#algorithm.kindOf(message.peer)).slice(0, 24);
    } catch {
      return "message";
    }
  }

  describe(message: Envelope): string {
    if ("service" in message) {
      const { kind, request } = message.service;
      return `${kind} #${request}`;
    }
    try {
      return clipped(this.#algorithm.describe(message.peer));
    } catch {
      return "a message that its own algorithm cannot describe";
    }
  }

  #view(kept: KeptMessage, nowMs: number): MessageView {
    const { id, from, to, message, sentMs, event, state, deliveredMs } = kept;
    const dueMs = event === null ? null : event.atUs / 1000;
    // What is due and was not handled stopped at a cut link, or waits at a paused or dead node.
    const overdue = state === "flying" && dueMs !== null && dueMs < nowMs;
    return {
      id,
      from,
      to,
      kind: this.kindOf(message),
      text: this.describe(message),
      sentMs,
      arriveMs: state === "lost" || state === "blocked" ? null : (deliveredMs ?? dueMs),
      state: overdue ? "held" : state,
    };
  }

  /** A message that waited at a paused node comes as a new event. */
  #heldTwin(event: SimulationEvent<Envelope, unknown>): KeptMessage | undefined {
    if (event.life === -1) return undefined;
    for (const kept of this.#byEvent.values()) {
      if (kept.message === event.message && kept.from === event.from && kept.to === event.node) {
        return kept;
      }
    }
    return undefined;
  }

  /** Forgets messages whose time is over, so that only live ones are looked through. */
  sweep(nowMs: number, isWaiting: (node: NodeId) => boolean): void {
    for (const [event, kept] of this.#byEvent) {
      if (event.atUs / 1000 >= nowMs || isWaiting(kept.to)) continue;
      kept.state = "blocked";
      this.#byEvent.delete(event);
    }
  }
}
