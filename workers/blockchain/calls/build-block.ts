/** A block on top of another that is built and not mined (testing_buildBlockV1). */
import { Block } from "@ethereumjs/block";
import { RLP } from "@ethereumjs/rlp";
import { Address, bytesToHex, createWithdrawal } from "@ethereumjs/util";
import { BlockRun } from "../engine/block-run.ts";
import { makeHeader, nextBaseFee, transactionsRoot } from "../engine/header.ts";
import { collectRequests } from "../engine/system-calls.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import { listRoot } from "../engine/trie/list-root.ts";
import { WorldState } from "../engine/world-state.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import type { Machines } from "./machines.ts";
import type { BlockPlan, CallPlace } from "./requests.ts";

export interface BuiltBlock {
  readonly rlp: Uint8Array;
  /** Wei that the tips come to. */
  readonly value: bigint;
  /** EIP-7685, those that are not empty. */
  readonly requests: readonly string[];
}

/** Parts of the parent's limit that a block may move by (EIP-1559). */
const gasLimitDivisor = 1_024n;

/** @throws RpcError when a transaction cannot be included and the plan is strict */
export async function buildBlock(
  machines: Machines,
  place: CallPlace,
  plan: BlockPlan,
): Promise<BuiltBlock> {
  const { header: parent } = await machines.blockAt(place);
  const number = parent.number + 1n;
  if (plan.timestamp <= parent.timestamp) {
    throw new RpcError(rpcCodes.invalidParams, "invalid timestamp: it is not above the parent's");
  }
  const common = parent.common.copy();
  common.setHardforkBy({ blockNumber: number, timestamp: plan.timestamp });
  const withdrawals = plan.withdrawals.map((each) =>
    createWithdrawal({ ...each, address: bytesToHex(each.address) }),
  );
  const fields = {
    number,
    parentHash: parent.hash(),
    timestamp: plan.timestamp,
    coinbase: new Address(plan.feeRecipient),
    gasLimit: gasLimitAfter(parent.gasLimit, plan.gasLimitWanted),
    mixHash: plan.prevRandao,
    extraData: plan.extraData,
    baseFeePerGas: nextBaseFee(parent, number, common),
    ...(common.isActivatedEIP(4895) && {
      withdrawalsRoot: listRoot(withdrawals.map((one) => RLP.encode(one.raw()))),
    }),
    ...(common.isActivatedEIP(4844) && {
      excessBlobGas: parent.calcNextExcessBlobGas(common),
      parentBeaconBlockRoot: plan.parentBeaconBlockRoot,
    }),
  };
  const own = common.isActivatedEIP(4895) ? withdrawals : undefined;
  const options = { common, freeze: false };
  const state = new WorldState(machines.reader(place.version));
  const pacer = machines.newPacer();
  pacer.begin();
  const { vm } = await machines.fresh(state, common, pacer);
  const block = new Block(makeHeader(fields, common), [], [], own, options);
  const { depositContract } = machines.genesis;
  const run = new BlockRun({ vm, state, block, depositContract });
  await run.begin();
  for (const { raw, sender } of plan.transactions) {
    pacer.isDue();
    const tx = decodeTransaction(raw, sender, common);
    const refusal = await run.add(tx, sender !== null);
    if (refusal !== null && plan.strict) throw new RpcError(rpcCodes.server, refusal.message);
  }
  const commitments = await run.finish();
  const changes = await state.changes();
  const requests = common.isActivatedEIP(7685)
    ? await collectRequests(vm, run.transactions, depositContract)
    : [];
  const transactions = run.transactions.map(({ tx }) => tx);
  const complete = makeHeader(
    {
      ...fields,
      ...commitments,
      stateRoot: await machines.archive.call("rootWith", place.version, changes),
      transactionsTrie: transactionsRoot({ transactions }),
    },
    common,
  );
  return {
    rlp: new Block(complete, transactions, [], own, options).serialize(),
    value: run.transactions.reduce(
      (sum, { gasUsed, effectiveGasPrice }) =>
        sum + gasUsed * (effectiveGasPrice - fields.baseFeePerGas),
      0n,
    ),
    requests: requests.filter(({ data }) => data.length > 0).map((each) => bytesToHex(each.bytes)),
  };
}

function gasLimitAfter(parent: bigint, wanted: bigint): bigint {
  const step = parent / gasLimitDivisor - 1n;
  if (wanted > parent) return wanted < parent + step ? wanted : parent + step;
  return wanted > parent - step ? wanted : parent - step;
}
