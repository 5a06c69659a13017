import type { RefusedPending } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { HashCell } from "./pending-table.tsx";

export function RefusedTable({ refused }: { readonly refused: readonly RefusedPending[] }) {
  return (
    <DataTable
      label="Refused transactions"
      columns={columns}
      rows={refused}
      rowKey={({ hash, at }) => `${hash} ${at}`}
      heightMax={320}
      empty="No accepted transaction was refused since the start."
    />
  );
}

const columns: readonly Column<RefusedPending>[] = [
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
  { id: "nonce", header: "Nonce", value: ({ nonce }) => nonce, numeric: true },
  { id: "reason", header: "Reason", value: ({ reason }) => reason },
  {
    id: "text",
    header: "In full",
    value: ({ text }) => text,
    cell: ({ text }) => <span title={text}>{text}</span>,
  },
  {
    id: "at",
    header: "When",
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeAge at={at} />,
  },
];
