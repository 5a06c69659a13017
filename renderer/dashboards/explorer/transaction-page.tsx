import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { coinSymbol, type TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { abbreviate, number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { Facts, transactionFacts } from "../blockchain/explorer-facts.tsx";
import { coins } from "../blockchain/money.ts";
import { CallPanel } from "./call-panel.tsx";
import { CurlButton } from "./curl-button.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import classes from "./explorer.module.css";
import { LogsPanel } from "./logs-panel.tsx";
import { TracePanel } from "./trace-panel.tsx";

const route = getRouteApi("/blockchain/transactions/$hash");

export function TransactionPage(): React.JSX.Element {
  const { hash } = route.useParams();
  const query = useQuery(orpc.blockchain.transaction.queryOptions({ input: { hash } }));
  const { data } = query;
  return (
    <ExplorerFrame
      title={`Transaction ${abbreviate(hash, 8)}`}
      verdict={data === undefined ? "" : sentence(data)}
      {...(data && { health: data.status === "success" ? "healthy" : "failed" })}
      action={<CurlButton path={`/api/blockchain/transactions/${hash}`} />}
    >
      <QueryBoundary query={query} thread="blockchain">
        {(shown) => (
          <Panel title="Receipt" id="receipt">
            <div className={classes.details}>
              <Facts facts={transactionFacts(shown)} />
            </div>
          </Panel>
        )}
      </QueryBoundary>
      {data !== undefined && data.kind !== "transfer" && <CallPanel transaction={data} />}
      {data !== undefined && <LogsPanel logs={data.logs} />}
      {data !== undefined && data.kind !== "transfer" && <TracePanel hash={data.hash} />}
    </ExplorerFrame>
  );
}

function sentence({ kind, amount, status, blockNumber }: TransactionDetail): string {
  const what = kind === "transfer" ? `Transfer of ${coins(amount)} ${coinSymbol}` : `A ${kind}`;
  const how = status === "success" ? "succeeded" : "reverted";
  return `${what}, ${how} in block ${number(blockNumber)}`;
}
