/**
 * One life of a validator: a consensus node that learns the agreed order, and the queue of what it
 * has yet to carry out on its ledger.
 */
import type { Context, NodeId, Process } from "../../cluster/process.ts";
import type { Committed } from "../../consensus/consensus-manager.ts";
import type { LedgerEntry } from "../engine/entry.ts";
import type { Manager, Ordering } from "./consensus.ts";
import type { LedgerPlace, StoredEntry } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";

export type Work =
  | { readonly kind: "apply"; readonly sequence: number; readonly text: string }
  /** Entries up to here must come from another validator's ledger. */
  | { readonly kind: "catch up"; readonly upTo: number };

/** What a snapshot of the log says: the newest entries, and what was agreed on before them. */
interface Snapshot {
  /** Sequence of the entry before the first of the tail; 0: the tail is all there is. */
  readonly before: number;
  readonly tail: readonly StoredEntry[];
}

export interface ValidatorHost {
  /** There is something to carry out. */
  onWork(): void;
  /** An entry is agreed on. */
  onAgreed(stored: StoredEntry): void;
  /** Makes its ledger durable. */
  flush(): void;
  /** An agreed command as the entry that it is; all validators are given the same ones. */
  parse(command: string): LedgerEntry;
}

export class Validator implements Process<unknown, unknown> {
  readonly id: NodeId;
  readonly manager: Manager;
  /** In order; the first may be under way. */
  readonly queue: Work[] = [];
  /** How far its ledger is; null: it is not open yet. */
  place: LedgerPlace | null = null;
  /** The sequence of the newest entry that it knows to be agreed on. */
  agreed: number;
  #before: number;
  #tail: StoredEntry[] = [];
  readonly #base: number;
  readonly #host: ValidatorHost;

  /**
   * @param base the sequence that this history of the consensus begins after
   * @param host told when there is something to carry out, and of each entry that is agreed on
   */
  constructor(id: NodeId, ordering: Ordering, base: number, host: ValidatorHost) {
    this.id = id;
    this.#base = base;
    this.#before = base;
    this.agreed = base;
    this.#host = host;
    if (base > 0) this.queue.push({ kind: "catch up", upTo: base });
    this.manager = ordering.create(id, {
      take: () => this.#take(),
      restore: (data) => this.#restore(JSON.parse(data) as Snapshot),
      isValid: (command) => isEntry(command),
    });
    this.manager.onCommit((committed) => this.#onCommit(committed));
  }

  /** How many agreed entries it has yet to carry out, those from others not among them. */
  get lag(): number {
    return this.queue.length;
  }

  onStart(context: Context<unknown, unknown>): void {
    this.manager.onStart(context);
  }

  onMessage(context: Context<unknown, unknown>, from: NodeId, message: unknown): void {
    this.manager.onMessage(context, from, message);
  }

  onTimer(context: Context<unknown, unknown>, name: string): void {
    this.manager.onTimer(context, name);
  }

  onSynced(context: Context<unknown, unknown>, sync: number): void {
    this.manager.onSynced(context, sync);
  }

  #onCommit({ index, command }: Committed): void {
    if (command === null) return;
    const stored = { sequence: this.#base + index, entry: this.#host.parse(command) };
    this.#tail.push(stored);
    if (this.#tail.length > validatorLimits.snapshotTailEntries) {
      this.#before = this.#tail.shift()?.sequence ?? this.#before;
    }
    this.agreed = stored.sequence;
    this.queue.push({ kind: "apply", sequence: stored.sequence, text: command });
    this.#host.onAgreed(stored);
    this.#host.onWork();
  }

  #take(): string {
    this.#host.flush();
    return JSON.stringify({ before: this.#before, tail: this.#tail } satisfies Snapshot);
  }

  #restore({ before, tail }: Snapshot): void {
    this.#before = before;
    this.#tail = [...tail];
    this.agreed = tail.at(-1)?.sequence ?? before;
    if (before > 0) this.queue.push({ kind: "catch up", upTo: before });
    for (const stored of tail) {
      const { sequence, entry } = stored;
      this.queue.push({ kind: "apply", sequence, text: JSON.stringify(entry) });
      this.#host.onAgreed(stored);
    }
    this.#host.onWork();
  }
}

function isEntry(command: string): boolean {
  try {
    const entry: unknown = JSON.parse(command);
    return typeof entry === "object" && entry !== null && "id" in entry && "kind" in entry;
  } catch {
    return false;
  }
}
