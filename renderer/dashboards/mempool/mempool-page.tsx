import { useQuery } from "@tanstack/react-query";
import type { ChainFees, MiningView } from "../../../workers/blockchain/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { number, percent, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { BlockchainTabs } from "../blockchain/blockchain-tabs.tsx";
import { feeQuantity } from "../blockchain/money.ts";
import { useChainStatus } from "../blockchain/use-chain.ts";
import { FeesPanel } from "./fee-chart.tsx";
import { GasPanel } from "./gas-panel.tsx";
import classes from "./mempool.module.css";
import { MiningPanel } from "./mining-panel.tsx";
import { PendingTable } from "./pending-table.tsx";
import { RefusedTable } from "./refused-table.tsx";

const refreshMs = 1_000;
const pendingShown = 500;
const feeBlocks = 60;

export function MempoolPage(): React.JSX.Element {
  const { paused } = useLive();
  useChainStatus();
  const live = { refetchInterval: paused ? (false as const) : refreshMs };
  const pending = useQuery(
    orpc.blockchain.mempool.pending.queryOptions({ input: { limit: pendingShown }, ...live }),
  );
  // A new block makes them fresh; see use-chain.
  const fees = useQuery(
    orpc.blockchain.mempool.fees.queryOptions({ input: { blocks: feeBlocks } }),
  );
  const { data } = pending;
  return (
    <PageFrame
      title="Mempool and gas"
      {...(data && { health: pending.isError ? "unknown" : "healthy" })}
      verdict={data === undefined ? "Waiting for the chain" : sentence(data.total, data.mining)}
      tabs={<BlockchainTabs />}
      figures={fees.data ? figuresOf(data?.total ?? null, fees.data) : []}
    >
      {data && <MiningPanel mining={data.mining} />}
      <Panel title="Waiting transactions" id="pending">
        <QueryBoundary query={pending} thread="blockchain">
          {({ transactions, total, mining }) => (
            <>
              {total > transactions.length && (
                <p className={classes.note}>
                  The {number(transactions.length)} that came first of {number(total)}.
                </p>
              )}
              <PendingTable transactions={transactions} mining={mining} />
            </>
          )}
        </QueryBoundary>
      </Panel>
      <FeesPanel query={fees} />
      <GasPanel />
      <Panel title="Accepted, then refused" id="refused">
        <QueryBoundary query={pending} thread="blockchain">
          {({ refused }) => <RefusedTable refused={refused} />}
        </QueryBoundary>
      </Panel>
    </PageFrame>
  );
}

function sentence(total: number, { mode, seconds }: MiningView): string {
  const waiting =
    total === 0
      ? "Nothing waits"
      : `${number(total)} ${total === 1 ? "transaction waits" : "transactions wait"}`;
  const when = {
    auto: "a block comes as soon as something waits",
    interval: `a block comes every ${seconds ?? 0} s`,
    manual: "a block comes when it is asked for",
  }[mode];
  return `${waiting}; ${when}`;
}

/** What was really paid in the newest block with transactions. */
function tipNote({ blocks, gasPrice }: ChainFees): string {
  for (const { number: height, priorityFeePerGas: paid } of blocks.toReversed()) {
    if (paid === null) continue;
    return `block ${number(height)} paid ${text(feeQuantity(paid.p50))} at the median`;
  }
  return `gasPrice ${text(feeQuantity(gasPrice))}`;
}

function figuresOf(total: number | null, fees: ChainFees): FigureProps[] {
  const newest = fees.blocks.at(-1);
  return [
    {
      label: "Waiting",
      quantity: total === null ? null : { value: number(total), unit: "" },
      note: "accepted, kept until mined",
      evidence: "pending",
    },
    {
      label: "Base fee of the next block",
      quantity: feeQuantity(fees.nextBaseFeePerGas),
      note: "burnt; falls while blocks are empty",
      trend: fees.blocks.map(({ baseFeePerGas }) => Number(baseFeePerGas) / 1e9),
      evidence: "fees",
    },
    {
      label: "maxFeePerGas to offer",
      quantity: feeQuantity(fees.suggested.maxFeePerGas),
      note: "outlasts a rising base fee",
      evidence: "fees",
    },
    {
      label: "maxPriorityFeePerGas",
      quantity: feeQuantity(fees.suggested.maxPriorityFeePerGas),
      note: tipNote(fees),
      evidence: "fees",
    },
    {
      label: "Newest block full to",
      quantity: newest === undefined ? null : percent(newest.gasUsedRatio),
      note: newest === undefined ? "" : `block ${number(newest.number)}; half is the target`,
      evidence: "fees",
    },
  ];
}
