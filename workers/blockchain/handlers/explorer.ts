/** Blocks and transactions for the REST API. */
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { BlockSummary, TransactionDetail, TransactionSummary } from "../contract.ts";
import type { Chain } from "../node/chain.ts";
import { blockchainProblem } from "../errors.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import type { BlockRow } from "../store/chain-rows.ts";
import { resolveAccount } from "./accounts.ts";
import { blockView, transactionDetail, transactionView } from "./views.ts";

interface PageInput {
  readonly limit: number;
  readonly before?: number | undefined;
}

export class Explorer {
  readonly #chain: Chain;
  readonly #store: ChainIndex;

  constructor(chain: Chain, store: ChainIndex) {
    this.#chain = chain;
    this.#store = store;
  }

  async blocks({ limit, before }: PageInput) {
    const rows = this.#store.blocks(before ?? Number.MAX_SAFE_INTEGER, limit);
    const blocks: BlockSummary[] = [];
    for (const row of rows) {
      blocks.push(blockView(row, this.#chain.common));
      await this.#chain.pacer.pause();
    }
    const last = rows.at(-1)?.number ?? 0;
    return { blocks, next: rows.length === limit && last > 0 ? last : null };
  }

  block({ block: reference }: { readonly block: string }) {
    const row = this.#findBlock(reference);
    const summary = blockView(row, this.#chain.common);
    const transactionList = this.#store.transactionsOfBlock(row.number).map(transactionView);
    return { ...summary, transactionList };
  }

  async transactions({
    limit,
    before,
    account,
  }: PageInput & { readonly account?: string | undefined }) {
    const address =
      account === undefined
        ? undefined
        : hexToBytes(resolveAccount(account, this.#store) as PrefixedHexString);
    const rows = this.#store.transactions(before ?? Number.MAX_SAFE_INTEGER, limit + 1, address);
    const transactions: TransactionSummary[] = [];
    for (const row of rows.slice(0, limit)) {
      transactions.push(transactionView(row));
      await this.#chain.pacer.pause();
    }
    const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
    return { transactions, next };
  }

  transaction({ hash }: { readonly hash: string }): TransactionDetail {
    const row = this.#store.transaction(hexToBytes(hash as PrefixedHexString));
    if (row === undefined) {
      throw blockchainProblem("TRANSACTION_UNKNOWN", `No block holds a transaction ${hash}.`);
    }
    const logs = this.#store.logsOfTransaction(row.block, row.position);
    return transactionDetail(row, logs, this.#chain.common, this.#chain.height);
  }

  #findBlock(reference: string): BlockRow {
    const { height } = this.#chain;
    const row = this.#store.block(
      reference === "latest"
        ? height
        : reference.startsWith("0x")
          ? hexToBytes(reference as PrefixedHexString)
          : Number(reference),
    );
    if (row !== undefined) return row;
    throw blockchainProblem(
      "BLOCK_UNKNOWN",
      `Block ${reference} is not on the chain, whose height is ${height}.`,
    );
  }
}
