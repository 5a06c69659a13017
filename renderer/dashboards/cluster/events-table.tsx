import type { ClusterEventRow } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";

const columns: readonly Column<ClusterEventRow>[] = [
  {
    id: "last",
    header: "Last seen",
    value: ({ lastAt }) => lastAt,
    cell: ({ lastAt }) => <RelativeAge at={lastAt} />,
    width: "110px",
  },
  {
    id: "type",
    header: "Type",
    value: ({ type }) => type,
    cell: ({ type }) => (
      <StatusMark health={type === "Warning" ? "degraded" : "unknown"} word={type} />
    ),
    width: "100px",
  },
  { id: "reason", header: "Reason", value: ({ reason }) => reason, width: "170px" },
  {
    id: "object",
    header: "Object",
    value: ({ kind, name }) => `${kind.toLowerCase()}/${name}`,
    width: "260px",
  },
  { id: "namespace", header: "Namespace", value: ({ namespace }) => namespace, width: "110px" },
  { id: "count", header: "Count", value: ({ count }) => count, numeric: true, width: "70px" },
  {
    id: "message",
    header: "Message",
    value: ({ message }) => message,
    cell: ({ message }) => <span title={message}>{message}</span>,
  },
];
const ofOne = new Set(["object", "namespace"]);
const briefColumns = columns.filter(({ id }) => !ofOne.has(id));

interface EventsTableProps {
  readonly label: string;
  readonly events: readonly ClusterEventRow[];
  /** Without the object, where all are of one. */
  readonly brief?: boolean;
  readonly heightMax?: number;
  readonly onOpen?: (event: ClusterEventRow) => void;
  readonly filter?: { readonly value: string; readonly onChange: (value: string) => void };
}

export function EventsTable({ label, events, brief = false, ...rest }: EventsTableProps) {
  return (
    <DataTable
      label={label}
      columns={brief ? briefColumns : columns}
      rows={events}
      rowKey={({ key }) => key}
      empty="No event: the cluster keeps them for an hour."
      {...rest}
    />
  );
}
