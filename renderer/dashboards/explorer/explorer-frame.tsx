import type { FigureProps } from "../../components/figure.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import type { Health } from "../../data/health.ts";
import { BlockchainTabs } from "../blockchain/blockchain-tabs.tsx";
import { useChainStatus } from "../blockchain/use-chain.ts";
import { ChainSearch } from "./chain-search.tsx";

interface ExplorerFrameProps {
  readonly title?: string;
  /** Of the chain when left out. */
  readonly verdict?: React.ReactNode;
  readonly health?: Health;
  readonly action?: React.ReactNode;
  readonly figures?: readonly FigureProps[];
  readonly children: React.ReactNode;
}

/** What every page of the explorer has; it follows the chain. */
export function ExplorerFrame({ title = "Explorer", verdict, ...props }: ExplorerFrameProps) {
  const status = useChainStatus();
  const ofChain = status.data?.verdict ?? "Waiting for the chain";
  return (
    <PageFrame
      title={title}
      {...(title === "Explorer" && status.data && { health: status.data.status })}
      {...props}
      verdict={verdict ?? ofChain}
      tabs={<BlockchainTabs />}
    >
      <ChainSearch />
      {props.children}
    </PageFrame>
  );
}
