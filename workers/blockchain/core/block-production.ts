/** One block: its transactions are run in order, and the roots committed to. */
import type { Block } from "@ethereumjs/block";
import { createAddressFromString } from "@ethereumjs/util";
import { buildBlock, type BlockBuilder, type RunTxResult, type VM } from "@ethereumjs/vm";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { chainLimits } from "../limits.ts";
import { feeRecipient } from "./developer-accounts.ts";
import type { Pacer } from "./pacer.ts";
import type { PoolEntry } from "./pool.ts";
import type { MinedBlock, MinedTransaction } from "./records.ts";
import { TransactionRefused } from "./refusal.ts";

export interface BlockTask {
  readonly vm: VM;
  readonly parent: Block;
  readonly nowSeconds: number;
  readonly batch: readonly PoolEntry[];
  readonly pacer: Pacer;
}

export interface BlockOutcome {
  /** null when no transaction could be included: then nothing has changed. */
  readonly mined: MinedBlock | null;
  /** In the order of the block. Entries neither here nor refused did not fit and wait on. */
  readonly included: readonly PoolEntry[];
  readonly refused: readonly (readonly [PoolEntry, TransactionRefused])[];
}

export async function buildNextBlock(task: BlockTask): Promise<BlockOutcome> {
  const { vm, parent, batch, pacer } = task;
  const builder = await buildBlock(vm, {
    parentBlock: parent,
    headerData: headerAfter(parent, task.nowSeconds),
    withdrawals: [],
    blockOpts: { putBlockIntoBlockchain: false },
  });
  const included: PoolEntry[] = [];
  const refused: [PoolEntry, TransactionRefused][] = [];
  const transactions: MinedTransaction[] = [];
  try {
    // Whose transaction is left out, for him the later ones have to wait, too.
    const waiting = new Set<string>();
    for (const entry of batch) {
      if (waiting.has(entry.sender)) continue;
      if (entry.tx.gasLimit > chainLimits.blockGasLimit - builder.gasUsed) {
        waiting.add(entry.sender);
        continue;
      }
      const result = await runOrRefuse(builder, entry);
      if (result instanceof TransactionRefused) {
        refused.push([entry, result]);
        waiting.add(entry.sender);
      } else {
        included.push(entry);
        transactions.push(minedTransaction(entry, result, builder.gasUsed));
      }
      await pacer.pause();
    }
    if (included.length === 0) {
      await builder.revert();
      return { mined: null, included, refused };
    }
    const { block } = await builder.build();
    return { mined: { block, transactions }, included, refused };
  } catch (error) {
    await builder.revert();
    throw error;
  }
}

/** Timestamps are whole seconds and strictly rise, as tools expect; quick blocks run ahead. */
function headerAfter(parent: Block, nowSeconds: number) {
  const { timestamp } = parent.header;
  const now = BigInt(Math.floor(nowSeconds));
  return {
    timestamp: now > timestamp ? now : timestamp + 1n,
    gasLimit: chainLimits.blockGasLimit,
    coinbase: createAddressFromString(feeRecipient.address),
    // PREVRANDAO of a chain without validators: different in each block, and reproducible.
    mixHash: keccak_256(parent.hash()),
  };
}

async function runOrRefuse(
  builder: BlockBuilder,
  { tx }: PoolEntry,
): Promise<RunTxResult | TransactionRefused> {
  try {
    return await builder.addTransaction(tx);
  } catch (error) {
    // The library checks again what admission checked against an older block.
    const message = (error as Error).message.replace(/ \(vm hf=.*$/s, "");
    if (/enough funds|balance/i.test(message)) {
      return new TransactionRefused("insufficient funds", `insufficient funds: ${message}`);
    }
    if (/nonce/i.test(message)) return new TransactionRefused("nonce too low", message);
    if (/baseFeePerGas/i.test(message)) return new TransactionRefused("fee too low", message);
    if (/gas/i.test(message)) return new TransactionRefused("gas limit", message);
    return new TransactionRefused("malformed", message);
  }
}

function minedTransaction(
  { tx, sender }: PoolEntry,
  result: RunTxResult,
  cumulativeGasUsed: bigint,
): MinedTransaction {
  const { execResult, receipt, totalGasSpent, amountSpent, createdAddress } = result;
  if (totalGasSpent === 0n) throw new Error("A transaction without gas cannot be.");
  return {
    tx,
    hash: tx.hash(),
    sender: createAddressFromString(sender).bytes,
    contract: tx.to === undefined ? (createdAddress?.bytes ?? null) : null,
    success: execResult.exceptionError === undefined,
    gasUsed: totalGasSpent,
    cumulativeGasUsed,
    effectiveGasPrice: amountSpent / totalGasSpent,
    logs: (execResult.logs ?? []).map(([address, topics, data]) => ({ address, topics, data })),
    logsBloom: receipt.bitvector,
  };
}
