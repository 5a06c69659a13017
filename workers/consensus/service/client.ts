/**
 * A client that works through a list of operations, one at a time, and tries other servers until it is
 * answered. What it sees is written into a history for the linearizability checker.
 *
 * Where servers may lie, it signs its requests, sends them to all servers when the first keeps silent,
 * and believes a result that f + 1 servers give alike (Castro and Liskov, section 4.1).
 */
import type { Context, NodeId, Process } from "../../cluster/process.ts";
import { Signer } from "../signatures.ts";
import { bodyOf, signedText } from "./agreed-request.ts";
import type { KeyValueOperation, KeyValueResult } from "./key-value.ts";
import {
  type ClientAnswer,
  type ClientRequest,
  isClientAnswer,
  type ReplicaMessage,
} from "./messages.ts";
import type { SessionResult } from "./sessions.ts";

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
  /** Servers that may lie, f; null: none does, and the first answer is believed. */
  readonly liarsMax: number | null;
}

type Answer = Extract<ClientAnswer, { kind: "answer" }>;

export class Client<Message, Stored> implements Process<ReplicaMessage<Message>, Stored> {
  readonly id: NodeId;
  readonly #options: ClientOptions;
  readonly #signer: Signer;
  #session: number | null = null;
  #sequence = 0;
  #operation: KeyValueOperation | null = null;
  #request = 0;
  #server: NodeId;
  /** What each server answered to the present request, where servers may lie. */
  readonly #answers = new Map<NodeId, string>();
  finished = false;

  constructor(id: NodeId, options: ClientOptions) {
    this.id = id;
    this.#options = options;
    this.#signer = new Signer(id);
    this.#server = options.servers[id % options.servers.length] ?? 1;
  }

  onStart(context: Context<ReplicaMessage<Message>, Stored>): void {
    context.setTimer("next", this.#pauseMs(context));
  }

  onMessage(
    context: Context<ReplicaMessage<Message>, Stored>,
    from: NodeId,
    message: ReplicaMessage<Message>,
  ): void {
    if (!isClientAnswer(message) || message.request !== this.#request) return;
    if (message.kind === "refusal") this.#onRefusal(context, message.leader);
    else if (this.#believes(from, message)) this.#onAnswer(context, from, message);
  }

  onTimer(context: Context<ReplicaMessage<Message>, Stored>, name: string): void {
    if (name === "timeout") {
      this.#onTimeout(context);
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

  #begin(context: Context<ReplicaMessage<Message>, Stored>): void {
    this.#operation = this.#options.next();
    if (this.#operation === null) {
      this.finished = true;
      return;
    }
    if (this.#operation.op !== "get") this.#sequence += 1;
    this.#options.observer.invoked(this.id, this.#operation);
    this.#send(context);
  }

  #believes(from: NodeId, { result }: Answer): boolean {
    const { liarsMax } = this.#options;
    if (liarsMax === null) return true;
    const text = JSON.stringify(result);
    this.#answers.set(from, text);
    const alike = [...this.#answers.values()].filter((answer) => answer === text);
    return alike.length > liarsMax;
  }

  #onAnswer(
    context: Context<ReplicaMessage<Message>, Stored>,
    from: NodeId,
    { result, leader }: Answer,
  ): void {
    context.cancelTimer("timeout");
    context.cancelTimer("retry");
    this.#request += 1;
    this.#answers.clear();
    // Where a leader is named, everyone answers; otherwise whoever answered leads.
    this.#server = leader === undefined ? from : this.#serverNamed(leader);
    const operation = this.#operation;
    this.#end(operation, result);
    this.#operation = null;
    context.setTimer("next", this.#pauseMs(context));
  }

  #end(operation: KeyValueOperation | null, result: SessionResult): void {
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
  }

  /** A liar may name anybody. */
  #serverNamed(leader: NodeId | null): NodeId {
    return leader !== null && this.#options.servers.includes(leader) ? leader : this.#server;
  }

  #onRefusal(context: Context<ReplicaMessage<Message>, Stored>, leader: NodeId | null): void {
    // Where servers may lie, a refusal proves nothing.
    if (this.#options.liarsMax !== null) return;
    context.cancelTimer("timeout");
    this.#server = leader ?? context.random.pick(this.#options.servers);
    context.setTimer("retry", 5 + context.random.exponential(10));
  }

  #onTimeout(context: Context<ReplicaMessage<Message>, Stored>): void {
    if (this.#options.liarsMax === null) {
      this.#server = context.random.pick(this.#options.servers);
      this.#send(context);
      return;
    }
    // The same request again, which servers may have been given already, and to all of them.
    context.setTimer("timeout", this.#options.timeoutMs);
    for (const server of this.#options.servers) context.send(server, this.#compose());
  }

  /** Sends what is open, again under a new number, so that late answers to old sends do no harm. */
  #send(context: Context<ReplicaMessage<Message>, Stored>): void {
    this.#request += 1;
    context.setTimer("timeout", this.#options.timeoutMs);
    context.send(this.#server, this.#compose());
  }

  #compose(): ClientRequest {
    const request = this.#composeUnsigned();
    if (this.#options.liarsMax === null) return request;
    const signature = this.#signer.sign(signedText(request.request, bodyOf(request)));
    return { ...request, signature };
  }

  #composeUnsigned(): ClientRequest {
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

  #pauseMs(context: Context<ReplicaMessage<Message>, Stored>): number {
    return context.random.exponential(this.#options.pauseMs);
  }
}
