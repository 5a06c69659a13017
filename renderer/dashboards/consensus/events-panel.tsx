import type { ConsensusEvent } from "../../../workers/consensus/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { usePreferences } from "../../data/preferences.ts";

export function EventsPanel({ events }: { readonly events: readonly ConsensusEvent[] }) {
  const { timeFormat } = usePreferences();
  const columns: Column<ConsensusEvent>[] = [
    {
      id: "time",
      header: "Time",
      value: ({ id }) => id,
      cell: ({ at }) => formatTime(at, timeFormat),
      width: "96px",
    },
    { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "96px" },
    { id: "node", header: "Node", value: ({ node }) => node, numeric: true, width: "64px" },
    { id: "term", header: "Term", value: ({ term }) => term, numeric: true, width: "64px" },
    { id: "index", header: "Index", value: ({ index }) => index, numeric: true, width: "72px" },
    { id: "text", header: "What happened", value: ({ text }) => text },
  ];
  return (
    <Panel title="Events" id="events">
      <DataTable
        label="Consensus events"
        columns={columns}
        rows={events}
        rowKey={({ id }) => String(id)}
        initialSort={{ id: "time", desc: true }}
        heightMax={320}
        empty="No election and no commit yet."
      />
    </Panel>
  );
}
