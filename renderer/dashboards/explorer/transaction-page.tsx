import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { coinSymbol, type TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { abbreviate, number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { CallData, LogData } from "../blockchain/call-data.tsx";
import { Facts, Mono, transactionFacts } from "../blockchain/explorer-facts.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { coins } from "../blockchain/money.ts";
import { CurlButton } from "./curl-button.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import classes from "./explorer.module.css";

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
              <CallData transaction={shown} />
            </div>
          </Panel>
        )}
      </QueryBoundary>
      {data !== undefined && <Logs logs={data.logs} />}
    </ExplorerFrame>
  );
}

function sentence({ kind, amount, status, blockNumber }: TransactionDetail): string {
  const what = kind === "transfer" ? `Transfer of ${coins(amount)} ${coinSymbol}` : `A ${kind}`;
  const how = status === "success" ? "succeeded" : "reverted";
  return `${what}, ${how} in block ${number(blockNumber)}`;
}

function Logs({ logs }: Pick<TransactionDetail, "logs">) {
  return (
    <Panel title={`Logs (${number(logs.length)})`} id="logs">
      {logs.length === 0 ? (
        <EmptyView>No contract has logged anything in this transaction.</EmptyView>
      ) : (
        <ol className={classes.logs}>
          {logs.map((log) => (
            <li key={log.logIndex}>
              <Facts
                facts={[
                  ["Contract", <AccountLink key="contract" address={log.address} whole />],
                  ...log.topics.map(
                    (topic, place) =>
                      [
                        place === 0 ? "Topic 0, the event" : `Topic ${place}`,
                        <Mono key={topic}>{topic}</Mono>,
                      ] as const,
                  ),
                  ["Data", <LogData key="data" data={log.data} />],
                ]}
              />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
