/**
 * One server of a replicated service: an algorithm agrees on commands, a state machine carries them
 * out, and clients are answered. Questions go through the algorithm's own reads where it has them,
 * otherwise through the log.
 */
import type { Context, NodeId, Process } from "../../cluster/process.ts";
import type { Committed, ConsensusManager, Service } from "../consensus-manager.ts";
import { bodyOf, decodeSigned, encodeSigned, questionIn } from "./agreed-request.ts";
import { pendingRequestsMax } from "./limits.ts";
import {
  type ClientAnswer,
  type ClientRequest,
  isClientAnswer,
  isClientRequest,
  type ReplicaMessage,
} from "./messages.ts";
import { type SessionResult, SessionStateMachine } from "./sessions.ts";
import type { StateMachine } from "./state-machine.ts";

interface Pending {
  readonly client: NodeId;
  readonly request: number;
}

interface ReplicaOptions {
  /** False: repeated commands run again, for lessons and tests that show what sessions are for. */
  readonly deduplicate?: boolean;
  /**
   * Servers may lie: clients sign what they ask, and every server answers, so that a client can wait
   * for f + 1 equal answers (Castro and Liskov, section 4.1).
   */
  readonly signed?: boolean;
  /** Whose messages are requests; without it their shape tells. */
  readonly isClient?: (id: NodeId) => boolean;
}

export class Replica<
  Message,
  Stored,
  Manager extends ConsensusManager<Message, Stored> = ConsensusManager<Message, Stored>,
> implements Process<ReplicaMessage<Message>, Stored> {
  readonly manager: Manager;
  readonly #machine: SessionStateMachine;
  readonly #options: ReplicaOptions;
  /** Requests that wait for their entry to be committed, by its index. */
  readonly #commands = new Map<number, Pending & { readonly term: number }>();
  readonly #questions = new Map<string, Pending & { readonly question: string }>();
  /** The last command carried out. */
  #last: { index: number; term: number; result: SessionResult } | null = null;
  #context: Context<ReplicaMessage<Message>, Stored> | null = null;

  constructor(
    machine: StateMachine,
    create: (service: Service) => Manager,
    options: ReplicaOptions = {},
  ) {
    const { deduplicate = true, signed = false } = options;
    this.#options = options;
    this.#machine = new SessionStateMachine(machine, { deduplicate });
    this.manager = create({
      take: () => this.#machine.snapshot(),
      restore: (data) => this.#restore(data),
      isValid: (command) => !signed || decodeSigned(command) !== null,
    });
    this.manager.onCommit((committed) => {
      if (signed) this.#applySigned(committed);
      else this.#apply(committed);
    });
    this.manager.reads()?.onRead(({ id, index }) => this.#answerQuestion(id, index));
  }

  /** The whole replicated state, equal on all servers that have applied the same commands. */
  stateText(): string {
    return this.#machine.snapshot();
  }

  onStart(context: Context<ReplicaMessage<Message>, Stored>): void {
    this.#context = context;
    this.manager.onStart(context);
  }

  onMessage(
    context: Context<ReplicaMessage<Message>, Stored>,
    from: NodeId,
    message: ReplicaMessage<Message>,
  ): void {
    const { isClient, signed } = this.#options;
    const byClient = isClient?.(from) ?? (isClientRequest(message) || isClientAnswer(message));
    if (!byClient) {
      this.manager.onMessage(context, from, message as Message);
    } else if (isClientRequest(message)) {
      if (signed) this.#proposeSigned(context, from, message);
      else this.#onRequest(context, from, message);
    }
  }

  onTimer(context: Context<ReplicaMessage<Message>, Stored>, name: string): void {
    this.manager.onTimer(context, name);
  }

  onSynced(context: Context<ReplicaMessage<Message>, Stored>, sync: number): void {
    this.manager.onSynced(context, sync);
  }

  #onRequest(
    context: Context<ReplicaMessage<Message>, Stored>,
    client: NodeId,
    message: ClientRequest,
  ): void {
    const reads = this.manager.reads();
    if (message.kind !== "question" || reads === null) {
      this.#propose(context, client, message);
      return;
    }
    const { request, question } = message;
    if (this.#questions.size >= pendingRequestsMax) {
      this.#refuse(client, request, "busy", null);
      return;
    }
    const read = `${client}/${request}`;
    this.#questions.set(read, { client, request, question });
    const proposal = reads.read(context, read);
    if (proposal.accepted) return;
    this.#questions.delete(read);
    this.#refuse(client, request, proposal.reason, proposal.leader);
  }

  #propose(
    context: Context<ReplicaMessage<Message>, Stored>,
    client: NodeId,
    message: ClientRequest,
  ): void {
    const { request } = message;
    if (this.#commands.size >= pendingRequestsMax) {
      this.#refuse(client, request, "busy", null);
      return;
    }
    const proposal = this.manager.propose(context, bodyOf(message));
    if (!proposal.accepted) {
      this.#refuse(client, request, proposal.reason, proposal.leader);
      return;
    }
    const { index, term } = proposal;
    if (index === this.#last?.index && term === this.#last.term) {
      // Agreed at once, as a node alone without a disk may.
      this.#answer(client, request, this.#last.result);
      return;
    }
    this.#commands.set(index, { client, request, term });
  }

  #apply({ index, term, command }: Committed): void {
    const result = command === null ? null : this.#execute(index, term, command);
    this.#last = result === null ? null : { index, term, result };
    const pending = this.#commands.get(index);
    if (pending === undefined) return;
    this.#commands.delete(index);
    const { client, request } = pending;
    if (result !== null && pending.term === term) this.#answer(client, request, result);
    // Another leader's entry took its place: this copy of the command will never run.
    else this.#refuse(client, request, "replaced", null);
  }

  #execute(index: number, term: number, body: string): SessionResult {
    const question = questionIn(body);
    if (question === null) return this.#machine.apply(index, term, body);
    return { kind: "result", result: this.#machine.query(question) };
  }

  #answerQuestion(read: string, index: number | null): void {
    const pending = this.#questions.get(read);
    if (pending === undefined) return;
    this.#questions.delete(read);
    const { client, request, question } = pending;
    if (index === null) {
      this.#refuse(client, request, "not-leader", null);
      return;
    }
    this.#answer(client, request, { kind: "result", result: this.#machine.query(question) });
  }

  /** A request is put before the group by whoever hears of it; one that has run is only answered. */
  #proposeSigned(
    context: Context<ReplicaMessage<Message>, Stored>,
    client: NodeId,
    message: ClientRequest,
  ): void {
    const { request, signature = 0 } = message;
    const body = bodyOf(message);
    const text = encodeSigned({ client, request, signature, body });
    if (decodeSigned(text) === null) return;
    if (message.kind === "command") {
      const known = this.#machine.recall(message.session, message.sequence);
      if (known !== null) {
        this.#answer(client, request, known);
        return;
      }
    }
    this.manager.propose(context, text);
  }

  #applySigned({ index, term, command }: Committed): void {
    if (command === null) return;
    const signed = decodeSigned(command);
    if (signed === null) throw new Error(`agreed on what no client has signed: ${command}`);
    this.#answer(signed.client, signed.request, this.#execute(index, term, signed.body));
  }

  #restore(data: string): void {
    this.#machine.restore(data);
    // What became of the commands that the snapshot covers is not known here any more.
    for (const { client, request } of this.#commands.values()) {
      this.#refuse(client, request, "replaced", null);
    }
    this.#commands.clear();
  }

  #answer(client: NodeId, request: number, result: SessionResult): void {
    const answer: ClientAnswer = { kind: "answer", request, result };
    if (this.#options.signed !== true) this.#context?.send(client, answer);
    else this.#context?.send(client, { ...answer, leader: this.manager.status().leader });
  }

  #refuse(client: NodeId, request: number, reason: string, leader: NodeId | null): void {
    this.#context?.send(client, { kind: "refusal", request, reason, leader });
  }
}
