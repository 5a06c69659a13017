import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";

const refreshMs = 1_000;

/** The newest status; a new head makes everything else of the chain fresh again. */
export function useChainStatus() {
  const { paused } = useLive();
  const query = useQuery(
    orpc.blockchain.status.queryOptions({
      input: {},
      refetchInterval: paused ? false : refreshMs,
    }),
  );
  const head = query.data?.head.hash;
  useEffect(() => {
    if (head !== undefined) void refreshChain();
  }, [head]);
  return query;
}

/** Fetches every list and detail of the chain that is on the screen anew. */
function refreshChain(): Promise<void> {
  const { blocks, transactions, accounts, block, transaction, account, mempool, tokens } =
    orpc.blockchain;
  return Promise.all(
    [blocks, transactions, accounts, block, transaction, account, mempool.fees, tokens].map(
      (each) => queryClient.invalidateQueries({ queryKey: each.key() }),
    ),
  ).then(() => undefined);
}

/** After a transaction: the figures at once, and with them all else. */
export function refreshStatus(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: orpc.blockchain.status.key() });
}
