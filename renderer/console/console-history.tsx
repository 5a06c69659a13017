import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { type Column, DataTable } from "../components/data-table.tsx";
import { duration, text } from "../components/format.ts";
import { Panel } from "../components/page-frame.tsx";
import { RelativeAge } from "../components/relative-age.tsx";
import { useStore } from "../data/store.ts";
import { type HistoryEntry, historyMax, historyStore, setHistory } from "./history.ts";

export function ConsoleHistory({ onReopen }: { readonly onReopen: (entry: HistoryEntry) => void }) {
  const entries = useStore(historyStore);
  const columns = useMemo<Column<HistoryEntry>[]>(
    () => [
      {
        id: "age",
        header: "Sent",
        value: ({ at }) => at,
        cell: ({ at }) => <RelativeAge at={at} />,
        width: "120px",
      },
      { id: "method", header: "Method", value: ({ method }) => method, width: "80px" },
      {
        id: "path",
        header: "Path",
        value: ({ path }) => path,
        cell: ({ path }) => <span className="mono">{path}</span>,
      },
      {
        id: "status",
        header: "Status",
        value: ({ status }) => status,
        cell: ({ status }) => status ?? "no answer",
        numeric: true,
        width: "90px",
      },
      {
        id: "ms",
        header: "Time",
        value: ({ durationMs }) => durationMs,
        cell: ({ durationMs }) => text(duration(durationMs)),
        numeric: true,
        width: "90px",
      },
      {
        id: "reopen",
        header: "Action",
        value: () => null,
        cell: (entry) => (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={(event) => {
              event.stopPropagation();
              onReopen(entry);
            }}
          >
            Open again
          </Button>
        ),
        width: "110px",
      },
    ],
    [onReopen],
  );
  return (
    <Panel
      title="History"
      tools={
        <Button variant="default" disabled={entries.length === 0} onClick={() => clear(entries)}>
          Clear history
        </Button>
      }
    >
      <DataTable
        label="Request history"
        columns={columns}
        rows={entries}
        rowKey={({ id }) => id}
        onOpen={onReopen}
        heightMax={240}
        empty="Requests that you send are kept here, in this browser only."
      />
    </Panel>
  );
}

/** Clearing can be undone for as long as the notice shows. */
function clear(entries: readonly HistoryEntry[]): void {
  setHistory([]);
  const id = notifications.show({
    autoClose: 10_000,
    message: (
      <>
        History cleared.{" "}
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => {
            setHistory([...historyStore.get(), ...entries].slice(0, historyMax));
            notifications.hide(id);
          }}
        >
          Undo
        </Button>
      </>
    ),
  });
}
