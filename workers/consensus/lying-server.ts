/** A server of a replicated service that lies, to its peers as its algorithm does, and to clients. */
import type { Context, NodeId, Process } from "../cluster/process.ts";
import {
  ConsensusManager,
  type ConsensusStatus,
  type Membership,
  type Proposal,
  type Service,
} from "./consensus-manager.ts";
import { KeyValueStore } from "./service/key-value.ts";
import { isClientAnswer, type ReplicaMessage } from "./service/messages.ts";
import { Replica } from "./service/replica.ts";

/** What is sent in place of a message: the same, others, or nothing. */
export type Lie<Message, Stored> = (
  message: Message,
  to: NodeId,
  context: Context<Message, Stored>,
) => readonly Message[];

/** The context of a liar, in which every message passes through the lie. */
export function lyingContext<Message, Stored>(
  context: Context<Message, Stored>,
  lie: Lie<Message, Stored>,
): Context<Message, Stored> {
  return {
    id: context.id,
    random: context.random,
    storage: context.storage,
    now: () => context.now(),
    send: (to, message) => {
      for (const told of lie(message, to, context)) context.send(to, told);
    },
    setTimer: (name, delayMs) => context.setTimer(name, delayMs),
    cancelTimer: (name) => context.cancelTimer(name),
    note: (text) => context.note(text),
  };
}

/** A server of a service whose algorithm lies. Its answers to clients are lies too. */
export class LyingServer<Message, Stored> implements Process<ReplicaMessage<Message>, Stored> {
  readonly #replica: Replica<Message, Stored>;

  constructor(
    id: NodeId,
    create: (service: Service) => Process<Message, Stored>,
    isClient: (id: NodeId) => boolean,
  ) {
    const createManager = (service: Service): ConsensusManager<Message, Stored> => {
      const process = create(service);
      return process instanceof ConsensusManager ? process : new Deaf(id, process);
    };
    this.#replica = new Replica(new KeyValueStore(), createManager, { signed: true, isClient });
  }

  /** For screens: what the liar believes itself. */
  get manager(): ConsensusManager<Message, Stored> {
    return this.#replica.manager;
  }

  onStart(context: Context<ReplicaMessage<Message>, Stored>): void {
    this.#replica.onStart(lyingContext(context, lieToClients));
  }

  onMessage(
    context: Context<ReplicaMessage<Message>, Stored>,
    from: NodeId,
    message: ReplicaMessage<Message>,
  ): void {
    this.#replica.onMessage(lyingContext(context, lieToClients), from, message);
  }

  onTimer(context: Context<ReplicaMessage<Message>, Stored>, name: string): void {
    this.#replica.onTimer(lyingContext(context, lieToClients), name);
  }

  onSynced(context: Context<ReplicaMessage<Message>, Stored>, sync: number): void {
    this.#replica.onSynced(lyingContext(context, lieToClients), sync);
  }
}

function lieToClients<Message>(
  message: ReplicaMessage<Message>,
): readonly ReplicaMessage<Message>[] {
  if (!isClientAnswer(message) || message.kind !== "answer") return [message];
  const result = { kind: "result", result: '{"value":"a lie","done":true}' } as const;
  return [{ ...message, result }];
}

/** A liar that is no consensus algorithm at all, and has no ear for clients. */
class Deaf<Message, Stored> extends ConsensusManager<Message, Stored> {
  readonly algorithm = "none";
  readonly #id: NodeId;
  readonly #process: Process<Message, Stored>;

  constructor(id: NodeId, process: Process<Message, Stored>) {
    super();
    this.#id = id;
    this.#process = process;
  }

  override onStart(context: Context<Message, Stored>): void {
    this.#process.onStart(context);
  }

  override onMessage(context: Context<Message, Stored>, from: NodeId, message: Message): void {
    this.#process.onMessage(context, from, message);
  }

  override onTimer(context: Context<Message, Stored>, name: string): void {
    this.#process.onTimer(context, name);
  }

  override onSynced(context: Context<Message, Stored>, sync: number): void {
    this.#process.onSynced(context, sync);
  }

  override propose(): Proposal {
    return { accepted: false, reason: "halted", leader: null };
  }

  override status(): ConsensusStatus {
    const { algorithm } = this;
    const none = { term: 0, leader: null, commitIndex: 0, lastIndex: 0, halted: null };
    return { algorithm, id: this.#id, role: "liar", ...none };
  }

  override membership(): Membership {
    return { voters: [], outgoing: [], learners: [] };
  }
}
