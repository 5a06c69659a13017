import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Anomaly } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import type { Health } from "../../data/health.ts";
import { usePreferences } from "../../data/preferences.ts";
import { AnomalyDetails } from "./anomaly-details.tsx";
import classes from "./anomalies.module.css";

const healthOf: Record<Anomaly["severity"], Health> = {
  low: "unknown",
  medium: "degraded",
  high: "failed",
};

interface LiveTabProps {
  readonly query: UseQueryResult<{ readonly anomalies: readonly Anomaly[] }, unknown>;
  readonly selected: number | undefined;
  readonly filter: string;
  readonly onSelect: (id: number) => void;
  readonly onFilter: (text: string) => void;
}

/** The list of anomalies, and beside it everything about one of them. */
export function LiveTab({ query, selected, filter, onSelect, onFilter }: LiveTabProps) {
  const { timeFormat } = usePreferences();
  const columns = useMemo(() => columnsWith(timeFormat), [timeFormat]);
  const anomalies = query.data?.anomalies ?? [];
  const shown = selected === undefined ? anomalies[0] : anomalies.find(({ id }) => id === selected);
  return (
    <div className={classes.split}>
      <Panel title="Anomaly list" id="list">
        <QueryBoundary query={query} thread="analytics">
          {(data) => (
            <DataTable
              label="Anomalies"
              columns={columns}
              rows={data.anomalies}
              rowKey={({ id }) => String(id)}
              selectedKey={shown === undefined ? undefined : String(shown.id)}
              onOpen={({ id }) => onSelect(id)}
              filter={{ value: filter, onChange: onFilter }}
              heightMax={640}
              empty="Nothing unusual since the start. Crash a thread under Components, or feed a session of your own, to see one."
            />
          )}
        </QueryBoundary>
      </Panel>
      {shown === undefined ? (
        <Panel title="Anomaly">
          <EmptyView>
            <p>
              {selected === undefined
                ? "Open an anomaly to see its series, what the detectors think, and what happened around it."
                : `Anomaly ${selected} is not known; it may have been forgotten or belonged to an earlier start.`}
            </p>
          </EmptyView>
        </Panel>
      ) : (
        <AnomalyDetails key={shown.id} anomaly={shown} />
      )}
    </div>
  );
}

function columnsWith(timeFormat: Parameters<typeof formatTime>[1]): Column<Anomaly>[] {
  return [
    { id: "id", header: "#", numeric: true, width: "48px", value: ({ id }) => id },
    {
      id: "severity",
      header: "Severity",
      width: "96px",
      value: ({ severity }) => severity,
      cell: ({ severity }) => <StatusMark health={healthOf[severity]} word={severity} />,
    },
    {
      id: "since",
      header: "Since",
      width: "84px",
      value: ({ since }) => since,
      cell: ({ since }) => (
        <time dateTime={new Date(since).toISOString()} title={formatDateTime(since, timeFormat)}>
          {formatTime(since, timeFormat)}
        </time>
      ),
    },
    { id: "series", header: "Series", value: ({ title }) => title },
    {
      id: "kind",
      header: "Kind",
      width: "128px",
      value: ({ kind, until }) => (until === null ? `${kind}, going on` : kind),
    },
    {
      id: "label",
      header: "Label",
      width: "96px",
      value: ({ label }) => label?.verdict ?? "none",
      cell: ({ label }) =>
        label === null ? <span className="soft">none</span> : <span>{label.verdict}</span>,
    },
  ];
}
