import { useMemo } from "react";
import type { Alert, AlertRule } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime, text, duration } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import type { Health } from "../../data/health.ts";
import { usePreferences } from "../../data/preferences.ts";

export function alertHealth({ state, severity }: Alert): Health {
  if (state === "resolved") return "healthy";
  if (state === "pending") return "unknown";
  return severity === "critical" ? "failed" : "degraded";
}

/** The state, and what somebody has done about it. */
export function alertWord({ state, acknowledgedAt, silencedUntil }: Alert): string {
  if (state !== "firing") return state;
  if (silencedUntil !== null) return "firing, silenced";
  return acknowledgedAt === null ? "firing" : "firing, acknowledged";
}

interface AlertTableProps {
  readonly label: string;
  readonly alerts: readonly Alert[];
  readonly selectedKey: string | undefined;
  readonly onOpen: (alert: Alert) => void;
  readonly empty: string;
}

export function AlertTable({ label, alerts, selectedKey, onOpen, empty }: AlertTableProps) {
  const { timeFormat } = usePreferences();
  const columns = useMemo<Column<Alert>[]>(
    () => [
      {
        id: "state",
        header: "State",
        width: "160px",
        value: alertWord,
        cell: (alert) => <StatusMark health={alertHealth(alert)} word={alertWord(alert)} />,
      },
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
      { id: "category", header: "Kind", width: "104px", value: ({ category }) => category },
      { id: "severity", header: "Severity", width: "88px", value: ({ severity }) => severity },
      { id: "subject", header: "Subject", width: "112px", value: ({ subject }) => subject },
      {
        id: "observed",
        header: "Observed",
        value: ({ observed }) => observed,
        cell: ({ observed }) => <span title={observed}>{observed}</span>,
      },
    ],
    [timeFormat],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={alerts}
      rowKey={({ id }) => id}
      selectedKey={selectedKey}
      onOpen={onOpen}
      heightMax={280}
      empty={empty}
    />
  );
}

export function RuleTable({ rules }: { readonly rules: readonly AlertRule[] }) {
  return (
    <DataTable
      label="Rules"
      columns={ruleColumns}
      rows={rules}
      rowKey={({ id }) => id}
      heightMax={320}
    />
  );
}

const ruleColumns: Column<AlertRule>[] = [
  { id: "title", header: "Alert", value: ({ title }) => title },
  { id: "category", header: "Kind", width: "104px", value: ({ category }) => category },
  { id: "severity", header: "Severity", width: "88px", value: ({ severity }) => severity },
  {
    id: "condition",
    header: "When",
    value: ({ condition }) => condition,
    cell: ({ condition }) => <span title={condition}>{condition}</span>,
  },
  {
    id: "for",
    header: "Must hold",
    numeric: true,
    width: "96px",
    value: ({ forMs }) => forMs,
    cell: ({ forMs }) => (forMs === 0 ? "at once" : text(duration(forMs))),
  },
];
