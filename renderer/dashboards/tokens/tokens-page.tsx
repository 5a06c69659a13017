import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { TokenView } from "../../../workers/blockchain/contract.ts";
import { abbreviate, number } from "../../components/format.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { CurlButton } from "../explorer/curl-button.tsx";
import { ExplorerFrame } from "../explorer/explorer-frame.tsx";
import { listHeightMax } from "../explorer/list-height.ts";
import { tokenAmount } from "./amounts.ts";
import { PageButtons, usePages } from "./page-buttons.tsx";
import classes from "./tokens.module.css";

const pageRows = 50;

/** Every token of the chain. */
export function TokensPage(): React.JSX.Element {
  const navigate = useNavigate();
  const pages = usePages(pageRows);
  const query = useQuery(
    orpc.blockchain.tokens.list.queryOptions({ input: { limit: pageRows, skip: pages.skip } }),
  );
  return (
    <ExplorerFrame action={<CurlButton path="/api/blockchain/tokens" />}>
      <Panel title="Tokens" id="tokens">
        <QueryBoundary
          query={query}
          thread="blockchain"
          isEmpty={({ total }) => total === 0}
          empty={
            <p>
              No contract has logged a transfer of a token. Deploy one in the{" "}
              <Link to="/blockchain/contracts">contracts workshop</Link>: its templates have an
              ERC-20 and an ERC-721.
            </p>
          }
        >
          {({ tokens, total, truncated }) => (
            <>
              {truncated !== null && <p className={classes.note}>{truncated}</p>}
              <DataTable
                label="Tokens"
                columns={columns}
                rows={tokens}
                rowKey={({ address }) => address}
                onOpen={({ address }) =>
                  void navigate({ to: "/blockchain/tokens/$address", params: { address } })
                }
                heightMax={listHeightMax}
              />
              <PageButtons pages={pages} total={total} noun="tokens" />
            </>
          )}
        </QueryBoundary>
      </Panel>
    </ExplorerFrame>
  );
}

export const tokenName = ({ name, symbol, address }: TokenView) =>
  name ?? symbol ?? abbreviate(address);

const columns: readonly Column<TokenView>[] = [
  {
    id: "name",
    header: "Token",
    value: tokenName,
    cell: (token) => (
      <Link
        to="/blockchain/tokens/$address"
        params={{ address: token.address }}
        onClick={(event) => event.stopPropagation()}
      >
        {tokenName(token)}
      </Link>
    ),
  },
  { id: "symbol", header: "Symbol", value: ({ symbol }) => symbol, width: "110px" },
  { id: "standard", header: "Standard", value: ({ standard }) => standard, width: "100px" },
  {
    id: "supply",
    header: "Supply",
    value: ({ totalSupply }) => (totalSupply === null ? null : Number(totalSupply)),
    cell: ({ totalSupply, decimals }) =>
      totalSupply === null ? (
        <span className="soft">not told</span>
      ) : (
        tokenAmount(totalSupply, decimals)
      ),
    numeric: true,
  },
  {
    id: "holders",
    header: "Holders",
    value: ({ holders }) => holders,
    cell: ({ holders }) => number(holders),
    numeric: true,
  },
  {
    id: "transfers",
    header: "Transfers",
    value: ({ transfers }) => transfers,
    cell: ({ transfers }) => number(transfers),
    numeric: true,
  },
];
