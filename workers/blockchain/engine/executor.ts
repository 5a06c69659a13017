/** What entries do, before anything of it is stored. */
import { Block, createBlockFromRLP, type BlockHeader } from "@ethereumjs/block";
import { ConsensusType, type Common } from "@ethereumjs/common";
import type { TypedTransaction } from "@ethereumjs/tx";
import type { VM } from "@ethereumjs/vm";
import type { Pacer } from "../core/pacer.ts";
import type { MinedBlock } from "../core/records.ts";
import type { LedgerStore } from "../store/ledger-store.ts";
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
import { isStoreFailure, StateDamaged } from "./failures.ts";
import { checkBlock, headerFields, makeHeader, transactionsRoot } from "./header.ts";
import { keccak256 } from "./keccak.ts";
import { kzgMisses, loadKzg } from "./kzg.ts";
import { makeOperations } from "./operations.ts";
import { bytesOf, hexDigits } from "./state-reader.ts";
import { decodeTransaction } from "./transactions.ts";
import type { StateTrie } from "./trie/state-trie.ts";
import type { WorldState } from "./world-state.ts";

/** What a proposer already knows of a transaction: decoded, its sender recovered. */
export type KnownTransactions = (raw: string) => TypedTransaction | undefined;

/** An entry that does nothing, and why. */
export class NothingApplied extends Error {
  readonly refused: readonly RefusedTransaction[];

  constructor(why: string, refused: readonly RefusedTransaction[] = []) {
    super(why);
    this.refused = refused;
  }
}

export interface Outcome {
  readonly outcome: Applied["outcome"];
  readonly refused: readonly RefusedTransaction[];
  readonly changes: StateChanges;
  /** When the trie has taken the changes already. */
  readonly stateRoot: Uint8Array | null;
  readonly mined: MinedBlock | null;
  readonly revertedTo: { readonly version: number; readonly height: number } | null;
}

export const noChanges: StateChanges = { accounts: new Map(), slots: new Map(), codes: new Map() };

export interface ExecutorParts {
  readonly common: Common;
  readonly store: LedgerStore;
  readonly pacer: Pacer;
  readonly trie: StateTrie;
  readonly state: WorldState;
  readonly vm: VM;
  readonly depositContract: string;
}

export class Executor {
  readonly #parts: ExecutorParts;
  readonly #common: Common;
  readonly #state: WorldState;
  readonly #trie: StateTrie;
  readonly #pause: () => Promise<void>;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    this.#common = parts.common;
    this.#state = parts.state;
    this.#trie = parts.trie;
    this.#pause = () => parts.pacer.pause();
  }

  /**
   * Executes an entry on top of a block; state and trie then hold what has to be stored.
   * @throws NothingApplied, whatever the content of the entry; what else is thrown is the store's
   */
  async execute(entry: LedgerEntry, head: Block, known: KnownTransactions): Promise<Outcome> {
    const misses = kzgMisses();
    const done = await this.#attempt(entry, head, known).catch((error: Error) => error);
    if (kzgMisses() === misses) {
      if (done instanceof Error) throw done;
      return done;
    }
    // The execution asked for what was not there yet, so what came of it counts for nothing.
    await loadKzg();
    this.#state.reset();
    this.#trie.discard();
    return this.#attempt(entry, head, known);
  }

  async #attempt(entry: LedgerEntry, head: Block, known: KnownTransactions): Promise<Outcome> {
    try {
      switch (entry.kind) {
        case "block":
          return await this.#mine(entry, head.header, known);
        case "import":
          return await this.#import(entry, head.header);
        case "revert":
          return await this.#revert(entry);
        case "operation":
          await makeOperations(this.#state, entry.operations, this.#pause);
          return { ...ofState, changes: await this.#state.changes() };
        default:
          throw new NothingApplied("this version does not know that kind of entry");
      }
    } catch (error) {
      if (error instanceof NothingApplied || isStoreFailure(error)) throw error;
      throw new NothingApplied((error as Error).message);
    }
  }

  async #mine(entry: BlockEntry, parent: BlockHeader, known: KnownTransactions): Promise<Outcome> {
    const fields = this.#nextFields(parent, entry);
    const header = makeHeader(fields, this.#common);
    const run = this.#newRun(new Block(header, [], [], undefined, { common: this.#common }));
    await this.#state.checkpoint();
    await run.begin();
    const refused: RefusedTransaction[] = [];
    for (const transaction of entry.transactions) {
      const refusal = await this.#include(run, transaction, known);
      if (refusal !== null) refused.push(refusal);
      await this.#pause();
    }
    if (run.transactions.length === 0 && !entry.mineEmpty) {
      throw new NothingApplied("none of the transactions can be included", refused);
    }
    const commitments = await run.finish();
    await this.#pause();
    await this.#state.commit();
    const changes = await this.#state.changes();
    this.#trie.discard();
    const stateRoot = await this.#trie.updatePaced(changes, this.#pause);
    await this.#pause();
    const transactions = run.transactions.map(({ tx }) => tx);
    const complete = makeHeader(
      {
        ...fields,
        ...commitments,
        stateRoot,
        transactionsTrie: transactionsRoot({ transactions }),
      },
      this.#common,
    );
    const block = new Block(complete, transactions, [], undefined, { common: this.#common });
    const mined = { block, transactions: run.transactions };
    return { ...ofState, outcome: { kind: "block", mined }, refused, changes, stateRoot, mined };
  }

  #nextFields(parent: BlockHeader, entry: BlockEntry) {
    const timestamp = BigInt(Math.max(0, Math.floor(entry.timestamp)));
    const rising = timestamp > parent.timestamp ? timestamp : parent.timestamp + 1n;
    this.#common.setHardforkBy({ blockNumber: parent.number + 1n, timestamp: rising });
    if (this.#common.consensusType() !== ConsensusType.ProofOfStake) {
      throw new NothingApplied("this chain still works by proof of work: blocks are imported only");
    }
    return headerFields(parent, entry, this.#common);
  }

  async #include(
    run: BlockRun,
    { raw, sender }: EntryTransaction,
    known: KnownTransactions,
  ): Promise<RefusedTransaction | null> {
    let tx: TypedTransaction;
    try {
      const decoded = sender === null ? known(raw) : undefined;
      tx = decoded ?? decodeTransaction(raw, sender, this.#common);
    } catch (error) {
      const hash = keccak256(bytesOf(raw.slice(2)));
      return { hash, reason: "malformed", message: (error as Error).message };
    }
    const refusal = await run.add(tx, sender !== null);
    return refusal === null ? null : { hash: tx.hash(), ...refusal };
  }

  async #import({ rlp }: ImportEntry, parent: BlockHeader): Promise<Outcome> {
    const block = createBlockFromRLP(bytesOf(rlp.slice(2)), {
      common: this.#common,
      setHardfork: true,
    });
    const { header } = block;
    await checkBlock(block, parent);
    this.#common.setHardforkBy({ blockNumber: header.number, timestamp: header.timestamp });
    const run = this.#newRun(block);
    await this.#state.checkpoint();
    await run.begin();
    for (const [index, tx] of block.transactions.entries()) {
      const refusal = await run.add(tx, false);
      if (refusal !== null) {
        throw new Error(`invalid block: transaction ${index}: ${refusal.message}`);
      }
      await this.#pause();
    }
    const commitments = await run.finish();
    await this.#pause();
    await this.#state.commit();
    const changes = await this.#state.changes();
    this.#trie.discard();
    const stateRoot = await this.#trie.updatePaced(changes, this.#pause);
    const found = { ...commitments, stateRoot };
    for (const [field, value] of Object.entries(found)) {
      const claimed = header[field as keyof typeof found];
      if (shown(value) === shown(claimed)) continue;
      throw new Error(`invalid block: ${field} is ${shown(value)}, not ${shown(claimed)}`);
    }
    const mined = { block, transactions: run.transactions };
    return { ...ofState, outcome: { kind: "block", mined }, changes, stateRoot, mined };
  }

  async #revert({ version }: RevertEntry): Promise<Outcome> {
    if (!this.#parts.store.hasVersion(version)) {
      throw new NothingApplied(`there is no version ${version} of the state to go back to`);
    }
    const row = this.#parts.store.blockAtVersion(version);
    if (row === undefined) throw new StateDamaged("The chain's database has no block 0.");
    const changes = await this.#parts.store.changesBackTo(version, this.#pause);
    const revertedTo = { version, height: row.number };
    const outcome = { kind: "reverted", height: row.number } as const;
    return { ...ofState, outcome, changes, revertedTo };
  }

  #newRun(block: Block): BlockRun {
    const { vm, state, depositContract } = this.#parts;
    return new BlockRun({ vm, state, block, depositContract });
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
