import { type Column, DataTable } from "../../components/data-table.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import type { TabProps } from "./details.tsx";
import type { EventView } from "./engine.worker.ts";
import classes from "./details.module.css";
import { useAnswer } from "./use-answer.ts";

const eventsShownMax = 5000;

const columns: readonly Column<EventView>[] = [
  { id: "event", header: "Event", value: ({ number }) => number, numeric: true, width: "80px" },
  {
    id: "time",
    header: "Time",
    value: ({ atMs }) => atMs,
    cell: ({ atMs }) => (
      <>
        {(atMs / 1000).toFixed(6)} <span className="unit">s</span>
      </>
    ),
    numeric: true,
    width: "120px",
  },
  { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "96px" },
  {
    id: "node",
    header: "Node",
    value: ({ node }) => (node === 0 ? null : node),
    numeric: true,
    width: "72px",
  },
  { id: "text", header: "What happened", value: ({ text }) => text },
];

/** Every event up to now; opening one goes there. */
export function EventsTab({ playground, snapshot }: TabProps) {
  const events = useAnswer(playground, snapshot, (engine) =>
    engine.ask("events", { max: eventsShownMax }),
  );
  if (events === null) return <LoadingSkeleton rows={6} />;
  return (
    <div className={classes.tab}>
      <DataTable
        label="Events of the run"
        columns={columns}
        rows={events}
        rowKey={({ number }) => String(number)}
        selectedKey={String(snapshot.frame?.event)}
        initialSort={{ id: "event", desc: true }}
        onOpen={({ number }) => void playground.seekEvent(number)}
        heightMax={340}
        empty="Nothing has happened yet: play, or step one event."
      />
    </div>
  );
}
