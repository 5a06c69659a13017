import { useQuery } from "@tanstack/react-query";
import { coinSymbol } from "../../../workers/blockchain/contract.ts";
import type { BlockchainSearchParams } from "../../app/search-params.ts";
import { number } from "../../components/format.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./blockchain.module.css";
import { CallData } from "./call-data.tsx";
import { accountFacts, blockFacts, Facts, Mono, transactionFacts } from "./explorer-facts.tsx";
import { AccountLink, PageLink, TransactionLink } from "./explorer-link.tsx";
import { coins } from "./money.ts";
import { TransactionTable } from "./transaction-table.tsx";

export function drawerTitle({ block, tx, account }: BlockchainSearchParams): string {
  if (block !== undefined) return `Block ${block}`;
  if (tx !== undefined) return "Transaction";
  return account === undefined ? "" : "Account";
}

/** What the address of the page names: a block, a transaction or an account. */
export function ExplorerDetails({ address }: { readonly address: BlockchainSearchParams }) {
  return (
    <div className={classes.details}>
      <Details address={address} />
      <PageLink target={address}>Open as a page</PageLink>
    </div>
  );
}

function Details({
  address: { block, tx, account },
}: {
  readonly address: BlockchainSearchParams;
}) {
  if (block !== undefined) return <BlockDetails block={block} />;
  if (tx !== undefined) return <TransactionDetails hash={tx} />;
  return account === undefined ? null : <AccountDetails account={account} />;
}

function BlockDetails({ block }: { readonly block: string }) {
  const query = useQuery(orpc.blockchain.block.queryOptions({ input: { block } }));
  const { timeFormat } = usePreferences();
  return (
    <QueryBoundary query={query} thread="blockchain">
      {(data) => (
        <div className={classes.details}>
          <Facts facts={blockFacts(data, timeFormat)} />
          <h3>
            {number(data.transactions)} {data.transactions === 1 ? "transaction" : "transactions"}
          </h3>
          <ol className={classes.list}>
            {data.transactionList.map(({ hash, amount, status, kind }) => (
              <li key={hash}>
                <StatusMark health={status === "success" ? "healthy" : "failed"} word={status} />
                <TransactionLink hash={hash} />
                <span>
                  {kind}, {coins(amount)} {coinSymbol}
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </QueryBoundary>
  );
}

function TransactionDetails({ hash }: { readonly hash: string }) {
  const query = useQuery(orpc.blockchain.transaction.queryOptions({ input: { hash } }));
  return (
    <QueryBoundary query={query} thread="blockchain">
      {(data) => (
        <div className={classes.details}>
          <Facts facts={transactionFacts(data)} />
          <CallData transaction={data} />
          <h3>
            {number(data.logs.length)} {data.logs.length === 1 ? "log" : "logs"}
          </h3>
          <ol className={classes.list}>
            {data.logs.map((log) => (
              <li key={log.logIndex}>
                <AccountLink address={log.address} />
                <Mono>{[...log.topics, log.data].join(" ")}</Mono>
              </li>
            ))}
          </ol>
        </div>
      )}
    </QueryBoundary>
  );
}

function AccountDetails({ account }: { readonly account: string }) {
  const query = useQuery(orpc.blockchain.account.queryOptions({ input: { address: account } }));
  return (
    <QueryBoundary query={query} thread="blockchain">
      {(data) => (
        <div className={classes.details}>
          <Facts facts={accountFacts(data)} />
          <TransactionTable account={data.address} narrow />
        </div>
      )}
    </QueryBoundary>
  );
}
