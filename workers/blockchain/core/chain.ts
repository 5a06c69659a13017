/**
 * The chain: a pool of transactions, a block as soon as there is one to mine, and the state after
 * it. Every transaction that is accepted ends in a block, or its sender is told why not.
 */
import { createBlockFromRLP, type Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { MerkleStateManager } from "@ethereumjs/statemanager";
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex, createAddressFromString, type Address } from "@ethereumjs/util";
import type { VM } from "@ethereumjs/vm";
import { chainLimits } from "../limits.ts";
import { checkAdmission } from "./admission.ts";
import { buildNextBlock } from "./block-production.ts";
import { developerAccounts, feeRecipient } from "./developer-accounts.ts";
import { createGenesis } from "./genesis.ts";
import { createChainCommon, createMachine, stateAt } from "./machine.ts";
import { Pacer, type Turns } from "./pacer.ts";
import { Pool, type Mined, type PoolEntry } from "./pool.ts";
import type { ChainStorage, MinedBlock } from "./records.ts";
import { TransactionRefused } from "./refusal.ts";
import { StateNodes } from "./state-nodes.ts";

/** What the chain cannot do by itself: tell the time, wait, and let others run. */
export interface ChainHost extends Turns {
  /** Seconds since the Unix epoch. */
  nowSeconds(): number;
  /** Calls back once after a time; returns how to cancel it. */
  after(ms: number, act: () => void): () => void;
}

export interface ChainCounters {
  blocks: number;
  transactions: number;
  refused: number;
  gasUsed: bigint;
  miningMs: number;
  lastBlockMs: number | null;
}

export class Chain {
  readonly common: Common;
  readonly pacer: Pacer;
  readonly pool = new Pool(chainLimits);
  readonly counters: ChainCounters = {
    blocks: 0,
    transactions: 0,
    refused: 0,
    gasUsed: 0n,
    miningMs: 0,
    lastBlockMs: null,
  };
  readonly #host: ChainHost;
  readonly #storage: ChainStorage;
  readonly #nodes: StateNodes;
  readonly #state: MerkleStateManager;
  readonly #vm: VM;
  readonly #listeners = new Set<(mined: MinedBlock) => void>();
  #head: Block;
  #arrivals = 0;
  #mining = false;
  #wanted = false;
  #stopped = false;

  /** Opens the stored chain, or begins one. */
  static async open(storage: ChainStorage, host: ChainHost): Promise<Chain> {
    const common = createChainCommon();
    const nodes = new StateNodes((key) => storage.stateNode(key));
    const rlp = storage.headRlp();
    let head: Block;
    if (rlp === undefined) {
      head = await createGenesis(common, stateAt(common, nodes));
      const known = [...developerAccounts, feeRecipient].map(
        ({ address }) => createAddressFromString(address).bytes,
      );
      storage.append({ block: head, transactions: [] }, nodes.fresh, known);
      nodes.settle();
    } else {
      head = createBlockFromRLP(rlp, { common });
    }
    const pacer = new Pacer(host, chainLimits.sliceMs);
    const state = stateAt(common, nodes, head.header.stateRoot, chainLimits.trieNodesCachedMax);
    const blockHash = (number: number) => storage.blockHash(number) ?? new Uint8Array(32);
    const vm = await createMachine({ common, state, pacer, blockHash });
    return new Chain({ common, pacer, storage, host, nodes, state, vm, head });
  }

  private constructor(parts: {
    readonly common: Common;
    readonly pacer: Pacer;
    readonly storage: ChainStorage;
    readonly host: ChainHost;
    readonly nodes: StateNodes;
    readonly state: MerkleStateManager;
    readonly vm: VM;
    readonly head: Block;
  }) {
    this.common = parts.common;
    this.pacer = parts.pacer;
    this.#storage = parts.storage;
    this.#host = parts.host;
    this.#nodes = parts.nodes;
    this.#state = parts.state;
    this.#vm = parts.vm;
    this.#head = parts.head;
  }

  get head(): Block {
    return this.#head;
  }

  get height(): number {
    return Number(this.#head.header.number);
  }

  get nextBaseFee(): bigint {
    return this.#head.header.calcNextBaseFee();
  }

  onBlock(listener: (mined: MinedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A view of the state after a block; what is written to it goes nowhere. */
  stateAt(root: Uint8Array): MerkleStateManager {
    return stateAt(this.common, this.#nodes.scratch(), root);
  }

  /** A machine over such a view. */
  machineAt(root: Uint8Array): Promise<VM> {
    const blockHash = (number: number) => this.#storage.blockHash(number) ?? new Uint8Array(32);
    const { common, pacer } = this;
    return createMachine({ common, state: this.stateAt(root), pacer, blockHash });
  }

  async nonceOf(address: Address): Promise<bigint> {
    const account = await this.stateAt(this.#head.header.stateRoot).getAccount(address);
    return account?.nonce ?? 0n;
  }

  /** The nonce that a new transaction of an account should carry. */
  async pendingNonce(address: Address): Promise<bigint> {
    return this.pool.nonceAfter(address.toString(), await this.nonceOf(address));
  }

  /**
   * Resolves when the transaction is in a block.
   * @throws TransactionRefused when it is not and will not be
   */
  async submit(tx: TypedTransaction): Promise<Mined> {
    const { mined } = await this.admit(tx);
    return mined;
  }

  /**
   * Resolves when the transaction waits for its block; `mined` resolves with the block.
   * @throws TransactionRefused
   */
  async admit(tx: TypedTransaction): Promise<{ mined: Promise<Mined> }> {
    try {
      return await this.#admit(tx);
    } catch (error) {
      this.counters.refused += 1;
      throw error;
    }
  }

  async #admit(tx: TypedTransaction): Promise<{ mined: Promise<Mined> }> {
    // Recovering a sender takes a millisecond, and a hundred requests may come at once.
    const sender = await this.pacer.inTurn(() => checkAdmission(tx, this.nextBaseFee));
    const hash = bytesToHex(tx.hash());
    if (this.pool.get(hash) !== undefined) {
      throw new TransactionRefused("already known", "already known");
    }
    const { promise, resolve, reject } = Promise.withResolvers<Mined>();
    const costMax = tx.value + tx.gasLimit * ("maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice);
    const account = await this.stateAt(this.#head.header.stateRoot).getAccount(sender);
    const [nonce, balance] = [account?.nonce ?? 0n, account?.balance ?? 0n];
    if (tx.nonce < nonce) throw nonceTooLow(tx.nonce, nonce);
    const needed = costMax + this.pool.costOf(sender.toString());
    if (balance < needed) {
      throw new TransactionRefused(
        "insufficient funds",
        `insufficient funds for gas * price + value: address ${sender.toString()} have ${balance} want ${needed}`,
      );
    }
    if (this.#stopped) throw stopped();
    this.#arrivals += 1;
    const arrival = this.#arrivals;
    this.pool.add({ tx, hash, sender: sender.toString(), arrival, costMax, resolve, reject });
    const timer = { cancel: () => {} };
    this.#limitGap(hash, timer);
    void this.#mine();
    return { mined: promise.finally(() => timer.cancel()) };
  }

  #limitGap(hash: string, timer: { cancel: () => void }): void {
    timer.cancel = this.#host.after(
      chainLimits.nonceGapWaitMs,
      () => void this.#giveUp(hash, timer),
    );
  }

  /** Ends the wait of a transaction whose predecessors did not come. */
  async #giveUp(hash: string, timer: { cancel: () => void }): Promise<void> {
    const entry = this.pool.get(hash);
    if (entry === undefined) return;
    const next = await this.pendingNonce(createAddressFromString(entry.sender));
    if (this.pool.get(hash) === undefined) return;
    if (entry.tx.nonce < next) {
      this.#limitGap(hash, timer);
      return;
    }
    this.#drop(
      entry,
      new TransactionRefused(
        "nonce gap",
        `nonce too high: next nonce ${next}, tx nonce ${entry.tx.nonce}; the transactions between did not arrive within ${chainLimits.nonceGapWaitMs} ms`,
      ),
    );
  }

  /** Finishes the block under way and refuses what still waits. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#mining) await this.#host.breathe();
    for (const entry of this.pool.entries()) this.#drop(entry, stopped());
  }

  async #mine(): Promise<void> {
    this.#wanted = true;
    if (this.#mining) return;
    this.#mining = true;
    try {
      while (this.#wanted && !this.#stopped) {
        // Whoever arrives while the next batch is being chosen asks for another round.
        this.#wanted = false;
        const batch = await this.#nextBatch();
        if (batch.length === 0) continue;
        this.#wanted = true;
        await this.#mineBlock(batch);
        // Others who wait for this thread are served between two blocks.
        await this.#host.breathe();
      }
    } finally {
      this.#mining = false;
    }
  }

  async #nextBatch(): Promise<readonly PoolEntry[]> {
    const nonces = new Map<string, bigint>();
    for (const sender of this.pool.senders()) {
      const account = await this.#state.getAccount(createAddressFromString(sender));
      nonces.set(sender, account?.nonce ?? 0n);
    }
    return this.pool.executable(nonces, chainLimits.transactionsPerBlockMax);
  }

  async #mineBlock(batch: readonly PoolEntry[]): Promise<void> {
    const beganMs = this.#host.monotonicMs();
    try {
      const { mined, included, refused } = await buildNextBlock({
        vm: this.#vm,
        parent: this.#head,
        nowSeconds: this.#host.nowSeconds(),
        batch,
        pacer: this.pacer,
      });
      for (const [entry, refusal] of refused) this.#drop(entry, refusal);
      if (mined === null) return;
      this.#storage.append(mined, this.#nodes.fresh);
      this.#nodes.settle();
      this.#head = mined.block;
      this.#count(mined, this.#host.monotonicMs() - beganMs);
      included.forEach((entry, index) => {
        this.pool.remove(entry);
        const transaction = mined.transactions[index];
        if (transaction === undefined) throw new Error("A block lost a transaction.");
        entry.resolve({ transaction, blockNumber: this.height });
      });
      this.#listeners.forEach((listener) => listener(mined));
    } catch (error) {
      await this.#rollBack();
      const message = `The block could not be written: ${(error as Error).message}`;
      for (const entry of batch) this.#drop(entry, new TransactionRefused("stopped", message));
    }
  }

  /** Back to the state of the newest stored block. */
  async #rollBack(): Promise<void> {
    this.#nodes.settle();
    await this.#state.setStateRoot(this.#head.header.stateRoot, true);
  }

  #drop(entry: PoolEntry, refusal: TransactionRefused): void {
    if (this.pool.get(entry.hash) === undefined) return;
    this.counters.refused += 1;
    this.pool.remove(entry);
    entry.reject(refusal);
  }

  #count({ block, transactions }: MinedBlock, ms: number): void {
    this.counters.blocks += 1;
    this.counters.transactions += transactions.length;
    this.counters.gasUsed += block.header.gasUsed;
    this.counters.miningMs += ms;
    this.counters.lastBlockMs = ms;
  }
}

function nonceTooLow(given: bigint, next: bigint): TransactionRefused {
  return new TransactionRefused(
    "nonce too low",
    `nonce too low: next nonce ${next}, tx nonce ${given}`,
  );
}

function stopped(): TransactionRefused {
  return new TransactionRefused("stopped", "The chain is being stopped; nothing was changed.");
}
