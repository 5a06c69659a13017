import { Select } from "@mantine/core";
import { useMemo } from "react";
import type { RunSummary } from "../../../workers/integration/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, formatTime, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TraceLink } from "../../components/trace-link.tsx";
import { usePreferences } from "../../data/preferences.ts";
import { runHealth } from "./run-view.tsx";

interface RunsTableProps {
  readonly runs: readonly RunSummary[];
  readonly dropped: number;
  readonly shown: number | undefined;
  readonly baseline: number | undefined;
  readonly onOpen: (id: number) => void;
  readonly onCompare: (id: number | undefined) => void;
}

export function RunsTable(props: RunsTableProps) {
  const { runs, dropped, shown, baseline, onOpen, onCompare } = props;
  const { timeFormat } = usePreferences();
  const columns = useMemo(() => columnsFor(timeFormat, onOpen), [timeFormat, onOpen]);
  return (
    <Panel
      title="History"
      id="history"
      tools={
        <Select
          aria-label="Compare with"
          placeholder="Compare with a run"
          size="xs"
          clearable
          data={runs
            .filter(({ id }) => id !== shown)
            .map(({ id, type }) => ({ value: String(id), label: `Run ${id}, ${type}` }))}
          value={baseline === undefined ? null : String(baseline)}
          onChange={(value) => onCompare(value === null ? undefined : Number(value))}
        />
      }
    >
      <DataTable
        label="Test runs"
        columns={columns}
        rows={runs}
        rowKey={({ id }) => String(id)}
        selectedKey={shown === undefined ? undefined : String(shown)}
        onOpen={({ id }) => onOpen(id)}
        initialSort={{ id: "run", desc: true }}
        heightMax={320}
        empty="No test has run since the integration thread started. Run one above."
      />
      {dropped > 0 && <p className="soft">{dropped} older runs are no longer kept.</p>}
    </Panel>
  );
}

function columnsFor(
  timeFormat: Parameters<typeof formatTime>[1],
  onOpen: (id: number) => void,
): readonly Column<RunSummary>[] {
  return [
    {
      id: "run",
      header: "Run",
      value: ({ id }) => id,
      cell: ({ id }) => (
        <button
          type="button"
          className="link"
          aria-label={`Open run ${id}`}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(id);
          }}
        >
          {id}
        </button>
      ),
      numeric: true,
      width: "72px",
    },
    {
      id: "time",
      header: "Time",
      value: ({ at }) => at,
      cell: ({ at }) => formatTime(at, timeFormat),
      width: "96px",
    },
    { id: "type", header: "Type", value: ({ type }) => type },
    { id: "aggregation", header: "Aggregation", value: ({ aggregation }) => aggregation },
    {
      id: "status",
      header: "Status",
      value: ({ status }) => status,
      cell: (run) => <StatusMark health={runHealth(run)} word={run.status} />,
    },
    {
      id: "passed",
      header: "Passed",
      value: ({ components }) => components.filter(({ outcome }) => outcome === "pass").length,
      cell: ({ components }) =>
        `${components.filter(({ outcome }) => outcome === "pass").length} of ${components.length}`,
      numeric: true,
    },
    {
      id: "duration",
      header: "Duration, ms",
      value: ({ durationMs }) => durationMs,
      cell: ({ durationMs }) => (durationMs === null ? "running" : text(duration(durationMs))),
      numeric: true,
    },
    {
      id: "index",
      header: "Log index",
      value: ({ consensus }) => consensus?.index ?? null,
      cell: ({ consensus }) => consensus?.index ?? <span className="soft">none</span>,
      numeric: true,
    },
    {
      id: "trace",
      header: "Trace",
      value: ({ traceId }) => traceId,
      cell: ({ traceId }) => <TraceLink id={traceId} />,
      width: "136px",
    },
  ];
}
