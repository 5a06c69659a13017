/** Finding the block that a parameter names, and putting stored rows into protocol objects. */
import { Block } from "@ethereumjs/block";
import { isBlob4844Tx, TransactionType } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import type { Chain } from "../../node/chain.ts";
import { decodeBlock, decodeTransaction } from "../../handlers/views.ts";
import type { ChainIndex } from "../../store/chain-index.ts";
import type { BlockRow, TransactionRow } from "../../store/chain-rows.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import {
  formatBlock,
  formatHeader,
  formatReceipt,
  formatTransaction,
  placeOf,
  quantityHex,
} from "./format.ts";
import type { BlockReference } from "./params.ts";

export class BlockAccess {
  readonly #chain: Chain;
  readonly #store: ChainIndex;
  /** Asked for again and again. */
  #head: BlockRow | null = null;

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
    return reference === "earliest" ? this.#store.block(0) : this.head;
  }

  get head(): BlockRow {
    const hash = this.#chain.head.hash();
    if (this.#head === null || Buffer.compare(this.#head.hash, hash) !== 0) {
      this.#head = this.#chain.headRow;
    }
    return this.#head;
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
    return formatBlock(this.decoded(row), row.bytes, transactions);
  }

  decoded(row: BlockRow): Block {
    return decodeBlock(row, this.#chain.common);
  }

  header(row: BlockRow | undefined): Record<string, unknown> | null {
    return row === undefined ? null : formatHeader(this.decoded(row));
  }

  /** An ommer as a block without transactions; null: there are not so many. */
  uncle(row: BlockRow, index: number): Record<string, unknown> | null {
    const block = this.decoded(row);
    const header = block.uncleHeaders[index];
    if (header === undefined) return null;
    const alone = new Block(header, [], [], undefined, { common: block.common });
    return formatBlock(alone, alone.serialize().length, []);
  }

  /** A transaction as it came over the wire; null where there is none with that hash. */
  raw(hash: Uint8Array): string | null {
    const row = this.#store.transaction(hash);
    if (row !== undefined) return bytesToHex(row.raw);
    return this.#chain.pool.get(bytesToHex(hash))?.transaction.raw ?? null;
  }

  /** The block that would come now, as far as it can be told before it is executed. */
  pending(full: boolean): Record<string, unknown> {
    const chain = this.#chain;
    const head = this.format(this.head, false) ?? {};
    const waiting = chain.room.batch();
    const number = chain.height + 1;
    const transactions = waiting.map(({ tx, hash, sender }) =>
      full
        ? formatTransaction(tx, {
            hash: Buffer.from(hash.slice(2), "hex"),
            sender: Buffer.from(sender.slice(2), "hex"),
            mined: null,
          })
        : hash,
    );
    return {
      ...head,
      number: quantityHex(number),
      hash: null,
      parentHash: head["hash"],
      nonce: null,
      miner: chain.mining.feeRecipient,
      gasLimit: quantityHex(chain.mining.gasLimit),
      gasUsed: "0x0",
      timestamp: quantityHex(chain.mining.timestampAfter(chain.head)),
      baseFeePerGas: quantityHex(chain.nextBaseFee),
      transactions,
    };
  }

  transaction(row: TransactionRow): Record<string, unknown> {
    return formatTransaction(decodeTransaction(row, this.#chain.common), placeOf(row));
  }

  receipt(row: TransactionRow): Record<string, unknown> {
    const logs = this.#store.logsOfTransaction(row.block, row.position);
    return formatReceipt(row, typeOf(row.raw), logs, this.#blobsOf(row));
  }

  #blobsOf(row: TransactionRow) {
    const block =
      typeOf(row.raw) === TransactionType.BlobEIP4844 ? this.#store.block(row.block) : undefined;
    if (block === undefined) return null;
    const tx = decodeTransaction(row, this.#chain.common);
    if (!isBlob4844Tx(tx)) return null;
    const { header, common } = decodeBlock(block, this.#chain.common);
    return {
      gasUsed: common.param("blobGasPerBlob") * BigInt(tx.numBlobs()),
      gasPrice: header.getBlobGasPrice(),
    };
  }

  #numbered(number: bigint): BlockRow | undefined {
    return number > BigInt(this.#chain.height) ? undefined : this.#store.block(Number(number));
  }
}

/** EIP-2718: what begins with a list has no type and is legacy. */
export function typeOf(raw: Uint8Array): TransactionType {
  const [first = 0] = raw;
  return first < 0x80 ? (first as TransactionType) : TransactionType.Legacy;
}
