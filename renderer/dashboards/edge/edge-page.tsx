import { SegmentedControl } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useCallback } from "react";
import { lazily } from "../../components/lazily.ts";
import type { EdgeNode, Model, RequestRecord } from "../../../workers/edge/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { bytes, duration, number, percent, type Quantity } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton, QueryBoundary } from "../../components/query-boundary.tsx";
import type { Series } from "../../components/series.ts";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { TimeChart } from "../../components/time-chart.tsx";
import { AddNodePanel } from "./add-node-panel.tsx";
import classes from "./edge.module.css";
import { ModelDetails } from "./model-panel.tsx";
import { NodeDetails } from "./node-details.tsx";
import { CacheTable, LoadBars, NodeList, RequestTable, ResourceTable } from "./node-tables.tsx";
import { RequestPanel } from "./request-panel.tsx";
import { useEdgeModels, useEdgeRequests, useEdgeStatus, useFleetHistory } from "./use-edge.ts";

const EdgeMap = lazily(() => import("./edge-map.tsx"));
const route = getRouteApi("/edge");
const chartWindowMs = 300_000;
const noRequests: readonly RequestRecord[] = [];

const rateSeries: readonly Series[] = [{ id: "rate", label: "Answered", color: "var(--series-5)" }];
const cpuSeries: readonly Series[] = [
  { id: "cpu", label: "Busiest node", color: "var(--series-1)" },
];
const memorySeries: readonly Series[] = [
  { id: "memory", label: "All nodes", color: "var(--series-2)" },
];
/** Shares of a node are often far below a percent. */
const share = (fraction: number): Quantity => ({ value: number(fraction * 100), unit: "%" });
const perSecond = (rate: number): Quantity => ({ value: number(rate), unit: "/s" });

export function EdgePage(): React.JSX.Element {
  const { view = "map", node: opened } = route.useSearch();
  const navigate = route.useNavigate();
  const status = useEdgeStatus();
  const requests = useEdgeRequests();
  const models = useEdgeModels();
  const history = useFleetHistory(status.data);
  const open = useCallback(
    (id: string | undefined) =>
      void navigate({ search: (search) => ({ ...search, node: id }), resetScroll: false }),
    [navigate],
  );
  const nodes = status.data?.nodes ?? [];
  const selected = nodes.find(({ id }) => id === opened);
  return (
    <PageFrame
      title="Edge"
      {...(status.data ? { health: status.data.status } : {})}
      verdict={status.data?.verdict ?? "Waiting for the edge thread"}
      figures={status.data ? figuresOf(status.data, models.data?.models[0]) : []}
    >
      <Panel
        title="Node distribution"
        id="nodes"
        tools={
          <SegmentedControl
            aria-label="View of the nodes"
            value={view}
            onChange={(chosen) =>
              void navigate({ search: (search) => ({ ...search, view: chosen }), replace: true })
            }
            data={[
              { value: "map", label: "Map" },
              { value: "list", label: "List" },
            ]}
          />
        }
      >
        <QueryBoundary query={status} thread="edge">
          {(data) =>
            view === "list" ? (
              <NodeList nodes={data.nodes} onOpen={open} />
            ) : (
              <Suspense fallback={<LoadingSkeleton rows={6} />}>
                <EdgeMap
                  nodes={data.nodes}
                  requests={requests.data?.requests ?? noRequests}
                  selected={opened}
                  onOpen={open}
                />
              </Suspense>
            )
          }
        </QueryBoundary>
      </Panel>
      <div className={classes.grid}>
        <RequestPanel />
      </div>
      <Panel title="Resource usage" id="resources">
        <QueryBoundary query={status} thread="edge">
          {(data) => <ResourceTable nodes={data.nodes} onOpen={open} />}
        </QueryBoundary>
      </Panel>
      <div className={classes.grid}>
        <TimeChart
          title="CPU of the busiest node"
          series={cpuSeries}
          rows={history.cpu}
          windowMs={chartWindowMs}
          format={share}
        />
        <TimeChart
          title="Memory of all nodes"
          series={memorySeries}
          rows={history.memory}
          windowMs={chartWindowMs}
          format={bytes}
          scale="binary"
        />
      </div>
      <div className={classes.grid}>
        <Panel title="Load balancing" id="load">
          <QueryBoundary query={status} thread="edge">
            {(data) => <LoadBars nodes={data.nodes} />}
          </QueryBoundary>
        </Panel>
        <TimeChart
          title="Requests answered per second"
          series={rateSeries}
          rows={history.rate}
          windowMs={chartWindowMs}
          format={perSecond}
        />
      </div>
      <Panel title="Recent routes" id="routes">
        <QueryBoundary query={requests} thread="edge">
          {(data) => <RequestTable requests={data.requests} />}
        </QueryBoundary>
      </Panel>
      <Panel title="Cache performance" id="cache">
        <QueryBoundary query={status} thread="edge">
          {(data) => <CacheTable nodes={data.nodes} />}
        </QueryBoundary>
      </Panel>
      <div className={classes.grid}>
        <Panel title="AI model status" id="models">
          <QueryBoundary query={models} thread="edge">
            {(data) => data.models.map((model) => <ModelDetails key={model.name} model={model} />)}
          </QueryBoundary>
        </Panel>
        <AddNodePanel />
      </div>
      <SideDrawer
        title={selected ? selected.id : `${opened} is not among the nodes`}
        opened={opened !== undefined}
        onClose={() => open(undefined)}
      >
        {selected && <NodeDetails node={selected} onRemoved={() => open(undefined)} />}
      </SideDrawer>
    </PageFrame>
  );
}

interface Fleet {
  readonly nodes: readonly EdgeNode[];
  readonly totals: {
    readonly nodes: number;
    readonly healthy: number;
    readonly completed: number;
    readonly cacheHits: number;
    readonly cacheMisses: number;
  };
  readonly latency: { readonly p50: number; readonly p99: number } | null;
}

function figuresOf({ totals, latency }: Fleet, model: Model | undefined): FigureProps[] {
  const asked = totals.cacheHits + totals.cacheMisses;
  return [
    {
      label: "Nodes",
      quantity: { value: number(totals.healthy), unit: `of ${number(totals.nodes)}` },
      note: "healthy",
      evidence: "nodes",
    },
    {
      label: "Answered",
      quantity: { value: number(totals.completed), unit: "requests" },
      note: "by the nodes that there are",
      evidence: "load",
    },
    {
      label: "Latency, p99",
      quantity: latency && duration(latency.p99),
      note: "queue and compute, measured",
      evidence: "routes",
    },
    {
      label: "Cache hit rate",
      quantity: asked === 0 ? null : percent(totals.cacheHits / asked),
      note: `${number(totals.cacheHits)} hits, ${number(totals.cacheMisses)} misses`,
      evidence: "cache",
    },
    {
      label: "Model accuracy",
      quantity: model
        ? { value: (model.training.heldBackAccuracy * 100).toFixed(1), unit: "%" }
        : null,
      note: "on held-back digits",
      evidence: "models",
    },
  ];
}
