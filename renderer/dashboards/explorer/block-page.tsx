import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Command, useCommands } from "../../app/commands.ts";
import { DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { Icon } from "../../components/icon.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import { blockFacts, Facts } from "../blockchain/explorer-facts.tsx";
import { useOpenDetails } from "../blockchain/explorer-link.tsx";
import { transactionColumns } from "../blockchain/transaction-table.tsx";
import { useChainStatus } from "../blockchain/use-chain.ts";
import { CurlButton } from "./curl-button.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import classes from "./explorer.module.css";
import { listHeightMax } from "./list-height.ts";

const route = getRouteApi("/blockchain/blocks/$block");
/** Of the same block they are all the same. */
const columns = transactionColumns.filter(({ id }) => id !== "block" && id !== "age");

export function BlockPage(): React.JSX.Element {
  const { block } = route.useParams();
  const { timeFormat } = usePreferences();
  const query = useQuery(orpc.blockchain.block.queryOptions({ input: { block } }));
  const openDetails = useOpenDetails();
  const { data } = query;
  return (
    <ExplorerFrame
      title={`Block ${data === undefined ? block : number(data.number)}`}
      verdict={
        data === undefined ? (
          ""
        ) : (
          <>
            {number(data.transactions)} {data.transactions === 1 ? "transaction" : "transactions"}
            {data.timestamp > 0 && (
              <>
                , made <RelativeAge at={data.timestamp * 1_000} />
              </>
            )}
          </>
        )
      }
      action={
        <>
          {data !== undefined && <Neighbours block={data.number} />}
          <CurlButton path={`/api/blockchain/blocks/${block}`} />
        </>
      }
    >
      <QueryBoundary query={query} thread="blockchain">
        {(shown) => (
          <Panel title="Header" id="header">
            <div className={classes.details}>
              <Facts facts={blockFacts(shown, timeFormat)} />
            </div>
          </Panel>
        )}
      </QueryBoundary>
      {data !== undefined && (
        <Panel title="Transactions" id="transactions">
          <DataTable
            label={`Transactions of block ${data.number}`}
            columns={columns}
            rows={data.transactionList}
            rowKey={({ hash }) => hash}
            onOpen={({ hash }) => openDetails({ tx: hash })}
            heightMax={listHeightMax}
            empty="An empty block: its state is that of its parent."
          />
        </Panel>
      )}
    </ExplorerFrame>
  );
}

/** The blocks before and after, as buttons and as commands. */
function Neighbours({ block }: { readonly block: number }) {
  const openDetails = useOpenDetails();
  const height = useChainStatus().data?.height ?? 0;
  const [hasPrevious, hasNext] = [block > 0, block < height];
  const commands = useMemo<Command[]>(() => {
    const command = (name: string, to: number) => ({
      id: `block:${name}`,
      title: `Open the ${name} block`,
      group: "This page",
      run: () => openDetails({ block: String(to) }),
    });
    return [
      ...(hasPrevious ? [command("previous", block - 1)] : []),
      ...(hasNext ? [command("next", block + 1)] : []),
    ];
  }, [block, hasPrevious, hasNext, openDetails]);
  useCommands(commands);
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="previous" />}
        disabled={!hasPrevious}
        onClick={() => openDetails({ block: String(block - 1) })}
      >
        Previous block
      </Button>
      <Button
        variant="default"
        rightSection={<Icon name="next" />}
        disabled={!hasNext}
        onClick={() => openDetails({ block: String(block + 1) })}
      >
        Next block
      </Button>
    </>
  );
}
