import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@mantine/core";
import { type AccountSummary, coinSymbol } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./blockchain.module.css";
import { AccountLink, useOpenDetails } from "./explorer-link.tsx";
import { coins } from "./money.ts";

const pageRows = 50;
const pagesMax = 10;

export function AccountTable({ heightMax = 380 }: { readonly heightMax?: number }) {
  const openDetails = useOpenDetails();
  const query = useInfiniteQuery(
    orpc.blockchain.accounts.infiniteOptions({
      input: (after: number | undefined) => ({ limit: pageRows, after }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const more = query.hasNextPage && (query.data?.pages.length ?? 0) < pagesMax;
  return (
    <QueryBoundary query={query} thread="blockchain">
      {({ pages }) => (
        <>
          <DataTable
            label="Accounts"
            columns={columns}
            rows={pages.flatMap(({ accounts }) => accounts)}
            rowKey={({ address }) => address}
            onOpen={({ address }) => openDetails({ account: address })}
            heightMax={heightMax}
          />
          {more && (
            <div className={classes.more}>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Load more accounts
              </Button>
            </div>
          )}
        </>
      )}
    </QueryBoundary>
  );
}

const columns: readonly Column<AccountSummary>[] = [
  {
    id: "name",
    header: "Name",
    value: ({ label }) => label,
    cell: ({ label }) => label ?? <span className="soft">none</span>,
  },
  {
    id: "address",
    header: "Address",
    value: ({ address }) => address,
    cell: ({ address }) => <AccountLink address={address} whole />,
    width: "380px",
  },
  { id: "kind", header: "Kind", value: ({ kind }) => kind },
  {
    id: "balance",
    header: `Balance, ${coinSymbol}`,
    value: ({ balance }) => Number(balance),
    cell: ({ balance }) => coins(balance),
    numeric: true,
  },
  { id: "nonce", header: "Nonce", value: ({ nonce }) => nonce, numeric: true },
  {
    id: "transactions",
    header: "Transactions",
    value: ({ transactions }) => transactions,
    numeric: true,
  },
];
