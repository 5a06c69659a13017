/**
 * One copy of the chain and its state, which applies agreed entries one after the other. What comes
 * of an entry depends on those before it and on nothing else: no clock, no chance, no signature
 * that is not in it.
 */
import { createBlockFromRLP, type Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createMachine } from "../core/machine.ts";
import type { Pacer } from "../core/pacer.ts";
import { chainLimits } from "../limits.ts";
import type { EntryRecord, Head, LedgerStore } from "../store/ledger-store.ts";
import type { Applied, LedgerEntry, StateChanges } from "./entry.ts";
import {
  Executor,
  noChanges,
  NothingApplied,
  type KnownTransactions,
  type Outcome,
} from "./executor.ts";
import { StateDamaged } from "./failures.ts";
import type { Genesis } from "./genesis.ts";
import { PresentState } from "./present-state.ts";
import { proofOf, type AccountProof } from "./proof.ts";
import { equalBytes } from "./state-reader.ts";
import { StateTrie } from "./trie/state-trie.ts";
import { verifyStore } from "./verify-store.ts";
import { WorldState } from "./world-state.ts";

interface ReplicaParts {
  readonly store: LedgerStore;
  readonly genesis: Genesis;
  readonly trie: StateTrie;
  readonly present: PresentState;
  readonly state: WorldState;
  readonly executor: Executor;
  readonly common: Common;
  readonly pacer: Pacer;
}

export class Replica {
  readonly common: Common;
  readonly genesis: Genesis;
  readonly #store: LedgerStore;
  readonly #trie: StateTrie;
  readonly #present: PresentState;
  readonly #state: WorldState;
  readonly #executor: Executor;
  readonly #pause: () => Promise<void>;
  #head: Block;
  #at: Head;
  #line: Promise<unknown> = Promise.resolve();

  /**
   * Opens the stored chain, or begins one.
   * @throws StateDamaged when the store does not hold together
   */
  static async open(store: LedgerStore, genesis: Genesis, pacer: Pacer): Promise<Replica> {
    const trie = new StateTrie((key) => store.trieNode(key), chainLimits.trieNodesCachedMax);
    const at = store.head() ?? (await begin(store, genesis, trie, pacer));
    const common = genesis.common.copy();
    const row = store.headBlock();
    if (row === undefined) throw new StateDamaged("The chain's database has no block.");
    if (!equalBytes(store.blockHash(0) ?? new Uint8Array(), genesis.block.hash())) {
      throw new StateDamaged("The chain's database begins with another block 0.");
    }
    if (!equalBytes(trie.root, at.stateRoot)) {
      throw new StateDamaged("The state in the chain's database does not have the stored root.");
    }
    const head = createBlockFromRLP(row.rlp, { common, setHardfork: true });
    if (row.version === at.version && !equalBytes(head.header.stateRoot, at.stateRoot)) {
      throw new StateDamaged("The state in the chain's database is not that of its newest block.");
    }
    await verifyStore(store, at, pacer);
    const present = new PresentState(store.reader());
    const state = new WorldState(present, (changes) => {
      trie.discard();
      return trie.update(changes);
    });
    const blockHash = (number: number) => store.blockHash(number) ?? new Uint8Array(32);
    const vm = await createMachine({ common, state, pacer, blockHash });
    const { depositContract } = genesis;
    const executor = new Executor({ common, store, pacer, trie, state, vm, depositContract });
    const parts = { store, genesis, trie, present, state, executor, common, pacer };
    return new Replica(parts, head, at);
  }

  private constructor(parts: ReplicaParts, head: Block, at: Head) {
    this.#store = parts.store;
    this.genesis = parts.genesis;
    this.#trie = parts.trie;
    this.#present = parts.present;
    this.#state = parts.state;
    this.#executor = parts.executor;
    this.#pause = () => parts.pacer.pause();
    this.common = parts.common;
    this.#head = head;
    this.#at = at;
  }

  get head(): Block {
    return this.#head;
  }

  get height(): number {
    return Number(this.#head.header.number);
  }

  /** Of the newest entry that was applied. */
  get sequence(): number {
    return this.#at.sequence;
  }

  get version(): number {
    return this.#at.version;
  }

  /** Of the present state, with operations that no block has committed to yet. */
  get stateRoot(): Uint8Array {
    return this.#at.stateRoot;
  }

  /** The newest state; it changes with each entry. */
  get present(): PresentState {
    return this.#present;
  }

  /** What proves an account and slots of the newest state (EIP-1186). */
  prove(address: string, slots: readonly string[]): Promise<AccountProof> {
    return this.#inTurn(() => Promise.resolve(proofOf(this.#trie, address, slots)));
  }

  /** The root that the newest state would have with changes made to it; nothing is changed. */
  rootWith(changes: StateChanges): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      try {
        return await this.#trie.updatePaced(changes, this.#pause);
      } finally {
        this.#trie.discard();
      }
    });
  }

  /** The entries that a replica after `from - 1` lacks, oldest first. */
  applied(from: number, limit: number): EntryRecord[] {
    return this.#store.entries(from, limit);
  }

  /**
   * Applies the next entry. One that is bad in itself does nothing, and tells why.
   * @param sequence its place in the agreed order
   * @param known what need not be decoded and recovered again
   * @throws Error when the store cannot be written; then nothing has changed
   */
  apply(sequence: number, entry: LedgerEntry, known?: KnownTransactions): Promise<Applied> {
    return this.#inTurn(() => this.#apply({ sequence, entry }, known ?? (() => undefined)));
  }

  /**
   * Takes over what another replica made of the next entry: a block is not executed again, but its
   * changes must lead to the root in its header.
   * @returns null when it does not continue this chain: entries between are missing, or differ
   */
  adopt(entry: LedgerEntry, applied: Applied): Promise<Applied | null> {
    return this.#inTurn(async () => {
      const record = { sequence: applied.sequence, entry };
      const { outcome, changes } = applied;
      if (outcome.kind === "nothing" && applied.version === this.version) {
        if (record.sequence > this.sequence) await this.#remember(record);
        return applied;
      }
      if (record.sequence <= this.sequence || applied.version !== this.version + 1) return null;
      if (outcome.kind !== "block") return this.#apply(record, () => undefined);
      const { mined } = outcome;
      const { header } = mined.block;
      if (!equalBytes(header.parentHash, this.#head.hash())) return null;
      try {
        const stateRoot = await this.#trie.updatePaced(changes, this.#pause);
        if (!equalBytes(stateRoot, header.stateRoot)) return null;
        const { refused } = applied;
        const done = { outcome, refused, changes, stateRoot, mined, revertedTo: null };
        return await this.#take(record, done);
      } finally {
        this.#forget();
      }
    });
  }

  /** Resolves when all that was applied survives a loss of power. */
  flush(): Promise<void> {
    return this.#inTurn(async () => this.#store.flush());
  }

  /** Resolves when what its store held is stored (`LedgerStore.hold`). */
  settle(): Promise<void> {
    return this.#inTurn(async () => this.#store.release());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => {});
    return done;
  }

  async #apply(record: EntryRecord, known: KnownTransactions): Promise<Applied> {
    const { sequence, entry } = record;
    if (sequence <= this.sequence) return this.#nothing(sequence, "already applied");
    if (this.#store.sequenceOf(entry.id) !== undefined) {
      await this.#remember(record);
      return this.#nothing(sequence, "already applied");
    }
    try {
      return await this.#take(record, await this.#executor.execute(entry, this.#head, known));
    } catch (error) {
      if (!(error instanceof NothingApplied)) throw error;
      await this.#remember(record);
      return { ...this.#nothing(sequence, error.message), refused: error.refused };
    } finally {
      this.#forget();
    }
  }

  #nothing(sequence: number, why: string): Applied {
    const outcome = { kind: "nothing", why } as const;
    return { sequence, version: this.version, outcome, refused: [], changes: noChanges };
  }

  /** An entry that did nothing has its place all the same. */
  async #remember(record: EntryRecord): Promise<void> {
    await this.#store.write(record, null, this.#at, this.#pause);
    this.#at = { ...this.#at, sequence: record.sequence };
  }

  /** Back to the stored state. */
  #forget(): void {
    this.#trie.discard();
    this.#state.reset();
  }

  /** Stores what an entry did, all of it together. */
  async #take(record: EntryRecord, done: Outcome): Promise<Applied> {
    const { changes, mined, outcome, refused, revertedTo } = done;
    const stateRoot = done.stateRoot ?? (await this.#trie.updatePaced(changes, this.#pause));
    const version = this.version + 1;
    const nodes = this.#trie.changedNodes;
    const effects = { version, stateRoot, changes, nodes, mined, revertedTo };
    await this.#store.write(record, effects, this.#at, this.#pause);
    this.#trie.settle();
    this.#present.settle(changes);
    this.#at = { sequence: record.sequence, version, stateRoot };
    if (mined !== null) this.#head = mined.block;
    if (revertedTo !== null) this.#head = this.#storedBlock(revertedTo.height);
    return { sequence: record.sequence, version, outcome, refused, changes };
  }

  #storedBlock(number: number): Block {
    const row = this.#store.block(number);
    if (row === undefined) throw new StateDamaged(`Block ${number} is missing.`);
    return createBlockFromRLP(row.rlp, { common: this.common, setHardfork: true });
  }
}

/** Writes block 0 as version 0. */
async function begin(
  store: LedgerStore,
  { block, changes }: Genesis,
  trie: StateTrie,
  pacer: Pacer,
): Promise<Head> {
  const pause = () => pacer.pause();
  const stateRoot = await trie.updatePaced(changes, pause);
  const nodes = trie.changedNodes;
  const mined = { block, transactions: [] };
  const head = { sequence: 0, version: 0, stateRoot };
  const effects = { version: 0, stateRoot, changes, nodes, mined, revertedTo: null };
  await store.write(null, effects, head, pause);
  trie.settle();
  return head;
}
