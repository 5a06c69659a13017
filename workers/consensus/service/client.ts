/**
 * A client that works through a list of operations, one at a time, and tries other servers until it is
 * answered. What it sees is written into a history for the linearizability checker.
 */
import type { NodeId, Process } from "../../cluster/process.ts";
import type { RaftRecord } from "../raft/types.ts";
import type { KeyValueOperation, KeyValueResult } from "./key-value.ts";
import type { ClientAnswer, ClientRequest, ServiceContext, ServiceMessage } from "./server.ts";

/** Hears of each call and its end at the moment they happen. */
export interface ClientObserver {
  invoked(client: NodeId, operation: KeyValueOperation): void;
  completed(client: NodeId, operation: KeyValueOperation, result: KeyValueResult): void;
  /** The session expired: the operation may have run, once, or not at all. */
  unknown(client: NodeId, operation: KeyValueOperation): void;
}

interface ClientOptions {
  readonly servers: readonly NodeId[];
  readonly timeoutMs: number;
  /** Mean pause between an answer and the next operation. */
  readonly pauseMs: number;
  /** The next operation; null when there is nothing left to do. */
  readonly next: () => KeyValueOperation | null;
  readonly observer: ClientObserver;
}

export class Client implements Process<ServiceMessage, RaftRecord> {
  readonly id: NodeId;
  readonly #options: ClientOptions;
  #session: number | null = null;
  #sequence = 0;
  #operation: KeyValueOperation | null = null;
  #request = 0;
  #server: NodeId;
  finished = false;

  constructor(id: NodeId, options: ClientOptions) {
    this.id = id;
    this.#options = options;
    this.#server = options.servers[id % options.servers.length] ?? 1;
  }

  onStart(context: ServiceContext): void {
    context.setTimer("next", this.#pauseMs(context));
  }

  onMessage(context: ServiceContext, _from: NodeId, message: ServiceMessage): void {
    if (message.kind !== "answer" && message.kind !== "refusal") return;
    if (message.request !== this.#request) return;
    if (message.kind === "answer") this.#onAnswer(context, message);
    else this.#onRefusal(context, message.leader);
  }

  onTimer(context: ServiceContext, name: string): void {
    if (name === "timeout") {
      this.#server = context.random.pick(this.#options.servers);
      this.#send(context);
    } else if (name === "retry") {
      this.#send(context);
    } else if (this.#session === null) {
      this.#send(context);
    } else {
      this.#begin(context);
    }
  }

  onSynced(): void {
    // A client keeps nothing on disk.
  }

  #begin(context: ServiceContext): void {
    this.#operation = this.#options.next();
    if (this.#operation === null) {
      this.finished = true;
      return;
    }
    if (this.#operation.op !== "get") this.#sequence += 1;
    this.#options.observer.invoked(this.id, this.#operation);
    this.#send(context);
  }

  #onAnswer(context: ServiceContext, { result }: Extract<ClientAnswer, { kind: "answer" }>): void {
    context.cancelTimer("timeout");
    context.cancelTimer("retry");
    this.#request += 1;
    const operation = this.#operation;
    if (result.kind === "opened") {
      this.#session = result.session;
      this.#sequence = 0;
    } else if (result.kind === "expired") {
      this.#session = null;
      if (operation !== null) this.#options.observer.unknown(this.id, operation);
    } else if (operation !== null) {
      const outcome: KeyValueResult = JSON.parse(result.result);
      this.#options.observer.completed(this.id, operation, outcome);
    }
    this.#operation = null;
    context.setTimer("next", this.#pauseMs(context));
  }

  #onRefusal(context: ServiceContext, leader: NodeId | null): void {
    context.cancelTimer("timeout");
    this.#server = leader ?? context.random.pick(this.#options.servers);
    context.setTimer("retry", 5 + context.random.exponential(10));
  }

  /** Sends what is open, again under a new number, so that late answers to old sends do no harm. */
  #send(context: ServiceContext): void {
    this.#request += 1;
    context.setTimer("timeout", this.#options.timeoutMs);
    context.send(this.#server, this.#compose());
  }

  #compose(): ClientRequest {
    const request = this.#request;
    if (this.#session === null || this.#operation === null)
      return { kind: "open-session", request };
    const text = JSON.stringify(this.#operation);
    if (this.#operation.op === "get") return { kind: "question", request, question: text };
    return {
      kind: "command",
      request,
      session: this.#session,
      sequence: this.#sequence,
      command: text,
    };
  }

  #pauseMs(context: ServiceContext): number {
    return context.random.exponential(this.#options.pauseMs);
  }
}
