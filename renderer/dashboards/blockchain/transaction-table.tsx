import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { coinSymbol, type TransactionSummary } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./blockchain.module.css";
import { AccountLink, BlockLink, TransactionLink, useOpenDetails } from "./explorer-link.tsx";
import { coins } from "./money.ts";

const pageRows = 50;
const pagesMax = 10;

interface TransactionTableProps {
  /** Of all accounts when left out. */
  readonly account?: string;
  /** A drawer has no room for all columns. */
  readonly narrow?: boolean;
  readonly heightMax?: number;
}

export function TransactionTable({ account, narrow, heightMax = 380 }: TransactionTableProps) {
  const openDetails = useOpenDetails();
  const query = useInfiniteQuery(
    orpc.blockchain.transactions.infiniteOptions({
      input: (before: number | undefined) => ({
        limit: pageRows,
        before,
        ...(account !== undefined && { account }),
      }),
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
            label={account === undefined ? "Transactions" : "Transactions of the account"}
            columns={narrow === true ? narrowColumns : transactionColumns}
            rows={pages.flatMap(({ transactions }) => transactions)}
            rowKey={({ hash }) => hash}
            onOpen={({ hash }) => openDetails({ tx: hash })}
            heightMax={heightMax}
            empty="No transaction yet: send a transfer, or connect a wallet."
          />
          {more && (
            <div className={classes.more}>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Load older transactions
              </Button>
            </div>
          )}
        </>
      )}
    </QueryBoundary>
  );
}

export const transactionColumns: readonly Column<TransactionSummary>[] = [
  {
    id: "hash",
    header: "Transaction",
    value: ({ hash }) => hash,
    cell: ({ hash }) => <TransactionLink hash={hash} />,
  },
  {
    id: "status",
    header: "Status",
    value: ({ status }) => status,
    cell: ({ status }) => (
      <StatusMark health={status === "success" ? "healthy" : "failed"} word={status} />
    ),
  },
  { id: "kind", header: "Kind", value: ({ kind }) => kind },
  {
    id: "block",
    header: "Block",
    value: ({ blockNumber }) => blockNumber,
    cell: ({ blockNumber }) => <BlockLink number={blockNumber} />,
    numeric: true,
  },
  {
    id: "from",
    header: "From",
    value: ({ from }) => from,
    cell: ({ from }) => <AccountLink address={from} />,
  },
  {
    id: "to",
    header: "To",
    value: ({ to, contractAddress }) => to ?? contractAddress,
    cell: ({ to, contractAddress }) => {
      const target = to ?? contractAddress;
      return target === null ? (
        <span className="soft">none</span>
      ) : (
        <AccountLink address={target} />
      );
    },
  },
  {
    id: "amount",
    header: `Amount, ${coinSymbol}`,
    value: ({ amount }) => Number(amount),
    cell: ({ amount }) => coins(amount),
    numeric: true,
  },
  {
    id: "gas",
    header: "Gas used",
    value: ({ gasUsed }) => Number(gasUsed),
    cell: ({ gasUsed }) => number(Number(gasUsed)),
    numeric: true,
  },
  {
    id: "age",
    header: "Age",
    value: ({ timestamp }) => timestamp,
    cell: ({ timestamp }) => <RelativeAge at={timestamp * 1_000} />,
  },
];

const narrowColumns = transactionColumns.filter(({ id }) =>
  ["hash", "status", "amount", "age"].includes(id),
);
