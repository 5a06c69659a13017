/** eth_getLogs. */
import { z } from "zod";
import { rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { formatLog } from "./format.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { type BlockReference, logFilter, type LogQuery } from "./params.ts";

export function logMethods({ chain, store }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  return {
    eth_getLogs: method(z.tuple([logFilter]), ([filter]) => logsOf(filter, store, blocks)),
  };
}

/** @throws RpcError for a range that is none, or one with too many logs */
export function logsOf(filter: LogQuery, store: RpcParts["store"], blocks: BlockAccess) {
  const rows = store.logs({
    ...rangeOf(filter, blocks),
    addresses: filter.address ?? [],
    topics: filter.topics ?? [],
    limit: rpcLimits.logsMax + 1,
  });
  if (rows.length > rpcLimits.logsMax) {
    throw new RpcError(
      rpcCodes.limitExceeded,
      `more than ${rpcLimits.logsMax} logs match; ask for fewer blocks`,
    );
  }
  return rows.map((row) => formatLog(row));
}

export function rangeOf({ blockHash, fromBlock, toBlock }: LogQuery, blocks: BlockAccess) {
  if (blockHash !== undefined) {
    if ((fromBlock ?? toBlock) !== undefined) {
      throw new RpcError(rpcCodes.invalidParams, "blockHash excludes fromBlock and toBlock");
    }
    const { number } = blocks.require({ blockHash });
    return { fromBlock: number, toBlock: number };
  }
  const numberOf = (reference: BlockReference) => {
    const row = blocks.find(reference);
    if (row !== undefined) return row.number;
    throw new RpcError(rpcCodes.invalidParams, "block range extends beyond current head block");
  };
  const from = numberOf(fromBlock ?? "latest");
  const to = numberOf(toBlock ?? "latest");
  if (from > to) throw new RpcError(rpcCodes.invalidParams, "invalid block range params");
  return { fromBlock: from, toBlock: to };
}
