/** trace_*: calls in a list, as OpenEthereum and Erigon give them. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { rpcLimits } from "../../limits.ts";
import type { BlockRow } from "../../store/chain-rows.ts";
import { BlockAccess } from "./block-access.ts";
import { flattened, type FlatFrame, type Frame, framesOfBlock } from "./call-frames.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { address, blockReference, hash, number, isGiven } from "./params.ts";

const filter = z.object({
  fromBlock: blockReference.nullish(),
  toBlock: blockReference.nullish(),
  fromAddress: z.array(address).max(100).nullish(),
  toAddress: z.array(address).max(100).nullish(),
  after: number(Number.MAX_SAFE_INTEGER).nullish(),
  count: number(Number.MAX_SAFE_INTEGER).nullish(),
});

export function flatTraceMethods({ chain, store, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const ofBlock = async (row: BlockRow) => {
    // Nothing ran in block 0.
    if (row.number === 0) return [];
    const traces = await framesOfBlock(simulator, row.hash);
    return traces.map(({ txHash, result }, position) =>
      flattened(result).map((flat) => ({
        ...traceOf(flat),
        blockHash: bytesToHex(row.hash),
        blockNumber: row.number,
        transactionHash: txHash,
        transactionPosition: position,
      })),
    );
  };
  return {
    trace_block: method(z.tuple([blockReference]), async ([reference]) => {
      const row = blocks.find(reference);
      return row === undefined ? null : (await ofBlock(row)).flat();
    }),
    trace_transaction: method(z.tuple([hash]), async ([wanted]) => {
      const transaction = store.transaction(wanted);
      if (transaction === undefined) return null;
      const traces = await ofBlock(blocks.require(BigInt(transaction.block)));
      return traces[transaction.position] ?? null;
    }),
    trace_replayBlockTransactions: method(
      z.tuple([blockReference, z.array(z.string().max(20)).max(3).nullish()]),
      async ([reference, kinds]) => {
        const unknown = (kinds ?? []).find((kind) => kind !== "trace");
        if (unknown !== undefined) {
          throw new RpcError(
            rpcCodes.invalidParams,
            `only traces of calls are made here, not ${unknown}; see debug_traceBlockByNumber`,
          );
        }
        const traces = await framesOfBlock(simulator, blocks.require(reference).hash);
        return traces.map(({ txHash, result }) => ({
          output: result.output ?? "0x",
          stateDiff: null,
          trace: flattened(result).map((flat) => traceOf(flat)),
          transactionHash: txHash,
          vmTrace: null,
        }));
      },
    ),
    trace_filter: method(z.tuple([filter]), async ([query]) => {
      const first = blocks.require(query.fromBlock ?? "earliest").number;
      const last = blocks.require(query.toBlock ?? "latest").number;
      if (last - first >= rpcLimits.tracedBlocksMax) {
        throw new RpcError(
          rpcCodes.limitExceeded,
          `at most ${rpcLimits.tracedBlocksMax} blocks are traced at once`,
        );
      }
      const wanted = (list: readonly Uint8Array[] | null | undefined, value: string | undefined) =>
        !isGiven(list) || list.length === 0 || list.some((each) => bytesToHex(each) === value);
      const found: object[] = [];
      for (let each = first; each <= last; each += 1) {
        for (const trace of (await ofBlock(blocks.require(BigInt(each)))).flat()) {
          const { from, to } = trace.action as { from?: string; to?: string };
          if (wanted(query.fromAddress, from) && wanted(query.toAddress, to)) found.push(trace);
        }
      }
      const after = query.after ?? 0;
      return found.slice(after, !isGiven(query.count) ? undefined : after + query.count);
    }),
  };
}

function traceOf({ frame, path }: FlatFrame) {
  const { error, calls } = frame;
  return {
    ...actionOf(frame),
    ...(error === undefined ? { result: resultOf(frame) } : { error: errorOf(error) }),
    subtraces: calls?.length ?? 0,
    traceAddress: path,
  };
}

function actionOf({ type, from, to, value = "0x0", gas, input }: Frame) {
  if (type === "SELFDESTRUCT") {
    return { type: "suicide", action: { address: from, refundAddress: to, balance: value } };
  }
  if (type === "CREATE" || type === "CREATE2") {
    const creationMethod = type.toLowerCase();
    return { type: "create", action: { from, gas, init: input, value, creationMethod } };
  }
  return { type: "call", action: { callType: type.toLowerCase(), from, to, gas, input, value } };
}

function resultOf({ type, to, gasUsed, output = "0x" }: Frame) {
  if (type === "SELFDESTRUCT") return null;
  if (type === "CREATE" || type === "CREATE2") return { address: to, code: output, gasUsed };
  return { gasUsed, output };
}

/** Their words for two of the causes. */
function errorOf(error: string): string {
  if (error === "execution reverted") return "Reverted";
  return error === "out of gas" ? "Out of gas" : error;
}
