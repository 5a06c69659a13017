/** Signing and sending what a wallet's user fills in. */
import { bytesToHex, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { WalletTransaction } from "../contract-wallets.ts";
import { TransactionRefused } from "../core/refusal.ts";
import { parseCoins } from "../core/units.ts";
import { emptyCodeHash, equalBytes } from "../engine/state-reader.ts";
import { blockchainProblem } from "../errors.ts";
import { type After, minedSoon } from "../handlers/block-wait.ts";
import { refusalProblem, requireBalance, type TransferParts } from "../handlers/transfer.ts";
import { SignerLocked } from "../handlers/signers.ts";
import type { SendRequest } from "../handlers/wallet.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";

/** @throws AMOUNT_INVALID, TRANSACTION_REFUSED, BALANCE_TOO_SMALL */
async function requestOf(input: WalletTransaction, parts: TransferParts): Promise<SendRequest> {
  const value = parseCoins(input.amount);
  if (value === null) throw blockchainProblem("AMOUNT_INVALID", `${input.amount} is no amount.`);
  const suggested = parts.wallet.suggestedFees();
  const draft = {
    from: input.address,
    to: input.to,
    value,
    data: input.data as PrefixedHexString,
    maxFeePerGas: BigInt(input.maxFeePerGas ?? suggested.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(input.maxPriorityFeePerGas ?? suggested.maxPriorityFeePerGas),
    nonce: input.nonce === undefined ? undefined : BigInt(input.nonce),
  };
  requireBalance({ ...draft, gasLimit: 21_000n }, parts);
  const gasLimit = BigInt(input.gasLimit ?? (await estimated(draft, parts)));
  const request = { ...draft, gasLimit };
  requireBalance(request, parts);
  return request;
}

/** A tenth more than was used now, as the state may be another one in the block. */
async function estimated(
  { from, to, value, data }: Omit<SendRequest, "gasLimit">,
  { chain, simulator }: TransferParts,
): Promise<bigint> {
  const recipient = to === null ? null : chain.present.account(to.slice(2).toLowerCase());
  const isPlain = recipient === null || equalBytes(recipient.codeHash, emptyCodeHash);
  if (to !== null && isPlain && data === "0x") return 21_000n;
  const message = {
    from: hexToBytes(from as PrefixedHexString),
    to: to === null ? null : hexToBytes(to as PrefixedHexString),
    value,
    data: hexToBytes(data),
  };
  const gas = await simulator.estimateGas(message, chain.headRow).catch((error: unknown) => {
    throw asProblem(error);
  });
  return gas + gas / 10n;
}

function asProblem(error: unknown): unknown {
  if (error instanceof TransactionRefused) return refusalProblem(error);
  if (error instanceof SignerLocked) return blockchainProblem("VAULT_LOCKED", error.message);
  if (error instanceof RpcError && error.code === rpcCodes.limitExceeded) {
    return blockchainProblem("POOL_FULL", error.message);
  }
  if (error instanceof RpcError) {
    return blockchainProblem("TRANSACTION_REFUSED", `It would fail: ${error.message}.`);
  }
  return error;
}

export async function signTransaction(input: WalletTransaction, parts: TransferParts) {
  const tx = await parts.wallet.signed(await requestOf(input, parts));
  return { raw: bytesToHex(tx.serialize()), hash: bytesToHex(tx.hash()), nonce: Number(tx.nonce) };
}

/** Says where no block came in time that it is not there yet. */
export async function sendTransaction(
  input: WalletTransaction,
  parts: TransferParts,
  after: After,
) {
  const request = await requestOf(input, parts);
  try {
    const { hash, mined } = await parts.wallet.admit(request);
    const block = await minedSoon(mined, after);
    const status = block === null ? null : block.transaction.success ? "success" : "reverted";
    return { hash, blockNumber: block?.blockNumber ?? null, status } as const;
  } catch (error) {
    throw asProblem(error);
  }
}
