import { coinSymbol } from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { coins } from "../blockchain/money.ts";
import { type HeldAccount, keyWords } from "./held-accounts.ts";

interface AccountsTableProps {
  readonly accounts: readonly HeldAccount[];
  readonly selected: string | undefined;
  readonly onOpen: (address: string) => void;
}

export function AccountsTable({ accounts, selected, onOpen }: AccountsTableProps) {
  return (
    <DataTable
      label="Accounts"
      columns={columns}
      rows={accounts}
      rowKey={({ address, wallet }) => `${wallet.id} ${address}`}
      selectedKey={accounts
        .filter(({ address }) => address === selected)
        .map(({ address, wallet }) => `${wallet.id} ${address}`)
        .at(0)}
      onOpen={({ address }) => onOpen(address)}
      heightMax={560}
    />
  );
}

function Keys({ account }: { readonly account: HeldAccount }) {
  const { kind } = account.wallet;
  if (kind === "developer") return <StatusMark health="degraded" word={keyWords[kind]} />;
  return kind === "watch" ? <span className="soft">{keyWords[kind]}</span> : keyWords[kind];
}

const columns: readonly Column<HeldAccount>[] = [
  { id: "name", header: "Name", value: ({ name }) => name, width: "150px" },
  {
    id: "keys",
    header: "Keys",
    value: ({ wallet }) => keyWords[wallet.kind],
    cell: (account) => <Keys account={account} />,
    width: "130px",
  },
  {
    id: "address",
    header: "Address",
    value: ({ address }) => address,
    cell: ({ address, name }) => (
      <>
        <AccountLink address={address} />{" "}
        <CopyMark text={address} name={`the address of ${name}`} />
      </>
    ),
  },
  {
    id: "path",
    header: "Path",
    value: ({ path }) => path,
    cell: ({ path }) =>
      path === null ? <span className="soft">none</span> : <span className="mono">{path}</span>,
  },
  {
    id: "balance",
    header: `Balance, ${coinSymbol}`,
    value: ({ balance }) => Number(balance),
    cell: ({ balance }) => coins(balance),
    numeric: true,
  },
  { id: "nonce", header: "Nonce", value: ({ nonce }) => nonce, numeric: true, width: "80px" },
];
