/** Runs a transaction or a call of the chain again, and records it. */
import { createBlock, type Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { Address, bytesToHex, hexToBytes } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import { readGenesis } from "../../engine/genesis.ts";
import type { Hex } from "../artefact.ts";
import type {
  BlockEnvironment,
  ChainTransaction,
  ContractsChain,
  TraceSource,
} from "../contracts-chain.ts";
import { record } from "../debug/recorder.ts";
import type { Trace } from "../debug/trace.ts";
import { RemoteState, wordOf } from "./remote-state.ts";

export interface Traced {
  readonly trace: Trace;
  /** Of a transaction with its price and refunds, of a call what it executed. */
  readonly gasUsed: bigint;
  /** Reads the state where the trace did not touch it. */
  readonly storage: (address: Hex, slot: bigint) => Promise<bigint>;
}

/** What is to be traced is not on the chain. */
export class NotOnChain extends Error {
  override readonly name = "NotOnChain";
}

/** @throws NotOnChain */
export async function trace(source: TraceSource, chain: ContractsChain): Promise<Traced> {
  const { common } = readGenesis(await chain.genesis());
  return source.kind === "transaction"
    ? traceTransaction(source.hash, chain, common)
    : traceCall(source, chain, common);
}

async function traceTransaction(hash: Hex, chain: ContractsChain, common: Common): Promise<Traced> {
  const place = await chain.transaction(hash);
  if (place === null) throw new NotOnChain(`There is no mined transaction ${hash}.`);
  const { state, vm, block } = await machineFor(
    chain,
    common,
    place.state,
    place.block.environment,
  );
  // What they cost was settled when the block was mined.
  const options = { block, skipBlockGasLimitValidation: true, skipHardForkValidation: true };
  for (const earlier of place.earlier) {
    await runTx(vm, { ...options, tx: decode(earlier, common) });
  }
  const recording = record(vm.evm as Parameters<typeof record>[0]);
  const result = await runTx(vm, { ...options, tx: decode(place.transaction, common) });
  return { trace: recording.finish(), gasUsed: result.totalGasSpent, storage: readerOf(state) };
}

async function traceCall(
  { message, block: reference }: Extract<TraceSource, { kind: "call" }>,
  chain: ContractsChain,
  common: Common,
): Promise<Traced> {
  const found = await chain.block(reference);
  if (found === null) throw new NotOnChain(`There is no block ${reference}.`);
  const { state, vm, block } = await machineFor(chain, common, found.state, found.environment);
  const { from, to, data, value, gas } = message;
  const caller = new Address(hexToBytes(from));
  const recording = record(vm.evm as Parameters<typeof record>[0]);
  const { execResult } = await vm.evm.runCall({
    block,
    caller,
    origin: caller,
    ...(to !== null && { to: new Address(hexToBytes(to)) }),
    data: hexToBytes(data),
    value,
    gasLimit: gas,
    gasPrice: 0n,
    skipBalance: true,
  });
  return {
    trace: recording.finish(),
    gasUsed: execResult.executionGasUsed,
    storage: readerOf(state),
  };
}

function decode({ raw, sender }: ChainTransaction, common: Common): TypedTransaction {
  const tx = createTxFromRLP(hexToBytes(raw), { common, freeze: false });
  const address = new Address(hexToBytes(sender));
  tx.getSenderAddress = () => address;
  return tx;
}

async function machineFor(
  chain: ContractsChain,
  common: Common,
  stateName: string,
  environment: BlockEnvironment,
): Promise<{ state: RemoteState; vm: VM; block: Block }> {
  const { number, timestamp, coinbase, gasLimit, baseFeePerGas, prevRandao } = environment;
  common.setHardforkBy({ blockNumber: number, timestamp });
  const state = new RemoteState(common, chain, stateName);
  const hashes = {
    getBlock: async (wanted: number) => {
      const hash = await chain.blockHash(wanted);
      return { hash: () => hash };
    },
    putBlock: () => Promise.resolve(),
    shallowCopy: () => hashes,
  };
  const vm = await createVM({ common, stateManager: state, blockchain: hashes });
  const header = {
    number,
    timestamp,
    coinbase,
    gasLimit,
    baseFeePerGas,
    mixHash: hexToBytes(prevRandao),
  };
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
  return { state, vm, block };
}

function readerOf(state: RemoteState): Traced["storage"] {
  return async (address, slot) => {
    const word = await state.getStorage(new Address(hexToBytes(address)), wordOf(slot));
    return word.length === 0 ? 0n : BigInt(bytesToHex(word));
  };
}
