/** What waits for a block, what the next one costs, and when blocks are made. */
import { bytesToHex, toChecksumAddress } from "@ethereumjs/util";
import {
  type ChainFees,
  type MiningView,
  type PendingTransaction,
  type RefusedPending,
  intervalSecondsMax,
} from "../contract-mempool.ts";
import type { PoolEntry } from "../core/pool.ts";
import { priorityFees } from "../core/priority-fees.ts";
import { formatCoins } from "../core/units.ts";
import { blockchainProblem } from "../errors.ts";
import { mempoolLimits } from "../limits.ts";
import type { Chain } from "../node/chain.ts";
import type { MiningMode } from "../node/mining.ts";
import type { DroppedTransaction } from "../node/waiting-room.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import { OrderError } from "../validators/orderer.ts";
import { decodeBlock } from "./views.ts";
import { suggestedTip, type Wallet } from "./wallet.ts";

interface MiningInput {
  readonly mode: MiningMode["kind"];
  /** Of the mode interval alone, which has it. */
  readonly seconds?: number | undefined;
}

export class Mempool {
  readonly #chain: Chain;
  readonly #store: ChainIndex;
  readonly #wallet: Wallet;

  constructor(chain: Chain, store: ChainIndex, wallet: Wallet) {
    this.#chain = chain;
    this.#store = store;
    this.#wallet = wallet;
  }

  pending({ limit }: { readonly limit: number }) {
    const { pool, room } = this.#chain;
    const nextNonces = new Map(pool.senders().map((each) => [each, room.pendingNonce(each)]));
    return {
      total: pool.size,
      transactions: pool
        .entries()
        .slice(0, limit)
        .map((entry) => pendingView(entry, nextNonces.get(entry.sender) ?? 0n)),
      refused: room.dropped(mempoolLimits.refusedShownMax).map(refusedView),
      mining: this.mining,
    };
  }

  async fees({ blocks: count }: { readonly blocks: number }): Promise<ChainFees> {
    const { common, nextBaseFee, pacer } = this.#chain;
    const blocks: ChainFees["blocks"] = [];
    for (const row of this.#store.blocks(Number.MAX_SAFE_INTEGER, count)) {
      const { header } = decodeBlock(row, common);
      const paid = row.transactions === 0 ? [] : this.#store.paidGasOf(row.number);
      const [p10, p50, p90] = priorityFees(paid, header.baseFeePerGas ?? 0n, [10, 50, 90]);
      blocks.push({
        number: row.number,
        timestamp: Number(header.timestamp),
        baseFeePerGas: String(header.baseFeePerGas ?? 0n),
        gasUsedRatio: Number(header.gasUsed) / Number(header.gasLimit),
        transactions: row.transactions,
        priorityFeePerGas:
          paid.length === 0 ? null : { p10: String(p10), p50: String(p50), p90: String(p90) },
      });
      await pacer.pause();
    }
    const { maxFeePerGas, maxPriorityFeePerGas } = this.#wallet.suggestedFees();
    return {
      nextBaseFeePerGas: String(nextBaseFee),
      gasPrice: String(nextBaseFee + suggestedTip),
      suggested: {
        maxFeePerGas: String(maxFeePerGas),
        maxPriorityFeePerGas: String(maxPriorityFeePerGas),
      },
      blocks: blocks.toReversed(),
    };
  }

  get mining(): MiningView {
    const { mode } = this.#chain.mining;
    return { mode: mode.kind, seconds: mode.kind === "interval" ? mode.seconds : null };
  }

  setMining(input: MiningInput): MiningView {
    const mode: MiningMode =
      input.mode === "interval"
        ? { kind: "interval", seconds: input.seconds ?? intervalSecondsMax }
        : { kind: input.mode };
    this.#chain.setMining(mode);
    return this.mining;
  }

  /** @throws LEDGER_UNDECIDED */
  async mine() {
    const { outcome } = await this.#chain.mine().catch((error: unknown) => {
      if (!(error instanceof OrderError)) throw error;
      throw blockchainProblem("LEDGER_UNDECIDED", error.message);
    });
    if (outcome.kind !== "block") {
      const why = outcome.kind === "nothing" ? outcome.why : outcome.kind;
      throw blockchainProblem("LEDGER_UNDECIDED", `No block was made: ${why}.`);
    }
    const { block, transactions } = outcome.mined;
    return {
      number: Number(block.header.number),
      hash: bytesToHex(block.hash()),
      transactions: transactions.length,
    };
  }
}

function pendingView(entry: PoolEntry, nextNonce: bigint): PendingTransaction {
  const { tx, hash, sender, since } = entry;
  return {
    hash,
    from: toChecksumAddress(sender),
    to: tx.to === undefined ? null : toChecksumAddress(tx.to.toString()),
    nonce: Number(tx.nonce),
    amount: formatCoins(tx.value),
    maxFeePerGas: String("maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice),
    gasLimit: String(tx.gasLimit),
    missingNonce: tx.nonce < nextNonce ? null : Number(nextNonce),
    since,
  };
}

function refusedView({ hash, sender, nonce, at, refusal }: DroppedTransaction): RefusedPending {
  return {
    hash,
    from: toChecksumAddress(sender),
    nonce: Number(nonce),
    at,
    reason: refusal.reason,
    text: refusal.message,
  };
}
