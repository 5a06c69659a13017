/** Methods about the chain as a whole: its names, rules, fees and how far it is. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { priorityFees } from "../../core/priority-fees.ts";
import { keccak256 } from "../../engine/keccak.ts";
import { decodeBlock } from "../../handlers/views.ts";
import { suggestedTip } from "../../handlers/wallet.ts";
import { rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { chainConfig } from "./chain-config.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { quantityHex } from "./format.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { blockReference, bytes, quantity, type BlockReference } from "./params.ts";

export function chainMethods(parts: RpcParts): RpcMethods {
  const { chain, store, version } = parts;
  const blocks = new BlockAccess(chain, store);
  const chainId = () => chain.common.chainId();

  return {
    web3_clientVersion: method(noParams, () => `demo-control-center/${version}`),
    web3_sha3: method(z.tuple([bytes]), ([data]) => bytesToHex(keccak256(data))),
    net_version: method(noParams, () => String(chainId())),
    net_listening: method(noParams, () => true),
    net_peerCount: method(noParams, () => "0x0"),
    eth_protocolVersion: method(noParams, () => "0x46"),
    eth_chainId: method(noParams, () => quantityHex(chainId())),
    eth_syncing: method(noParams, () => false),
    eth_mining: method(noParams, () => chain.mining.mode.kind !== "manual"),
    eth_hashrate: method(noParams, () => "0x0"),
    eth_coinbase: method(noParams, () => chain.mining.feeRecipient),
    eth_blockNumber: method(noParams, () => quantityHex(chain.height)),
    eth_gasPrice: method(noParams, () => quantityHex(chain.nextBaseFee + suggestedTip)),
    eth_maxPriorityFeePerGas: method(noParams, () => quantityHex(suggestedTip)),
    eth_baseFee: method(noParams, () => quantityHex(chain.nextBaseFee)),
    eth_blobBaseFee: method(noParams, () => {
      const { header } = chain.head;
      if (header.excessBlobGas === undefined) return null;
      return quantityHex(header.calcNextBlobGasPrice(chain.common));
    }),
    eth_config: method(noParams, () => chainConfig(parts)),
    eth_capabilities: method(noParams, () => {
      const whole = { disabled: false, oldestBlock: "0x0" };
      return {
        head: { number: quantityHex(chain.height), hash: bytesToHex(chain.head.hash()) },
        state: whole,
        tx: whole,
        logs: whole,
        receipts: whole,
        blocks: whole,
        stateproofs: whole,
      };
    }),
    eth_feeHistory: method(
      z.tuple([
        z.union([quantity, z.int().min(1).transform(BigInt)]),
        blockReference,
        z.array(z.number().min(0).max(100)).max(100).nullish(),
      ]),
      ([count, newest, percentiles]) => feeHistory(parts, blocks, count, newest, percentiles ?? []),
    ),
    anvil_getGenesisTime: method(noParams, () => quantityHex(blocks.require("earliest").timestamp)),
  };
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
    priorityFees(store.paidGasOf(row.number), headers[index]?.baseFeePerGas ?? 0n, percentiles).map(
      (fee) => quantityHex(fee),
    ),
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
