/** Methods that run code and change nothing; all of it runs in the thread of calls. */
import { createBlockFromRLP } from "@ethereumjs/block";
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { callLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { messageOf } from "./call-object.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { quantityHex } from "./format.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import {
  address,
  blockOverrides,
  bytes,
  callObject,
  hash,
  optionalBlock,
  quantity,
  stateOverrides,
  withdrawals,
  isGiven,
} from "./params.ts";
import { RawJson } from "./raw-json.ts";

const ofCall = z.tuple([
  callObject,
  optionalBlock,
  stateOverrides.nullish(),
  blockOverrides.nullish(),
]);

const simulation = z.object({
  blockStateCalls: z
    .array(
      z.object({
        blockOverrides: blockOverrides.nullish(),
        stateOverrides: stateOverrides.nullish(),
        calls: z.array(callObject).max(callLimits.simulatedCallsMax).nullish(),
      }),
    )
    .min(1)
    .max(callLimits.simulatedBlocksMax),
  traceTransfers: z.boolean().default(false),
  validation: z.boolean().default(false),
  returnFullTransactions: z.boolean().default(false),
});

const payloadAttributes = z.object({
  timestamp: quantity,
  prevRandao: hash,
  suggestedFeeRecipient: address,
  withdrawals: withdrawals.nullish(),
  parentBeaconBlockRoot: hash.nullish(),
});

export function callMethods({ chain, store, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const overridesOf = ([, , state, block]: z.output<typeof ofCall>) =>
    !isGiven(state) && !isGiven(block)
      ? null
      : { ...(isGiven(state) && { state }), ...(isGiven(block) && { block }) };

  return {
    eth_call: method(ofCall, async (params) => {
      const [call, block] = params;
      const row = blocks.require(block);
      return bytesToHex(await simulator.call(messageOf(call), row, overridesOf(params)));
    }),
    eth_estimateGas: method(ofCall, async (params) => {
      const [call, block] = params;
      const row = blocks.require(block);
      return quantityHex(await simulator.estimateGas(messageOf(call), row, overridesOf(params)));
    }),
    eth_createAccessList: method(ofCall, async (params) => {
      const [call, block] = params;
      const place = simulator.placeOf(blocks.require(block));
      const overrides = overridesOf(params);
      const found = await simulator.run("accessListOf", place, messageOf(call), overrides);
      const { accessList, gasUsed, error } = found;
      return { accessList, gasUsed: quantityHex(gasUsed), ...(error !== null && { error }) };
    }),
    eth_simulateV1: method(z.tuple([simulation, optionalBlock]), async ([wanted, block]) => {
      const { blockStateCalls, traceTransfers, validation, returnFullTransactions } = wanted;
      const place = simulator.placeOf(blocks.require(block));
      const text = await simulator.run("simulate", place, {
        blocks: blockStateCalls.map((each) => ({
          ...(isGiven(each.blockOverrides) && { blockOverrides: each.blockOverrides }),
          ...(isGiven(each.stateOverrides) && { stateOverrides: each.stateOverrides }),
          calls: (each.calls ?? []).map((call) => messageOf(call)),
        })),
        traceTransfers,
        validation,
        returnFullTransactions,
      });
      return new RawJson(text);
    }),
    testing_buildBlockV1: method(
      z.tuple([hash, payloadAttributes, z.array(bytes).nullish(), bytes.nullish()]),
      async ([parentHash, attributes, transactions, extraData]) => {
        const row = blocks.find({ blockHash: parentHash });
        if (row === undefined) throw new RpcError(rpcCodes.invalidParams, "unknown parent block");
        const given = transactions?.map((raw) => ({ raw: bytesToHex(raw), sender: null }));
        const built = await simulator.run("buildBlock", simulator.placeOf(row), {
          timestamp: attributes.timestamp,
          feeRecipient: attributes.suggestedFeeRecipient,
          prevRandao: attributes.prevRandao,
          parentBeaconBlockRoot: attributes.parentBeaconBlockRoot ?? new Uint8Array(32),
          withdrawals: attributes.withdrawals ?? [],
          extraData: extraData ?? new Uint8Array(),
          gasLimitWanted: chain.mining.gasLimit,
          transactions: given ?? chain.room.batch().map(({ transaction }) => transaction),
          strict: given !== undefined,
        });
        return envelopeOf(built, chain.common.copy());
      },
    ),
  };
}

/** ExecutionPayloadEnvelope of the engine API. */
function envelopeOf(
  { rlp, value, requests }: { rlp: Uint8Array; value: bigint; requests: readonly string[] },
  common: RpcParts["chain"]["common"],
) {
  const block = createBlockFromRLP(rlp, { common, setHardfork: true });
  const { header } = block;
  return {
    executionPayload: {
      parentHash: bytesToHex(header.parentHash),
      feeRecipient: header.coinbase.toString(),
      stateRoot: bytesToHex(header.stateRoot),
      receiptsRoot: bytesToHex(header.receiptTrie),
      logsBloom: bytesToHex(header.logsBloom),
      prevRandao: bytesToHex(header.mixHash),
      blockNumber: quantityHex(header.number),
      gasLimit: quantityHex(header.gasLimit),
      gasUsed: quantityHex(header.gasUsed),
      timestamp: quantityHex(header.timestamp),
      extraData: bytesToHex(header.extraData),
      baseFeePerGas: quantityHex(header.baseFeePerGas ?? 0n),
      blockHash: bytesToHex(header.hash()),
      transactions: block.transactions.map((tx) => bytesToHex(tx.serialize())),
      withdrawals: (block.withdrawals ?? []).map((each) => each.toJSON()),
      blobGasUsed: quantityHex(header.blobGasUsed ?? 0n),
      excessBlobGas: quantityHex(header.excessBlobGas ?? 0n),
    },
    blockValue: quantityHex(value),
    blobsBundle: { commitments: [], proofs: [], blobs: [] },
    executionRequests: requests,
    shouldOverrideBuilder: false,
  };
}
