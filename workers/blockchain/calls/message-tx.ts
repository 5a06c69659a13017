/** Messages as transactions that nobody signed, for executions that nobody keeps. */
import type { Common } from "@ethereumjs/common";
import {
  createBlob4844Tx,
  createEOACode7702Tx,
  createFeeMarket1559Tx,
  createLegacyTx,
  type TypedTransaction,
} from "@ethereumjs/tx";
import { Address, bigIntToHex, bytesToHex } from "@ethereumjs/util";
import type { CallMessage } from "./requests.ts";

export interface Fees {
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** @throws Error when the message is none under the rules that are set */
export function messageTransaction(
  message: CallMessage,
  fees: Fees,
  common: Common,
): TypedTransaction {
  const tx = unsigned(message, fees, common);
  const sender = new Address(message.from);
  tx.getSenderAddress = () => sender;
  return tx;
}

function unsigned(message: CallMessage, fees: Fees, common: Common): TypedTransaction {
  const { to, value, data, nonce = 0n } = message;
  const options = { common, freeze: false };
  // As if signed with zeros, so that it has a hash.
  const base = {
    ...(to !== null && { to: new Address(to) }),
    value,
    data,
    nonce,
    v: 0n,
    r: 0n,
    s: 0n,
    gasLimit: fees.gasLimit,
  };
  if (!common.isActivatedEIP(1559)) {
    return createLegacyTx({ ...base, v: 27n, gasPrice: fees.maxFeePerGas }, options);
  }
  const fields = {
    ...base,
    maxFeePerGas: fees.maxFeePerGas,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    accessList: (message.accessList ?? []).map(({ address, storageKeys }) => ({
      address: bytesToHex(address),
      storageKeys: storageKeys.map((key) => bytesToHex(key)),
    })),
  };
  if (message.authorizationList !== undefined) {
    const authorizationList = message.authorizationList.map((each) => ({
      chainId: bigIntToHex(each.chainId),
      address: bytesToHex(each.address),
      nonce: bigIntToHex(each.nonce),
      yParity: bigIntToHex(each.yParity),
      r: bigIntToHex(each.r),
      s: bigIntToHex(each.s),
    }));
    return createEOACode7702Tx({ ...fields, authorizationList }, options);
  }
  if (message.blobVersionedHashes !== undefined) {
    const blobVersionedHashes = message.blobVersionedHashes.map((hash) => bytesToHex(hash));
    const maxFeePerBlobGas = message.maxFeePerBlobGas ?? 0n;
    return createBlob4844Tx({ ...fields, blobVersionedHashes, maxFeePerBlobGas }, options);
  }
  return createFeeMarket1559Tx(fields, options);
}

/** What a message offers at most for a unit of gas; 0: nothing is said. */
export function offeredFee({ gasPrice, maxFeePerGas }: CallMessage): bigint {
  return gasPrice ?? maxFeePerGas ?? 0n;
}

/** What it pays then (EIP-1559). */
export function effectivePrice(message: CallMessage, baseFee: bigint): bigint {
  if (message.gasPrice !== undefined) return message.gasPrice;
  const most = message.maxFeePerGas ?? 0n;
  const wanted = baseFee + (message.maxPriorityFeePerGas ?? 0n);
  return most < wanted ? most : wanted;
}
