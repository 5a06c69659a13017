import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import {
  type ChainGas,
  type ContractGas,
  decodedAtOnceMax,
} from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number, percent, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import classes from "./mempool.module.css";

const ranges = ["60", "1000", "5000"];
/** Adding up thousands of blocks is no work for each new one. */
const refreshMs = 5_000;
/** Names change only with what is compiled. */
const namesStaleMs = 30_000;

interface GasRow {
  readonly address: string;
  /** null: the contract's creation, or a call without a selector. */
  readonly selector: string | null;
  readonly method: string;
  readonly transactions: number;
  readonly failed: number;
  readonly gasUsed: number;
  readonly average: number;
  readonly least: number | null;
  readonly most: number | null;
  /** Of all gas in the range. */
  readonly share: number;
}

/** Who used the gas of the last blocks: a row for each method of each contract. */
export function GasPanel(): React.JSX.Element {
  const [blocks, setBlocks] = useState("1000");
  const { paused } = useLive();
  const query = useQuery(
    orpc.blockchain.mempool.gas.queryOptions({
      input: { blocks: Number(blocks) },
      placeholderData: keepPreviousData,
      refetchInterval: paused ? false : refreshMs,
    }),
  );
  return (
    <Panel
      title="Gas by contract and method"
      id="gas"
      tools={
        <SegmentedControl
          size="xs"
          aria-label="Blocks to add up"
          value={blocks}
          onChange={setBlocks}
          data={ranges.map((each) => ({ value: each, label: `${number(Number(each))} blocks` }))}
        />
      }
    >
      <QueryBoundary query={query} thread="blockchain">
        {(gas) => <GasTable gas={gas} />}
      </QueryBoundary>
    </Panel>
  );
}

function GasTable({ gas }: { readonly gas: ChainGas }) {
  const names = useMethodNames(gas.contracts);
  const rows = gas.contracts.flatMap((contract) => rowsOf(contract, gas.gasUsed, names));
  return (
    <>
      <p className={classes.note}>{sentence(gas)}</p>
      <DataTable
        label="Gas by contract and method"
        columns={columns}
        rows={rows}
        rowKey={({ address, selector, method }) => `${address} ${selector ?? method}`}
        initialSort={{ id: "gas", desc: true }}
        heightMax={360}
        empty="No contract was called or created in these blocks. Deploy one in the workshop."
      />
    </>
  );
}

function sentence({ fromBlock, toBlock, gasUsed, byKind, transactions }: ChainGas): string {
  if (transactions === 0) return `Blocks ${number(fromBlock)} to ${number(toBlock)} are empty.`;
  const parts = [
    `calls ${text(percent(byKind.call.gasUsed / gasUsed))}`,
    `deployments ${text(percent(byKind.deployment.gasUsed / gasUsed))}`,
    `transfers ${text(percent(byKind.transfer.gasUsed / gasUsed))}`,
  ];
  return `Blocks ${number(fromBlock)} to ${number(toBlock)}: ${number(gasUsed)} gas in ${number(transactions)} transactions; ${parts.join(", ")}.`;
}

/** Signatures by selector, of those that a known interface has. */
function useMethodNames(contracts: readonly ContractGas[]): ReadonlyMap<string, string> {
  const samples = new Map<string, string>();
  for (const { selector, sample } of contracts.flatMap(({ methods }) => methods)) {
    if (selector !== null) samples.set(selector, sample);
  }
  const asked = [...samples].slice(0, decodedAtOnceMax);
  const { data } = useQuery(
    orpc.blockchain.decodeAll.queryOptions({
      input: { subjects: asked.map(([, sample]) => ({ kind: "call", data: sample })) },
      enabled: asked.length > 0,
      staleTime: namesStaleMs,
      placeholderData: keepPreviousData,
    }),
  );
  const names = new Map<string, string>();
  asked.forEach(([selector], place) => {
    const signature = data?.decoded[place]?.signature;
    if (signature !== undefined && signature !== null) names.set(selector, signature);
  });
  return names;
}

function rowsOf(
  contract: ContractGas,
  total: number,
  names: ReadonlyMap<string, string>,
): readonly GasRow[] {
  const { address, methods } = contract;
  const rows: GasRow[] = methods.map(({ selector, gasUsed, transactions, ...rest }) => ({
    address,
    selector,
    method: selector === null ? "no selector" : (names.get(selector) ?? selector),
    transactions,
    failed: rest.failed,
    gasUsed,
    average: gasUsed / transactions,
    least: rest.gasMin,
    most: rest.gasMax,
    share: gasUsed / total,
  }));
  // What is left is its creation, and methods beyond those that are listed.
  const left = (pick: (sum: ContractGas | GasRow) => number) =>
    rows.reduce((sum, row) => sum - pick(row), pick(contract));
  const transactions = left((each) => each.transactions);
  if (transactions === 0) return rows;
  const gasUsed = left((each) => each.gasUsed);
  return [
    ...rows,
    {
      address,
      selector: null,
      method: "creation and others",
      transactions,
      failed: left((each) => each.failed),
      gasUsed,
      average: gasUsed / transactions,
      least: null,
      most: null,
      share: gasUsed / total,
    },
  ];
}

const columns: readonly Column<GasRow>[] = [
  {
    id: "contract",
    header: "Contract",
    value: ({ address }) => address,
    cell: ({ address }) => <AccountLink address={address} />,
  },
  {
    id: "method",
    header: "Method",
    value: ({ method }) => method,
    cell: ({ method, selector }) => <code title={selector ?? undefined}>{method}</code>,
  },
  { id: "calls", header: "Transactions", value: ({ transactions }) => transactions, numeric: true },
  { id: "failed", header: "Failed", value: ({ failed }) => failed, numeric: true },
  {
    id: "gas",
    header: "Gas",
    value: ({ gasUsed }) => gasUsed,
    cell: ({ gasUsed }) => number(gasUsed),
    numeric: true,
  },
  {
    id: "share",
    header: "Share, %",
    value: ({ share }) => share * 100,
    cell: ({ share }) => (share * 100).toFixed(1),
    numeric: true,
  },
  {
    id: "average",
    header: "Average",
    value: ({ average }) => average,
    cell: ({ average }) => number(Math.round(average)),
    numeric: true,
  },
  {
    id: "range",
    header: "Least to most",
    value: ({ most }) => most ?? 0,
    cell: ({ least, most }) =>
      least === null || most === null
        ? "–"
        : least === most
          ? number(least)
          : `${number(least)} to ${number(most)}`,
    numeric: true,
  },
];
