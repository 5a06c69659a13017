import type { ValidatorsStatus } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { usePreferences } from "../../data/preferences.ts";

type Event = ValidatorsStatus["events"][number];

export function EventsPanel({ events }: { readonly events: readonly Event[] }) {
  const { timeFormat } = usePreferences();
  const columns: Column<Event>[] = [
    {
      id: "time",
      header: "Time",
      value: ({ id }) => id,
      cell: ({ at }) => formatTime(at, timeFormat),
      width: "96px",
    },
    { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "110px" },
    {
      id: "validator",
      header: "Validator",
      value: ({ validator }) => validator ?? "all",
      width: "88px",
    },
    { id: "text", header: "What happened", value: ({ text }) => text },
  ];
  return (
    <Panel title="Events" id="events">
      <DataTable
        label="Validator events"
        columns={columns}
        rows={events}
        rowKey={({ id }) => String(id)}
        initialSort={{ id: "time", desc: true }}
        heightMax={320}
        empty="No election and no fault yet."
      />
    </Panel>
  );
}
