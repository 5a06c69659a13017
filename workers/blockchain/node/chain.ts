/**
 * The node that people and tools talk to: it takes transactions, has the validators agree on their
 * order, and keeps the archive of what they made of it. Every transaction that is accepted ends in a
 * block, or its sender can learn why not.
 */
import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { TypedTransaction } from "@ethereumjs/tx";
import type { VM } from "@ethereumjs/vm";
import { createMachine } from "../core/machine.ts";
import { bytesToHex } from "@ethereumjs/util";
import { Acknowledged } from "./acknowledged.ts";
import { Listeners } from "../core/listeners.ts";
import type { Pacer } from "../core/pacer.ts";
import type { Mined, Pool, PoolEntry } from "../core/pool.ts";
import type { MinedBlock } from "../core/records.ts";
import type { Applied, Hex, LedgerEntry } from "../engine/entry.ts";
import type { Genesis } from "../engine/genesis.ts";
import type { PresentState } from "../engine/present-state.ts";
import type { Replica } from "../engine/replica.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import { WorldState } from "../engine/world-state.ts";
import { chainLimits } from "../limits.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import type { BlockRow } from "../store/chain-rows.ts";
import type { LedgerStore } from "../store/ledger-store.ts";
import type { LedgerPlace } from "../validators/ledger.ts";
import type { ValidatorGroup } from "../validators/group.ts";
import { Orderer, OrderError } from "../validators/orderer.ts";
import type { ChainCounters, ChainHost, ChainParts } from "./chain-parts.ts";
import type { DecodedTransactions } from "./decoded.ts";
import { Gathering } from "./gathering.ts";
import { leaderCommitted } from "./leader-committed.ts";
import { Mining } from "./mining.ts";
import type { PoolJournal } from "./pool-journal.ts";
import { StateRoots } from "./state-roots.ts";
import { StoredTogether } from "./stored-together.ts";
import { type Admitted, WaitingRoom } from "./waiting-room.ts";

/** An entry without its name. */
type Change = LedgerEntry extends infer Each
  ? Each extends LedgerEntry
    ? Omit<Each, "id">
    : never
  : never;

export class Chain {
  readonly genesis: Genesis;
  readonly common: Common;
  /** 40 digits. */
  readonly depositContract: string;
  readonly pacer: Pacer;
  readonly validators: ValidatorGroup;
  readonly mining: Mining;
  readonly room: WaitingRoom;
  readonly store: LedgerStore;
  readonly roots: StateRoots;
  readonly counters: ChainCounters = {
    blocks: 0,
    transactions: 0,
    gasUsed: 0n,
    miningMs: 0,
    lastBlockMs: null,
  };
  readonly #host: ChainHost;
  readonly #archive: Replica;
  readonly #decoded: DecodedTransactions;
  readonly #together: StoredTogether;
  readonly #orderer: Orderer;
  readonly #listeners = new Listeners<MinedBlock>();
  readonly #revertListeners = new Listeners<number>();
  readonly #changeListeners = new Listeners<Applied>();
  readonly #pendingListeners = new Listeners<PoolEntry>();
  /** What this node held after the newest entries, by their sequences. */
  readonly #places = new Map<number, string>();
  readonly #gathering: Gathering;
  readonly #acknowledged = new Acknowledged();
  #proposedAtMs = 0;
  #callOffInterval: (() => void) | null = null;
  #failure: Error | null = null;

  constructor(parts: ChainParts) {
    const { host, pacer, decoded, journal, archive, validators } = parts;
    this.#host = host;
    this.#archive = archive;
    this.#together = new StoredTogether(archive, parts.store, host);
    this.#decoded = decoded;
    this.pacer = pacer;
    this.store = parts.store;
    this.validators = validators;
    this.genesis = parts.genesis;
    this.common = parts.genesis.common.copy();
    this.depositContract = parts.genesis.depositContract;
    this.roots = new StateRoots(archive, parts.store, pacer);
    this.#notePlace();
    this.#setFork();
    this.mining = new Mining(() => host.nowSeconds());
    this.room = new WaitingRoom({
      present: archive.present,
      pacer,
      decoded,
      journal,
      nextBaseFee: () => this.nextBaseFee,
      // The validators begin while the journal is written.
      onAdded: (entry) => {
        this.#gathering.note(entry.sender);
        this.#orderer.wake();
        this.#pendingListeners.tell(entry);
      },
      gasLimit: () => this.mining.gasLimit,
      nowMs: () => host.nowSeconds() * 1_000,
      after: (ms, act) => host.after(ms, act),
    });
    validators.onApplied((id, place) => {
      if (this.agreesWith(place) !== false) return;
      const text = `Validator ${id} holds another chain at entry ${place.sequence}.`;
      validators.events.add("divergence", text, id);
    });
    this.#gathering = new Gathering(host, () => this.#orderer.wake());
    this.#orderer = new Orderer(validators, archive.sequence, {
      clock: { monotonicMs: () => host.monotonicMs(), wake: (ms, run) => host.after(ms, run) },
      nextBlock: () => this.#nextBlock(),
      carryOut: (sequence, entry) => this.#carryOut(sequence, entry),
      onFailure: (error) => {
        this.#failure = error;
        host.fail(error);
      },
    });
  }

  /** Lets the validators begin, and takes up what was accepted before the last stop. */
  async start(left: PoolJournal): Promise<void> {
    this.validators.start();
    await leaderCommitted(this.validators, this.#host);
    await this.#orderer.settled();
    for (const { raw, sender } of left.left()) {
      try {
        const tx = decodeTransaction(raw, sender, this.common);
        await this.room.admit(tx, sender);
      } catch {
        // It is in a block already, or can no longer come into one.
      }
    }
    this.#orderer.wake();
  }

  get head(): Block {
    return this.#archive.head;
  }

  get headRow(): BlockRow {
    const row = this.store.headBlock();
    if (row === undefined) throw new Error("The newest block is not stored.");
    return row;
  }

  get height(): number {
    return this.#archive.height;
  }

  /** Of the newest state. */
  get version(): number {
    return this.#archive.version;
  }

  get index(): ChainIndex {
    const { index } = this.store;
    if (index === null) throw new Error("The archive has no index.");
    return index;
  }

  get pool(): Pool {
    return this.room.pool;
  }

  /** The newest state. */
  get present(): PresentState {
    return this.#archive.present;
  }

  get nextBaseFee(): bigint {
    return this.mining.nextBaseFee ?? this.head.header.calcNextBaseFee();
  }

  /** Why the chain stands still for good; null while it does not. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Whether a validator holds what this node held at the same entry; null: that is too long ago. */
  agreesWith(place: LedgerPlace): boolean | null {
    const own = this.#places.get(place.sequence);
    return own === undefined ? null : own === placeText(place.headHash, place.stateRoot);
  }

  /** Hears of each block. */
  readonly onBlock = this.#listeners.add;
  /** Hears when blocks above a height are gone. */
  readonly onRevert = this.#revertListeners.add;
  /** Hears of each new version of the state, before anybody else does. */
  readonly onChange = this.#changeListeners.add;
  /** Hears of each transaction that begins to wait for its block. */
  readonly onPending = this.#pendingListeners.add;

  /** The version of the state after a block; that of the newest block has what was changed since. */
  versionAfter({ number, version }: BlockRow): number {
    return number === this.height ? this.version : version;
  }

  /** A view of the state after a block; what is written to it goes nowhere. */
  stateAfter(row: BlockRow): WorldState {
    if (row.number === this.height) return new WorldState(this.present);
    return new WorldState(this.store.reader(row.version));
  }

  /** A machine over such a view, with the rules that a block was made by. */
  machineAfter(row: BlockRow, header: Block["header"]): Promise<VM> {
    const common = this.common.copy();
    common.setHardforkBy({ blockNumber: header.number, timestamp: header.timestamp });
    const blockHash = (number: number) => this.store.blockHash(number) ?? new Uint8Array(32);
    return createMachine({ common, state: this.stateAfter(row), pacer: this.pacer, blockHash });
  }

  /** @param address with or without checksum */
  nonceOf(address: string): bigint {
    return this.present.account(address.slice(2).toLowerCase())?.nonce ?? 0n;
  }

  /** The nonce that a new transaction of an account should carry. */
  pendingNonce(address: string): bigint {
    return this.room.pendingNonce(address.toLowerCase());
  }

  /**
   * Resolves when the transaction waits for its block, and cannot get lost.
   * @throws TransactionRefused
   */
  admit(tx: TypedTransaction, impersonated: Hex | null = null): Promise<Admitted> {
    return this.room.admit(tx, impersonated);
  }

  /**
   * Sends a transaction as wallets do: resolves with its hash when it is accepted, or, where blocks
   * come at once and few others send or wait, when it is in its block.
   * @param onAdmitted told when it waits for its block
   * @throws TransactionRefused
   */
  async send(
    tx: TypedTransaction,
    impersonated: Hex | null = null,
    onAdmitted: () => void = () => {},
  ): Promise<string> {
    const { hash, mined } = await this.admit(tx, impersonated);
    onAdmitted();
    const isNext = tx.nonce < this.pendingNonce(tx.getSenderAddress().toString());
    if (this.mining.mode.kind !== "auto" || !isNext) return hash;
    if (this.#gathering.isCrowded || this.pool.size > chainLimits.waitingForBlockMax) {
      this.#acknowledged.add(hash, mined);
    } else {
      await this.#inTime(mined);
    }
    return hash;
  }

  /** Whether senders were answered whose blocks are still to come. */
  get hasUnseen(): boolean {
    return this.#acknowledged.size > 0 && this.mining.mode.kind === "auto";
  }

  /** Resolves when what senders were told by now is in blocks: whoever reads then sees it. */
  async seen(): Promise<void> {
    if (!this.hasUnseen) return;
    this.#gathering.hurry();
    await this.#inTime(this.#acknowledged.over());
  }

  /** Resolves when the transaction is in a block. @throws TransactionRefused */
  async submit(tx: TypedTransaction, impersonated: Hex | null = null): Promise<Mined> {
    const { mined } = await this.admit(tx, impersonated);
    return mined;
  }

  /**
   * Has a change agreed on: a block that is wanted now, a foreign block, a change of the state, a
   * return to an earlier one.
   * @throws OrderError
   */
  change(change: Change): Promise<Applied> {
    const entry = { id: this.#host.newId(), ...change } as LedgerEntry;
    return this.#orderer.submit(entry, chainLimits.agreementTimeoutMs);
  }

  /** A block at once, of what waits in the pool; an empty one where nothing does. @throws OrderError */
  mine(): Promise<Applied> {
    const batch = this.room.batch().map(({ transaction }) => transaction);
    return this.change(this.mining.entry(this.head, batch, true));
  }

  setMining(mode: Mining["mode"]): void {
    this.mining.mode = mode;
    this.#callOffInterval?.();
    this.#callOffInterval = null;
    if (mode.kind === "interval") this.#arrange(mode.seconds);
    this.#orderer.wake();
  }

  /** Finishes what is under way; what waits in the pool waits on in its journal. */
  async stop(): Promise<void> {
    this.#callOffInterval?.();
    await this.#orderer.stop();
    await this.validators.stop();
    await this.#together.settle();
    this.room.close();
  }

  /** Waits, but not for ever, for blocks that may not come: without a quorum there are none. */
  async #inTime(blocks: Promise<unknown>): Promise<void> {
    const timeout = Promise.withResolvers<null>();
    const callOff = this.#host.after(chainLimits.blockWaitMs, () => timeout.resolve(null));
    try {
      await Promise.race([blocks, timeout.promise]);
    } finally {
      callOff();
    }
  }

  #arrange(seconds: number): void {
    this.#callOffInterval = this.#host.after(seconds * 1_000, () => {
      this.#arrange(seconds);
      this.mine().catch((error: unknown) => {
        // Without a quorum the next interval tries again.
        if (!(error instanceof OrderError)) throw error;
      });
    });
  }

  #nextBlock(): LedgerEntry | null {
    if (this.mining.mode.kind !== "auto" || this.#failure !== null) return null;
    const batch = this.room.batch();
    if (batch.length === 0 || this.#gathering.waitsWith(batch.length)) return null;
    this.#proposedAtMs = this.#host.monotonicMs();
    const transactions = batch.map(({ transaction }) => transaction);
    return { id: this.#host.newId(), ...this.mining.entry(this.head, transactions, false) };
  }

  async #carryOut(sequence: number, entry: LedgerEntry): Promise<Applied> {
    const applied = await this.#together.apply(sequence, entry, (raw) => this.#decoded.get(raw));
    this.#notePlace();
    for (const refusal of applied.refused) this.room.refuse(refusal);
    const { outcome } = applied;
    if (outcome.kind !== "nothing") this.#changeListeners.tell(applied);
    if (outcome.kind === "block") this.#onBlock(outcome.mined);
    if (outcome.kind === "reverted") {
      this.#setFork();
      this.#revertListeners.tell(outcome.height);
    }
    if (outcome.kind !== "block") this.room.sweep(this.pool.senders());
    return applied;
  }

  #notePlace(): void {
    const { sequence, head, stateRoot } = this.#archive;
    this.#places.set(sequence, placeText(bytesToHex(head.hash()), bytesToHex(stateRoot)));
    if (this.#places.size <= chainLimits.placesKeptMax) return;
    const [oldest] = this.#places.keys();
    if (oldest !== undefined) this.#places.delete(oldest);
  }

  #onBlock(mined: MinedBlock): void {
    this.#setFork();
    const { counters } = this;
    counters.blocks += 1;
    counters.transactions += mined.transactions.length;
    counters.gasUsed += mined.block.header.gasUsed;
    counters.lastBlockMs = this.#host.monotonicMs() - this.#proposedAtMs;
    counters.miningMs += counters.lastBlockMs;
    const senders = new Set<string>();
    for (const transaction of mined.transactions) {
      senders.add(transaction.tx.getSenderAddress().toString());
      this.room.settle({ transaction, blockNumber: this.height });
    }
    this.room.sweep(senders);
    this.#listeners.tell(mined);
  }

  /** The rules for the next block. */
  #setFork(): void {
    const { number, timestamp } = this.head.header;
    this.common.setHardforkBy({ blockNumber: number + 1n, timestamp: timestamp + 1n });
  }
}

function placeText(headHash: string, stateRoot: string): string {
  return `${headHash} ${stateRoot}`;
}
