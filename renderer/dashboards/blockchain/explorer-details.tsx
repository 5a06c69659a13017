import { useQuery } from "@tanstack/react-query";
import { coinSymbol, type TransactionDetail } from "../../../workers/blockchain/contract.ts";
import type { BlockchainSearchParams } from "../../app/search-params.ts";
import { bytes, formatDateTime, number, text } from "../../components/format.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./blockchain.module.css";
import { AccountLink, BlockLink, TransactionLink } from "./explorer-link.tsx";
import { coins, gwei } from "./money.ts";
import { TransactionTable } from "./transaction-table.tsx";

export function drawerTitle({ block, tx, account }: BlockchainSearchParams): string {
  if (block !== undefined) return `Block ${block}`;
  if (tx !== undefined) return "Transaction";
  return account === undefined ? "" : "Account";
}

/** What the address of the page names: a block, a transaction or an account. */
export function ExplorerDetails({ address }: { readonly address: BlockchainSearchParams }) {
  const { block, tx, account } = address;
  if (block !== undefined) return <BlockDetails block={block} />;
  if (tx !== undefined) return <TransactionDetails hash={tx} />;
  return account === undefined ? null : <AccountDetails account={account} />;
}

type Fact = readonly [name: string, value: React.ReactNode];

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Mono({ children }: { readonly children: React.ReactNode }) {
  return <span className="mono">{children}</span>;
}

function BlockDetails({ block }: { readonly block: string }) {
  const query = useQuery(orpc.blockchain.block.queryOptions({ input: { block } }));
  const { timeFormat } = usePreferences();
  return (
    <QueryBoundary query={query} thread="blockchain">
      {(data) => (
        <div className={classes.details}>
          <Facts
            facts={[
              ["Hash", <Mono key="hash">{data.hash}</Mono>],
              [
                "Parent",
                data.number === 0 ? "none" : <BlockLink key="parent" number={data.number - 1} />,
              ],
              [
                "Time",
                data.timestamp === 0
                  ? "genesis"
                  : formatDateTime(data.timestamp * 1_000, timeFormat),
              ],
              ["Gas used", `${number(Number(data.gasUsed))} of ${number(Number(data.gasLimit))}`],
              ["Base fee", `${gwei(data.baseFeePerGas)} gwei`],
              ["Fee recipient", <AccountLink key="fees" address={data.feeRecipient} whole />],
              ["Size", text(bytes(data.sizeBytes))],
              ["State root", <Mono key="state">{data.stateRoot}</Mono>],
              ["Transactions root", <Mono key="transactions">{data.transactionsRoot}</Mono>],
              ["Receipts root", <Mono key="receipts">{data.receiptsRoot}</Mono>],
            ]}
          />
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

function transactionFacts(data: TransactionDetail): readonly Fact[] {
  const { to, contractAddress } = data;
  return [
    ["Hash", <Mono key="hash">{data.hash}</Mono>],
    [
      "Status",
      <StatusMark
        key="status"
        health={data.status === "success" ? "healthy" : "failed"}
        word={data.status}
      />,
    ],
    [
      "Block",
      <span key="block">
        <BlockLink number={data.blockNumber} />, {number(data.confirmations)}{" "}
        {data.confirmations === 1 ? "confirmation" : "confirmations"}
      </span>,
    ],
    ["From", <AccountLink key="from" address={data.from} whole />],
    to === null
      ? [
          "New contract",
          contractAddress === null ? (
            "none"
          ) : (
            <AccountLink key="contract" address={contractAddress} whole />
          ),
        ]
      : ["To", <AccountLink key="to" address={to} whole />],
    ["Amount", `${coins(data.amount)} ${coinSymbol}`],
    ["Fee", `${data.fee} ${coinSymbol}`],
    ["Gas used", `${number(Number(data.gasUsed))} of ${number(Number(data.gasLimit))}`],
    ["Price of gas", `${gwei(data.effectiveGasPrice)} gwei`],
    ["Kind", `${data.kind}, ${data.envelope} envelope`],
    ["Nonce", number(data.nonce)],
    ["Input", data.input === "0x" ? "none" : <Mono key="input">{data.input}</Mono>],
  ];
}

function AccountDetails({ account }: { readonly account: string }) {
  const query = useQuery(orpc.blockchain.account.queryOptions({ input: { address: account } }));
  return (
    <QueryBoundary query={query} thread="blockchain">
      {(data) => (
        <div className={classes.details}>
          <Facts
            facts={[
              ["Address", <Mono key="address">{data.address}</Mono>],
              ["Name", data.label ?? "none"],
              ["Kind", data.kind],
              ["Balance", `${coins(data.balance)} ${coinSymbol}`],
              ["Nonce", number(data.nonce)],
              ["Code", data.codeBytes === 0 ? "none" : text(bytes(data.codeBytes))],
            ]}
          />
          <TransactionTable account={data.address} />
        </div>
      )}
    </QueryBoundary>
  );
}
