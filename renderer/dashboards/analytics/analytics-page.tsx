import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { number } from "../../components/format.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import classes from "./analytics.module.css";
import { AnomalyPanel } from "./anomaly-panel.tsx";
import { HealthPanel } from "./health-panel.tsx";
import { InsightsPanel } from "./insights-panel.tsx";
import { LiveChart } from "./live-chart.tsx";
import { ModelsPanel } from "./models-panel.tsx";
import { SeriesPanel } from "./series-panel.tsx";
import { useRefresh } from "./use-refresh.ts";
import { ForecastLink } from "./forecast-link.tsx";

const route = getRouteApi("/analytics");

export function AnalyticsPage(): React.JSX.Element {
  const { series = "platform.cpu", window = "5m" } = route.useSearch();
  const navigate = route.useNavigate();
  const status = useQuery(
    orpc.analytics.status.queryOptions({ input: {}, refetchInterval: useRefresh() }),
  );
  const select = (id: string) =>
    void navigate({ search: (search) => ({ ...search, series: id }), replace: true });
  return (
    <PageFrame
      title="Analytics"
      live
      {...(status.data ? { health: status.data.status } : {})}
      verdict={status.data?.verdict ?? "Waiting for the analytics thread"}
      figures={status.data ? figuresOf(status.data) : []}
      action={
        <SegmentedControl
          aria-label="Time range of the chart"
          value={window}
          onChange={(value) =>
            void navigate({ search: (search) => ({ ...search, window: value }), replace: true })
          }
          data={[
            { value: "5m", label: "5 min" },
            { value: "15m", label: "15 min" },
            { value: "6h", label: "6 h" },
          ]}
        />
      }
    >
      <LiveChart id={series} window={window} />
      <div className={classes.two}>
        <SeriesPanel selected={series} onSelect={select} />
        <AnomalyPanel onSelect={select} />
      </div>
      <div className={classes.two}>
        <InsightsPanel onSelect={select} />
        <HealthPanel />
      </div>
      <ModelsPanel selected={series} onSelect={select} />
      <ForecastLink series={series} />
    </PageFrame>
  );
}

type Status = Awaited<ReturnType<ApiClient["analytics"]["status"]>>;

function figuresOf(status: Status): FigureProps[] {
  const { series, warmingUp, readings, anomalies, alerts, predictions } = status;
  return [
    {
      label: "Series watched",
      quantity: { value: String(series - warmingUp), unit: `of ${series}` },
      note: warmingUp > 0 ? `${warmingUp} without enough data yet` : "all with enough data",
      evidence: "series",
    },
    {
      label: "Readings",
      quantity: { value: number(readings), unit: "" },
      note: "since the thread started",
      evidence: "live",
    },
    {
      label: "Unusual now",
      quantity: { value: String(anomalies.open), unit: "series" },
      note: `${number(anomalies.total)} anomalies since the start`,
      evidence: "anomalies",
    },
    {
      label: "Alerts firing",
      quantity: { value: String(alerts.firing), unit: "" },
      note: `${alerts.pending} pending`,
      evidence: "health",
    },
    {
      label: "Forecasts made",
      quantity: { value: number(predictions), unit: "" },
      note: "since the thread started",
      evidence: "models",
    },
  ];
}
