import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";
import type { ForecastsSearch } from "../../app/search-params.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useStore } from "../../data/store.ts";
import { CapacityPanel } from "./capacity-panel.tsx";
import { ComparisonPanel } from "./comparison-panel.tsx";
import { DecompositionPanel } from "./decomposition-panel.tsx";
import { ExportPanel } from "./export-panel.tsx";
import { ForecastPanel } from "./forecast-panel.tsx";
import { forecastInputOf } from "./forecast-settings.ts";
import classes from "./forecasts.module.css";
import { OrderForm } from "./order-form.tsx";
import { ResidualsPanel } from "./residuals-panel.tsx";
import { ownText, samples, sourceOf } from "./sources.ts";

const route = getRouteApi("/learning/forecasts");
/** Results are there again when one comes back within this time. */
const keptMs = 30 * 60_000;
const unasked = { values: [0, 0] };

export function ForecastsPage(): React.JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const text = useStore(ownText);
  const queries = useQueryClient();
  const mayRun = useMay("operator");
  const source = useMemo(() => sourceOf(search, text), [search, text]);
  const input = useMemo(() => forecastInputOf(search, source?.given ?? unasked), [search, source]);
  const options = orpc.analytics.forecasts.forecast.queryOptions({ input });
  const query = useQuery({
    ...options,
    enabled: source !== null && mayRun,
    staleTime: Infinity,
    gcTime: keptMs,
  });
  const go = (next: ForecastsSearch) => {
    // The same order again: live readings have moved on, and a failure may not come twice.
    if (JSON.stringify(next) === JSON.stringify({ ...search, job: undefined })) {
      void query.refetch();
    } else void navigate({ search: next });
  };
  const { data } = query;
  return (
    <PageFrame
      title="Forecasts"
      verdict={source !== null && data ? verdictOf(data) : "A series in, what comes next out"}
      figures={source !== null && data ? figuresOf(data) : []}
    >
      <OfflineOr thread="analytics">
        <div className={classes.bench}>
          <OrderForm
            search={search}
            isBusy={query.isFetching}
            onForecast={go}
            onCancel={() => void queries.cancelQueries({ queryKey: options.queryKey })}
          />
          <div className={classes.stack}>
            {source === null && <Nothing search={search} onOpen={go} />}
            {source !== null && query.isLoading && (
              <Panel title="Forecast">
                <LoadingSkeleton rows={6} />
              </Panel>
            )}
            {source !== null && query.error && (
              <ProblemView error={query.error} onRetry={() => void query.refetch()} />
            )}
            {source !== null && data && (
              <>
                <ForecastPanel data={data} source={source} />
                <CapacityPanel data={data} />
                <ComparisonPanel
                  search={search}
                  given={source.given}
                  shown={data.method}
                  onJob={(job) =>
                    void navigate({ search: (old) => ({ ...old, job }), replace: true })
                  }
                  onMethod={(method) => void navigate({ search: (old) => ({ ...old, method }) })}
                />
                <DecompositionPanel data={data} />
                <ResidualsPanel data={data} />
                <ExportPanel data={data} input={input} source={source} search={search} />
              </>
            )}
          </div>
        </div>
      </OfflineOr>
    </PageFrame>
  );
}

function Nothing(props: {
  readonly search: ForecastsSearch;
  readonly onOpen: (search: ForecastsSearch) => void;
}) {
  return (
    <Panel title="Forecast">
      <EmptyView>
        {props.search.own === true && (
          <p>
            The values of this link were too many for an address. Paste them again; its settings are
            kept.
          </p>
        )}
        <p>Choose a series and press Forecast, or begin with one of these:</p>
        <div className={classes.row}>
          {samples.slice(0, 5).map(({ id, title }) => (
            <Button key={id} variant="default" onClick={() => props.onOpen({ sample: id })}>
              {title}
            </Button>
          ))}
        </div>
      </EmptyView>
    </Panel>
  );
}

function verdictOf({ model, observations, seasons }: ForecastOutput): string {
  const season = seasons.length === 0 ? "no season" : `a season of ${seasons.join(" and ")}`;
  return `${model.name} on ${number(observations)} values with ${season}`;
}

function figuresOf({ accuracy, diagnostics, seasons, points }: ForecastOutput): FigureProps[] {
  const [own, ...others] = accuracy;
  const short = (value: number | null | undefined) =>
    value === null || value === undefined ? "unknown" : number(Number(value.toPrecision(3)));
  const naive = others.find(({ method }) => method === "seasonal-naive") ?? others[0];
  const widest = own?.levels.at(-1);
  const pValue = diagnostics.ljungBox?.pValue;
  return [
    {
      label: "Season",
      quantity: { value: seasons.length === 0 ? "none" : seasons.join(", "), unit: "" },
      note: seasons.length === 0 ? "neither found nor given" : "values",
      evidence: "decomposition",
    },
    {
      label: "MASE",
      quantity: { value: short(own?.mase), unit: "" },
      note: `${short(naive?.mase)} by the naive forecast`,
      evidence: "comparison",
    },
    {
      label: "sMAPE",
      quantity: { value: short(own?.sMape), unit: "%" },
      note: `over ${own?.origins ?? 0} origins`,
      evidence: "comparison",
    },
    {
      label: "Coverage",
      quantity: widest
        ? { value: String(Math.round(100 * widest.coverage)), unit: "%" }
        : { value: "unknown", unit: "" },
      note: widest ? `should be ${Math.round(100 * widest.level)} %` : "too short to test",
      evidence: "comparison",
    },
    {
      label: "Left in residuals",
      quantity: {
        value: pValue === undefined ? "unknown" : pValue < 0.05 ? "a pattern" : "noise",
        unit: "",
      },
      note: `${points.length} steps ahead`,
      evidence: "residuals",
    },
  ];
}
