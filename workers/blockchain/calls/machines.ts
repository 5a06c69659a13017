/** Machines for calls, which are used again: making one takes longer than most calls. */
import { createBlockFromRLP, type Block } from "@ethereumjs/block";
import { Common } from "@ethereumjs/common";
import type { VM } from "@ethereumjs/vm";
import { createMachine } from "../core/machine.ts";
import { Pacer, type Turns } from "../core/pacer.ts";
import { BoundedCache } from "../engine/cache.ts";
import type { Genesis } from "../engine/genesis.ts";
import { hexDigits, type Soon, type StateReader } from "../engine/state-reader.ts";
import { WorldState } from "../engine/world-state.ts";
import { callLimits, chainLimits } from "../limits.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import type { FarArchive, FarState } from "./far-state.ts";
import type { CallPlace, StoredBlock } from "./requests.ts";

/** Lets others run, and ends a call that takes too long. */
export class CallPacer {
  readonly #turns: Turns;
  readonly #pacer: Pacer;
  deadlineMs = Number.POSITIVE_INFINITY;

  constructor(turns: Turns) {
    this.#turns = turns;
    this.#pacer = new Pacer(turns, chainLimits.sliceMs);
  }

  /** @throws RpcError after the deadline */
  isDue(): boolean {
    if (this.#turns.monotonicMs() > this.deadlineMs) {
      throw new RpcError(
        rpcCodes.server,
        `execution aborted (timeout = ${callLimits.deadlineMs / 1_000}s)`,
      );
    }
    return this.#pacer.isDue();
  }

  /** Never fails: the machine could not tell of it. */
  pause(): Promise<void> {
    return this.#pacer.pause();
  }

  begin(): void {
    this.deadlineMs = this.#turns.monotonicMs() + callLimits.deadlineMs;
  }
}

/** Points to another state for each call. */
class SwitchedReader implements StateReader {
  target: StateReader | null = null;

  account(address: string) {
    return this.#state.account(address);
  }

  slot(address: string, slot: string) {
    return this.#state.slot(address, slot);
  }

  slotsOf(address: string) {
    return this.#state.slotsOf(address);
  }

  code(hash: string) {
    return this.#state.code(hash);
  }

  get #state(): StateReader {
    if (this.target === null) throw new Error("A machine at rest has no state.");
    return this.target;
  }
}

export interface Machine {
  readonly vm: VM;
  readonly state: WorldState;
  readonly pacer: CallPacer;
}

interface PooledMachine extends Machine {
  readonly reader: SwitchedReader;
}

export class Machines {
  readonly genesis: Genesis;
  readonly archive: FarArchive;
  readonly #far: FarState;
  readonly #turns: Turns;
  readonly #free = new Map<string, PooledMachine[]>();
  readonly #blocks = new BoundedCache<Block>(callLimits.blocksKept);

  constructor(genesis: Genesis, archive: FarArchive, far: FarState, turns: Turns) {
    this.genesis = genesis;
    this.archive = archive;
    this.#far = far;
    this.#turns = turns;
    // Calls may use more gas than a transaction (EIP-7825); blocks were checked before.
    Common.prototype.updateParams.call(genesis.common, {
      7825: { maxTransactionGasLimit: String(2n ** 64n - 1n) },
    });
  }

  reader(version: number): StateReader {
    return this.#far.reader(version);
  }

  newPacer(): CallPacer {
    return new CallPacer(this.#turns);
  }

  blockHash = async (number: number): Promise<Uint8Array> =>
    (await this.archive.call("blockHash", number)) ?? new Uint8Array(32);

  /** @throws RpcError when it is not on the chain (any more) */
  async blockAt({ block: hash }: CallPlace): Promise<Block> {
    const known = this.#blocks.get(hash);
    if (known !== undefined) return known;
    const stored = await this.archive.call("block", Buffer.from(hash.slice(2), "hex"));
    return this.#decoded(stored);
  }

  /** A block and the version of the state after it. @throws RpcError when there is none */
  async stored(reference: Uint8Array | number) {
    const stored = await this.archive.call("block", reference);
    const block = this.#decoded(stored);
    return { block, version: stored?.version ?? 0 };
  }

  /** Runs over a state with a machine that nobody else uses meanwhile. */
  async run<T>(version: number, block: Block, work: (machine: Machine) => Promise<T>): Promise<T> {
    const fork = block.common.hardfork();
    const machine = this.#free.get(fork)?.pop() ?? (await this.#pooled(fork));
    machine.reader.target = this.reader(version);
    machine.pacer.begin();
    const result = await work(machine);
    // One that failed in the midst of something is not used again.
    machine.vm.evm.journal.cleanJournal();
    machine.state.reset();
    machine.reader.target = null;
    const free = this.#free.get(fork) ?? [];
    if (free.length < callLimits.machinesKept) free.push(machine);
    this.#free.set(fork, free);
    return result;
  }

  /** One that may be changed in itself: its precompiles, its listeners. */
  async fresh(
    state: WorldState,
    common: Common,
    pacer: CallPacer,
    blockHash: (number: number) => Soon<Uint8Array> = this.blockHash,
  ): Promise<Machine> {
    return { vm: await createMachine({ common, state, pacer, blockHash }), state, pacer };
  }

  async #pooled(fork: string): Promise<PooledMachine> {
    const common = this.genesis.common.copy();
    common.setHardfork(fork);
    const reader = new SwitchedReader();
    const machine = await this.fresh(new WorldState(reader), common, this.newPacer());
    return { ...machine, reader };
  }

  #decoded(stored: StoredBlock | null): Block {
    if (stored === null) throw new RpcError(rpcCodes.notFound, "block not found");
    const block = createBlockFromRLP(stored.rlp, {
      common: this.genesis.common.copy(),
      setHardfork: true,
      freeze: false,
    });
    this.#blocks.set(`0x${hexDigits(block.hash())}`, block);
    return block;
  }
}
