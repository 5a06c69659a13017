import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Anomaly } from "../../../workers/analytics/contract.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import type { Series } from "../../components/series.ts";
import { TimeChart } from "../../components/time-chart.tsx";
import { orpc } from "../../data/client.ts";
import { formatOf } from "../analytics/units.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import classes from "./anomalies.module.css";
import { anomalyRows } from "./anomaly-rows.ts";

const fineMs = 14 * 60_000;

const seriesLook: readonly Series[] = [
  { id: "reading", label: "Reading", color: "var(--series-1)" },
  { id: "unusual", label: "Unusual", color: "var(--failed)", marks: true },
  { id: "low", label: "Usual from", color: "var(--series-3)", dash: "1 3" },
  { id: "high", label: "Usual up to", color: "var(--series-3)", dash: "1 3" },
];
const scoreLook: readonly Series[] = [
  { id: "score", label: "Score", color: "var(--series-2)" },
  { id: "threshold", label: "Threshold", color: "var(--series-neutral)", dash: "6 3" },
];

/** The series around an anomaly with the band it was expected in, and the score below. */
export function AnomalyChart({ anomaly }: { readonly anomaly: Anomaly }) {
  const { series: id, since, unit, title } = anomaly;
  // What is looked at now stays as fine as it was when it was opened.
  const [isFine] = useState(() => since > Date.now() - fineMs);
  const refetchInterval = useRefresh(anomaly.until === null ? 2_000 : 10_000);
  const query = useQuery(
    orpc.analytics.series.get.queryOptions({
      input: isFine
        ? { id, resolution: "1s", points: 900 }
        : { id, resolution: "10s", points: 2_160 },
      refetchInterval,
      retry: false,
    }),
  );
  const rows = useMemo(
    () => anomalyRows(query.data?.points ?? [], anomaly, isFine ? 1_000 : 10_000),
    [query.data, anomaly, isFine],
  );
  return (
    <QueryBoundary query={query} thread="analytics">
      {() =>
        rows.series.length === 0 ? (
          <Panel title={title}>
            <EmptyView>
              <p>The readings around it are no longer kept: six hours are, as means.</p>
            </EmptyView>
          </Panel>
        ) : (
          <div className={classes.details}>
            <TimeChart
              title={isFine ? title : `${title}, means of 10 s`}
              series={seriesLook}
              rows={rows.series}
              band={{ lower: "low", upper: "high" }}
              format={formatOf(unit)}
              scale={unit === "bytes" ? "binary" : "decimal"}
              windowMs={rows.spanMs}
              height={180}
            />
            <TimeChart
              title="Score in deviations"
              series={scoreLook}
              rows={rows.score}
              format={(value) => ({ value: number(Number(value.toPrecision(3))), unit: "" })}
              windowMs={rows.spanMs}
              height={90}
            />
          </div>
        )
      }
    </QueryBoundary>
  );
}
