/**
 * A replicated service: Raft agrees on commands, a state machine carries them out, and clients are
 * answered. Commands go through the log; questions through linearizable reads.
 */
import type { Context, NodeId, Process } from "../../cluster/process.ts";
import type { Committed } from "../consensus-manager.ts";
import { describeRaftMessage, Raft } from "../raft/raft.ts";
import type { RaftMessage, RaftOptions, RaftRecord } from "../raft/types.ts";
import { pendingRequestsMax } from "./limits.ts";
import {
  encodeSessionCommand,
  type SessionCommand,
  type SessionResult,
  SessionStateMachine,
} from "./sessions.ts";
import type { StateMachine } from "./state-machine.ts";

export type ClientRequest =
  | { readonly kind: "open-session"; readonly request: number }
  | {
      readonly kind: "command";
      readonly request: number;
      readonly session: number;
      readonly sequence: number;
      readonly command: string;
    }
  | { readonly kind: "question"; readonly request: number; readonly question: string };

export type ClientAnswer =
  | { readonly kind: "answer"; readonly request: number; readonly result: SessionResult }
  | {
      readonly kind: "refusal";
      readonly request: number;
      readonly reason: string;
      /** Whom to ask instead, where that is known. */
      readonly leader: NodeId | null;
    };

export type ServiceMessage = RaftMessage | ClientRequest | ClientAnswer;
export type ServiceContext = Context<ServiceMessage, RaftRecord>;

interface Pending {
  readonly client: NodeId;
  readonly request: number;
}

export class ReplicatedServer implements Process<ServiceMessage, RaftRecord> {
  readonly raft: Raft;
  readonly #machine: SessionStateMachine;
  /** Requests that wait for their entry to be committed, by its index. */
  readonly #commands = new Map<number, Pending & { readonly term: number }>();
  readonly #questions = new Map<string, Pending & { readonly question: string }>();
  #context: ServiceContext | null = null;

  constructor(
    id: NodeId,
    options: Omit<RaftOptions, "snapshots">,
    machine: StateMachine,
    { deduplicate = true }: { deduplicate?: boolean } = {},
  ) {
    this.#machine = new SessionStateMachine(machine, { deduplicate });
    this.raft = new Raft(id, {
      ...options,
      snapshots: {
        take: () => this.#machine.snapshot(),
        restore: (data) => this.#restore(data),
      },
    });
    this.raft.onCommit((committed) => this.#apply(committed));
    this.raft.onRead(({ id: read, index }) => this.#answerQuestion(read, index));
  }

  /** The whole replicated state, equal on all servers that have applied the same commands. */
  stateText(): string {
    return this.#machine.snapshot();
  }

  onStart(context: ServiceContext): void {
    this.#context = context;
    this.raft.onStart(context);
  }

  onMessage(context: ServiceContext, from: NodeId, message: ServiceMessage): void {
    switch (message.kind) {
      case "open-session":
        this.#propose(context, from, message.request, { kind: "open" });
        break;
      case "command": {
        const { request, session, sequence, command } = message;
        this.#propose(context, from, request, { kind: "run", session, sequence, command });
        break;
      }
      case "question":
        this.#ask(context, from, message.request, message.question);
        break;
      case "answer":
      case "refusal":
        break;
      default:
        this.raft.onMessage(context, from, message);
    }
  }

  onTimer(context: ServiceContext, name: string): void {
    this.raft.onTimer(context, name);
  }

  onSynced(context: ServiceContext, sync: number): void {
    this.raft.onSynced(context, sync);
  }

  #propose(
    context: ServiceContext,
    client: NodeId,
    request: number,
    command: SessionCommand,
  ): void {
    if (this.#commands.size >= pendingRequestsMax) {
      this.#send(client, { kind: "refusal", request, reason: "busy", leader: null });
      return;
    }
    const proposal = this.raft.propose(context, encodeSessionCommand(command));
    if (!proposal.accepted) {
      const { reason, leader } = proposal;
      this.#send(client, { kind: "refusal", request, reason, leader });
      return;
    }
    // Nothing commits before the sync that this event starts, so the answer is still to come.
    this.#commands.set(proposal.index, { client, request, term: proposal.term });
  }

  #ask(context: ServiceContext, client: NodeId, request: number, question: string): void {
    const read = `${client}/${request}`;
    if (this.#questions.size >= pendingRequestsMax) {
      this.#send(client, { kind: "refusal", request, reason: "busy", leader: null });
      return;
    }
    this.#questions.set(read, { client, request, question });
    const proposal = this.raft.read(context, read);
    if (proposal.accepted) return;
    this.#questions.delete(read);
    this.#send(client, {
      kind: "refusal",
      request,
      reason: proposal.reason,
      leader: proposal.leader,
    });
  }

  #apply({ index, term, command }: Committed): void {
    const result = command === null ? null : this.#machine.apply(index, term, command);
    const pending = this.#commands.get(index);
    if (pending === undefined) return;
    this.#commands.delete(index);
    const { client, request } = pending;
    if (result !== null && pending.term === term) {
      this.#send(client, { kind: "answer", request, result });
    } else {
      // Another leader's entry took its place: this copy of the command will never run.
      this.#send(client, { kind: "refusal", request, reason: "replaced", leader: null });
    }
  }

  #answerQuestion(read: string, index: number | null): void {
    const pending = this.#questions.get(read);
    if (pending === undefined) return;
    this.#questions.delete(read);
    const { client, request, question } = pending;
    if (index === null) {
      this.#send(client, { kind: "refusal", request, reason: "not-leader", leader: null });
      return;
    }
    const result: SessionResult = { kind: "result", result: this.#machine.query(question) };
    this.#send(client, { kind: "answer", request, result });
  }

  #restore(data: string): void {
    this.#machine.restore(data);
    // What became of the commands that the snapshot covers is not known here any more.
    for (const { client, request } of this.#commands.values()) {
      this.#send(client, { kind: "refusal", request, reason: "replaced", leader: null });
    }
    this.#commands.clear();
  }

  #send(client: NodeId, answer: ClientAnswer): void {
    this.#context?.send(client, answer);
  }
}

/** One line for the log of a run. */
export function describeServiceMessage(message: ServiceMessage): string {
  switch (message.kind) {
    case "open-session":
      return `open-session #${message.request}`;
    case "command":
      return `command #${message.request} ${message.session}.${message.sequence} ${message.command}`;
    case "question":
      return `question #${message.request} ${message.question}`;
    case "answer":
      return `answer #${message.request} ${JSON.stringify(message.result)}`;
    case "refusal":
      return `refusal #${message.request} ${message.reason}, leader ${message.leader}`;
    default:
      return describeRaftMessage(message);
  }
}
