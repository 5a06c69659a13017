import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { ChainFees } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number, percent, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { BlockLink } from "../blockchain/explorer-link.tsx";
import { feeQuantity } from "../blockchain/money.ts";
import { axisEnd, stepPath } from "./fee-scale.ts";
import classes from "./mempool.module.css";

type FeeBlock = ChainFees["blocks"][number];

/** Base fee and fullness by block: they are no function of time, as blocks come when needed. */
export function FeesPanel({ query }: { readonly query: UseQueryResult<ChainFees> }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel
      title="Fees of the last blocks"
      id="fees"
      tools={
        <Button size="compact-xs" variant="default" onClick={() => setAsTable(!asTable)}>
          {asTable ? "Show as chart" : "Show as table"}
        </Button>
      }
    >
      <QueryBoundary query={query} thread="blockchain">
        {({ blocks }) => (asTable ? <FeeTable blocks={blocks} /> : <Chart blocks={blocks} />)}
      </QueryBoundary>
    </Panel>
  );
}

function Chart({ blocks }: { readonly blocks: readonly FeeBlock[] }) {
  const most = Math.max(0, ...blocks.map(({ baseFeePerGas }) => Number(baseFeePerGas)));
  const { unit } = feeQuantity(String(most));
  const weiPerUnit = unit === "wei" ? 1 : 1e9;
  const fees = blocks.map(({ baseFeePerGas }) => Number(baseFeePerGas) / weiPerUnit);
  const end = axisEnd(fees);
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return null;
  const newest = `block ${number(last.number)}: ${text(feeQuantity(last.baseFeePerGas))}, ${text(percent(last.gasUsedRatio))} full`;
  return (
    <figure className={classes.chart} aria-label={`Base fee and gas used by block; ${newest}`}>
      <span className={classes.axisName}>Base fee, {unit}</span>
      <Axis top={tick(end)} middle={tick(end / 2)} bottom="0" />
      <div className={classes.plot}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path className={classes.fee} d={stepPath(fees, end)} />
        </svg>
        <Columns blocks={blocks} />
      </div>
      <span className={classes.axisName}>Gas used, %</span>
      <Axis top="100" middle="50" bottom="0" />
      <div className={classes.plot}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path className={classes.half} d="M0 50H100" />
        </svg>
        <Columns blocks={blocks} bars />
      </div>
      <p className={classes.range}>
        <span>block {number(first.number)}</span>
        <span className="soft">The dashed line is the target of half a block</span>
        <span>block {number(last.number)}</span>
      </p>
    </figure>
  );
}

/** One column for each block; its facts are told where the pointer is. */
function Columns({
  blocks,
  bars = false,
}: {
  readonly blocks: readonly FeeBlock[];
  bars?: boolean;
}) {
  return (
    <div className={classes.columns} aria-hidden="true">
      {blocks.map((block) => (
        <span
          key={block.number}
          title={`Block ${number(block.number)}: base fee ${text(feeQuantity(block.baseFeePerGas))}, ${text(percent(block.gasUsedRatio))} full, transactions: ${number(block.transactions)}`}
        >
          {bars && (
            <span
              className={classes.bar}
              style={{ height: `${Math.min(100, block.gasUsedRatio * 100)}%` }}
            />
          )}
        </span>
      ))}
    </div>
  );
}

function Axis(props: { readonly top: string; readonly middle: string; readonly bottom: string }) {
  return (
    <div className={classes.axis} aria-hidden="true">
      <span>{props.top}</span>
      <span>{props.middle}</span>
      <span>{props.bottom}</span>
    </div>
  );
}

function tick(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function FeeTable({ blocks }: { readonly blocks: readonly FeeBlock[] }) {
  return (
    <DataTable
      label="Fees of the last blocks"
      columns={columns}
      rows={blocks}
      rowKey={({ number: height }) => String(height)}
      initialSort={{ id: "block", desc: true }}
      heightMax={300}
    />
  );
}

const columns: readonly Column<FeeBlock>[] = [
  {
    id: "block",
    header: "Block",
    value: ({ number: height }) => height,
    cell: ({ number: height }) => <BlockLink number={height} />,
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
    id: "full",
    header: "Gas used, %",
    value: ({ gasUsedRatio }) => gasUsedRatio * 100,
    cell: ({ gasUsedRatio }) => (gasUsedRatio * 100).toFixed(2),
    numeric: true,
  },
  ...(["p10", "p50", "p90"] as const).map((share): Column<FeeBlock> => ({
    id: share,
    header: `Tip, ${share.slice(1)} %`,
    value: ({ priorityFeePerGas: paid }) => (paid === null ? -1 : Number(paid[share])),
    cell: ({ priorityFeePerGas: paid }) => (paid === null ? "–" : text(feeQuantity(paid[share]))),
    numeric: true,
  })),
  {
    id: "transactions",
    header: "Transactions",
    value: ({ transactions }) => transactions,
    numeric: true,
  },
];
