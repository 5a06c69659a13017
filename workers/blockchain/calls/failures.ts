/** How executions end that do not succeed, in the words of go-ethereum. */
import { bytesToHex } from "@ethereumjs/util";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import { revertReason } from "../protocols/json-rpc/revert-reason.ts";

/** @param cause as the machine words it. @param data what the code returned */
export function executionFailure(cause: string, data: Uint8Array): RpcError {
  if (cause !== "revert") return new RpcError(rpcCodes.server, causeText(cause));
  const reason = revertReason(data);
  const message = reason === null ? "execution reverted" : `execution reverted: ${reason}`;
  return new RpcError(rpcCodes.reverted, message, bytesToHex(data));
}

const texts: Readonly<Record<string, string>> = {
  revert: "execution reverted",
  "out of gas": "out of gas",
  "invalid opcode": "invalid opcode",
  "stack underflow": "stack underflow",
  "stack overflow": "stack limit reached 1024 (1023)",
  "invalid JUMP": "invalid jump destination",
  "static state change": "write protection",
  "insufficient balance": "insufficient balance for transfer",
  "create collision": "contract address collision",
  "out of range": "return data out of bounds",
  "code size to deposit exceeds maximum code size": "max code size exceeded",
  "code store out of gas": "contract creation code storage out of gas",
  "initcode exceeds max initcode size": "max initcode size exceeded",
};

export function causeText(cause: string): string {
  return texts[cause] ?? cause;
}
