import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, formatDateTime, formatTime, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { subsystemTitle } from "../../data/subsystem.ts";
import { TraceView } from "./trace-view.tsx";

const route = getRouteApi("/traces");
const refreshMs = 2_000;
const pageRows = 200;
/** Pages held at most; the table is a window on the store. */
const pagesMax = 10;

type TraceRow = Awaited<ReturnType<ApiClient["integration"]["traces"]["list"]>>["traces"][number];

export function TracesPage(): React.JSX.Element {
  const { trace, span, filter = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { paused, freshness } = useLive();
  const { timeFormat } = usePreferences();
  const query = useInfiniteQuery(
    orpc.integration.traces.list.infiniteOptions({
      input: (before: number | undefined) => ({
        limit: pageRows,
        ...(before === undefined ? {} : { before }),
      }),
      initialPageParam: undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
      refetchInterval: paused || freshness !== "live" ? false : refreshMs,
    }),
  );
  const rows = useMemo(() => distinct(query.data?.pages ?? []), [query.data]);
  const columns = useMemo(() => columnsFor(timeFormat), [timeFormat]);
  const failed = rows.filter(({ errors }) => errors > 0).length;
  const open = useCallback(
    (traceId: string | undefined) =>
      void navigate({
        search: (search) => ({
          ...(search.filter === undefined ? {} : { filter: search.filter }),
          ...(traceId === undefined ? {} : { trace: traceId }),
        }),
        resetScroll: false,
      }),
    [navigate],
  );
  const older = query.hasNextPage && (query.data?.pages.length ?? 0) < pagesMax;
  return (
    <PageFrame
      title="Traces"
      {...(query.data ? { health: failed > 0 ? ("degraded" as const) : ("healthy" as const) } : {})}
      verdict={
        query.data
          ? `${number(rows.length)} newest traces, ${failed === 0 ? "none" : number(failed)} with an error`
          : "Each request across the threads, as spans"
      }
    >
      {trace !== undefined && (
        <TraceView
          key={trace}
          traceId={trace}
          span={span}
          onSpan={(spanId) =>
            void navigate({
              search: (search) => ({ ...search, span: spanId }),
              replace: true,
              resetScroll: false,
            })
          }
          onClose={() => open(undefined)}
        />
      )}
      <Panel
        title="Newest traces"
        id="traces"
        tools={
          older && (
            <Button
              variant="default"
              size="compact-xs"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Load older traces
            </Button>
          )
        }
      >
        {query.error && (
          <OfflineOr thread="integration">
            <ProblemView error={query.error} onRetry={() => void query.refetch()} />
          </OfflineOr>
        )}
        {query.isPending ? (
          <LoadingSkeleton rows={6} />
        ) : (
          <DataTable
            label="Traces"
            columns={columns}
            rows={rows}
            rowKey={({ traceId }) => traceId}
            selectedKey={trace}
            onOpen={({ traceId }) => open(traceId)}
            initialSort={{ id: "time", desc: true }}
            filter={{
              value: filter,
              onChange: (value) =>
                void navigate({
                  search: (search) => ({ ...search, filter: value === "" ? undefined : value }),
                  replace: true,
                  resetScroll: false,
                }),
            }}
            heightMax={trace === undefined ? 620 : 320}
            empty="No trace yet. Send a request from the API console, and it appears within a second."
          />
        )}
      </Panel>
    </PageFrame>
  );
}

/** A trace that grows moves to the first page while it still is on a later one. */
function distinct(pages: readonly { readonly traces: readonly TraceRow[] }[]): readonly TraceRow[] {
  const seen = new Set<string>();
  return pages
    .flatMap(({ traces }) => traces)
    .filter(({ traceId }) => !seen.has(traceId) && seen.add(traceId));
}

function columnsFor(timeFormat: Parameters<typeof formatTime>[1]): readonly Column<TraceRow>[] {
  return [
    {
      id: "time",
      header: "Began",
      value: ({ startTimeMs }) => startTimeMs,
      cell: ({ startTimeMs }) => (
        <time
          dateTime={new Date(startTimeMs).toISOString()}
          title={formatDateTime(startTimeMs, timeFormat)}
        >
          {formatTime(startTimeMs, timeFormat)}
        </time>
      ),
      width: "104px",
    },
    {
      id: "status",
      header: "Status",
      value: ({ errors }) => (errors > 0 ? "error" : "ok"),
      cell: ({ errors }) => (
        <StatusMark health={errors > 0 ? "failed" : "healthy"} word={errors > 0 ? "error" : "ok"} />
      ),
      width: "88px",
    },
    {
      id: "name",
      header: "Request",
      value: ({ name }) => name,
      cell: (row) => <OpenTrace row={row} />,
    },
    {
      id: "subsystems",
      header: "Threads",
      value: ({ subsystems }) => subsystems.map(subsystemTitle).join(", "),
      width: "240px",
    },
    {
      id: "latency",
      header: "Duration, ms",
      value: ({ durationMs }) => durationMs,
      cell: ({ durationMs }) => text(duration(durationMs)),
      numeric: true,
      width: "120px",
    },
    { id: "spans", header: "Spans", value: ({ spans }) => spans, numeric: true, width: "80px" },
    { id: "errors", header: "Errors", value: ({ errors }) => errors, numeric: true, width: "80px" },
  ];
}

/** The way in for readers who do not use the pointer; the whole row opens as well. */
function OpenTrace({ row }: { readonly row: TraceRow }) {
  const navigate = route.useNavigate();
  return (
    <button
      type="button"
      className="link"
      onClick={(event) => {
        event.stopPropagation();
        void navigate({
          search: (search) => ({ filter: search.filter, trace: row.traceId }),
          resetScroll: false,
        });
      }}
    >
      {row.name}
    </button>
  );
}
