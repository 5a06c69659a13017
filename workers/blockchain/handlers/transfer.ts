/** POST /api/blockchain/transactions: coins from one account to another, in a block. */
import {
  bytesToHex,
  createAddressFromString,
  hexToBytes,
  type PrefixedHexString,
} from "@ethereumjs/util";
import type { TransferInput, TransferOutput } from "../contract.ts";
import { coinSymbol } from "../contract.ts";
import type { Chain } from "../node/chain.ts";
import { TransactionRefused } from "../core/refusal.ts";
import type { CallRunner } from "../calls/call-runner.ts";
import { emptyCodeHash, equalBytes } from "../engine/state-reader.ts";
import { formatCoins, parseCoins } from "../core/units.ts";
import { blockchainProblem } from "../errors.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import { resolveAccount } from "./accounts.ts";
import type { Mined } from "../core/pool.ts";
import { chainLimits } from "../limits.ts";
import { type After, minedSoon } from "./block-wait.ts";
import { SignerLocked } from "./signers.ts";
import type { SendRequest, Wallet } from "./wallet.ts";

export interface TransferParts {
  readonly chain: Chain;
  readonly store: ChainIndex;
  readonly wallet: Wallet;
  readonly simulator: CallRunner;
}

/** @throws BLOCK_LATE where nobody asks for the block in time, and what is told by the refusals */
export async function transfer(
  input: TransferInput,
  parts: TransferParts,
  after: After,
): Promise<TransferOutput> {
  const { chain, store, wallet } = parts;
  const from = resolveAccount(input.from, store);
  const to = resolveAccount(input.to, store);
  if (!wallet.holdsKeyOf(from)) {
    throw blockchainProblem(
      "KEY_NOT_HELD",
      `${from} is neither a developer account nor one of the vault.`,
    );
  }
  const value = parseCoins(input.amount);
  if (value === null || value === 0n) {
    throw blockchainProblem("AMOUNT_INVALID", `${input.amount} is not an amount that can be sent.`);
  }
  const draft = { from, to, value, data: "0x" as const, ...wallet.suggestedFees() };
  const request = { ...draft, gasLimit: await gasFor(draft, parts) };
  requireBalance(request, parts);

  const { transaction, blockNumber } = await minedInTime(request, parts, after).catch(
    (error: unknown) => {
      if (error instanceof SignerLocked) throw blockchainProblem("VAULT_LOCKED", error.message);
      throw error instanceof TransactionRefused ? refusalProblem(error) : error;
    },
  );
  const block = store.block(blockNumber);
  if (block === undefined) throw new Error("A mined block is not stored.");
  const { timestamp } = block;
  const state = chain.stateAfter(block);
  const balanceOf = async (address: string) =>
    formatCoins((await state.getAccount(createAddressFromString(address)))?.balance ?? 0n);
  return {
    hash: bytesToHex(transaction.hash),
    blockNumber,
    blockHash: bytesToHex(block.hash),
    timestamp,
    from,
    to,
    amount: formatCoins(value),
    type: "transfer",
    status: transaction.success ? "success" : "reverted",
    gasUsed: String(transaction.gasUsed),
    effectiveGasPrice: String(transaction.effectiveGasPrice),
    fee: formatCoins(transaction.gasUsed * transaction.effectiveGasPrice),
    nonce: Number(transaction.tx.nonce),
    confirmations: chain.height - blockNumber + 1,
    balances: { from: await balanceOf(from), to: await balanceOf(to) },
  };
}

async function minedInTime(
  request: SendRequest,
  { wallet }: TransferParts,
  after: After,
): Promise<Mined> {
  const { hash, mined } = await wallet.admit(request);
  const found = await minedSoon(mined, after, chainLimits.transferWaitMs);
  if (found !== null) return found;
  // Whatever becomes of it, nobody waits for it here.
  mined.catch(() => {});
  const seconds = chainLimits.transferWaitMs / 1_000;
  throw blockchainProblem("BLOCK_LATE", `No block took ${hash} within ${seconds} s.`);
}

/** A plain transfer costs 21,000 gas; a contract that receives coins runs its code. */
async function gasFor(
  draft: Omit<SendRequest, "gasLimit">,
  { chain, simulator }: TransferParts,
): Promise<bigint> {
  const recipient = chain.present.account((draft.to ?? "").slice(2).toLowerCase());
  if (recipient === null || equalBytes(recipient.codeHash, emptyCodeHash)) return 21_000n;
  return simulator.estimateGas(
    {
      from: hexToBytes(draft.from as PrefixedHexString),
      to: hexToBytes((draft.to ?? "") as PrefixedHexString),
      value: 0n,
      data: new Uint8Array(),
    },
    chain.headRow,
  );
}

/** @throws BALANCE_TOO_SMALL */
export function requireBalance(request: SendRequest, { chain }: TransferParts): void {
  const balance = chain.present.account(request.from.slice(2).toLowerCase())?.balance ?? 0n;
  const feeMax = request.gasLimit * request.maxFeePerGas;
  if (balance >= request.value + feeMax) return;
  throw blockchainProblem(
    "BALANCE_TOO_SMALL",
    `${request.from} holds ${formatCoins(balance)} ${coinSymbol}; ${formatCoins(request.value)} and a fee of at most ${formatCoins(feeMax)} are needed.`,
  );
}

export function refusalProblem({ reason, message }: TransactionRefused) {
  if (reason === "insufficient funds") return blockchainProblem("BALANCE_TOO_SMALL", message);
  if (reason === "pool full") return blockchainProblem("POOL_FULL", message);
  return blockchainProblem("TRANSACTION_REFUSED", message);
}
