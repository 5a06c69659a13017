import { useQuery } from "@tanstack/react-query";
import type { AccountSummary, ChainStatus } from "../../../workers/blockchain/contract.ts";
import { CopyButton, CopyMark } from "../../components/copy-button.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useThread } from "../../data/hooks.ts";
import { BlockchainTabs } from "../blockchain/blockchain-tabs.tsx";
import { useChainStatus } from "../blockchain/use-chain.ts";
import classes from "./connect.module.css";
import { DeveloperAccounts } from "./developer-accounts.tsx";
import { Faucet } from "./faucet.tsx";
import { type ChainAddress, snippetsFor, walletFields, webSocketUrl } from "./snippets.ts";

const accountsMax = 50;
/** The identifier that the Chrome Web Store lists MetaMask under. */
const allowOriginLine =
  "npm start -- --allow-origin chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn";

export function ConnectPage(): React.JSX.Element {
  const url = useThread("blockchain")?.url?.replace(/\/$/, "") ?? null;
  const status = useChainStatus();
  const accounts = useQuery(
    orpc.blockchain.accounts.queryOptions({ input: { limit: accountsMax } }),
  );
  const developers = (accounts.data?.accounts ?? []).filter(({ kind }) => kind === "developer");
  return (
    <PageFrame
      title="Connect"
      {...(status.data && { health: status.data.status })}
      verdict={
        url === null
          ? "The blockchain thread has no port"
          : `Ethereum JSON-RPC at ${url}, chain ${status.data?.chainId ?? "not known yet"}`
      }
      tabs={<BlockchainTabs />}
    >
      <div className={classes.layout}>
        <div className={classes.column}>
          <Panel title="Wallets and tools" id="tools">
            <QueryBoundary query={status} thread="blockchain">
              {(data) =>
                url === null ? (
                  <EmptyView>The blockchain thread has no port.</EmptyView>
                ) : (
                  <Lines chain={chainAddress(url, data, developers)} />
                )
              }
            </QueryBoundary>
          </Panel>
        </div>
        <Faucet developers={developers} />
      </div>
      <Panel title="Developer accounts" id="developers">
        <p className={classes.note}>
          Their keys are public: everybody has them. The ledger signs for them (eth_sendTransaction,{" "}
          <span className="mono">--unlocked</span>), so no key has to be copied. Never send coins of
          another chain to these addresses.
        </p>
        <QueryBoundary query={accounts} thread="blockchain">
          {() => <DeveloperAccounts accounts={developers} />}
        </QueryBoundary>
      </Panel>
    </PageFrame>
  );
}

function chainAddress(
  url: string,
  { chainId, coin, hardfork }: ChainStatus,
  developers: readonly AccountSummary[],
): ChainAddress {
  const nobody = `0x${"0".repeat(40)}`;
  const [first, second] = developers;
  return {
    url,
    chainId,
    coin,
    hardfork,
    from: first?.address ?? nobody,
    to: second?.address ?? nobody,
  };
}

function Lines({ chain }: { readonly chain: ChainAddress }) {
  const fields = [...walletFields(chain), ["WebSocket URL", webSocketUrl(chain.url)] as const];
  return (
    <ul className={classes.lines}>
      <li>
        <h3>MetaMask and other wallets</h3>
        <p className="soft">
          Networks, then “Add a custom network”. Extensions inside a browser are refused as foreign
          origins until the platform is started with their origin; wallets outside of one are not.
        </p>
        <pre>
          {allowOriginLine} <CopyMark text={allowOriginLine} name="the line for MetaMask" />
        </pre>
        <p className="soft">
          That is MetaMask from the Chrome Web Store; another extension has another origin, and
          several are parted by commas. A named origin reaches JSON-RPC and nothing else, and there
          it may do what everybody may: also let unlocked accounts of the vault sign.
        </p>
        <dl className={classes.fields}>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <span className="mono">{value}</span> <CopyMark text={value} name={name} />
              </dd>
            </div>
          ))}
        </dl>
      </li>
      {snippetsFor(chain).map(({ name, place, code }) => (
        <li key={name}>
          <div className={classes.head}>
            <h3>
              {name} <span className="unit">{place}</span>
            </h3>
            <CopyButton text={code} name={`Copy for ${name}`} />
          </div>
          <pre>{code}</pre>
        </li>
      ))}
    </ul>
  );
}
