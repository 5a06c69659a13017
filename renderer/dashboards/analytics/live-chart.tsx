import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Forecast } from "../../../workers/analytics/contract.ts";
import { text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import type { Series } from "../../components/series.ts";
import { TimeChart } from "../../components/time-chart.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./analytics.module.css";
import { chartRows } from "./series-rows.ts";
import { formatOf } from "./units.ts";
import { useRefresh } from "./use-refresh.ts";

export const chartWindows = {
  "5m": { resolution: "1s", points: 300, stepMs: 1_000 },
  "15m": { resolution: "1s", points: 900, stepMs: 1_000 },
  "6h": { resolution: "10s", points: 2_160, stepMs: 10_000 },
} as const;

/** One series as it comes in: readings, what is unusual in them, and what is expected next. */
export function LiveChart(props: {
  readonly id: string;
  readonly window: keyof typeof chartWindows;
}) {
  const { id, window } = props;
  const { resolution, points, stepMs } = chartWindows[window];
  const refetchInterval = useRefresh();
  const slowly = useRefresh(10_000);
  const query = useQuery(
    orpc.analytics.series.get.queryOptions({
      input: { id, resolution, points },
      refetchInterval,
      placeholderData: (before) => (before?.series.id === id ? before : undefined),
    }),
  );
  const anomalies = useQuery(
    orpc.analytics.anomalies.list.queryOptions({ input: { series: id }, refetchInterval }),
  );
  const models = useQuery(
    orpc.analytics.models.queryOptions({ input: {}, refetchInterval: slowly }),
  );
  const forecast = models.data?.models.find(({ series }) => series === id)?.forecast ?? null;
  const rows = useMemo(
    () =>
      chartRows({
        points: query.data?.points ?? [],
        anomalies: anomalies.data?.anomalies ?? [],
        forecast,
        resolutionMs: stepMs,
      }),
    [query.data, anomalies.data, forecast, stepMs],
  );
  return (
    <Panel title="Real-time analytics" id="live">
      <QueryBoundary query={query} thread="analytics">
        {({ series }) => {
          const { baseline } = series;
          const span = (rows.at(-1)?.at ?? 0) - (query.data?.points.at(-1)?.at ?? 0);
          return (
            <div className={classes.live}>
              <TimeChart
                title={series.title}
                series={seriesOf(forecast)}
                rows={rows}
                band={forecast === null ? null : { lower: "lower", upper: "upper" }}
                format={formatOf(series.unit)}
                scale={series.unit === "bytes" ? "binary" : "decimal"}
                windowMs={points * stepMs + span}
                height={220}
              />
              <p className={`soft ${classes.padded}`}>
                {baseline.median === null || baseline.deviation === null
                  ? `Warming up, ${baseline.samples} of ${baseline.samplesNeeded} readings: not enough to call anything unusual.`
                  : `Usual: ${text(formatOf(series.unit)(baseline.median))}, give or take ${text(formatOf(series.unit)(baseline.deviation))}; unusual beyond ${baseline.threshold?.toFixed(1)} deviations. ${baseline.season === null ? "No season found." : `It repeats every ${baseline.season} readings.`}${series.sensitivity > 1 ? ` Labels raised the threshold ${series.sensitivity.toFixed(2)} times.` : ""}`}
                {forecast?.notes.map((note) => ` ${note}`)}
              </p>
            </div>
          );
        }}
      </QueryBoundary>
    </Panel>
  );
}

function seriesOf(forecast: Forecast | null): Series[] {
  const readings: Series[] = [
    { id: "reading", label: "Reading", color: "var(--series-1)" },
    { id: "unusual", label: "Unusual", color: "var(--failed)", marks: true },
  ];
  if (forecast === null || forecast.points.length === 0) return readings;
  const share = `${Math.round(forecast.level * 100)} %`;
  return [
    ...readings,
    { id: "forecast", label: "Forecast", color: "var(--series-3)", dash: "6 3" },
    { id: "lower", label: `Lower end of ${share}`, color: "var(--series-3)", dash: "1 3" },
    { id: "upper", label: `Upper end of ${share}`, color: "var(--series-3)", dash: "1 3" },
  ];
}
