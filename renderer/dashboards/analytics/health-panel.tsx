import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { SeriesSummary } from "../../../workers/analytics/contract.ts";
import type { Thread } from "../../../workers/service/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { threadHealth, type Health } from "../../data/health.ts";
import { usePlatform } from "../../data/hooks.ts";
import { useRefresh } from "./use-refresh.ts";

interface HealthRow {
  readonly id: string;
  readonly title: string;
  readonly health: Health;
  readonly word: string;
  readonly unusual: number;
  readonly alerts: number;
  readonly watched: string;
}

/** What supervisor, detectors and alert rules say about each thread, together. */
export function HealthPanel() {
  const threads = usePlatform()?.threads ?? [];
  const refetchInterval = useRefresh();
  const series = useQuery(orpc.analytics.series.list.queryOptions({ input: {}, refetchInterval }));
  const anomalies = useQuery(
    orpc.analytics.anomalies.list.queryOptions({ input: {}, refetchInterval }),
  );
  const alerts = useQuery(orpc.analytics.alerts.list.queryOptions({ input: {}, refetchInterval }));
  const open = anomalies.data?.anomalies.filter(({ until }) => until === null) ?? [];
  const firing = alerts.data?.active.filter(({ state }) => state === "firing") ?? [];
  const rowOf = (thread: Thread, own: readonly SeriesSummary[]): HealthRow => {
    const unusual = open.filter((anomaly) => anomaly.series.startsWith(`${thread.id}.`)).length;
    const raised = firing.filter(({ subject }) => subject === thread.id);
    const worst = raised.some(({ severity }) => severity === "critical");
    const state = threadHealth(thread.state);
    const health =
      state !== "healthy"
        ? state
        : worst
          ? "failed"
          : raised.length + unusual > 0
            ? "degraded"
            : state;
    return {
      id: thread.id,
      title: thread.title,
      health,
      word: health === "healthy" ? "as usual" : thread.state === "ready" ? health : thread.state,
      unusual,
      alerts: raised.length,
      watched: `${own.filter(({ baseline }) => baseline.state === "watching").length} of ${own.length}`,
    };
  };
  return (
    <Panel title="System health" id="health" tools={<Link to="/alerts">All alerts</Link>}>
      <QueryBoundary query={series} thread="analytics">
        {(data) => (
          <DataTable
            label="System health"
            columns={columns}
            rows={threads.map((thread) =>
              rowOf(
                thread,
                data.series.filter(({ subject }) => subject === thread.id),
              ),
            )}
            rowKey={({ id }) => id}
            heightMax={320}
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}

const columns: Column<HealthRow>[] = [
  { id: "thread", header: "Thread", value: ({ title }) => title },
  {
    id: "health",
    header: "Judgement",
    value: ({ word }) => word,
    cell: ({ health, word }) => <StatusMark health={health} word={word} />,
  },
  { id: "unusual", header: "Unusual series", numeric: true, value: ({ unusual }) => unusual },
  { id: "alerts", header: "Alerts firing", numeric: true, value: ({ alerts }) => alerts },
  { id: "watched", header: "Series judged", numeric: true, value: ({ watched }) => watched },
];
