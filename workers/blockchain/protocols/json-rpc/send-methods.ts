/** Methods that change the chain. They answer when the transaction is in a block, or say why not. */
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { TransactionRefused } from "../../core/refusal.ts";
import { checksumAddress } from "../../handlers/views.ts";
import { chainLimits } from "../../limits.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { bytes, callObject, type CallObject } from "./params.ts";
import { messageOf } from "./call-object.ts";

export function sendMethods(parts: RpcParts): RpcMethods {
  const { chain } = parts;
  return {
    eth_sendRawTransaction: method(z.tuple([bytes]), async ([raw]) => {
      return chain.send(decode(raw, parts));
    }),
    eth_sendTransaction: method(z.tuple([callObject]), ([request]) => send(request, parts)),
  };
}

/** @throws TransactionRefused */
function decode(raw: Uint8Array, { chain }: RpcParts): TypedTransaction {
  if (raw.length > chainLimits.rawTransactionBytesMax) {
    throw new TransactionRefused(
      "malformed",
      `oversized data: transaction size ${raw.length}, limit ${chainLimits.rawTransactionBytesMax}`,
    );
  }
  try {
    return createTxFromRLP(raw, { common: chain.common });
  } catch (error) {
    throw new TransactionRefused("malformed", `invalid transaction: ${(error as Error).message}`);
  }
}

async function send(request: CallObject, { chain, wallet, simulator }: RpcParts): Promise<string> {
  const from = request.from === undefined ? null : checksumAddress(request.from);
  if (from === null || !wallet.holdsKeyOf(from)) {
    throw new RpcError(rpcCodes.server, `unknown account${from === null ? "" : ` ${from}`}`);
  }
  const suggested = wallet.suggestedFees();
  const maxFeePerGas = request.maxFeePerGas ?? request.gasPrice ?? suggested.maxFeePerGas;
  const tip = request.maxPriorityFeePerGas ?? request.gasPrice ?? suggested.maxPriorityFeePerGas;
  const message = messageOf(request);
  const { transaction } = await wallet.send({
    from,
    to: message.to === null ? null : checksumAddress(message.to),
    value: message.value,
    data: bytesToHex(message.data),
    gasLimit: request.gas ?? (await simulator.estimateGas(message, chain.headRow)),
    maxFeePerGas,
    maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
    nonce: request.nonce,
  });
  return bytesToHex(transaction.hash);
}
