/**
 * One copy of the chain and its state, which applies agreed entries one after the other. What comes
 * of an entry depends on those before it and on nothing else: no clock, no chance, no signature
 * that is not in it.
 */
import { Block, createBlockFromRLP, type BlockHeader } from "@ethereumjs/block";
import { ConsensusType, type Common } from "@ethereumjs/common";
import type { TypedTransaction } from "@ethereumjs/tx";
import type { VM } from "@ethereumjs/vm";
import { createMachine } from "../core/machine.ts";
import type { Pacer } from "../core/pacer.ts";
import type { MinedBlock } from "../core/records.ts";
import { chainLimits } from "../limits.ts";
import type { EntryRecord, Head, LedgerStore } from "../store/ledger-store.ts";
import { BlockRun } from "./block-run.ts";
import type {
  Applied,
  BlockEntry,
  EntryTransaction,
  ImportEntry,
  LedgerEntry,
  RefusedTransaction,
  RevertEntry,
  StateChanges,
} from "./entry.ts";
import type { Genesis } from "./genesis.ts";
import { checkBlock, headerFields, makeHeader, transactionsRoot } from "./header.ts";
import { keccak256 } from "./keccak.ts";
import { makeOperations } from "./operations.ts";
import { PresentState } from "./present-state.ts";
import { bytesOf, equalBytes, hexDigits } from "./state-reader.ts";
import { decodeTransaction } from "./transactions.ts";
import { StateTrie } from "./trie/state-trie.ts";
import { WorldState } from "./world-state.ts";

/** What a proposer already knows of a transaction: decoded, its sender recovered. */
export type KnownTransactions = (raw: string) => TypedTransaction | undefined;

/** An entry that does nothing, and why. */
class NothingApplied extends Error {
  readonly refused: readonly RefusedTransaction[];

  constructor(why: string, refused: readonly RefusedTransaction[] = []) {
    super(why);
    this.refused = refused;
  }
}

/** A stored state that does not have the root that was stored with it. */
export class StateDamaged extends Error {
  override readonly name = "StateDamaged";
}

interface Outcome {
  readonly outcome: Applied["outcome"];
  readonly refused: readonly RefusedTransaction[];
  readonly changes: StateChanges;
  /** When the trie has taken the changes already. */
  readonly stateRoot: Uint8Array | null;
  readonly mined: MinedBlock | null;
  readonly revertedTo: { readonly version: number; readonly height: number } | null;
}

const noChanges: StateChanges = { accounts: new Map(), slots: new Map(), codes: new Map() };

export class Replica {
  readonly common: Common;
  readonly genesis: Genesis;
  readonly #store: LedgerStore;
  readonly #pacer: Pacer;
  readonly #trie: StateTrie;
  readonly #present: PresentState;
  readonly #state: WorldState;
  readonly #vm: VM;
  #head: Block;
  #at: Head;
  #line: Promise<unknown> = Promise.resolve();

  /**
   * Opens the stored chain, or begins one.
   * @throws StateDamaged when the store does not hold together
   */
  static async open(store: LedgerStore, genesis: Genesis, pacer: Pacer): Promise<Replica> {
    const trie = new StateTrie((key) => store.trieNode(key), chainLimits.trieNodesCachedMax);
    const at = store.head() ?? begin(store, genesis, trie);
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
    const present = new PresentState(store.reader());
    const state = new WorldState(present, (changes) => {
      trie.discard();
      return trie.update(changes);
    });
    const blockHash = (number: number) => store.blockHash(number) ?? new Uint8Array(32);
    const vm = await createMachine({ common, state, pacer, blockHash });
    return new Replica({ store, genesis, pacer, trie, present, state, vm, common, head, at });
  }

  private constructor(parts: {
    readonly store: LedgerStore;
    readonly genesis: Genesis;
    readonly pacer: Pacer;
    readonly trie: StateTrie;
    readonly present: PresentState;
    readonly state: WorldState;
    readonly vm: VM;
    readonly common: Common;
    readonly head: Block;
    readonly at: Head;
  }) {
    this.#store = parts.store;
    this.genesis = parts.genesis;
    this.#pacer = parts.pacer;
    this.#trie = parts.trie;
    this.#present = parts.present;
    this.#state = parts.state;
    this.#vm = parts.vm;
    this.common = parts.common;
    this.#head = parts.head;
    this.#at = parts.at;
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

  /** The nodes that prove an account and slots of the newest state (EIP-1186). */
  get trie(): Pick<StateTrie, "account" | "accountProof" | "storageProof" | "root"> {
    return this.#trie;
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
    const done = this.#line.then(() => this.#apply(sequence, entry, known ?? (() => undefined)));
    this.#line = done.catch(() => {});
    return done;
  }

  async #apply(sequence: number, entry: LedgerEntry, known: KnownTransactions): Promise<Applied> {
    if (sequence <= this.#at.sequence) return this.#nothing(sequence, "already applied");
    const record = { sequence, entry };
    if (this.#store.sequenceOf(entry.id) !== undefined) {
      this.#store.write(record, null, this.#at);
      this.#at = { ...this.#at, sequence };
      return this.#nothing(sequence, "already applied");
    }
    try {
      const outcome = await this.#execute(entry, known);
      return this.#take(record, outcome);
    } catch (error) {
      if (!(error instanceof NothingApplied)) throw error;
      this.#forget();
      this.#store.write(record, null, this.#at);
      this.#at = { ...this.#at, sequence };
      return { ...this.#nothing(sequence, error.message), refused: error.refused };
    } finally {
      this.#forget();
    }
  }

  #nothing(sequence: number, why: string): Applied {
    const outcome = { kind: "nothing", why } as const;
    return { sequence, version: this.version, outcome, refused: [], changes: noChanges };
  }

  /** Back to the state before the entry. */
  #forget(): void {
    this.#trie.discard();
    this.#state.reset();
  }

  /** @throws NothingApplied */
  async #execute(entry: LedgerEntry, known: KnownTransactions): Promise<Outcome> {
    try {
      switch (entry.kind) {
        case "block":
          return await this.#mine(entry, known);
        case "import":
          return await this.#import(entry);
        case "revert":
          return this.#revert(entry);
        case "operation":
          await makeOperations(this.#state, entry.operations);
          return { ...ofState, changes: await this.#state.changes() };
        default:
          throw new NothingApplied("this version does not know that kind of entry");
      }
    } catch (error) {
      if (error instanceof NothingApplied) throw error;
      throw new NothingApplied((error as Error).message);
    }
  }

  /** Stores what an entry did, all of it together. */
  #take(record: EntryRecord, done: Outcome): Applied {
    const { changes, mined, outcome, refused, revertedTo } = done;
    const stateRoot = done.stateRoot ?? this.#trie.update(changes);
    const version = this.#at.version + 1;
    const nodes = this.#trie.changedNodes;
    this.#store.write(record, { version, stateRoot, changes, nodes, mined, revertedTo }, this.#at);
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

  async #mine(entry: BlockEntry, known: KnownTransactions): Promise<Outcome> {
    const parent = this.#head.header;
    const fields = this.#nextFields(parent, entry);
    const header = makeHeader(fields, this.common);
    const run = this.#newRun(new Block(header, [], [], undefined, { common: this.common }));
    await this.#state.checkpoint();
    await run.begin();
    const refused: RefusedTransaction[] = [];
    for (const transaction of entry.transactions) {
      const refusal = await this.#include(run, transaction, known);
      if (refusal !== null) refused.push(refusal);
    }
    if (run.transactions.length === 0 && !entry.mineEmpty) {
      throw new NothingApplied("none of the transactions can be included", refused);
    }
    const commitments = await run.finish();
    await this.#state.commit();
    const changes = await this.#state.changes();
    this.#trie.discard();
    const stateRoot = this.#trie.update(changes);
    const transactions = run.transactions.map(({ tx }) => tx);
    const complete = makeHeader(
      {
        ...fields,
        ...commitments,
        stateRoot,
        transactionsTrie: transactionsRoot({ transactions }),
      },
      this.common,
    );
    const block = new Block(complete, transactions, [], undefined, { common: this.common });
    const mined = { block, transactions: run.transactions };
    return { ...ofState, outcome: { kind: "block", mined }, refused, changes, stateRoot, mined };
  }

  #nextFields(parent: BlockHeader, entry: BlockEntry) {
    const timestamp = BigInt(Math.max(0, Math.floor(entry.timestamp)));
    const rising = timestamp > parent.timestamp ? timestamp : parent.timestamp + 1n;
    this.common.setHardforkBy({ blockNumber: parent.number + 1n, timestamp: rising });
    if (this.common.consensusType() !== ConsensusType.ProofOfStake) {
      throw new NothingApplied("this chain still works by proof of work: blocks are imported only");
    }
    return headerFields(parent, entry, this.common);
  }

  async #include(
    run: BlockRun,
    { raw, sender }: EntryTransaction,
    known: KnownTransactions,
  ): Promise<RefusedTransaction | null> {
    let tx: TypedTransaction;
    try {
      const decoded = sender === null ? known(raw) : undefined;
      tx = decoded ?? decodeTransaction(raw, sender, this.common);
    } catch (error) {
      const hash = keccak256(bytesOf(raw.slice(2)));
      return { hash, reason: "malformed", message: (error as Error).message };
    }
    const refusal = await run.add(tx, sender !== null);
    return refusal === null ? null : { hash: tx.hash(), ...refusal };
  }

  async #import({ rlp }: ImportEntry): Promise<Outcome> {
    const parent = this.#head.header;
    const block = createBlockFromRLP(bytesOf(rlp.slice(2)), {
      common: this.common,
      setHardfork: true,
    });
    const { header } = block;
    await checkBlock(block, parent);
    this.common.setHardforkBy({ blockNumber: header.number, timestamp: header.timestamp });
    const run = this.#newRun(block);
    await this.#state.checkpoint();
    await run.begin();
    for (const [index, tx] of block.transactions.entries()) {
      const refusal = await run.add(tx, false);
      if (refusal !== null) {
        throw new Error(`invalid block: transaction ${index}: ${refusal.message}`);
      }
    }
    const commitments = await run.finish();
    await this.#state.commit();
    const changes = await this.#state.changes();
    this.#trie.discard();
    const stateRoot = this.#trie.update(changes);
    const found = { ...commitments, stateRoot };
    for (const [field, value] of Object.entries(found)) {
      const claimed = header[field as keyof typeof found];
      if (shown(value) === shown(claimed)) continue;
      throw new Error(`invalid block: ${field} is ${shown(value)}, not ${shown(claimed)}`);
    }
    const mined = { block, transactions: run.transactions };
    return { ...ofState, outcome: { kind: "block", mined }, changes, stateRoot, mined };
  }

  #revert({ version }: RevertEntry): Outcome {
    if (!this.#store.hasVersion(version)) {
      throw new NothingApplied(`there is no version ${version} of the state to go back to`);
    }
    const row = this.#store.blockAtVersion(version);
    if (row === undefined) throw new StateDamaged("The chain's database has no block 0.");
    const changes = this.#store.changesBackTo(version);
    const revertedTo = { version, height: row.number };
    const outcome = { kind: "reverted", height: row.number } as const;
    return { ...ofState, outcome, changes, revertedTo };
  }

  #newRun(block: Block): BlockRun {
    const { depositContract } = this.genesis;
    return new BlockRun({
      vm: this.#vm,
      state: this.#state,
      pacer: this.#pacer,
      block,
      depositContract,
    });
  }
}

const ofState: Outcome = {
  outcome: { kind: "state" },
  refused: [],
  changes: noChanges,
  stateRoot: null,
  mined: null,
  revertedTo: null,
};

function shown(value: Uint8Array | bigint | undefined): string {
  return value instanceof Uint8Array ? `0x${hexDigits(value)}` : String(value);
}

/** Writes block 0 as version 0. */
function begin(store: LedgerStore, { block, changes }: Genesis, trie: StateTrie): Head {
  const stateRoot = trie.update(changes);
  const nodes = trie.changedNodes;
  const mined = { block, transactions: [] };
  const head = { sequence: 0, version: 0, stateRoot };
  store.write(null, { version: 0, stateRoot, changes, nodes, mined, revertedTo: null }, head);
  trie.settle();
  return head;
}
