/** Methods that read the chain: blocks, transactions, receipts, logs, fees. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { chainId } from "../../contract.ts";
import { decodeBlock } from "../../handlers/views.ts";
import { suggestedTip } from "../../handlers/wallet.ts";
import { rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { formatLog, formatTransaction, quantityHex } from "./format.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { blockReference, hash, logFilter, quantity, type BlockReference } from "./params.ts";

const blockAndIndex = z.tuple([blockReference, quantity]);

export function chainMethods(parts: RpcParts): RpcMethods {
  const { chain, store, version } = parts;
  const blocks = new BlockAccess(chain, store);
  const countIn = (reference: BlockReference) => {
    const row = blocks.find(reference);
    return row === undefined ? null : quantityHex(row.transactions);
  };
  const atIndex = ([reference, index]: z.output<typeof blockAndIndex>) => {
    const row = blocks.find(reference);
    const found =
      row === undefined ? undefined : store.transactionsOfBlock(row.number)[Number(index)];
    return found === undefined ? null : blocks.transaction(found);
  };
  const byHash = hash.transform((blockHash) => ({ blockHash }));

  return {
    web3_clientVersion: method(noParams, () => `demo-control-center/${version}`),
    net_version: method(noParams, () => String(chainId)),
    net_listening: method(noParams, () => true),
    eth_chainId: method(noParams, () => quantityHex(chainId)),
    eth_syncing: method(noParams, () => false),
    eth_blockNumber: method(noParams, () => quantityHex(chain.height)),
    eth_gasPrice: method(noParams, () => quantityHex(chain.nextBaseFee + suggestedTip)),
    eth_maxPriorityFeePerGas: method(noParams, () => quantityHex(suggestedTip)),
    eth_feeHistory: method(
      z.tuple([
        z.union([quantity, z.int().min(1).transform(BigInt)]),
        blockReference,
        z.array(z.number().min(0).max(100)).max(100).nullish(),
      ]),
      ([count, newest, percentiles]) => feeHistory(parts, blocks, count, newest, percentiles ?? []),
    ),
    eth_getBlockByNumber: method(z.tuple([blockReference, z.boolean()]), ([reference, full]) =>
      blocks.format(blocks.find(reference), full),
    ),
    eth_getBlockByHash: method(z.tuple([byHash, z.boolean()]), ([reference, full]) =>
      blocks.format(blocks.find(reference), full),
    ),
    eth_getBlockTransactionCountByNumber: method(z.tuple([blockReference]), ([reference]) =>
      countIn(reference),
    ),
    eth_getBlockTransactionCountByHash: method(z.tuple([byHash]), ([reference]) =>
      countIn(reference),
    ),
    eth_getTransactionByBlockNumberAndIndex: method(blockAndIndex, atIndex),
    eth_getTransactionByBlockHashAndIndex: method(z.tuple([byHash, quantity]), atIndex),
    eth_getTransactionByHash: method(z.tuple([hash]), ([wanted]) => {
      const row = store.transaction(wanted);
      if (row !== undefined) return blocks.transaction(row);
      const waiting = chain.pool.get(bytesToHex(wanted));
      if (waiting === undefined) return null;
      const sender = waiting.tx.getSenderAddress().bytes;
      return formatTransaction(waiting.tx, { hash: wanted, sender, mined: null });
    }),
    eth_getTransactionReceipt: method(z.tuple([hash]), ([wanted]) => {
      const row = store.transaction(wanted);
      return row === undefined ? null : blocks.receipt(row);
    }),
    eth_getBlockReceipts: method(z.tuple([blockReference]), ([reference]) => {
      const row = blocks.find(reference);
      if (row === undefined) return null;
      return store.transactionsOfBlock(row.number).map((each) => blocks.receipt(each));
    }),
    eth_getLogs: method(z.tuple([logFilter]), ([filter]) => logs(parts, blocks, filter)),
  };
}

function logs({ store }: RpcParts, blocks: BlockAccess, filter: z.output<typeof logFilter>) {
  if (filter.blockHash !== undefined && (filter.fromBlock ?? filter.toBlock) !== undefined) {
    throw new RpcError(rpcCodes.invalidParams, "blockHash excludes fromBlock and toBlock");
  }
  const range =
    filter.blockHash === undefined
      ? {
          fromBlock: blocks.find(filter.fromBlock ?? "latest")?.number ?? Number.MAX_SAFE_INTEGER,
          toBlock:
            blocks.find(filter.toBlock ?? "latest")?.number ?? blocks.require("latest").number,
        }
      : oneBlock(blocks.require({ blockHash: filter.blockHash }).number);
  const rows = store.logs({
    ...range,
    addresses: filter.address ?? [],
    topics: filter.topics ?? [],
    limit: rpcLimits.logsMax + 1,
  });
  if (rows.length > rpcLimits.logsMax) {
    throw new RpcError(
      rpcCodes.limitExceeded,
      `more than ${rpcLimits.logsMax} logs match; ask for fewer blocks`,
    );
  }
  return rows.map(formatLog);
}

function oneBlock(number: number) {
  return { fromBlock: number, toBlock: number };
}

/** EIP-1559 fee history; the reward of a percentile is weighted by gas, as go-ethereum does. */
function feeHistory(
  { chain, store }: RpcParts,
  blocks: BlockAccess,
  count: bigint,
  newest: BlockReference,
  percentiles: readonly number[],
) {
  if (percentiles.some((value, index) => value < (percentiles[index - 1] ?? 0))) {
    throw new RpcError(rpcCodes.invalidParams, "the percentiles must rise");
  }
  const last = blocks.require(newest).number;
  const most = BigInt(Math.min(rpcLimits.feeHistoryBlocksMax, last + 1));
  const wanted = Number(count < most ? count : most);
  const rows = store.blocks(last + 1, wanted).toReversed();
  const headers = rows.map((row) => decodeBlock(row, chain.common).header);
  const newestHeader = headers.at(-1);
  const rewards = rows.map((row, index) =>
    rewardsOf(feeParts(store, row.number), headers[index]?.baseFeePerGas ?? 0n, percentiles),
  );
  return {
    oldestBlock: quantityHex(last + 1 - rows.length),
    baseFeePerGas: [
      ...headers.map(({ baseFeePerGas }) => quantityHex(baseFeePerGas ?? 0n)),
      quantityHex(newestHeader?.calcNextBaseFee() ?? chain.nextBaseFee),
    ],
    gasUsedRatio: headers.map(({ gasUsed, gasLimit }) => Number(gasUsed) / Number(gasLimit)),
    ...(percentiles.length > 0 && { reward: rewards }),
  };
}

interface FeePart {
  readonly gas: bigint;
  readonly price: bigint;
}

function feeParts(store: RpcParts["store"], block: number): FeePart[] {
  return store
    .transactionsOfBlock(block)
    .map(({ gas_used, gas_price }) => ({ gas: BigInt(gas_used), price: BigInt(gas_price) }));
}

function rewardsOf(
  transactions: readonly FeePart[],
  baseFee: bigint,
  percentiles: readonly number[],
): string[] {
  const sorted = transactions.toSorted((a, b) => Number(a.price - b.price));
  const total = sorted.reduce((sum, { gas }) => sum + gas, 0n);
  return percentiles.map((percentile) => {
    let gas = 0n;
    const reached = sorted.find((each) => {
      gas += each.gas;
      return Number(gas) >= (Number(total) * percentile) / 100;
    });
    return quantityHex(reached === undefined ? 0n : reached.price - baseFee);
  });
}
