import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { chainId, coinSymbol, type VaultView } from "../../../workers/blockchain/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { BlockchainTabs } from "../blockchain/blockchain-tabs.tsx";
import { useChainStatus } from "../blockchain/use-chain.ts";
import { CurlButton } from "../explorer/curl-button.tsx";
import { AccountDrawer } from "./account-drawer.tsx";
import { AccountsTable } from "./accounts-table.tsx";
import { AddWallet } from "./add-wallet.tsx";
import { coinsOfWei, type HeldAccount, heldAccounts, vaultWei } from "./held-accounts.ts";
import { useWallets } from "./use-wallets.ts";
import { VaultPanel } from "./vault-panel.tsx";
import classes from "./wallets.module.css";

const route = getRouteApi("/blockchain/wallets");

export function WalletsPage(): React.JSX.Element {
  const { account: selected } = route.useSearch();
  const navigate = route.useNavigate();
  const status = useChainStatus();
  const query = useWallets();
  const accounts = heldAccounts(query.data?.wallets ?? []);
  const vault = query.data?.vault;
  const open = useCallback(
    (account: string | undefined) => void navigate({ search: { account }, resetScroll: false }),
    [navigate],
  );
  const close = useCallback(() => open(undefined), [open]);
  const shown = accounts.find(({ address }) => address.toLowerCase() === selected?.toLowerCase());
  return (
    <PageFrame
      title="Wallets"
      {...(vault && { health: query.isError ? "unknown" : "healthy" })}
      verdict={vault === undefined ? "Waiting for the wallets" : sentence(vault, accounts)}
      tabs={<BlockchainTabs />}
      action={<CurlButton path="/api/blockchain/wallets" />}
      figures={vault ? figuresOf(vault, accounts) : []}
    >
      <QueryBoundary query={query} thread="blockchain">
        {(data) => (
          <div className={classes.layout}>
            <div className={classes.main}>
              <Panel title="Accounts" id="accounts">
                <AccountsTable accounts={accounts} selected={shown?.address} onOpen={open} />
              </Panel>
            </div>
            <div className={classes.side}>
              <VaultPanel vault={data.vault} />
              <AddWallet vault={data.vault} />
            </div>
          </div>
        )}
      </QueryBoundary>
      <SideDrawer
        title={shown?.name ?? "Account"}
        opened={selected !== undefined && vault !== undefined}
        onClose={close}
      >
        {shown === undefined || vault === undefined ? (
          <p>No wallet here has the account {selected}.</p>
        ) : (
          <AccountDrawer
            key={shown.address}
            account={shown}
            vault={vault}
            giver={richest(accounts)}
            chainId={status.data?.chainId ?? chainId}
            onGone={close}
          />
        )}
      </SideDrawer>
    </PageFrame>
  );
}

function sentence({ state }: VaultView, accounts: readonly HeldAccount[]): string {
  const own = accounts.filter(({ wallet }) => wallet.kind !== "developer").length;
  const kept = `${number(own)} ${own === 1 ? "account" : "accounts"} of your own`;
  if (state === "missing") return "There is no vault yet; the developer accounts sign without one";
  return state === "locked"
    ? `The vault is locked; ${kept} can be looked at`
    : `The vault is unlocked; ${kept}`;
}

function figuresOf(vault: VaultView, accounts: readonly HeldAccount[]): readonly FigureProps[] {
  const count = (kinds: readonly string[]) =>
    accounts.filter(({ wallet }) => kinds.includes(wallet.kind)).length;
  return [
    {
      label: "Accounts of the vault",
      quantity: { value: number(count(["hd", "key"])), unit: "" },
      note: "with keys of your own",
      evidence: "accounts",
    },
    {
      label: "Held by the vault",
      quantity: { value: coinsOfWei(vaultWei(accounts)), unit: coinSymbol },
      note: "without watched and developer accounts",
      evidence: "accounts",
    },
    {
      label: "Watched",
      quantity: { value: number(count(["watch"])), unit: "" },
      note: "addresses without a key here",
      evidence: "accounts",
    },
    {
      label: "Developer accounts",
      quantity: { value: number(count(["developer"])), unit: "" },
      note: "everybody has their keys",
      evidence: "accounts",
    },
    {
      label: "Wrong passphrases",
      quantity: { value: number(vault.failures), unit: "" },
      note: "since the last right one",
      evidence: "vault",
    },
  ];
}

function richest(accounts: readonly HeldAccount[]): string | null {
  const developers = accounts.filter(({ wallet }) => wallet.kind === "developer");
  const [first, ...rest] = developers;
  if (first === undefined) return null;
  return rest.reduce(
    (best, each) => (BigInt(each.balanceWei) > BigInt(best.balanceWei) ? each : best),
    first,
  ).address;
}
