import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import type { PlatformState, Thread } from "../../../workers/service/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { bytes, duration, number, percent, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { platformHealth, threadHealth } from "../../data/health.ts";
import { useNow, usePlatform } from "../../data/hooks.ts";
import { ExperimentBanners } from "./experiment-banners.tsx";
import { LifecycleEvents } from "./lifecycle-events.tsx";
import { ThreadDetails } from "./thread-details.tsx";

const route = getRouteApi("/components");

export function ComponentsPage(): React.JSX.Element {
  const state = usePlatform();
  if (state === null) {
    return (
      <PageFrame title="Components" verdict="Waiting for the first state of the platform">
        <LoadingSkeleton rows={6} />
      </PageFrame>
    );
  }
  return <Components state={state} />;
}

function Components({ state }: { readonly state: PlatformState }) {
  const { thread: opened, filter = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const verdict = platformHealth(state);
  const selected = state.threads.find(({ id }) => id === opened);
  const close = useCallback(
    () => void navigate({ search: (search) => ({ filter: search.filter }) }),
    [navigate],
  );
  return (
    <PageFrame title="Components" live health={verdict.health} verdict={verdict.sentence}>
      <ExperimentBanners threads={state.threads} />
      <Panel title="Threads">
        <DataTable
          label="Threads"
          columns={columns}
          rows={state.threads}
          rowKey={({ id }) => id}
          selectedKey={opened}
          onOpen={({ id }) =>
            void navigate({ search: (search) => ({ ...search, thread: id }), resetScroll: false })
          }
          filter={{
            value: filter,
            onChange: (value) =>
              void navigate({
                search: (search) => ({ ...search, filter: value === "" ? undefined : value }),
                replace: true,
              }),
          }}
        />
      </Panel>
      <LifecycleEvents heightMax={320} />
      <SideDrawer
        title={selected ? `${selected.title} thread` : `${opened} does not run on this platform`}
        opened={opened !== undefined}
        onClose={close}
      >
        {selected && <ThreadDetails thread={selected} />}
      </SideDrawer>
    </PageFrame>
  );
}

const columns: readonly Column<Thread>[] = [
  {
    id: "name",
    header: "Thread",
    value: ({ title }) => title,
    cell: (thread) => <OpenButton thread={thread} />,
  },
  {
    id: "state",
    header: "State",
    value: ({ state }) => state,
    cell: ({ state }) => <StatusMark health={threadHealth(state)} word={state} />,
  },
  {
    id: "port",
    header: "Port",
    value: ({ port }) => port,
    cell: ({ port }) => port ?? "none",
    numeric: true,
  },
  {
    id: "uptime",
    header: "Uptime, s",
    value: ({ startedAt, state }) =>
      startedAt === null || state !== "ready" ? null : Math.round((Date.now() - startedAt) / 1_000),
    cell: (thread) => <Uptime thread={thread} />,
    numeric: true,
  },
  { id: "restarts", header: "Restarts", value: ({ restarts }) => restarts, numeric: true },
  {
    id: "cpu",
    header: "CPU",
    value: ({ cpuFraction }) => cpuFraction,
    cell: ({ cpuFraction }) => reading(cpuFraction, (value) => text(percent(value))),
    numeric: true,
  },
  {
    id: "memory",
    header: "Memory",
    value: ({ vitals }) => vitals && vitals.heapUsedBytes + vitals.externalBytes,
    cell: ({ vitals }) =>
      reading(vitals && vitals.heapUsedBytes + vitals.externalBytes, (value) => text(bytes(value))),
    numeric: true,
  },
  {
    id: "delay",
    header: "Loop delay p99",
    value: ({ vitals }) => vitals?.eventLoopDelayP99Ms ?? null,
    cell: ({ vitals }) =>
      reading(vitals?.eventLoopDelayP99Ms ?? null, (value) => text(duration(value))),
    numeric: true,
  },
  {
    id: "requests",
    header: "Requests",
    value: ({ vitals }) => vitals?.requestsTotal ?? null,
    cell: ({ vitals }) => reading(vitals?.requestsTotal ?? null, number),
    numeric: true,
  },
];

/** A missing reading is said to be missing, never shown as zero. */
function reading(value: number | null, format: (value: number) => string) {
  return value === null ? <span className="soft">none</span> : format(value);
}

function Uptime({ thread }: { readonly thread: Thread }) {
  const now = useNow();
  return thread.startedAt === null || thread.state !== "ready" ? (
    <span className="soft">none</span>
  ) : (
    text(duration(Math.max(0, now - thread.startedAt)))
  );
}

/** The way in for readers who do not use the pointer; the whole row opens as well. */
function OpenButton({ thread }: { readonly thread: Thread }) {
  const navigate = route.useNavigate();
  return (
    <button
      type="button"
      className="link"
      aria-label={`Open ${thread.title}`}
      onClick={(event) => {
        event.stopPropagation();
        void navigate({
          search: (search) => ({ ...search, thread: thread.id }),
          resetScroll: false,
        });
      }}
    >
      {thread.title}
    </button>
  );
}
