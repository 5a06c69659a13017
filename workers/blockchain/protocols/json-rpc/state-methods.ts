/** Methods that read accounts and run calls without changing anything. */
import { Address, bytesToHex, setLengthLeft } from "@ethereumjs/util";
import { z } from "zod";
import { developerAccounts } from "../../core/developer-accounts.ts";
import type { CallMessage } from "../../node/simulation.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { quantityHex } from "./format.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { address, callObject, optionalBlock, storageKey, type CallObject } from "./params.ts";

const ofAccount = z.tuple([address, optionalBlock]);
const ofCall = z.tuple([callObject, optionalBlock]);

export function stateMethods({ chain, store, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  return {
    eth_accounts: method(noParams, () =>
      developerAccounts.map((account) => account.address.toLowerCase()),
    ),
    eth_getBalance: method(ofAccount, async ([owner, block]) => {
      const account = await blocks.stateAfter(block).getAccount(new Address(owner));
      return quantityHex(account?.balance ?? 0n);
    }),
    eth_getTransactionCount: method(ofAccount, async ([owner, block]) => {
      const subject = new Address(owner);
      if (block === "pending") return quantityHex(chain.pendingNonce(subject.toString()));
      return quantityHex((await blocks.stateAfter(block).getAccount(subject))?.nonce ?? 0n);
    }),
    eth_getCode: method(ofAccount, async ([owner, block]) =>
      bytesToHex(await blocks.stateAfter(block).getCode(new Address(owner))),
    ),
    eth_getStorageAt: method(
      z.tuple([address, storageKey, optionalBlock]),
      async ([owner, key, block]) => {
        const value = await blocks.stateAfter(block).getStorage(new Address(owner), key);
        return bytesToHex(setLengthLeft(value, 32));
      },
    ),
    eth_call: method(ofCall, async ([call, block]) =>
      bytesToHex(await simulator.call(messageOf(call), blocks.require(block))),
    ),
    eth_estimateGas: method(ofCall, async ([call, block]) =>
      quantityHex(await simulator.estimateGas(messageOf(call), blocks.require(block))),
    ),
  };
}

/** @throws RpcError where `data` and `input` contradict each other */
export function messageOf(call: CallObject): CallMessage {
  return {
    from: call.from ?? new Uint8Array(20),
    to: call.to ?? null,
    value: call.value ?? 0n,
    data: dataOf(call),
    gas: call.gas,
    gasPrice: call.gasPrice ?? call.maxFeePerGas,
  };
}

export function dataOf({ data, input }: CallObject): Uint8Array {
  if (data !== undefined && input !== undefined && bytesToHex(data) !== bytesToHex(input)) {
    throw new RpcError(rpcCodes.invalidParams, "data and input differ; give one of them");
  }
  return input ?? data ?? new Uint8Array();
}
