/** Transactions on their way into a block: admission, the pool, its journal, and what became of them. */
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { checkAdmission } from "../core/admission.ts";
import type { Pacer } from "../core/pacer.ts";
import { Pool, type Mined, type PoolEntry } from "../core/pool.ts";
import { TransactionRefused } from "../core/refusal.ts";
import type { EntryTransaction, Hex, RefusedTransaction } from "../engine/entry.ts";
import type { PresentState } from "../engine/present-state.ts";
import { chainLimits } from "../limits.ts";
import type { DecodedTransactions } from "./decoded.ts";
import type { PoolJournal } from "./pool-journal.ts";

export interface WaitingRoomHost {
  readonly present: PresentState;
  readonly pacer: Pacer;
  readonly decoded: DecodedTransactions;
  readonly journal: PoolJournal;
  nextBaseFee(): bigint;
  /** There may be something to mine. */
  onAdded(entry: PoolEntry): void;
  /** Of the block that is made next. */
  gasLimit(): bigint;
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  after(ms: number, act: () => void): () => void;
}

export interface Admitted {
  readonly hash: string;
  /** Resolves with the block; rejects with TransactionRefused. */
  readonly mined: Promise<Mined>;
}

/** One that was accepted, is in no block, and waits for none. */
export interface DroppedTransaction {
  readonly hash: string;
  /** Lower-case address. */
  readonly sender: string;
  readonly nonce: bigint;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly refusal: TransactionRefused;
}

export class WaitingRoom {
  readonly pool = new Pool(chainLimits);
  refused = 0;
  /** Why transactions that were accepted did not come into a block, by hash: the newest. */
  readonly #refusals = new Map<string, DroppedTransaction>();
  readonly #host: WaitingRoomHost;
  readonly #gaps = new Map<string, () => void>();
  #arrivals = 0;

  constructor(host: WaitingRoomHost) {
    this.#host = host;
  }

  /** Why an accepted transaction is in no block and waits for none. */
  refusalOf(hash: string): TransactionRefused | undefined {
    return this.#refusals.get(hash)?.refusal;
  }

  /** The newest of those that were accepted and then refused, the newest first. */
  dropped(countMax: number): readonly DroppedTransaction[] {
    return [...this.#refusals.values()].slice(-countMax).toReversed();
  }

  /** @param sender lower-case address */
  pendingNonce(sender: string): bigint {
    return this.pool.nonceAfter(sender, this.#nonceOf(sender));
  }

  /**
   * Resolves when the transaction waits for its block, and is durable.
   * @param impersonated whose it is without his signature
   * @throws TransactionRefused
   */
  async admit(tx: TypedTransaction, impersonated: Hex | null = null): Promise<Admitted> {
    try {
      const admitted = await this.#admit(tx, impersonated);
      const transaction = this.pool.get(admitted.hash)?.transaction;
      if (transaction !== undefined) await this.#host.journal.add(transaction, () => this.#live());
      return admitted;
    } catch (error) {
      this.refused += 1;
      throw error;
    }
  }

  /** What can be mined now, in order, with gas and size for one block. */
  batch(): readonly PoolEntry[] {
    const nonces = new Map(this.pool.senders().map((each) => [each, this.#nonceOf(each)]));
    const chosen: PoolEntry[] = [];
    const passedOver = new Set<string>();
    let gasLeft = this.#host.gasLimit();
    let lengthLeft: number = chainLimits.entryLengthMax;
    for (const entry of this.pool.executable(nonces, chainLimits.transactionsPerBlockMax)) {
      const { length } = entry.transaction.raw;
      const fits = entry.tx.gasLimit <= gasLeft && length <= lengthLeft;
      // Whose transaction is left out, for him the later ones have to wait, too.
      if (!fits || passedOver.has(entry.sender)) {
        passedOver.add(entry.sender);
        continue;
      }
      gasLeft -= entry.tx.gasLimit;
      lengthLeft -= length;
      chosen.push(entry);
    }
    return chosen;
  }

  /** The transaction is in a block. */
  settle(mined: Mined): void {
    const entry = this.pool.get(bytesToHex(mined.transaction.hash));
    if (entry === undefined) return;
    this.#remove(entry);
    entry.resolve(mined);
  }

  /** The validators could not include it. */
  refuse({ hash, reason, message }: RefusedTransaction): void {
    const entry = this.pool.get(bytesToHex(hash));
    // One that came too early waits on for those before it.
    if (entry === undefined || reason === "nonce too high") return;
    this.drop(entry, new TransactionRefused(reason, message));
  }

  drop(entry: PoolEntry, refusal: TransactionRefused): void {
    if (this.pool.get(entry.hash) === undefined) return;
    this.refused += 1;
    this.#remove(entry);
    const { hash, sender, tx } = entry;
    this.#refusals.set(hash, { hash, sender, nonce: tx.nonce, at: this.#host.nowMs(), refusal });
    if (this.#refusals.size > chainLimits.refusalsKeptMax) {
      const [oldest] = this.#refusals.keys();
      if (oldest !== undefined) this.#refusals.delete(oldest);
    }
    entry.reject(refusal);
    // Those behind it have lost their predecessor.
    for (const behind of this.pool.of(entry.sender)) this.#limitGap(behind.hash);
  }

  /** Blocks have come, or gone: what an account has already used its nonce for cannot follow. */
  sweep(senders: Iterable<string>): void {
    for (const sender of senders) {
      const nonce = this.#nonceOf(sender);
      for (const entry of this.pool.of(sender)) {
        if (entry.tx.nonce >= nonce) continue;
        const text = `nonce too low: next nonce ${nonce}, tx nonce ${entry.tx.nonce}`;
        this.drop(entry, new TransactionRefused("nonce too low", text));
      }
    }
  }

  /** Leaves what waits to the journal, for the next start. */
  close(): void {
    for (const entry of this.pool.entries()) {
      this.#remove(entry);
      entry.reject(
        new TransactionRefused(
          "stopped",
          "The chain is being stopped; it waits for the next start.",
        ),
      );
    }
  }

  async #admit(tx: TypedTransaction, impersonated: Hex | null): Promise<Admitted> {
    const { pacer, present } = this.#host;
    // Recovering a sender takes a while, and a hundred requests may come at once.
    const address =
      impersonated ??
      (
        await pacer.inTurn(() =>
          checkAdmission(tx, this.#host.nextBaseFee(), this.#host.gasLimit()),
        )
      ).toString();
    const sender = address.toLowerCase();
    const hash = bytesToHex(tx.hash());
    if (this.pool.get(hash) !== undefined) {
      throw new TransactionRefused("already known", "already known");
    }
    const account = present.account(sender.slice(2));
    const [nonce, balance] = [account?.nonce ?? 0n, account?.balance ?? 0n];
    if (tx.nonce < nonce) {
      const text = `nonce too low: next nonce ${nonce}, tx nonce ${tx.nonce}`;
      throw new TransactionRefused("nonce too low", text);
    }
    const costMax = tx.value + tx.gasLimit * ("maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice);
    const needed = costMax + this.pool.costOf(sender);
    if (balance < needed) {
      throw new TransactionRefused(
        "insufficient funds",
        `insufficient funds for gas * price + value: address ${sender} have ${balance} want ${needed}`,
      );
    }
    const { promise: mined, resolve, reject } = Promise.withResolvers<Mined>();
    // Not everybody waits for it.
    mined.catch(() => {});
    this.#arrivals += 1;
    const raw = bytesToHex(tx.serialize());
    const transaction: EntryTransaction = { raw, sender: impersonated };
    const entry: PoolEntry = {
      tx,
      transaction,
      hash,
      sender,
      arrival: this.#arrivals,
      since: this.#host.nowMs(),
      costMax,
      resolve,
      reject,
    };
    this.pool.add(entry);
    if (impersonated === null) this.#host.decoded.add(raw, tx);
    this.#limitGap(hash);
    this.#host.onAdded(entry);
    return { hash, mined };
  }

  #live(): readonly EntryTransaction[] {
    return this.pool.entries().map(({ transaction }) => transaction);
  }

  #nonceOf(sender: string): bigint {
    return this.#host.present.account(sender.slice(2))?.nonce ?? 0n;
  }

  #remove(entry: PoolEntry): void {
    this.pool.remove(entry);
    this.#gaps.get(entry.hash)?.();
    this.#gaps.delete(entry.hash);
  }

  #limitGap(hash: string): void {
    const entry = this.pool.get(hash);
    if (entry === undefined || this.#gaps.has(hash)) return;
    if (entry.tx.nonce < this.pendingNonce(entry.sender)) return;
    const callOff = this.#host.after(chainLimits.nonceGapWaitMs, () => this.#giveUp(hash));
    this.#gaps.set(hash, callOff);
  }

  /** Ends the wait of a transaction whose predecessors did not come. */
  #giveUp(hash: string): void {
    this.#gaps.delete(hash);
    const entry = this.pool.get(hash);
    if (entry === undefined) return;
    const next = this.pendingNonce(entry.sender);
    if (entry.tx.nonce < next) return;
    const seconds = chainLimits.nonceGapWaitMs / 1_000;
    this.drop(
      entry,
      new TransactionRefused(
        "nonce gap",
        `nonce too high: next nonce ${next}, tx nonce ${entry.tx.nonce}; the transactions between did not arrive within ${seconds} s`,
      ),
    );
  }
}
