import {
  coinSymbol,
  type MiningView,
  type PendingTransaction,
} from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate, number, text } from "../../components/format.ts";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { coins, feeQuantity } from "../blockchain/money.ts";

interface PendingTableProps {
  readonly transactions: readonly PendingTransaction[];
  readonly mining: MiningView;
}

export function PendingTable({ transactions, mining }: PendingTableProps) {
  return (
    <DataTable
      label="Waiting transactions"
      columns={columnsFor(mining)}
      rows={transactions}
      rowKey={({ hash }) => hash}
      heightMax={380}
      empty="Nothing waits. Set mining to “When told” and send a transfer, and it waits here."
    />
  );
}

function columnsFor(mining: MiningView): readonly Column<PendingTransaction>[] {
  const turn = {
    auto: "the next block",
    interval: "the next interval",
    manual: "a block to be asked for",
  }[mining.mode];
  return [
    {
      id: "hash",
      header: "Transaction",
      value: ({ hash }) => hash,
      cell: ({ hash }) => <HashCell hash={hash} />,
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
      value: ({ to }) => to ?? "new contract",
      cell: ({ to }) =>
        to === null ? <span className="soft">new contract</span> : <AccountLink address={to} />,
    },
    { id: "nonce", header: "Nonce", value: ({ nonce }) => nonce, numeric: true },
    {
      id: "amount",
      header: `Amount, ${coinSymbol}`,
      value: ({ amount }) => Number(amount),
      cell: ({ amount }) => coins(amount),
      numeric: true,
    },
    {
      id: "fee",
      header: "Max fee",
      value: ({ maxFeePerGas }) => Number(maxFeePerGas),
      cell: ({ maxFeePerGas }) => text(feeQuantity(maxFeePerGas)),
      numeric: true,
    },
    {
      id: "gas",
      header: "Gas limit",
      value: ({ gasLimit }) => Number(gasLimit),
      cell: ({ gasLimit }) => number(Number(gasLimit)),
      numeric: true,
    },
    {
      id: "waits",
      header: "Waits for",
      value: ({ missingNonce }) =>
        missingNonce === null ? turn : `nonce ${missingNonce} is missing`,
      cell: ({ missingNonce }) =>
        missingNonce === null ? (
          turn
        ) : (
          <StatusMark health="degraded" word={`nonce ${missingNonce} is missing`} />
        ),
    },
    {
      id: "since",
      header: "Since",
      value: ({ since }) => since,
      cell: ({ since }) => <RelativeAge at={since} />,
    },
  ];
}

/** In no block, so there is no page to lead to. */
export function HashCell({ hash }: { readonly hash: string }) {
  return (
    <>
      <span className="mono" title={hash}>
        {abbreviate(hash, 8)}
      </span>{" "}
      <CopyMark text={hash} name={`transaction hash ${abbreviate(hash, 8)}`} />
    </>
  );
}
