import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { PodView } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { podHealth } from "./health.ts";
import { useRefresh } from "./use-cluster.ts";

interface PodsPanelProps {
  readonly selected: string | undefined;
  readonly onOpen: (name: string) => void;
}

export function PodsPanel({ selected, onOpen }: PodsPanelProps) {
  const query = useQuery(
    orpc.microservices.pods.list.queryOptions({ input: {}, refetchInterval: useRefresh(2_000) }),
  );
  const columns = useMemo<Column<PodView>[]>(
    () => [
      {
        id: "name",
        header: "Pod",
        value: ({ name }) => name,
        cell: ({ name }) => (
          <button
            type="button"
            className="link"
            aria-label={`Open ${name}`}
            onClick={(event) => {
              event.stopPropagation();
              onOpen(name);
            }}
          >
            {name}
          </button>
        ),
      },
      {
        id: "ready",
        header: "Ready",
        value: ({ ready }) => (ready ? "1/1" : "0/1"),
        width: "72px",
      },
      {
        id: "status",
        header: "Status",
        value: ({ status }) => status,
        cell: (pod) => <StatusMark health={podHealth(pod)} word={pod.status} />,
      },
      {
        id: "restarts",
        header: "Restarts",
        value: ({ restarts }) => restarts,
        numeric: true,
        width: "88px",
      },
      { id: "deployment", header: "Deployment", value: ({ deployment }) => deployment },
      { id: "image", header: "Image", value: ({ image }) => image },
      {
        id: "port",
        header: "Port",
        value: ({ port }) => port,
        cell: ({ port }) => port ?? "none",
        numeric: true,
        width: "80px",
      },
      {
        id: "age",
        header: "Created",
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
      },
    ],
    [onOpen],
  );
  return (
    <Panel title="Pods" id="pods">
      <QueryBoundary query={query} thread="microservices">
        {({ pods }) => (
          <DataTable
            label="Pods"
            columns={columns}
            rows={pods}
            rowKey={({ name }) => name}
            onOpen={({ name }) => onOpen(name)}
            selectedKey={selected}
            heightMax={360}
            empty="No pod runs: create a deployment above."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}
