import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useCallback } from "react";
import type { ChainStatus } from "../../../workers/blockchain/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { AccountTable } from "./account-table.tsx";
import { BlockchainTabs } from "./blockchain-tabs.tsx";
import { BlockTable } from "./block-table.tsx";
import classes from "./blockchain.module.css";
import { drawerTitle, ExplorerDetails } from "./explorer-details.tsx";
import { feeQuantity } from "./money.ts";
import { TransactionTable } from "./transaction-table.tsx";
import { TransferForm } from "./transfer-form.tsx";
import { useChainStatus } from "./use-chain.ts";

const route = getRouteApi("/blockchain");

export function BlockchainPage(): React.JSX.Element {
  const address = route.useSearch();
  const navigate = route.useNavigate();
  const status = useChainStatus();
  const close = useCallback(() => void navigate({ search: {}, resetScroll: false }), [navigate]);
  return (
    <PageFrame
      title="Blockchain"
      {...(status.data && { health: status.data.status })}
      verdict={status.data?.verdict ?? "Waiting for the chain"}
      tabs={<BlockchainTabs />}
      figures={status.data ? figuresOf(status.data) : []}
    >
      <div className={classes.layout}>
        <TransferForm />
        <div className={classes.main}>
          <Panel title="Blocks" id="blocks">
            <BlockTable />
          </Panel>
        </div>
      </div>
      <Panel title="Transactions" id="transactions">
        <TransactionTable />
      </Panel>
      <Panel title="Accounts" id="accounts">
        <AccountTable />
      </Panel>
      <SideDrawer
        title={drawerTitle(address)}
        opened={(address.block ?? address.tx ?? address.account) !== undefined}
        onClose={close}
      >
        <Suspense fallback={<LoadingSkeleton rows={6} />}>
          <ExplorerDetails address={address} />
        </Suspense>
      </SideDrawer>
    </PageFrame>
  );
}

function figuresOf(status: ChainStatus): readonly FigureProps[] {
  const { lastBlockMs, refused } = status.sinceStart;
  return [
    {
      label: "Height",
      quantity: { value: number(status.height), unit: "" },
      note: status.persistent ? "kept on disk" : "in memory, gone with the platform",
      evidence: "blocks",
    },
    {
      label: "Transactions",
      quantity: { value: number(status.transactionsTotal), unit: "" },
      note: `${number(status.pending)} waiting, ${number(refused)} refused since the start`,
      evidence: "transactions",
    },
    {
      label: "Base fee of the next block",
      quantity: feeQuantity(status.nextBaseFeePerGas),
      note: "falls while blocks are under half full",
      evidence: "blocks",
    },
    {
      label: "Last block took",
      quantity: lastBlockMs === null ? null : duration(lastBlockMs),
      note: "to run, commit and store",
      evidence: "blocks",
    },
    {
      label: "Accounts",
      quantity: { value: number(status.accountsTotal), unit: "" },
      note: `chain id ${status.chainId}, ${status.hardfork} rules`,
      evidence: "accounts",
    },
  ];
}
