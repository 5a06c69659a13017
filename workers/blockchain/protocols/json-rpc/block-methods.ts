/** Methods that read blocks, transactions and receipts. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { BlockAccess } from "./block-access.ts";
import { formatTransaction, quantityHex } from "./format.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { address, blockReference, hash, quantity, type BlockReference } from "./params.ts";

const blockAndIndex = z.tuple([blockReference, quantity]);
const byHash = hash.transform((blockHash) => ({ blockHash }));
const full = z.boolean().nullish();

export function blockMethods({ chain, store }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const countIn = (reference: BlockReference) => {
    if (reference === "pending") return quantityHex(chain.room.batch().length);
    const row = blocks.find(reference);
    return row === undefined ? null : quantityHex(row.transactions);
  };
  const rowAt = ([reference, index]: z.output<typeof blockAndIndex>) => {
    const row = blocks.find(reference);
    return row === undefined ? undefined : store.transactionsOfBlock(row.number)[Number(index)];
  };
  const atIndex = (place: z.output<typeof blockAndIndex>) => {
    const found = rowAt(place);
    return found === undefined ? null : blocks.transaction(found);
  };
  const uncleCount = ([reference]: [BlockReference]) => {
    const row = blocks.find(reference);
    return row === undefined ? null : quantityHex(blocks.decoded(row).uncleHeaders.length);
  };
  const uncle = ([reference, index]: z.output<typeof blockAndIndex>) => {
    const row = blocks.find(reference);
    return row === undefined ? null : blocks.uncle(row, Number(index));
  };
  const rawAtIndex = (place: z.output<typeof blockAndIndex>) => {
    const found = rowAt(place);
    return found === undefined ? null : bytesToHex(found.raw);
  };

  return {
    eth_getBlockByNumber: method(z.tuple([blockReference, full]), ([reference, wholly]) =>
      reference === "pending"
        ? blocks.pending(wholly ?? false)
        : blocks.format(blocks.find(reference), wholly ?? false),
    ),
    eth_getBlockByHash: method(z.tuple([byHash, full]), ([reference, wholly]) =>
      blocks.format(blocks.find(reference), wholly ?? false),
    ),
    eth_getHeaderByNumber: method(z.tuple([blockReference]), ([reference]) =>
      blocks.header(blocks.find(reference)),
    ),
    eth_getHeaderByHash: method(z.tuple([byHash]), ([reference]) =>
      blocks.header(blocks.find(reference)),
    ),
    eth_getBlockTransactionCountByNumber: method(z.tuple([blockReference]), ([reference]) =>
      countIn(reference),
    ),
    eth_getBlockTransactionCountByHash: method(z.tuple([byHash]), ([reference]) =>
      countIn(reference),
    ),
    eth_getUncleCountByBlockNumber: method(z.tuple([blockReference]), uncleCount),
    eth_getUncleCountByBlockHash: method(z.tuple([byHash]), uncleCount),
    eth_getUncleByBlockNumberAndIndex: method(blockAndIndex, uncle),
    eth_getUncleByBlockHashAndIndex: method(z.tuple([byHash, quantity]), uncle),
    eth_getTransactionByBlockNumberAndIndex: method(blockAndIndex, atIndex),
    eth_getTransactionByBlockHashAndIndex: method(z.tuple([byHash, quantity]), atIndex),
    eth_getRawTransactionByBlockNumberAndIndex: method(blockAndIndex, rawAtIndex),
    eth_getRawTransactionByBlockHashAndIndex: method(z.tuple([byHash, quantity]), rawAtIndex),
    eth_getRawTransactionByHash: method(z.tuple([hash]), ([wanted]) => blocks.raw(wanted)),
    eth_getTransactionByHash: method(z.tuple([hash]), ([wanted]) => {
      const row = store.transaction(wanted);
      if (row !== undefined) return blocks.transaction(row);
      const waiting = chain.pool.get(bytesToHex(wanted));
      if (waiting === undefined) return null;
      const sender = waiting.tx.getSenderAddress().bytes;
      return formatTransaction(waiting.tx, { hash: wanted, sender, mined: null });
    }),
    eth_getTransactionBySenderAndNonce: method(z.tuple([address, quantity]), ([sender, nonce]) => {
      const row = store.transactionOf(sender, nonce);
      return row === undefined ? null : blocks.transaction(row);
    }),
    eth_getTransactionReceipt: method(z.tuple([hash]), ([wanted]) => {
      const row = store.transaction(wanted);
      return row === undefined ? null : blocks.receipt(row);
    }),
    eth_getBlockReceipts: method(z.tuple([blockReference]), ([reference]) => {
      const row = blocks.find(reference);
      if (row === undefined) return null;
      return store.transactionsOfBlock(row.number).map((each) => blocks.receipt(each));
    }),
    /** EIP-7928 comes with a later fork than any that this chain knows. */
    eth_getBlockAccessList: method(z.tuple([blockReference]), ([reference]) => {
      blocks.require(reference);
      return null;
    }),
  };
}
