/** Transactions of the workshop, sent as a wallet would: by JSON-RPC. */
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { z } from "zod";
import type { sendRoutes } from "../../contract-sending.ts";
import { blockchainProblem } from "../../errors.ts";
import type { Ledger } from "../../ledger.ts";
import type { RpcResponse } from "../../protocols/json-rpc/methods.ts";

type SendInput = z.output<NonNullable<(typeof sendRoutes.sendTransaction)["~orpc"]["inputSchema"]>>;

export async function sendTransaction(
  { rpc, explorer, chain }: Ledger,
  { from, to, data, value, gas }: SendInput,
  onUnexpected: (error: unknown, method: string) => void,
) {
  const quantity = (number: bigint | number) => `0x${number.toString(16)}`;
  const message = {
    from,
    ...(to !== null && { to }),
    data,
    value: quantity(BigInt(value)),
    ...(gas !== undefined && { gas: quantity(gas) }),
  };
  const request = { jsonrpc: "2.0", id: 1, method: "eth_sendTransaction", params: [message] };
  const { result, error } = (await rpc(request, onUnexpected)) as RpcResponse;
  if (error !== undefined) throw blockchainProblem("TRANSACTION_REFUSED", `${error.message}.`);
  // Where blocks come only when they are asked for, the hash comes first.
  const isMined = chain.index.transaction(hexToBytes(result as PrefixedHexString)) !== undefined;
  if (!isMined) throw blockchainProblem("BLOCK_LATE", `${String(result)} waits for a block.`);
  const sent = explorer.transaction({ hash: result as string });
  const { hash, status, contractAddress, blockNumber, gasUsed } = sent;
  return { hash, status, contractAddress, blockNumber, gasUsed };
}
