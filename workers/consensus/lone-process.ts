/** One node of any algorithm with a hand-fed world, for tests: messages in, messages out. */
import type { Context, NodeId } from "../cluster/process.ts";
import { Random } from "../cluster/random.ts";
import type { Committed, ConsensusManager } from "./consensus-manager.ts";

interface Sent<Message> {
  readonly to: NodeId;
  readonly message: Message;
}

export class LoneProcess<Message, Stored, Manager extends ConsensusManager<Message, Stored>> {
  readonly #create: () => Manager;
  readonly #id: NodeId;
  readonly committed: Committed[] = [];
  /** What is durable. */
  journal: Stored[] = [];
  readonly timers = new Map<string, number>();
  manager: Manager;
  nowMs = 0;
  /** False: syncs finish only when `finishSync` is called. */
  quickDisk = true;
  #written: Stored[] = [];
  #sent: Sent<Message>[] = [];
  #syncs: { readonly sync: number; readonly written: readonly Stored[] }[] = [];
  #lastSync = 0;
  #lost = 0;

  constructor(id: NodeId, create: () => Manager) {
    this.#id = id;
    this.#create = create;
    this.manager = this.#start();
  }

  receive(from: NodeId, message: Message): readonly Sent<Message>[] {
    this.manager.onMessage(this.#context(), from, message);
    return this.#settled();
  }

  fire(timer: string): readonly Sent<Message>[] {
    this.nowMs += this.timers.get(timer) ?? 0;
    this.timers.delete(timer);
    this.manager.onTimer(this.#context(), timer);
    return this.#settled();
  }

  propose(command: string): readonly Sent<Message>[] {
    this.manager.propose(this.#context(), command);
    return this.#settled();
  }

  /** Lets the disk finish what it was asked for. */
  finishSync(): readonly Sent<Message>[] {
    this.#finishSyncs();
    return this.#takeSent();
  }

  /** Loses a durable record, as a broken disk does. */
  loseRecord(): void {
    this.journal.pop();
    this.#lost += 1;
  }

  /** A crash that loses all that was not durable, and a new life. */
  restart(): void {
    this.#written = [...this.journal];
    this.#syncs = [];
    this.timers.clear();
    this.manager = this.#start();
  }

  #start(): Manager {
    const manager = this.#create();
    manager.onCommit((committed) => this.committed.push(committed));
    manager.onStart(this.#context());
    this.#settled();
    return manager;
  }

  #settled(): readonly Sent<Message>[] {
    if (this.quickDisk) this.#finishSyncs();
    return this.#takeSent();
  }

  #takeSent(): readonly Sent<Message>[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  #finishSyncs(): void {
    for (let next = this.#syncs.shift(); next !== undefined; next = this.#syncs.shift()) {
      this.journal = [...next.written];
      this.manager.onSynced(this.#context(), next.sync);
    }
  }

  #context(): Context<Message, Stored> {
    return {
      id: this.#id,
      random: new Random(this.#id),
      storage: {
        read: () => ({
          records: [...this.journal],
          durableCount: this.journal.length + this.#lost,
        }),
        append: (record) => void this.#written.push(record),
        replace: (records) => void (this.#written = [...records]),
        sync: () => {
          this.#lastSync += 1;
          this.#syncs.push({ sync: this.#lastSync, written: [...this.#written] });
          return this.#lastSync;
        },
      },
      now: () => this.nowMs,
      send: (to, message) => void this.#sent.push({ to, message }),
      setTimer: (name, delayMs) => void this.timers.set(name, delayMs),
      cancelTimer: (name) => void this.timers.delete(name),
      note: () => undefined,
    };
  }
}

/** The messages of one kind among what was sent. */
export function messagesOf<Message extends { kind: string }, Kind extends Message["kind"]>(
  sent: readonly Sent<Message>[],
  kind: Kind,
): readonly Extract<Message, { kind: Kind }>[] {
  return sent
    .map(({ message }) => message)
    .filter((message): message is Extract<Message, { kind: Kind }> => message.kind === kind);
}
