/**
 * A key-value service on any consensus algorithm: clients send commands, a node proposes them, and
 * answers once they are committed. Reads go through the log as well, so whatever is not linearizable
 * is the algorithm's doing.
 */
import type { Context, NodeId, Process } from "../../cluster/process.ts";
import type { Committed, ConsensusManager } from "../consensus-manager.ts";
import type { Client } from "../service/client.ts";
import { KeyValueStore } from "../service/key-value.ts";
import type { ClientAnswer, ClientRequest, ServiceContext } from "../service/server.ts";
import {
  encodeSessionCommand,
  type SessionResult,
  SessionStateMachine,
} from "../service/sessions.ts";
import { clipped } from "./text.ts";

/** Keeps the words of the service apart from those of the algorithm, which may be anything. */
export type Envelope =
  | { readonly service: ClientRequest | ClientAnswer }
  | { readonly peer: unknown };
export type EnvelopeContext = Context<Envelope, unknown>;

/** The same node's context for the algorithm inside, which knows nothing of envelopes. */
export function peerContext(context: EnvelopeContext): Context<unknown, unknown> {
  return derived(context, (to, message) => context.send(to, { peer: message }));
}

function derived<Message>(
  context: EnvelopeContext,
  send: (to: NodeId, message: Message) => void,
): Context<Message, unknown> {
  return {
    id: context.id,
    random: context.random,
    storage: context.storage,
    now: () => context.now(),
    send,
    setTimer: (name, delayMs) => context.setTimer(name, delayMs),
    cancelTimer: (name) => context.cancelTimer(name),
    note: (text) => context.note(text),
  };
}

/** Prefix of commands that somebody proposed by hand; the service carries them out as nothing. */
const byHand = "by hand ";

/** A command as people read it: without the session around it. */
export function commandText(command: string | null): string | null {
  if (command === null) return null;
  if (command.startsWith(byHand)) return command.slice(byHand.length);
  if (command.startsWith("open ")) return "open session";
  const run = /^(?:run \d+ \d+|read \d+\.\d+) (.*)$/s.exec(command);
  if (run?.[1] === undefined) return clipped(command);
  try {
    const { op, key, value, expected }: Record<string, string | undefined> = JSON.parse(run[1]);
    if (op === "get") return `get ${key}`;
    return op === "cas" ? `cas ${key} ${expected} ${value}` : `${op} ${key} ${value}`;
  } catch {
    return clipped(run[1]);
  }
}

interface Pending {
  readonly client: NodeId;
  readonly request: number;
}

export class ServedNode implements Process<Envelope, unknown> {
  readonly manager: ConsensusManager<unknown, unknown>;
  readonly #machine = new SessionStateMachine(new KeyValueStore());
  /** Requests that wait for their command, by the command's text: indexes may change hands. */
  readonly #pending = new Map<string, Pending>();
  #context: EnvelopeContext | null = null;
  #inner: Context<unknown, unknown> | null = null;

  constructor(manager: ConsensusManager<unknown, unknown>) {
    this.manager = manager;
    manager.onCommit((committed) => this.#apply(committed));
  }

  onStart(context: EnvelopeContext): void {
    this.#context = context;
    this.#inner = peerContext(context);
    this.manager.onStart(this.#inner);
  }

  onMessage(context: EnvelopeContext, from: NodeId, message: Envelope): void {
    if ("peer" in message) this.manager.onMessage(this.#of(context), from, message.peer);
    else this.#onRequest(context, from, message.service);
  }

  onTimer(context: EnvelopeContext, name: string): void {
    this.manager.onTimer(this.#of(context), name);
  }

  onSynced(context: EnvelopeContext, sync: number): void {
    this.manager.onSynced(this.#of(context), sync);
  }

  /** Proposes a command that no client waits for. */
  proposeByHand(context: EnvelopeContext, command: string): string {
    const proposal = this.manager.propose(this.#of(context), byHand + command);
    return proposal.accepted ? `accepted at ${proposal.index}` : `refused: ${proposal.reason}`;
  }

  /** Hands leadership on, where the algorithm can do that. */
  transfer(context: EnvelopeContext, target: NodeId): string {
    const { manager } = this;
    if (!("transferLeadership" in manager)) return "this algorithm transfers no leadership";
    const transfer = manager.transferLeadership as (
      inner: Context<unknown, unknown>,
      to: NodeId,
    ) => { readonly accepted: boolean };
    return transfer.call(manager, this.#of(context), target).accepted ? "begun" : "refused";
  }

  #of(context: EnvelopeContext): Context<unknown, unknown> {
    this.#inner ??= peerContext(context);
    return this.#inner;
  }

  #onRequest(context: EnvelopeContext, client: NodeId, message: ClientRequest | ClientAnswer) {
    const { request } = message;
    const text = requestText(message, client);
    if (text === null) return;
    // Before the proposal: a group of one may commit within it.
    this.#pending.set(text, { client, request });
    const proposal = this.manager.propose(this.#of(context), text);
    if (proposal.accepted) return;
    this.#pending.delete(text);
    const { reason, leader } = proposal;
    context.send(client, { service: { kind: "refusal", request, reason, leader } });
  }

  #apply({ index, term, command }: Committed): void {
    if (command === null) return;
    if (typeof command !== "string") {
      throw new TypeError(`commit() was called with ${typeof command} for the command ${index}`);
    }
    if (command.startsWith(byHand)) return;
    const result = this.#execute(command, index, term);
    const pending = this.#pending.get(command);
    if (pending === undefined || result === null) return;
    this.#pending.delete(command);
    const answer = { kind: "answer", request: pending.request, result } as const;
    this.#context?.send(pending.client, { service: answer });
  }

  /** What nobody asked for, such as a command that a lying node made up, changes nothing. */
  #execute(command: string, index: number, term: number): SessionResult | null {
    try {
      const read = /^read \d+\.\d+ (.*)$/s.exec(command);
      if (read?.[1] !== undefined) return { kind: "result", result: this.#machine.query(read[1]) };
      return this.#machine.apply(index, term, command.startsWith("open ") ? "open" : command);
    } catch {
      this.#context?.note(`no command of the service: ${clipped(command)}`);
      return null;
    }
  }
}

/** Each request as a command of its own; a repeat of the same operation is the same command. */
function requestText(message: ClientRequest | ClientAnswer, client: NodeId): string | null {
  if (message.kind === "open-session") return `open ${client}.${message.request}`;
  if (message.kind === "question") return `read ${client}.${message.request} ${message.question}`;
  if (message.kind !== "command") return null;
  const { session, sequence, command } = message;
  return encodeSessionCommand({ kind: "run", session, sequence, command });
}

/** The client of service/, which speaks without envelopes. */
export class EnvelopedClient implements Process<Envelope, unknown> {
  readonly client: Client;
  #inner: ServiceContext | null = null;

  constructor(client: Client) {
    this.client = client;
  }

  onStart(context: EnvelopeContext): void {
    this.client.onStart(this.#of(context));
  }

  onMessage(context: EnvelopeContext, from: NodeId, message: Envelope): void {
    if ("service" in message) this.client.onMessage(this.#of(context), from, message.service);
  }

  onTimer(context: EnvelopeContext, name: string): void {
    this.client.onTimer(this.#of(context), name);
  }

  onSynced(): void {
    // A client keeps nothing on disk.
  }

  #of(context: EnvelopeContext): ServiceContext {
    this.#inner ??= derived(context, (to, message) => {
      context.send(to, { service: message as ClientRequest });
    }) as ServiceContext;
    return this.#inner;
  }
}

/** A node that lies: it speaks to its peers as it likes, and answers no client. */
export class LyingNode implements Process<Envelope, unknown> {
  readonly #process: Process<unknown, unknown>;
  #inner: Context<unknown, unknown> | null = null;

  constructor(process: Process<unknown, unknown>) {
    this.#process = process;
  }

  onStart(context: EnvelopeContext): void {
    this.#process.onStart(this.#of(context));
  }

  onMessage(context: EnvelopeContext, from: NodeId, message: Envelope): void {
    if ("peer" in message) this.#process.onMessage(this.#of(context), from, message.peer);
  }

  onTimer(context: EnvelopeContext, name: string): void {
    this.#process.onTimer(this.#of(context), name);
  }

  onSynced(context: EnvelopeContext, sync: number): void {
    this.#process.onSynced(this.#of(context), sync);
  }

  #of(context: EnvelopeContext): Context<unknown, unknown> {
    this.#inner ??= peerContext(context);
    return this.#inner;
  }
}
