/** Finding the block that a parameter names, and putting stored rows into protocol objects. */
import { bytesToHex } from "@ethereumjs/util";
import type { Chain } from "../../node/chain.ts";
import { decodeBlock, decodeTransaction } from "../../handlers/views.ts";
import type { ChainIndex } from "../../store/chain-index.ts";
import type { BlockRow, TransactionRow } from "../../store/chain-rows.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { formatBlock, formatReceipt, formatTransaction, placeOf } from "./format.ts";
import type { BlockReference } from "./params.ts";

export class BlockAccess {
  readonly #chain: Chain;
  readonly #store: ChainIndex;

  constructor(chain: Chain, store: ChainIndex) {
    this.#chain = chain;
    this.#store = store;
  }

  find(reference: BlockReference): BlockRow | undefined {
    if (typeof reference === "bigint") return this.#numbered(reference);
    if (typeof reference === "object") {
      return "blockHash" in reference
        ? this.#store.block(reference.blockHash)
        : this.#numbered(reference.blockNumber);
    }
    // A block is final as soon as it is mined: nothing else could take its place.
    return this.#store.block(reference === "earliest" ? 0 : this.#chain.height);
  }

  /** @throws RpcError for a block that is not on the chain */
  require(reference: BlockReference): BlockRow {
    const row = this.find(reference);
    if (row === undefined) throw new RpcError(rpcCodes.notFound, "block not found");
    return row;
  }

  /** The state after a block. */
  stateAfter(reference: BlockReference) {
    return this.#chain.stateAfter(this.require(reference));
  }

  format(row: BlockRow | undefined, full: boolean): Record<string, unknown> | null {
    if (row === undefined) return null;
    const rows = this.#store.transactionsOfBlock(row.number);
    const transactions = rows.map((each) =>
      full ? this.transaction(each) : bytesToHex(each.hash),
    );
    return formatBlock(row, decodeBlock(row, this.#chain.common), transactions);
  }

  transaction(row: TransactionRow): Record<string, unknown> {
    return formatTransaction(decodeTransaction(row, this.#chain.common), placeOf(row));
  }

  receipt(row: TransactionRow): Record<string, unknown> {
    const logs = this.#store.logsOfTransaction(row.block, row.position);
    return formatReceipt(row, decodeTransaction(row, this.#chain.common).type, logs);
  }

  #numbered(number: bigint): BlockRow | undefined {
    return number > BigInt(this.#chain.height) ? undefined : this.#store.block(Number(number));
  }
}
