/** What is told of a block, a transaction and an account, in a drawer as on a page. */
import {
  type AccountSummary,
  type BlockSummary,
  coinSymbol,
  type TransactionDetail,
} from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { bytes, formatDateTime, number, text, type TimeFormat } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./blockchain.module.css";
import { AccountLink, BlockLink } from "./explorer-link.tsx";
import { coins, feeQuantity } from "./money.ts";

export type Fact = readonly [name: string, value: React.ReactNode];

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
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

export function Mono({ children }: { readonly children: React.ReactNode }) {
  return <span className="mono">{children}</span>;
}

/** Something long to read and to copy. */
function copyable(name: string, value: string): Fact {
  return [
    name,
    <span key={name}>
      <Mono>{value}</Mono> <CopyMark text={value} name={name.toLowerCase()} />
    </span>,
  ];
}

function accountFact(name: string, address: string): Fact {
  return [
    name,
    <span key={name}>
      <AccountLink address={address} whole /> <CopyMark text={address} name={name.toLowerCase()} />
    </span>,
  ];
}

export function blockFacts(data: BlockSummary, timeFormat: TimeFormat): readonly Fact[] {
  return [
    copyable("Hash", data.hash),
    ["Parent", data.number === 0 ? "none" : <BlockLink key="parent" number={data.number - 1} />],
    ["Time", data.timestamp === 0 ? "genesis" : formatDateTime(data.timestamp * 1_000, timeFormat)],
    ["Gas used", `${number(Number(data.gasUsed))} of ${number(Number(data.gasLimit))}`],
    ["Base fee", text(feeQuantity(data.baseFeePerGas))],
    accountFact("Fee recipient", data.feeRecipient),
    ["Size", text(bytes(data.sizeBytes))],
    copyable("State root", data.stateRoot),
    copyable("Transactions root", data.transactionsRoot),
    copyable("Receipts root", data.receiptsRoot),
  ];
}

export function transactionFacts(data: TransactionDetail): readonly Fact[] {
  const { to, contractAddress } = data;
  return [
    copyable("Hash", data.hash),
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
    accountFact("From", data.from),
    to === null
      ? contractAddress === null
        ? ["New contract", "none"]
        : accountFact("New contract", contractAddress)
      : accountFact("To", to),
    ["Amount", `${coins(data.amount)} ${coinSymbol}`],
    ["Fee", `${data.fee} ${coinSymbol}`],
    ["Gas used", `${number(Number(data.gasUsed))} of ${number(Number(data.gasLimit))}`],
    ["Price of gas", text(feeQuantity(data.effectiveGasPrice))],
    ...(data.maxFeePerGas === null
      ? []
      : ([
          [
            "Offered",
            `at most ${text(feeQuantity(data.maxFeePerGas))}, tip ${text(feeQuantity(data.maxPriorityFeePerGas ?? "0"))}`,
          ],
        ] as const)),
    ["Kind", `${data.kind}, ${data.envelope} envelope`],
    ["Nonce", number(data.nonce)],
    ["Place", `number ${number(data.index + 1)} of its block`],
  ];
}

export function accountFacts(data: AccountSummary): readonly Fact[] {
  return [
    copyable("Address", data.address),
    ["Name", data.label ?? "none"],
    ["Kind", data.kind],
    ["Balance", `${coins(data.balance)} ${coinSymbol}`],
    ["Balance in wei", <Mono key="wei">{data.balanceWei}</Mono>],
    ["Nonce", number(data.nonce)],
    ["Transactions", number(data.transactions)],
    ["Code", data.codeBytes === 0 ? "none" : text(bytes(data.codeBytes))],
  ];
}
