/** Transaction objects of the protocol, with what they leave out. */
import { TransactionType, type TypedTxData } from "@ethereumjs/tx";
import { bigIntToHex, bytesToHex } from "@ethereumjs/util";
import type { SendRequest } from "../../handlers/wallet.ts";
import { checksumAddress } from "../../handlers/views.ts";
import { messageOf } from "./call-object.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import type { RpcParts } from "./method.ts";
import { isGiven, type CallObject } from "./params.ts";

/** @throws RpcError where nobody signs for the sender, or another chain is meant */
export async function requestOf(
  request: CallObject,
  { chain, wallet, simulator }: RpcParts,
  { needsKey } = { needsKey: true },
): Promise<SendRequest> {
  const from = request.from === undefined ? null : checksumAddress(request.from);
  if (needsKey && (from === null || !wallet.sendsFor(from))) {
    throw new RpcError(rpcCodes.server, `unknown account${from === null ? "" : ` ${from}`}`);
  }
  if (request.chainId !== undefined && request.chainId !== chain.common.chainId()) {
    throw new RpcError(
      rpcCodes.server,
      `invalid chain id: have ${request.chainId} want ${chain.common.chainId()}`,
    );
  }
  const message = messageOf(request);
  const suggested = wallet.suggestedFees();
  const maxFeePerGas = request.maxFeePerGas ?? suggested.maxFeePerGas;
  const tip = request.maxPriorityFeePerGas ?? suggested.maxPriorityFeePerGas;
  return {
    from: from ?? checksumAddress(message.from),
    to: message.to === null ? null : checksumAddress(message.to),
    value: message.value,
    data: bytesToHex(message.data),
    gasLimit: request.gas ?? (await simulator.estimateGas(message, chain.headRow)),
    maxFeePerGas,
    maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
    nonce: request.nonce,
    gasPrice: request.gasPrice,
    extra: extraOf(request),
  };
}

function extraOf(request: CallObject): TypedTxData | undefined {
  const accessList = request.accessList?.map(({ address, storageKeys }) => ({
    address: bytesToHex(address),
    storageKeys: storageKeys.map((key) => bytesToHex(key)),
  }));
  if (isGiven(request.authorizationList)) {
    return {
      type: TransactionType.EOACodeEIP7702,
      accessList: accessList ?? [],
      authorizationList: request.authorizationList.map((each) => ({
        chainId: bigIntToHex(each.chainId),
        address: bytesToHex(each.address),
        nonce: bigIntToHex(each.nonce),
        yParity: bigIntToHex(each.yParity),
        r: bigIntToHex(each.r),
        s: bigIntToHex(each.s),
      })),
    };
  }
  if (accessList === undefined) return undefined;
  if (request.gasPrice === undefined) return { accessList };
  return { type: TransactionType.AccessListEIP2930, accessList };
}
