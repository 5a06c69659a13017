import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ClusterEvent } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import { useRefresh } from "./use-cluster.ts";

/** What the controllers did and why, newest first. */
export function EventsPanel() {
  const { timeFormat } = usePreferences();
  const query = useQuery(
    orpc.microservices.events.queryOptions({
      input: { limit: 200 },
      refetchInterval: useRefresh(2_000),
    }),
  );
  const columns = useMemo<Column<ClusterEvent>[]>(
    () => [
      {
        id: "time",
        header: "Last seen",
        value: ({ sequence }) => sequence,
        cell: ({ lastAt }) => formatTime(lastAt, timeFormat),
        width: "88px",
      },
      {
        id: "reason",
        header: "Reason",
        value: ({ reason }) => reason,
        cell: ({ type, reason }) =>
          type === "Warning" ? <StatusMark health="degraded" word={reason} /> : reason,
        width: "148px",
      },
      { id: "message", header: "Message", value: ({ message }) => message },
      { id: "object", header: "Object", value: ({ object }) => object },
      {
        id: "count",
        header: "Count",
        value: ({ count }) => count,
        numeric: true,
        width: "64px",
      },
    ],
    [timeFormat],
  );
  return (
    <Panel title="Events" id="events">
      <QueryBoundary query={query} thread="microservices">
        {({ events }) => (
          <DataTable
            label="Cluster events"
            columns={columns}
            rows={events}
            rowKey={({ sequence }) => String(sequence)}
            initialSort={{ id: "time", desc: true }}
            heightMax={320}
            empty="Nothing has happened yet."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}
