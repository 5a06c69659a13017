import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import type { BlockchainSearchParams } from "../../app/search-params.ts";
import { abbreviate } from "../../components/format.ts";

/** On the dashboard details open in its drawer, elsewhere on a page of their own. */
function useHasDrawer(): boolean {
  return useLocation({ select: ({ pathname }) => pathname === "/blockchain" });
}

/** Where a block, transaction or account is shown. */
function destinationOf({ block, tx, account }: BlockchainSearchParams, hasDrawer: boolean) {
  if (hasDrawer) {
    const search = { block, tx, account };
    return { to: "/blockchain", search, resetScroll: false } as const;
  }
  if (block !== undefined) return { to: "/blockchain/blocks/$block", params: { block } } as const;
  if (tx !== undefined) {
    return { to: "/blockchain/transactions/$hash", params: { hash: tx } } as const;
  }
  // A path that ends in dots would be taken for the name of a file.
  const address = (account ?? "").replace(/(\.\.\.|…)$/, "");
  return { to: "/blockchain/addresses/$address", params: { address } } as const;
}

/** Opens a block, transaction or account. */
export function useOpenDetails(): (target: BlockchainSearchParams) => void {
  const hasDrawer = useHasDrawer();
  const navigate = useNavigate();
  return useCallback(
    (target) => void navigate(destinationOf(target, hasDrawer)),
    [navigate, hasDrawer],
  );
}

/** From the drawer to the page of what it shows. */
export function PageLink(props: {
  readonly target: BlockchainSearchParams;
  readonly children: React.ReactNode;
}) {
  return <Link {...destinationOf(props.target, false)}>{props.children}</Link>;
}

/** A block, transaction or account by its name, leading to its details. */
function ExplorerLink(props: {
  readonly to: BlockchainSearchParams;
  readonly label: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Link
      {...destinationOf(props.to, useHasDrawer())}
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
