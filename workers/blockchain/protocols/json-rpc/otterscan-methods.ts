/** What the explorer Otterscan asks for (ots_*, API level 8), and the one method of Erigon. */
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { emptyCodeHash, equalBytes, hexDigits } from "../../engine/state-reader.ts";
import { rpcLimits } from "../../limits.ts";
import type { BlockRow, TransactionRow } from "../../store/chain-rows.ts";
import { BlockAccess } from "./block-access.ts";
import { flattened, frameOf } from "./call-frames.ts";
import { quantityHex } from "./format.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { address, blockReference, hash, number, optionalBlock, quantity } from "./params.ts";

const apiLevel = 8;
const operations: Readonly<Record<string, number>> = {
  CALL: 0,
  SELFDESTRUCT: 1,
  CREATE: 2,
  CREATE2: 3,
};
const anyNumber = number(Number.MAX_SAFE_INTEGER);
const pageSize = number(rpcLimits.pageMax);

export function otterscanMethods({ chain, store, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const details = (row: BlockRow | undefined) => {
    if (row === undefined) return null;
    const {
      transactions: _transactions,
      logsBloom: _bloom,
      ...block
    } = blocks.format(row, false) ?? {};
    const fees = store
      .transactionsOfBlock(row.number)
      .reduce((sum, each) => sum + BigInt(each.gas_used) * BigInt(each.gas_price), 0n);
    return {
      block: { ...block, transactionCount: row.transactions },
      issuance: { blockReward: "0x0", uncleReward: "0x0", issuance: "0x0" },
      totalFees: quantityHex(fees),
    };
  };
  const framesOf = async (wanted: Uint8Array) => {
    const row = store.transaction(wanted);
    return row === undefined ? null : frameOf(simulator, row.block_hash, row.position);
  };
  const page = (rows: readonly TransactionRow[], isFirst: boolean, isLast: boolean) => ({
    txs: rows.map((row) => blocks.transaction(row)),
    receipts: rows.map((row) => ({ ...blocks.receipt(row), timestamp: row.block_timestamp })),
    firstPage: isFirst,
    lastPage: isLast,
  });
  /** Whole blocks, so that a page never ends within one. */
  const wholeBlocks = (rows: readonly TransactionRow[], size: number) => {
    const last = rows[size - 1]?.block;
    return last === undefined ? rows : rows.filter((row, at) => at < size || row.block === last);
  };
  const search = z.tuple([address, anyNumber, pageSize]);

  return {
    ots_getApiLevel: method(noParams, () => apiLevel),
    ots_hasCode: method(z.tuple([address, optionalBlock]), async ([owner, block]) => {
      const row = blocks.require(block);
      const version = chain.versionAfter(row);
      const account = chain.store.reader(version).account(hexDigits(owner));
      return account !== null && !equalBytes(account.codeHash, emptyCodeHash);
    }),
    ots_getInternalOperations: method(z.tuple([hash]), async ([wanted]) => {
      const top = await framesOf(wanted);
      if (top === null) return null;
      return flattened(top).flatMap(({ frame: { type, from, to, value = "0x0", error }, path }) => {
        if (path.length === 0 || error !== undefined) return [];
        const kind = operations[type];
        // Of plain calls those alone that move coins.
        if (kind === undefined || (type === "CALL" && BigInt(value) === 0n)) return [];
        return [{ type: kind, from, to: to ?? "0x", value }];
      });
    }),
    ots_getTransactionError: method(z.tuple([hash]), async ([wanted]) => {
      const top = await framesOf(wanted);
      if (top === null) return null;
      return top.error === undefined ? "0x" : (top.output ?? "0x");
    }),
    ots_traceTransaction: method(z.tuple([hash]), async ([wanted]) => {
      const top = await framesOf(wanted);
      if (top === null) return null;
      return flattened(top).map(({ frame, path }) => ({
        type: frame.type,
        depth: path.length,
        from: frame.from,
        to: frame.to ?? "0x",
        value: frame.value ?? "0x0",
        input: frame.input,
        output: frame.output ?? "0x",
      }));
    }),
    ots_getBlockDetails: method(z.tuple([blockReference]), ([reference]) =>
      details(blocks.find(reference)),
    ),
    ots_getBlockDetailsByHash: method(z.tuple([hash]), ([blockHash]) =>
      details(blocks.find({ blockHash })),
    ),
    ots_getBlockTransactions: method(
      z.tuple([blockReference, anyNumber, pageSize]),
      ([reference, wanted, size]) => {
        const row = blocks.find(reference);
        if (row === undefined) return null;
        // Pages count from the newest transaction.
        const all = store.transactionsOfBlock(row.number);
        const end = Math.max(0, all.length - wanted * size);
        const some = all.slice(Math.max(0, end - size), end);
        return {
          fullblock: {
            ...blocks.format(row, false),
            transactionCount: row.transactions,
            // Four bytes name the function; more is not shown in lists.
            transactions: some.map((each) => {
              const shown = blocks.transaction(each);
              return { ...shown, input: String(shown["input"]).slice(0, 10) };
            }),
          },
          receipts: some.map((each) => ({ ...blocks.receipt(each), logs: null, logsBloom: null })),
        };
      },
    ),
    /** Newest first; block 0 means from the newest on. */
    ots_searchTransactionsBefore: method(search, ([owner, before, size]) => {
      const rows = store.transactionsAround(
        owner,
        { below: before === 0 ? null : before },
        pageRoom(size),
      );
      const some = wholeBlocks(rows, size);
      return page(some, before === 0, some.length === rows.length && rows.length < pageRoom(size));
    }),
    /** The oldest above a block, shown newest first; block 0 means from the oldest on. */
    ots_searchTransactionsAfter: method(search, ([owner, after, size]) => {
      const rows = store.transactionsAround(owner, { above: after }, pageRoom(size));
      const some = wholeBlocks(rows, size);
      const isAll = some.length === rows.length && rows.length < pageRoom(size);
      return page(some.toReversed(), isAll, after === 0);
    }),
    ots_getTransactionBySenderAndNonce: method(
      z.tuple([address, z.union([quantity, z.int().nonnegative().transform(BigInt)])]),
      ([sender, nonce]) => {
        const row = store.transactionOf(sender, nonce);
        return row === undefined ? null : bytesToHex(row.hash);
      },
    ),
    ots_getContractCreator: method(z.tuple([address]), async ([contract]) => {
      const created = store.creationOf(contract);
      if (created !== undefined) {
        return { hash: bytesToHex(created.hash), creator: bytesToHex(created.sender) };
      }
      return null;
    }),
    erigon_getHeaderByNumber: method(z.tuple([blockReference]), ([reference]) =>
      blocks.header(blocks.find(reference)),
    ),
  };
}

/** A block has no more transactions than so many beyond a page. */
function pageRoom(size: number): number {
  return size + rpcLimits.pageMax;
}
