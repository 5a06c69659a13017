/** Transactions again, with a tracer that watches: on the state that each was executed on. */
import { Block } from "@ethereumjs/block";
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { type AfterTxEvent, runTx } from "@ethereumjs/vm";
import { BlockRun } from "../engine/block-run.ts";
import { decodeTransaction, impersonatedSender } from "../engine/transactions.ts";
import { WorldState } from "../engine/world-state.ts";
import { callLimits } from "../limits.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import { MachineEvents } from "./machine-events.ts";
import type { Machine, Machines } from "./machines.ts";
import { messageTransaction, offeredFee } from "./message-tx.ts";
import { overrideBlock, overrideState } from "./overrides.ts";
import type { CallMessage, CallPlace, Overrides, TraceOptions } from "./requests.ts";
import type { ExecutionEnd } from "./tracers/tracer.ts";
import { makeTracer } from "./tracers/tracers.ts";

export interface TransactionTrace {
  readonly txHash: string;
  readonly result: unknown;
}

/**
 * @param only the place of one transaction; null: all of the block
 * @throws RpcError
 */
export async function traceBlock(
  machines: Machines,
  reference: Uint8Array | number,
  only: number | null,
  options: TraceOptions,
): Promise<readonly TransactionTrace[]> {
  const { block, version } = await machines.stored(reference);
  if (block.header.number === 0n) throw new RpcError(rpcCodes.server, "genesis is not traceable");
  // Each change of the chain has a version; what a developer changed before the block belongs to it.
  // Receipts before Byzantium have roots, which nobody looks at here.
  const state = new WorldState(machines.reader(version - 1), () => new Uint8Array(32));
  const common = block.common.copy();
  const open = new Block(block.header, [], block.uncleHeaders, block.withdrawals, {
    common,
    freeze: false,
  });
  const pacer = machines.newPacer();
  pacer.begin();
  const machine = await machines.fresh(state, common, pacer);
  const { depositContract } = machines.genesis;
  const run = new BlockRun({ vm: machine.vm, state, block: open, depositContract });
  await run.begin();
  const traces: TransactionTrace[] = [];
  for (const [index, each] of block.transactions.entries()) {
    const sender = impersonatedSender(each);
    const tx = decodeTransaction(bytesToHex(each.serialize()), sender, common);
    const add = async () => {
      const refusal = await run.add(tx, sender !== null);
      if (refusal !== null) throw new RpcError(rpcCodes.server, refusal.message);
    };
    if (only === null || only === index) {
      const result = await watch(machine, open, tx, options, add);
      traces.push({ txHash: bytesToHex(tx.hash()), result });
    } else {
      await add();
    }
    if (only === index) break;
    pacer.isDue();
  }
  return traces;
}

/** @throws RpcError */
export async function traceCall(
  machines: Machines,
  place: CallPlace,
  message: CallMessage,
  overrides: Overrides | null,
  options: TraceOptions,
): Promise<unknown> {
  const state = new WorldState(machines.reader(place.version));
  const pacer = machines.newPacer();
  pacer.begin();
  const stored = await machines.blockAt(place);
  const machine = await machines.fresh(state, stored.common.copy(), pacer);
  if (overrides?.state !== undefined) await overrideState(overrides.state, state, machine.vm);
  const block = overrides?.block === undefined ? stored : overrideBlock(stored, overrides.block);
  const offered = offeredFee(message);
  const maxFeePerGas = offered === 0n ? (block.header.baseFeePerGas ?? 0n) : offered;
  const most = callLimits.gasMax;
  const gasLimit = message.gas === undefined || message.gas > most ? most : message.gas;
  const tx = messageTransaction(
    message,
    { gasLimit, maxFeePerGas, maxPriorityFeePerGas: 0n },
    machine.vm.common,
  );
  state.passOffAsDelegated(tx.getSenderAddress());
  return watch(machine, block, tx, options, async () => {
    try {
      await runTx(machine.vm, {
        tx,
        block,
        skipBalance: true,
        skipNonce: true,
        skipBlockGasLimitValidation: true,
      });
    } catch (error) {
      if (error instanceof RpcError) throw error;
      const text = (error as Error).message.replace(/ \(vm hf=.*$/s, "");
      throw new RpcError(rpcCodes.server, `tracing failed: ${text}`);
    }
  });
}

async function watch(
  { vm, state }: Machine,
  { header }: Block,
  tx: TypedTransaction,
  { tracer: name, config }: TraceOptions,
  run: () => Promise<void>,
): Promise<unknown> {
  const feeRecipient = header.coinbase.bytes;
  const tracer = makeTracer(name)(config, { tx, state, feeRecipient });
  const events = new MachineEvents(vm.evm, tracer);
  let end: ExecutionEnd | null = null;
  const onEnd = ({ execResult, totalGasSpent, createdAddress }: AfterTxEvent) => {
    const { exceptionError, returnValue } = execResult;
    end = {
      gasUsed: totalGasSpent,
      failed: exceptionError !== undefined,
      failure: exceptionError?.error ?? null,
      returned: returnValue,
      created: createdAddress?.bytes ?? null,
    };
  };
  vm.events.once("afterTx", onEnd);
  try {
    await run();
  } finally {
    events.stop();
    vm.events.off("afterTx", onEnd);
  }
  events.check();
  if (end === null) throw new Error("An execution told nothing of its end.");
  return tracer.end(end);
}
