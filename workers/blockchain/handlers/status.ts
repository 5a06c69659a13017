/** The verdict line and the figures of the chain, and the live stream of new blocks. */
import { streamedBlocksMax, coinSymbol, type BlockSummary, type ChainStatus } from "../contract.ts";
import type { Chain } from "../node/chain.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import { blockView } from "./views.ts";
import { suggestedTip } from "./wallet.ts";

/** Beyond this the head's timestamp no longer tells the time of day. */
const clockAheadSecondsMax = 60;

export interface StatusParts {
  readonly chain: Chain;
  readonly store: ChainIndex;
  readonly persistent: boolean;
  readonly nowSeconds: () => number;
}

export function chainStatus({ chain, store, persistent, nowSeconds }: StatusParts): ChainStatus {
  const row = store.block(chain.height);
  if (row === undefined) throw new Error("The newest block is not stored.");
  const head = blockView(row, chain.common);
  const totals = store.totals();
  const clockAheadSeconds = Math.max(0, head.timestamp - Math.floor(nowSeconds()));
  const degraded = clockAheadSeconds > clockAheadSecondsMax;
  const { blocks, transactions, gasUsed, miningMs, lastBlockMs } = chain.counters;
  const { refused } = chain.room;
  const count = (number: number, noun: string) =>
    `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  return {
    status: degraded ? "degraded" : "healthy",
    verdict: degraded
      ? `Height ${head.number.toLocaleString("en")}; its clock runs ${count(clockAheadSeconds, "second")} ahead after many quick blocks`
      : `Mining on demand at height ${head.number.toLocaleString("en")}, ${count(totals.transactions, "transaction")}`,
    chainId: Number(chain.common.chainId()),
    coin: coinSymbol,
    hardfork: chain.common.hardfork(),
    persistent,
    height: head.number,
    head,
    transactionsTotal: totals.transactions,
    accountsTotal: totals.accounts,
    pending: chain.pool.size,
    nextBaseFeePerGas: String(chain.nextBaseFee),
    gasPrice: String(chain.nextBaseFee + suggestedTip),
    clockAheadSeconds,
    sinceStart: { blocks, transactions, refused, gasUsed: String(gasUsed), miningMs, lastBlockMs },
  };
}

/** The status at once and with each new block; a slow reader gets several blocks at a time. */
export async function* watchChain(parts: StatusParts, signal: AbortSignal | undefined) {
  const { chain, store } = parts;
  let seen = chain.height;
  yield { status: chainStatus(parts), blocks: [] as BlockSummary[], skipped: 0 };
  for (;;) {
    if (chain.height === seen) await nextBlock(chain, signal);
    if (signal?.aborted === true) return;
    if (chain.height === seen) continue;
    const fresh = chain.height - seen;
    seen = chain.height;
    const rows = store.blocks(seen + 1, Math.min(fresh, streamedBlocksMax));
    yield {
      status: chainStatus(parts),
      blocks: rows.map((row) => blockView(row, chain.common)),
      skipped: fresh - rows.length,
    };
  }
}

function nextBlock(chain: Chain, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const stop = chain.onBlock(done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
