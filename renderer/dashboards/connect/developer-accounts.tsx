import { type AccountSummary, coinSymbol } from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { coins } from "../blockchain/money.ts";

export function DeveloperAccounts({ accounts }: { readonly accounts: readonly AccountSummary[] }) {
  return (
    <DataTable
      label="Developer accounts"
      columns={columns}
      rows={accounts}
      rowKey={({ address }) => address}
      empty="This chain began with a genesis file that has no developer accounts."
    />
  );
}

const columns: readonly Column<AccountSummary>[] = [
  { id: "name", header: "Name", value: ({ label }) => label, width: "120px" },
  {
    id: "address",
    header: "Address",
    value: ({ address }) => address,
    cell: ({ address, label }) => (
      <>
        <AccountLink address={address} whole />{" "}
        <CopyMark text={address} name={`the address of ${label ?? "this account"}`} />
      </>
    ),
  },
  {
    id: "balance",
    header: `Balance, ${coinSymbol}`,
    value: ({ balance }) => Number(balance),
    cell: ({ balance }) => coins(balance),
    numeric: true,
  },
  { id: "nonce", header: "Nonce", value: ({ nonce }) => nonce, numeric: true },
];
