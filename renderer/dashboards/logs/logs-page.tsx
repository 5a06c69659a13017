import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { LogsSearchParams } from "../../app/search-params.ts";
import { useCommands } from "../../app/commands.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime, number } from "../../components/format.ts";
import { Icon } from "../../components/icon.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TraceLink } from "../../components/trace-link.tsx";
import type { Health } from "../../data/health.ts";
import { useLive } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { subsystemTitle } from "../../data/subsystem.ts";
import { LogFilters } from "./log-filters.tsx";
import type { LogRow } from "./log-tail.ts";
import classes from "./logs.module.css";
import { type LogFilter, type LogTailView, useLogTail } from "./use-log-tail.ts";

const route = getRouteApi("/logs");

export function LogsPage(): React.JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const live = useLive();
  const [held, setHeld] = useState(false);
  const paused = held || live.paused;
  const { subsystem, level, text, trace } = search;
  const filter = useMemo<LogFilter>(
    () => ({
      ...(subsystem === undefined ? {} : { subsystem }),
      ...(level === undefined ? {} : { level }),
      ...(text === undefined ? {} : { query: text }),
      ...(trace === undefined ? {} : { traceId: trace }),
    }),
    [subsystem, level, text, trace],
  );
  const tail = useLogTail(filter, paused);
  const change = useCallback(
    (next: Partial<LogsSearchParams>) =>
      void navigate({
        search: (current) => ({ ...current, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  useCommands(
    useMemo(
      () => [
        {
          id: "logs:pause",
          title: "Pause or resume the log",
          group: "This page",
          run: () => setHeld((current) => !current),
        },
      ],
      [],
    ),
  );
  const record = tail.rows.find(({ id }) => id === search.record);
  return (
    <PageFrame title="Logs" verdict={verdictOf(tail, paused)} {...healthOf(tail, paused)}>
      <Panel
        title="Records"
        id="records"
        tools={
          <TailTools
            tail={tail}
            paused={paused}
            globallyPaused={live.paused}
            onPause={() => setHeld((current) => !current)}
          />
        }
      >
        <LogFilters search={search} onChange={change} />
        {tail.error && (
          <OfflineOr thread="integration">
            <ProblemView error={tail.error} />
          </OfflineOr>
        )}
        {tail.skipped && (
          <p className={classes.note} role="status">
            More arrived at once than the stream carries; reload the page to see every record.
          </p>
        )}
        {tail.phase === "loading" ? (
          <LoadingSkeleton rows={6} />
        ) : (
          <LogTable rows={tail.rows} search={search} onChange={change} />
        )}
      </Panel>
      <SideDrawer
        title={record ? `Record ${record.id}` : `Record ${search.record} is not in the window`}
        opened={search.record !== undefined}
        onClose={() => change({ record: undefined })}
      >
        {record && <RecordFacts record={record} />}
      </SideDrawer>
    </PageFrame>
  );
}

function verdictOf({ phase, rows, waiting }: LogTailView, paused: boolean): string {
  if (phase === "loading") return "Waiting for the first records";
  if (phase === "lost") return `The stream is lost; ${number(rows.length)} records are shown`;
  return paused
    ? `Paused; ${number(waiting.length)} new records wait`
    : `${number(rows.length)} newest records, followed live`;
}

function healthOf({ phase }: LogTailView, paused: boolean): { health?: Health } {
  if (phase === "loading") return {};
  if (phase === "lost") return { health: "failed" };
  return { health: paused ? "unknown" : "healthy" };
}

function TailTools(props: {
  readonly tail: LogTailView;
  readonly paused: boolean;
  readonly globallyPaused: boolean;
  readonly onPause: () => void;
}) {
  const { tail, paused, globallyPaused, onPause } = props;
  const count = tail.waiting.length;
  return (
    <span className={classes.tools}>
      {tail.older && (
        <Button variant="default" size="compact-xs" onClick={tail.loadOlder}>
          Load older records
        </Button>
      )}
      {globallyPaused ? (
        <span className="soft" role="status">
          Paused with all live updates, {number(count)} new
        </span>
      ) : (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Icon name={paused ? "play" : "pause"} />}
          onClick={onPause}
        >
          {paused ? `Resume, ${number(count)} new` : "Pause"}
        </Button>
      )}
    </span>
  );
}

interface LogTableProps {
  readonly rows: readonly LogRow[];
  readonly search: LogsSearchParams;
  readonly onChange: (change: Partial<LogsSearchParams>) => void;
}

function LogTable({ rows, search, onChange }: LogTableProps) {
  const { timeFormat } = usePreferences();
  const columns = useMemo(
    () => columnsFor(timeFormat, (record) => onChange({ record })),
    [timeFormat, onChange],
  );
  return (
    <DataTable
      label="Log records"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => String(id)}
      selectedKey={search.record === undefined ? undefined : String(search.record)}
      onOpen={({ id }) => onChange({ record: id })}
      initialSort={{ id: "time", desc: true }}
      filter={{
        value: search.filter ?? "",
        onChange: (value) => onChange({ filter: value === "" ? undefined : value }),
      }}
      heightMax={640}
      empty="No record passes the filters. Threads log their starts, exits and failures."
    />
  );
}

const healthOfLevel: Partial<Record<LogRow["level"], Health>> = {
  warn: "degraded",
  error: "failed",
};

function columnsFor(
  timeFormat: Parameters<typeof formatTime>[1],
  open: (id: number) => void,
): readonly Column<LogRow>[] {
  return [
    {
      id: "time",
      header: "Time",
      value: ({ id }) => id,
      cell: ({ at }) => (
        <time dateTime={new Date(at).toISOString()} title={formatDateTime(at, timeFormat)}>
          {formatTime(at, timeFormat)}
        </time>
      ),
      width: "96px",
    },
    {
      id: "level",
      header: "Level",
      value: ({ level }) => level,
      cell: ({ level }) => {
        const health = healthOfLevel[level];
        return health ? <StatusMark health={health} word={level} /> : level;
      },
      width: "88px",
    },
    {
      id: "thread",
      header: "Thread",
      value: ({ subsystem }) => subsystemTitle(subsystem),
      width: "112px",
    },
    {
      id: "message",
      header: "Message",
      value: ({ message }) => message,
      cell: ({ id, message }) => (
        <button
          type="button"
          className="link"
          title={message}
          onClick={(event) => {
            event.stopPropagation();
            open(id);
          }}
        >
          {message}
        </button>
      ),
    },
    {
      id: "trace",
      header: "Trace",
      value: ({ traceId }) => traceId,
      cell: ({ traceId }) =>
        traceId === null ? <span className="soft">none</span> : <TraceLink id={traceId} />,
      width: "136px",
    },
  ];
}

function RecordFacts({ record }: { readonly record: LogRow }) {
  const { timeFormat } = usePreferences();
  const facts: (readonly [string, React.ReactNode])[] = [
    ["Time", formatDateTime(record.at, timeFormat)],
    ["Level", record.level],
    ["Thread", subsystemTitle(record.subsystem)],
    ["Trace", record.traceId === null ? "none" : <TraceLink id={record.traceId} />],
    ...Object.entries(record.attributes).map(([name, value]) => [name, String(value)] as const),
  ];
  return (
    <>
      <pre className={classes.message}>{record.message}</pre>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
