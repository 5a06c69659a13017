import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { coinSymbol } from "../../../workers/blockchain/contract.ts";
import { abbreviate, number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { accountFacts, Facts } from "../blockchain/explorer-facts.tsx";
import { coins } from "../blockchain/money.ts";
import { TransactionTable } from "../blockchain/transaction-table.tsx";
import { ContractPanel, contractName, useNoted } from "./contract-panel.tsx";
import { CurlButton } from "./curl-button.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import classes from "./explorer.module.css";
import { listHeightMax } from "./list-height.ts";

const route = getRouteApi("/blockchain/addresses/$address");

export function AddressPage(): React.JSX.Element {
  const { address } = route.useParams();
  const query = useQuery(orpc.blockchain.account.queryOptions({ input: { address } }));
  const { data } = query;
  const noted = useNoted(data?.address ?? address);
  return (
    <ExplorerFrame
      title={
        data?.label ??
        (noted && contractName(noted)) ??
        `Address ${abbreviate(data?.address ?? address, 8)}`
      }
      verdict={
        data === undefined
          ? ""
          : `Holds ${coins(data.balance)} ${coinSymbol} after ${number(data.transactions)} ${data.transactions === 1 ? "transaction" : "transactions"}`
      }
      action={<CurlButton path={`/api/blockchain/accounts/${data?.address ?? address}`} />}
    >
      <QueryBoundary query={query} thread="blockchain">
        {(shown) => (
          <Panel title="Account" id="account">
            <div className={classes.details}>
              <Facts facts={accountFacts(shown)} />
            </div>
          </Panel>
        )}
      </QueryBoundary>
      {data?.kind === "contract" && <ContractPanel address={data.address} noted={noted} />}
      {data !== undefined && (
        <Panel title="Transactions" id="transactions">
          <TransactionTable account={data.address} heightMax={listHeightMax} />
        </Panel>
      )}
    </ExplorerFrame>
  );
}
