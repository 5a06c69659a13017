/** What is stored, as it is stored: RLP of blocks, headers, receipts and transactions. */
import { encodeReceipt } from "@ethereumjs/vm";
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { hexDigits } from "../../engine/state-reader.ts";
import { topicsOf } from "../../handlers/views.ts";
import type { TransactionRow } from "../../store/chain-rows.ts";
import { BlockAccess, typeOf } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { blockReference, bytes, hash, optionalBlock } from "./params.ts";

export function debugMethods({ chain, store }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const rawReceipt = (row: TransactionRow) => {
    const logs = store.logsOfTransaction(row.block, row.position);
    const receipt = {
      cumulativeBlockGasUsed: BigInt(row.gas_cumulative),
      bitvector: row.bloom,
      logs: logs.map((log): [Uint8Array, Uint8Array[], Uint8Array] => [
        log.address,
        topicsOf(log),
        log.data,
      ]),
      ...(row.state_root === null
        ? { status: row.success === 1 ? (1 as const) : (0 as const) }
        : { stateRoot: row.state_root }),
    };
    return bytesToHex(encodeReceipt(receipt, typeOf(row.raw)));
  };

  return {
    debug_getRawBlock: method(z.tuple([blockReference]), ([reference]) =>
      bytesToHex(blocks.require(reference).rlp),
    ),
    debug_getRawHeader: method(z.tuple([blockReference]), ([reference]) =>
      bytesToHex(blocks.decoded(blocks.require(reference)).header.serialize()),
    ),
    debug_getRawReceipts: method(z.tuple([blockReference]), ([reference]) =>
      store.transactionsOfBlock(blocks.require(reference).number).map(rawReceipt),
    ),
    debug_getRawTransaction: method(z.tuple([hash]), ([wanted]) => blocks.raw(wanted) ?? "0x"),
    /** Blocks that are not valid are never stored. */
    debug_getBadBlocks: method(noParams, () => []),
    /** EIP-7928 comes with a later fork than any that this chain knows. */
    debug_getRawBlockAccessList: method(z.tuple([blockReference]), ([reference]) => {
      blocks.require(reference);
      return "0x";
    }),
    debug_codeByHash: method(z.tuple([hash, optionalBlock]), ([wanted]) => {
      try {
        return bytesToHex(chain.present.code(hexDigits(wanted)));
      } catch {
        return null;
      }
    }),
    /** The key that go-ethereum keeps code under, or a hash of code itself. */
    debug_dbGet: method(z.tuple([bytes]), ([key]) => {
      const wanted = key.length === codeKeyBytes && key[0] === codePrefix ? key.subarray(1) : key;
      try {
        return bytesToHex(chain.present.code(hexDigits(wanted)));
      } catch {
        throw new RpcError(rpcCodes.server, "not found");
      }
    }),
  };
}

const codePrefix = 0x63;
const codeKeyBytes = 33;
