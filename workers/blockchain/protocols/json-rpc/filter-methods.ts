/** Filters: what happened since they were last asked, for those who cannot be told. */
import { z } from "zod";
import { rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import type { Interest } from "./chain-feed.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { logsOf } from "./log-methods.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { logFilter } from "./params.ts";

interface Filter {
  readonly interest: Interest;
  readonly stop: () => void;
  changes: unknown[];
  askedMs: number;
}

const filterName = z.tuple([z.string().regex(/^0x[0-9a-fA-F]{1,64}$/)]);

export function filterMethods({ chain, store, feed }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const filters = new Map<string, Filter>();
  let newest = 0n;
  const drop = (name: string) => {
    filters.get(name)?.stop();
    return filters.delete(name);
  };
  const dropIdle = () => {
    const latest = performance.now() - rpcLimits.filterIdleMs;
    for (const [name, { askedMs }] of filters) if (askedMs < latest) drop(name);
  };
  const open = (interest: Interest) => {
    dropIdle();
    if (filters.size >= rpcLimits.filtersMax) {
      throw new RpcError(
        rpcCodes.limitExceeded,
        `there are ${filters.size} filters already; uninstall some`,
      );
    }
    newest += 1n;
    const name = `0x${newest.toString(16)}`;
    const filter: Filter = {
      interest,
      changes: [],
      askedMs: performance.now(),
      stop: feed.subscribe(interest, (event) => {
        const isHead = interest.kind === "heads";
        filter.changes.push(isHead ? (event as { hash: string }).hash : event);
        if (filter.changes.length > rpcLimits.filterChangesMax) drop(name);
      }),
    };
    filters.set(name, filter);
    return name;
  };
  const required = (name: string) => {
    dropIdle();
    const filter = filters.get(name.toLowerCase());
    if (filter === undefined) throw new RpcError(rpcCodes.server, "filter not found");
    filter.askedMs = performance.now();
    return filter;
  };
  return {
    eth_newFilter: method(z.tuple([logFilter]), ([query]) => open({ kind: "logs", query })),
    eth_newBlockFilter: method(noParams, () => open({ kind: "heads" })),
    eth_newPendingTransactionFilter: method(z.tuple([z.boolean().nullish()]), ([full]) =>
      open({ kind: "pending", full: full ?? false }),
    ),
    eth_uninstallFilter: method(filterName, ([name]) => drop(name.toLowerCase())),
    eth_getFilterChanges: method(filterName, ([name]) => {
      const filter = required(name);
      const { changes } = filter;
      filter.changes = [];
      return changes;
    }),
    eth_getFilterLogs: method(filterName, ([name]) => {
      const { interest } = required(name);
      if (interest.kind === "logs") return logsOf(interest.query, store, blocks);
      throw new RpcError(rpcCodes.server, "filter not found");
    }),
  };
}
