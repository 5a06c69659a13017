import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Anomaly } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { usePreferences } from "../../data/preferences.ts";
import { useRefresh } from "./use-refresh.ts";

const healthOf: Record<Anomaly["severity"], Health> = {
  low: "unknown",
  medium: "degraded",
  high: "failed",
};

export function AnomalyPanel({ onSelect }: { readonly onSelect: (series: string) => void }) {
  const query = useQuery(
    orpc.analytics.anomalies.list.queryOptions({ input: {}, refetchInterval: useRefresh() }),
  );
  const { timeFormat } = usePreferences();
  const columns = useMemo<Column<Anomaly>[]>(
    () => [
      {
        id: "since",
        header: "Since",
        width: "88px",
        value: ({ since }) => since,
        cell: ({ since }) => (
          <time dateTime={new Date(since).toISOString()} title={formatDateTime(since, timeFormat)}>
            {formatTime(since, timeFormat)}
          </time>
        ),
      },
      {
        id: "severity",
        header: "Severity",
        width: "96px",
        value: ({ severity }) => severity,
        cell: ({ severity }) => <StatusMark health={healthOf[severity]} word={severity} />,
      },
      {
        id: "kind",
        header: "Kind",
        width: "112px",
        value: ({ kind, until }) => (until === null ? `${kind}, going on` : kind),
      },
      {
        id: "what",
        header: "What happened",
        value: ({ explanation }) => explanation,
        cell: ({ explanation }) => <span title={explanation}>{explanation}</span>,
      },
    ],
    [timeFormat],
  );
  return (
    <Panel
      title="Anomaly detection"
      id="anomalies"
      tools={<PathLink path="/analytics/anomalies">Open the console</PathLink>}
    >
      <QueryBoundary query={query} thread="analytics">
        {({ anomalies }) => (
          <DataTable
            label="Anomalies"
            columns={columns}
            rows={anomalies}
            rowKey={({ id }) => String(id)}
            onOpen={({ series }) => onSelect(series)}
            heightMax={320}
            empty="Nothing unusual since the start. A series is judged from its 60th reading on."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}
