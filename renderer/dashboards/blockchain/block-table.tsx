import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { BlockSummary } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate, bytes, number, percent, text } from "../../components/format.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./blockchain.module.css";
import { BlockLink, useOpenDetails } from "./explorer-link.tsx";
import { feeQuantity } from "./money.ts";

const pageRows = 50;
/** Older blocks are found by their number; the table holds a bounded window. */
const pagesMax = 10;

export function BlockTable({ heightMax = 380 }: { readonly heightMax?: number }) {
  const openDetails = useOpenDetails();
  const query = useInfiniteQuery(
    orpc.blockchain.blocks.infiniteOptions({
      input: (before: number | undefined) => ({ limit: pageRows, before }),
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
            label="Blocks"
            columns={columns}
            rows={pages.flatMap(({ blocks }) => blocks)}
            rowKey={({ hash }) => hash}
            onOpen={(block) => openDetails({ block: String(block.number) })}
            heightMax={heightMax}
          />
          {more && (
            <div className={classes.more}>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Load older blocks
              </Button>
            </div>
          )}
        </>
      )}
    </QueryBoundary>
  );
}

const columns: readonly Column<BlockSummary>[] = [
  {
    id: "number",
    header: "Block",
    value: ({ number: height }) => height,
    cell: (block) => <BlockLink number={block.number} />,
    numeric: true,
  },
  {
    id: "hash",
    header: "Hash",
    value: ({ hash }) => hash,
    cell: ({ hash }) => <span className="mono">{abbreviate(hash, 8)}</span>,
  },
  {
    id: "age",
    header: "Age",
    value: ({ timestamp }) => timestamp,
    cell: ({ number: height, timestamp }) =>
      height === 0 ? <span className="soft">genesis</span> : <RelativeAge at={timestamp * 1_000} />,
  },
  {
    id: "transactions",
    header: "Transactions",
    value: ({ transactions }) => transactions,
    numeric: true,
  },
  {
    id: "gas",
    header: "Gas used",
    value: ({ gasUsed }) => Number(gasUsed),
    cell: ({ gasUsed, gasLimit }) => (
      <>
        {number(Number(gasUsed))}{" "}
        <span className="unit">{text(percent(Number(gasUsed) / Number(gasLimit)))}</span>
      </>
    ),
    numeric: true,
  },
  {
    id: "fee",
    header: "Base fee",
    value: ({ baseFeePerGas }) => Number(baseFeePerGas),
    cell: ({ baseFeePerGas }) => text(feeQuantity(baseFeePerGas)),
    numeric: true,
  },
  {
    id: "size",
    header: "Size",
    value: ({ sizeBytes }) => sizeBytes,
    cell: ({ sizeBytes }) => text(bytes(sizeBytes)),
    numeric: true,
  },
];
