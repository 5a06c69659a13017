import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ConfigVersion, GatewayConfig } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";

type Kept = GatewayConfig & { readonly version: number };

interface VersionsPanelProps {
  readonly current: number;
  /** Puts a version into the editor, where it is compared before anything is kept. */
  readonly onShow: (version: Kept) => void;
}

const facts: readonly Column<ConfigVersion>[] = [
  {
    id: "version",
    header: "Version",
    value: ({ version }) => version,
    numeric: true,
    width: "80px",
  },
  {
    id: "at",
    header: "In force since",
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeAge at={at} />,
    width: "140px",
  },
  { id: "note", header: "Note", value: ({ note }) => note },
  { id: "routes", header: "Routes", value: ({ routes }) => routes, numeric: true, width: "80px" },
  {
    id: "policies",
    header: "Policies",
    value: ({ policies }) => policies,
    numeric: true,
    width: "80px",
  },
];

export function VersionsPanel({ current, onShow }: VersionsPanelProps) {
  const mayAct = useMay("operator");
  const query = useQuery(
    orpc.microservices.gateway.history.queryOptions({
      input: {},
      refetchInterval: useRefresh(5_000),
    }),
  );
  const { gateway } = client.microservices;
  const show = useAct(
    async (version: number) => onShow(await gateway.version({ version })),
    (version) => `Version ${version} is in the editor`,
  );
  const rollBack = useAct(
    async (version: number) => {
      const { routes, policies } = await gateway.version({ version });
      const note = `As version ${version}`;
      await gateway.configure({ routes, policies, note, expectedVersion: current });
    },
    (version) => `Back to version ${version}`,
  );
  const columns = useMemo<Column<ConfigVersion>[]>(
    () => [
      ...facts,
      {
        id: "action",
        header: "Action",
        value: ({ version }) => (version === current ? "in force" : ""),
        cell: ({ version }) =>
          version === current ? (
            <span className="soft">in force</span>
          ) : (
            <>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Show version ${version} in the editor`}
                disabled={show.isPending}
                onClick={() => show.mutate(version)}
              >
                Show
              </Button>{" "}
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Roll back to version ${version}`}
                disabled={!mayAct || rollBack.isPending}
                onClick={() => rollBack.mutate(version)}
              >
                Roll back
              </Button>
            </>
          ),
      },
    ],
    [current, mayAct, show, rollBack],
  );
  return (
    <Panel title="Versions" id="versions">
      <QueryBoundary query={query} thread="microservices">
        {({ versions }) => (
          <DataTable
            label="Versions of the configuration"
            columns={columns}
            rows={versions}
            rowKey={({ version }) => String(version)}
            heightMax={260}
            empty="No version yet: the first one is made when a configuration is applied."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}
