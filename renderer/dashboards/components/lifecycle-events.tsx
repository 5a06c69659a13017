import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { LifecycleEvent, SubsystemId } from "../../../workers/service/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { usePreferences } from "../../data/preferences.ts";
import { subsystemTitle } from "../../data/subsystem.ts";

const healthOfLevel: Partial<Record<LifecycleEvent["level"], Health>> = {
  warn: "degraded",
  error: "failed",
};

interface LifecycleEventsProps {
  readonly thread?: SubsystemId;
  readonly heightMax?: number;
}

/** Starts, exits and restarts, newest first; fetched anew whenever the stream shows a change. */
export function LifecycleEvents({ thread, heightMax = 240 }: LifecycleEventsProps) {
  const query = useQuery(
    orpc.platform.events.queryOptions({ input: thread === undefined ? {} : { thread } }),
  );
  const { timeFormat } = usePreferences();
  const title = thread === undefined ? "Lifecycle events" : `Events of ${subsystemTitle(thread)}`;
  const columns = useMemo<Column<LifecycleEvent>[]>(
    () => [
      {
        id: "time",
        header: "Time",
        value: ({ sequence }) => sequence,
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
      ...(thread === undefined
        ? [
            {
              id: "thread",
              header: "Thread",
              value: (event: LifecycleEvent) => subsystemTitle(event.thread),
              width: "112px",
            },
          ]
        : []),
      {
        id: "message",
        header: "Message",
        value: ({ message }) => message,
        cell: ({ message }) => <span title={message}>{message}</span>,
      },
    ],
    [thread, timeFormat],
  );
  return (
    <Panel
      title={title}
      id={thread === undefined ? "events" : `events-${thread}`}
      tools={
        <Link to="/logs" search={thread === undefined ? {} : { subsystem: thread }}>
          {thread === undefined ? "All logs" : `Logs of ${subsystemTitle(thread)}`}
        </Link>
      }
    >
      <QueryBoundary query={query}>
        {({ events, dropped }) => (
          <>
            <DataTable
              label={title}
              columns={columns}
              rows={events}
              rowKey={({ sequence }) => String(sequence)}
              initialSort={{ id: "time", desc: true }}
              heightMax={heightMax}
              empty="No thread has started or ended yet."
            />
            {dropped > 0 && <p className="soft">{dropped} older events were dropped.</p>}
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}
