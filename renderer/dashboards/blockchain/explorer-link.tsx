import { Link } from "@tanstack/react-router";
import type { BlockchainSearchParams } from "../../app/search-params.ts";
import { abbreviate } from "../../components/format.ts";

/** A block, transaction or account by its name, leading to its details. */
export function ExplorerLink(props: {
  readonly to: BlockchainSearchParams;
  readonly label: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Link
      to="/blockchain"
      search={props.to}
      resetScroll={false}
      className="mono"
      aria-label={props.label}
      onClick={(event) => event.stopPropagation()}
    >
      {props.children}
    </Link>
  );
}

export function BlockLink({ number }: { readonly number: number }) {
  return (
    <ExplorerLink to={{ block: String(number) }} label={`Block ${number.toLocaleString("en-US")}`}>
      {number.toLocaleString("en-US")}
    </ExplorerLink>
  );
}

export function TransactionLink({ hash }: { readonly hash: string }) {
  const shown = abbreviate(hash, 8);
  return (
    <ExplorerLink to={{ tx: hash }} label={`Transaction ${shown}`}>
      {shown}
    </ExplorerLink>
  );
}

export function AccountLink(props: { readonly address: string; readonly whole?: boolean }) {
  const shown = props.whole === true ? props.address : abbreviate(props.address, 8);
  return (
    <ExplorerLink to={{ account: props.address }} label={`Account ${shown}`}>
      {shown}
    </ExplorerLink>
  );
}
