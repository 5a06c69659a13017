import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { TokenTransfer, TokenView } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate, number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import { Facts, Mono } from "../blockchain/explorer-facts.tsx";
import { AccountLink, BlockLink, TransactionLink } from "../blockchain/explorer-link.tsx";
import { CurlButton } from "../explorer/curl-button.tsx";
import { ExplorerFrame } from "../explorer/explorer-frame.tsx";
import { shareOf, tokenAmount } from "./amounts.ts";
import { PageButtons, usePages } from "./page-buttons.tsx";
import { tokenName } from "./tokens-page.tsx";
import classes from "./tokens.module.css";

const route = getRouteApi("/blockchain/tokens/$address");
const pageRows = 50;
const transferPagesMax = 20;

type Holder = Awaited<ReturnType<ApiClient["blockchain"]["tokens"]["holders"]>>["holders"][number];

export function TokenPage(): React.JSX.Element {
  const { address } = route.useParams();
  const query = useQuery(orpc.blockchain.tokens.token.queryOptions({ input: { address } }));
  const { data } = query;
  return (
    <ExplorerFrame
      title={data === undefined ? `Token ${abbreviate(address, 8)}` : tokenName(data)}
      verdict={data === undefined ? "" : sentence(data)}
      action={<CurlButton path={`/api/blockchain/tokens/${address}`} />}
    >
      <QueryBoundary query={query} thread="blockchain">
        {(token) => (
          <>
            <Panel title="Token" id="token">
              <div className={classes.details}>
                <Facts facts={facts(token)} />
              </div>
            </Panel>
            <Holders token={token} />
            <Transfers token={token} />
          </>
        )}
      </QueryBoundary>
    </ExplorerFrame>
  );
}

function sentence({ standard, holders, transfers }: TokenView): string {
  return `${standard}; ${number(holders)} ${holders === 1 ? "holder" : "holders"} after ${number(transfers)} ${transfers === 1 ? "transfer" : "transfers"}`;
}

function facts(token: TokenView) {
  const { address, standard, name, symbol, decimals, totalSupply, firstBlock } = token;
  return [
    ["Contract", <AccountLink key="contract" address={address} whole />],
    ["Standard", standard],
    ["Name", name ?? "not told"],
    ["Symbol", symbol ?? "not told"],
    ...(standard === "ERC-20"
      ? ([["Decimals", decimals === null ? "not told" : String(decimals)]] as const)
      : []),
    ["Supply", totalSupply === null ? "not told" : tokenAmount(totalSupply, decimals)],
    ["First transfer", <BlockLink key="block" number={firstBlock} />],
  ] as const;
}

function Holders({ token }: { readonly token: TokenView }) {
  const pages = usePages(pageRows);
  const query = useQuery(
    orpc.blockchain.tokens.holders.queryOptions({
      input: { address: token.address, limit: pageRows, skip: pages.skip },
    }),
  );
  return (
    <Panel title="Holders" id="holders">
      <p className={classes.note}>Balances are the sums of its Transfer events.</p>
      <QueryBoundary query={query} thread="blockchain">
        {({ holders, total }) => (
          <>
            <DataTable
              label="Holders"
              columns={holderColumns(token)}
              rows={holders}
              rowKey={({ address }) => address}
              empty="Nobody holds it now."
            />
            <PageButtons pages={pages} total={total} noun="holders" />
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

function holderColumns({ standard, decimals, totalSupply }: TokenView): readonly Column<Holder>[] {
  const share = ({ balance }: Holder) => shareOf(balance, totalSupply);
  return [
    { id: "name", header: "Name", value: ({ label }) => label, width: "140px" },
    {
      id: "address",
      header: "Address",
      value: ({ address }) => address,
      cell: ({ address }) => <AccountLink address={address} whole />,
    },
    {
      id: "balance",
      header: standard === "ERC-20" ? "Balance" : "Tokens",
      value: ({ balance }) => Number(balance),
      cell: ({ balance }) => tokenAmount(balance, decimals),
      numeric: true,
    },
    {
      id: "share",
      header: "Of the supply, %",
      value: share,
      cell: (holder) => share(holder)?.toFixed(2) ?? <span className="soft">unknown</span>,
      numeric: true,
      width: "140px",
    },
  ];
}

function Transfers({ token }: { readonly token: TokenView }) {
  const query = useInfiniteQuery(
    orpc.blockchain.tokens.transfers.infiniteOptions({
      input: (before: string | undefined) => ({ address: token.address, limit: pageRows, before }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const isMore = query.hasNextPage && (query.data?.pages.length ?? 0) < transferPagesMax;
  return (
    <Panel title="Transfers" id="transfers">
      <QueryBoundary query={query} thread="blockchain">
        {({ pages }) => (
          <>
            <DataTable
              label="Transfers"
              columns={transferColumns(token)}
              rows={pages.flatMap(({ transfers }) => transfers)}
              rowKey={({ blockNumber, logIndex }) => `${blockNumber}-${logIndex}`}
            />
            {isMore && (
              <div className={classes.pages}>
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Load more transfers
                </Button>
              </div>
            )}
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

function transferColumns({ standard, decimals }: TokenView): readonly Column<TokenTransfer>[] {
  const isCoin = standard === "ERC-20";
  const party = (address: string) =>
    /^0x0{40}$/.test(address) ? (
      <span className="soft">nobody</span>
    ) : (
      <AccountLink address={address} />
    );
  return [
    {
      id: "block",
      header: "Block",
      value: ({ blockNumber }) => blockNumber,
      cell: ({ blockNumber }) => <BlockLink number={blockNumber} />,
      numeric: true,
      width: "90px",
    },
    {
      id: "transaction",
      header: "Transaction",
      value: ({ transactionHash }) => transactionHash,
      cell: ({ transactionHash }) => <TransactionLink hash={transactionHash} />,
    },
    { id: "from", header: "From", value: ({ from }) => from, cell: ({ from }) => party(from) },
    { id: "to", header: "To", value: ({ to }) => to, cell: ({ to }) => party(to) },
    {
      id: "value",
      header: isCoin ? "Amount" : "Token",
      value: ({ value }) => Number(value),
      cell: ({ value }) => (isCoin ? tokenAmount(value, decimals) : <Mono>{value}</Mono>),
      numeric: true,
    },
  ];
}
