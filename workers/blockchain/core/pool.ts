/** Accepted transactions that wait for their block: by sender and nonce, served in order of arrival. */
import type { TypedTransaction } from "@ethereumjs/tx";
import type { MinedTransaction } from "./records.ts";
import { TransactionRefused } from "./refusal.ts";

export interface Mined {
  readonly transaction: MinedTransaction;
  readonly blockNumber: number;
}

/** A transaction as the validators get it. */
interface PooledTransaction {
  /** As it goes over the wire (EIP-2718). */
  readonly raw: `0x${string}`;
  /** Whose it is without his signature; null: the signature tells. */
  readonly sender: `0x${string}` | null;
}

export interface PoolEntry {
  readonly tx: TypedTransaction;
  readonly transaction: PooledTransaction;
  readonly hash: string;
  /** Lower-case address. */
  readonly sender: string;
  readonly arrival: number;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** What the sender's account must hold for it at most. */
  readonly costMax: bigint;
  readonly resolve: (mined: Mined) => void;
  readonly reject: (refusal: TransactionRefused) => void;
}

export class Pool {
  readonly #bySender = new Map<string, Map<bigint, PoolEntry>>();
  readonly #byHash = new Map<string, PoolEntry>();
  readonly #limits: { readonly pendingMax: number; readonly pendingPerSenderMax: number };

  constructor(limits: { readonly pendingMax: number; readonly pendingPerSenderMax: number }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byHash.size;
  }

  get(hash: string): PoolEntry | undefined {
    return this.#byHash.get(hash);
  }

  /** @throws TransactionRefused when there is no room, or the nonce is taken already */
  add(entry: PoolEntry): void {
    if (this.size >= this.#limits.pendingMax) {
      throw new TransactionRefused(
        "pool full",
        `${this.size} transactions wait already; send more slowly.`,
      );
    }
    const own = this.#bySender.get(entry.sender) ?? new Map<bigint, PoolEntry>();
    if (own.has(entry.tx.nonce)) {
      throw new TransactionRefused(
        "already known",
        `already known: a transaction with nonce ${entry.tx.nonce} of this sender waits for its block`,
      );
    }
    if (own.size >= this.#limits.pendingPerSenderMax) {
      throw new TransactionRefused(
        "pool full",
        `${own.size} transactions of this sender wait already; send more slowly.`,
      );
    }
    own.set(entry.tx.nonce, entry);
    this.#bySender.set(entry.sender, own);
    this.#byHash.set(entry.hash, entry);
  }

  remove(entry: PoolEntry): void {
    if (!this.#byHash.delete(entry.hash)) return;
    const own = this.#bySender.get(entry.sender);
    own?.delete(entry.tx.nonce);
    if (own?.size === 0) this.#bySender.delete(entry.sender);
  }

  /** What waits of one sender, by nonce. */
  of(sender: string): readonly PoolEntry[] {
    const own = [...(this.#bySender.get(sender)?.values() ?? [])];
    return own.toSorted((a, b) => (a.tx.nonce < b.tx.nonce ? -1 : 1));
  }

  senders(): readonly string[] {
    return [...this.#bySender.keys()];
  }

  entries(): readonly PoolEntry[] {
    return [...this.#byHash.values()];
  }

  /** The nonce after the unbroken run of waiting transactions that starts at `nonce`. */
  nonceAfter(sender: string, nonce: bigint): bigint {
    const own = this.#bySender.get(sender);
    let next = nonce;
    while (own?.has(next) === true) next += 1n;
    return next;
  }

  /** What a sender's waiting transactions may cost at most, together. */
  costOf(sender: string): bigint {
    let total = 0n;
    for (const { costMax } of this.#bySender.get(sender)?.values() ?? []) total += costMax;
    return total;
  }

  /**
   * Transactions that can be mined now, oldest first, each after those of its sender that it needs.
   * @param nonces the next nonce of each sender
   */
  executable(nonces: ReadonlyMap<string, bigint>, countMax: number): readonly PoolEntry[] {
    const runs = this.senders().map((sender) => {
      const own = this.#bySender.get(sender) as ReadonlyMap<bigint, PoolEntry>;
      const first = nonces.get(sender) ?? 0n;
      const run: PoolEntry[] = [];
      for (let nonce = first; run.length < countMax; nonce += 1n) {
        const entry = own.get(nonce);
        if (entry === undefined) break;
        run.push(entry);
      }
      return run;
    });
    // A run is in nonce order; one that arrived early but late in its run counts from its forerunner.
    const ranked = runs.flatMap((run) => {
      let rank = 0;
      return run.map((entry) => ({ entry, rank: (rank = Math.max(rank, entry.arrival)) }));
    });
    return ranked
      .toSorted((a, b) => a.rank - b.rank)
      .slice(0, countMax)
      .map(({ entry }) => entry);
  }
}
