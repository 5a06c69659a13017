import type { SeriesAlarm } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { StatusMark } from "../../components/status-mark.tsx";

const healthOf = { minor: "unknown", major: "degraded", critical: "failed" } as const;

/** The alarms of one detector, with the reason of each. */
export function AlarmsTable({ alarms }: { readonly alarms: readonly SeriesAlarm[] }) {
  return (
    <DataTable
      label="Alarms"
      columns={columns}
      rows={alarms}
      rowKey={({ first }) => String(first)}
      heightMax={240}
      empty="No score reached the threshold."
    />
  );
}

const columns: Column<SeriesAlarm>[] = [
  {
    id: "readings",
    header: "Readings",
    width: "96px",
    value: ({ first }) => first,
    cell: ({ first, last }) => (first === last ? first + 1 : `${first + 1} to ${last + 1}`),
  },
  {
    id: "severity",
    header: "Severity",
    width: "96px",
    value: ({ severity }) => severity,
    cell: ({ severity }) => <StatusMark health={healthOf[severity]} word={severity} />,
  },
  {
    id: "peak",
    header: "Peak",
    numeric: true,
    width: "64px",
    value: ({ peak }) => peak,
    cell: ({ peak }) => peak.toFixed(2),
  },
  {
    id: "why",
    header: "Why",
    value: ({ reason }) => reason.text,
    cell: ({ reason }) => <span title={reason.text}>{reason.text}</span>,
  },
];
