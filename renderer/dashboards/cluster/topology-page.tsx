import { Button, SegmentedControl, Slider } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatTime, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { TopologyCanvas } from "./topology-canvas.tsx";
import { type Picture, type PictureEdge, pictureOf } from "./topology-model.ts";
import { useKnownCalls } from "./use-known-calls.ts";
import { useReplay } from "./use-replay.ts";

const route = getRouteApi("/cluster/topology");

const columns: readonly Column<PictureEdge>[] = [
  { id: "from", header: "From", value: ({ from }) => from },
  { id: "to", header: "To", value: ({ to }) => to },
  {
    id: "rate",
    header: "Requests/s",
    value: ({ requestsPerSecond }) => requestsPerSecond,
    cell: ({ requestsPerSecond }) => requestsPerSecond.toFixed(1),
    numeric: true,
  },
  {
    id: "errors",
    header: "Errors/s",
    value: ({ errorsPerSecond }) => errorsPerSecond,
    cell: ({ errorsPerSecond }) => errorsPerSecond.toFixed(1),
    numeric: true,
  },
  {
    id: "p99",
    header: "p99, ms",
    value: ({ p99Ms }) => p99Ms,
    cell: ({ p99Ms }) => (p99Ms === null ? "none" : p99Ms.toFixed(0)),
    numeric: true,
  },
];

/** More groups than these are folded together. */
const foldButtonsMax = 6;

export function TopologyPage(): React.JSX.Element {
  const { view = "graph", group = "namespace" } = route.useSearch();
  const navigate = route.useNavigate();
  const { timeFormat } = usePreferences();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery(
    orpc.microservices.cluster.topology.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const { data } = query;
  const replay = useReplay(data);
  const change = (next: Record<string, unknown>) =>
    void navigate({
      search: (search) => ({ ...search, ...next }),
      replace: true,
      resetScroll: false,
    });
  const shown = replay.shown;
  const calls = useKnownCalls(data?.services, shown?.edges);
  const picture = useMemo<Picture>(
    () => pictureOf(data?.services ?? [], shown?.edges ?? [], calls, group, opened),
    [data?.services, shown, calls, group, opened],
  );
  const failing = picture.edges.filter(({ errorsPerSecond }) => errorsPerSecond > 0);
  return (
    <PageFrame
      title="Mesh topology"
      live
      {...(data && { health: failing.length > 0 ? "degraded" : "healthy" })}
      verdict={
        data === undefined
          ? "Waiting for the mesh"
          : `${number(data.services.length)} services, ${number(picture.edges.length)} connections shown, ${number(failing.length)} with errors`
      }
    >
      <Panel
        title={replay.at === null ? "Now" : `Recorded at ${formatTime(replay.at, timeFormat)}`}
        id="topology"
        tools={
          <div className={classes.row}>
            <SegmentedControl
              aria-label="Group services by"
              value={group}
              onChange={(value) => {
                setOpened(new Set());
                change({ group: value });
              }}
              data={["namespace", "zone"]}
            />
            <SegmentedControl
              aria-label="View of the mesh"
              value={view}
              onChange={(value) => change({ view: value })}
              data={[
                { value: "graph", label: "Graph" },
                { value: "list", label: "List" },
              ]}
            />
          </div>
        }
      >
        <Replay replay={replay} />
        <div className={classes.tools}>
          <Button
            variant="default"
            onClick={() =>
              setOpened(
                new Set((data?.services ?? []).map((service) => service[group] || "outside")),
              )
            }
          >
            Open every group
          </Button>
          {opened.size > 0 && (
            <Button variant="default" onClick={() => setOpened(new Set())}>
              Fold every group
            </Button>
          )}
          {opened.size > 1 &&
            opened.size <= foldButtonsMax &&
            [...opened].map((name) => (
              <Button
                key={name}
                variant="default"
                onClick={() =>
                  setOpened((before) => new Set([...before].filter((each) => each !== name)))
                }
              >
                Fold {name}
              </Button>
            ))}
        </div>
        <QueryBoundary
          query={query}
          thread="microservices"
          isEmpty={({ services }) => services.length === 0}
          empty={<p>No service yet: kubectl expose deployment web --port=80 makes one.</p>}
        >
          {() =>
            view === "list" ? (
              <DataTable
                label="Connections of the mesh"
                columns={columns}
                rows={picture.edges}
                rowKey={({ from, to }) => `${from} ${to}`}
                initialSort={{ id: "rate", desc: true }}
                heightMax={640}
                empty="No request between what is shown: open a group, or send one through the gateway."
              />
            ) : (
              <TopologyCanvas
                picture={picture}
                key={`${group} ${[...opened].join()}`}
                onPick={({ group: name, isGroup }) => {
                  if (isGroup) setOpened((before) => new Set([...before, name]));
                }}
              />
            )
          }
        </QueryBoundary>
      </Panel>
    </PageFrame>
  );
}

function Replay({ replay }: { readonly replay: ReturnType<typeof useReplay> }) {
  const { timeFormat } = usePreferences();
  const { count, index, playing } = replay;
  if (index === null) {
    return (
      <div className={classes.tools}>
        <Button variant="default" disabled={count === 0} onClick={replay.open}>
          Replay the last minutes
        </Button>
        <span className="soft">Recorded moments: {number(count)}</span>
      </div>
    );
  }
  return (
    <div className={classes.tools}>
      <Button variant="default" onClick={replay.toggle}>
        {playing ? "Hold" : "Play"}
      </Button>
      <Slider
        className={classes.grow ?? ""}
        thumbLabel="Moment of the recording"
        min={0}
        max={Math.max(0, replay.total - 1)}
        value={index}
        onChange={replay.seek}
        label={(value) => {
          const at = replay.timeAt(value);
          return at === null ? "" : formatTime(at, timeFormat);
        }}
      />
      <Button onClick={replay.close}>Back to now</Button>
    </div>
  );
}
