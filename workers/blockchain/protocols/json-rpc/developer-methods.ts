/** Time, mining, snapshots and reorganisations, by the names of Anvil, Hardhat and Ganache. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import type { EntryTransaction } from "../../engine/entry.ts";
import { developerLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { quantityHex } from "./format.ts";
import { method, noParams, type RpcMethod, type RpcMethods, type RpcParts } from "./method.ts";
import { address, bytes, callObject, hash, number, isGiven } from "./params.ts";
import { requestOf } from "./send-request.ts";

/** Under each of these names, with the prefixes before the underscore. */
export function under(prefixes: string, name: string, run: RpcMethod): RpcMethods {
  return Object.fromEntries(prefixes.split(" ").map((each) => [`${each}_${name}`, run]));
}

const seconds = number(developerLimits.secondsMax);
const blockCount = number(developerLimits.minedAtOnceMax);
const mineOptions = z.union([
  number(Number.MAX_SAFE_INTEGER),
  z.object({
    timestamp: number(Number.MAX_SAFE_INTEGER).optional(),
    blocks: blockCount.optional(),
  }),
]);

export function developerMethods(parts: RpcParts): RpcMethods {
  return { ...timeMethods(parts), ...miningMethods(parts), ...historyMethods(parts) };
}

function timeMethods({ chain }: RpcParts): RpcMethods {
  const { mining } = chain;
  const setNext = method(z.tuple([number(Number.MAX_SAFE_INTEGER)]), ([timestamp]) => {
    const newest = Number(chain.head.header.timestamp);
    if (timestamp <= newest) {
      throw new RpcError(
        rpcCodes.invalidParams,
        `Timestamp ${timestamp} is lower than or equal to previous block's timestamp ${newest}`,
      );
    }
    mining.nextTimestamp = timestamp;
    return null;
  });
  const increase = method(z.tuple([seconds]), ([by]) => {
    mining.clockOffsetSeconds += by;
    return mining.clockOffsetSeconds;
  });
  const setTime = method(z.tuple([number(Number.MAX_SAFE_INTEGER)]), ([time]) => {
    mining.setTime(time);
    return mining.clockOffsetSeconds;
  });
  return {
    ...under("evm anvil hardhat", "setNextBlockTimestamp", setNext),
    ...under("evm anvil hardhat", "increaseTime", increase),
    ...under("evm anvil hardhat", "setTime", setTime),
    ...under(
      "anvil hardhat evm",
      "setBlockTimestampInterval",
      method(z.tuple([seconds]), ([interval]) => {
        mining.timestampIntervalSeconds = interval;
        return null;
      }),
    ),
    ...under(
      "anvil hardhat evm",
      "removeBlockTimestampInterval",
      method(noParams, () => {
        const wasSet = mining.timestampIntervalSeconds !== null;
        mining.timestampIntervalSeconds = null;
        return wasSet;
      }),
    ),
  };
}

function miningMethods({ chain, store, developer }: RpcParts): RpcMethods {
  const { mining } = chain;
  const blocks = new BlockAccess(chain, store);
  const mineSome = async ([options]: [z.output<typeof mineOptions>?]) => {
    const { timestamp, blocks: count = 1 } =
      typeof options === "number" ? { timestamp: options } : (options ?? {});
    if (timestamp !== undefined) mining.nextTimestamp = timestamp;
    const before = chain.height;
    await developer.mine(count, null);
    return before;
  };
  const some = z.tuple([mineOptions.optional()]);
  return {
    evm_mine: method(some, async (params) => {
      await mineSome(params as never);
      return "0x0";
    }),
    ...under(
      "evm anvil",
      "mine_detailed",
      method(some, async (params) => {
        const before = await mineSome(params as never);
        const numbers = Array.from({ length: chain.height - before }, (_, at) => before + 1 + at);
        return numbers.map((each) => blocks.format(blocks.find(BigInt(each)), true));
      }),
    ),
    ...under(
      "anvil hardhat",
      "mine",
      method(z.tuple([blockCount.nullish(), seconds.nullish()]), async ([count, interval]) => {
        await developer.mine(count ?? 1, interval ?? null);
        return null;
      }),
    ),
    ...under(
      "anvil hardhat evm",
      "getAutomine",
      method(noParams, () => mining.mode.kind === "auto"),
    ),
    ...under(
      "evm anvil hardhat",
      "setAutomine",
      method(z.tuple([z.boolean()]), ([isOn]) => {
        chain.setMining({ kind: isOn ? "auto" : "manual" });
        return true;
      }),
    ),
    /** Seconds, as Anvil has it; 0 switches it off. */
    ...under(
      "evm anvil hardhat",
      "setIntervalMining",
      method(z.tuple([seconds]), ([interval]) => {
        chain.setMining(
          interval === 0 ? { kind: "manual" } : { kind: "interval", seconds: interval },
        );
        return true;
      }),
    ),
    ...under(
      "anvil hardhat evm",
      "getIntervalMining",
      method(noParams, () => (mining.mode.kind === "interval" ? mining.mode.seconds : null)),
    ),
    ...under(
      "evm anvil hardhat",
      "setBlockGasLimit",
      method(z.tuple([number(developerLimits.blockGasLimitMax)]), ([limit]) => {
        mining.gasLimit = BigInt(limit);
        return true;
      }),
    ),
    ...under(
      "anvil hardhat",
      "setCoinbase",
      method(z.tuple([address]), ([owner]) => {
        mining.feeRecipient = bytesToHex(owner);
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "setNextBlockBaseFeePerGas",
      method(z.tuple([number(Number.MAX_SAFE_INTEGER)]), ([fee]) => {
        mining.nextBaseFee = BigInt(fee);
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "setPrevRandao",
      method(z.tuple([hash]), ([value]) => {
        mining.nextPrevRandao = bytesToHex(value);
        return true;
      }),
    ),
    ...under(
      "anvil hardhat",
      "setMinGasPrice",
      method(z.tuple([number(Number.MAX_SAFE_INTEGER)]), () => {
        throw new RpcError(
          rpcCodes.invalidParams,
          "setMinGasPrice is not supported when EIP-1559 is active; use setNextBlockBaseFeePerGas",
        );
      }),
    ),
  };
}

function historyMethods(parts: RpcParts): RpcMethods {
  const { developer, chain, store, version, wallet } = parts;
  const snapshotName = z
    .union([z.string().regex(/^0x[0-9a-fA-F]{1,16}$/), z.int().nonnegative()])
    .transform((name) => `0x${BigInt(name).toString(16)}`);
  const anything = z.array(z.unknown()).max(16);
  const reset = method(
    z.tuple([z.record(z.string(), z.unknown()).nullish()]),
    async ([options]) => {
      if (isGiven(options?.["forking"]))
        throw refused("this chain follows no other: it cannot fork");
      await developer.reset();
      return null;
    },
  );
  const replaced = z.object({
    depth: blockCount,
    tx_block_pairs: z.array(z.tuple([z.union([bytes, callObject]), number(1_000)])).default([]),
  });
  const reorg = async ({ depth, tx_block_pairs: pairs }: z.output<typeof replaced>) => {
    const given = new Map<number, EntryTransaction[]>();
    for (const [transaction, block] of pairs) {
      const list = given.get(block) ?? [];
      given.set(block, list);
      if (transaction instanceof Uint8Array) {
        list.push({ raw: bytesToHex(transaction), sender: null });
        continue;
      }
      const { tx, impersonator } = await wallet.make(await requestOf(transaction, parts));
      list.push({ raw: bytesToHex(tx.serialize()), sender: impersonator });
    }
    await developer.reorganise(depth, given);
    return null;
  };
  const info = () => ({
    clientVersion: `demo-control-center/${version}`,
    chainId: Number(chain.common.chainId()),
    latestBlockNumber: chain.height,
    latestBlockHash: bytesToHex(chain.head.hash()),
    instanceId: bytesToHex(store.block(0)?.hash ?? new Uint8Array(32)),
    snapshots: {},
  });
  return {
    ...under(
      "evm anvil hardhat",
      "snapshot",
      method(noParams, () => developer.snapshot()),
    ),
    ...under(
      "evm anvil hardhat",
      "revert",
      method(z.tuple([snapshotName]), ([name]) => developer.revert(name)),
    ),
    ...under("anvil hardhat", "reset", reset),
    ...under(
      "anvil hardhat",
      "rollback",
      method(z.tuple([blockCount.nullish()]), async ([depth]) => {
        await developer.rollback(depth ?? 1);
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "reorg",
      method(
        z.union([
          z.tuple([replaced]).transform(([options]) => options),
          z
            .tuple([blockCount, replaced.shape.tx_block_pairs])
            .transform(([depth, pairs]) => ({ depth, tx_block_pairs: pairs })),
        ]),
        reorg,
      ),
    ),
    ...under(
      "anvil hardhat",
      "dropTransaction",
      method(z.tuple([hash]), ([wanted]) =>
        developer.drop(bytesToHex(wanted)) ? bytesToHex(wanted) : null,
      ),
    ),
    ...under(
      "anvil hardhat",
      "dropAllTransactions",
      method(noParams, () => {
        developer.dropAll();
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "removePoolTransactions",
      method(z.tuple([address]), ([sender]) => {
        developer.dropAll(bytesToHex(sender));
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "dumpState",
      method(anything, () => developer.dump()),
    ),
    ...under(
      "anvil hardhat",
      "loadState",
      method(z.tuple([bytes]), async ([dump]) => {
        await developer.load(dump);
        return true;
      }),
    ),
    ...under("anvil hardhat", "metadata", method(noParams, info)),
    ...under(
      "anvil hardhat",
      "nodeInfo",
      method(noParams, () => ({
        currentBlockNumber: quantityHex(chain.height),
        currentBlockTimestamp: Number(chain.head.header.timestamp),
        currentBlockHash: bytesToHex(chain.head.hash()),
        hardFork: chain.common.hardfork(),
        transactionOrder: "fifo",
        environment: {
          baseFee: quantityHex(chain.nextBaseFee),
          chainId: Number(chain.common.chainId()),
          gasLimit: quantityHex(chain.mining.gasLimit),
          gasPrice: quantityHex(wallet.suggestedFees().maxFeePerGas),
        },
        forkConfig: { forkUrl: null, forkBlockNumber: null, forkRetryBackoff: null },
      })),
    ),
    ...under(
      "anvil hardhat",
      "setLoggingEnabled",
      method(z.tuple([z.boolean()]), () => null),
    ),
    ...under(
      "anvil",
      "setChainId",
      method(anything, () => {
        throw refused("the chain id is part of every block and cannot change; begin another chain");
      }),
    ),
    ...under(
      "anvil",
      "setRpcUrl",
      method(anything, () => {
        throw refused("this chain follows no other: there is no address to change");
      }),
    ),
    ...under(
      "anvil",
      "setFeeToken",
      method(anything, () => {
        throw refused("fees are paid in the chain's own coin alone");
      }),
    ),
    ...under(
      "anvil",
      "impersonateSignature",
      method(anything, () => {
        throw refused(
          "signatures are not pretended; use impersonateAccount to send for an account",
        );
      }),
    ),
  };
}

function refused(message: string): RpcError {
  return new RpcError(rpcCodes.invalidParams, message);
}
