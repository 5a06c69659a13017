/** Call objects of the protocol as messages. */
import { bytesToHex } from "@ethereumjs/util";
import type { CallMessage } from "../../calls/requests.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { isGiven, type CallObject } from "./params.ts";

/** @throws RpcError where members contradict each other */
export function messageOf(call: CallObject): CallMessage {
  if (
    call.gasPrice !== undefined &&
    (call.maxFeePerGas ?? call.maxPriorityFeePerGas) !== undefined
  ) {
    throw new RpcError(
      rpcCodes.invalidParams,
      "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified",
    );
  }
  return {
    from: call.from ?? new Uint8Array(20),
    to: call.to ?? null,
    value: call.value ?? 0n,
    data: dataOf(call),
    ...(call.nonce !== undefined && { nonce: call.nonce }),
    ...(call.gas !== undefined && { gas: call.gas }),
    ...(call.gasPrice !== undefined && { gasPrice: call.gasPrice }),
    ...(call.maxFeePerGas !== undefined && { maxFeePerGas: call.maxFeePerGas }),
    ...(call.maxPriorityFeePerGas !== undefined && {
      maxPriorityFeePerGas: call.maxPriorityFeePerGas,
    }),
    ...(isGiven(call.accessList) && { accessList: call.accessList }),
    ...(isGiven(call.authorizationList) && { authorizationList: call.authorizationList }),
    ...(isGiven(call.blobVersionedHashes) && { blobVersionedHashes: call.blobVersionedHashes }),
    ...(call.maxFeePerBlobGas !== undefined && { maxFeePerBlobGas: call.maxFeePerBlobGas }),
  };
}

function dataOf({ data, input }: CallObject): Uint8Array {
  if (data !== undefined && input !== undefined && bytesToHex(data) !== bytesToHex(input)) {
    throw new RpcError(rpcCodes.invalidParams, "data and input differ; give one of them");
  }
  return input ?? data ?? new Uint8Array();
}
