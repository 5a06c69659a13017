import { useQuery } from "@tanstack/react-query";
import type { Forecast, ModelRow } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./analytics.module.css";
import { useRefresh } from "./use-refresh.ts";

interface ModelsPanelProps {
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

/** Which model each series got, and how well it forecast that series' own past. */
export function ModelsPanel({ selected, onSelect }: ModelsPanelProps) {
  const query = useQuery(
    orpc.analytics.models.queryOptions({ input: {}, refetchInterval: useRefresh(10_000) }),
  );
  return (
    <Panel title="ML model performance" id="models">
      <QueryBoundary query={query} thread="analytics">
        {({ models }) => (
          <>
            <DataTable
              label="Model performance"
              columns={columns}
              rows={models}
              rowKey={({ series }) => series}
              selectedKey={selected}
              onOpen={({ series }) => onSelect(series)}
              empty="No series yet; the first reading comes within a second."
            />
            <p className={`soft ${classes.padded}`}>
              Measured by forecasting each series&apos; past from up to eight places in it, with the
              model chosen and fitted anew at each. MASE below 1 beats carrying the last value on.
            </p>
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

/** The model in a few words. */
export function modelText({ model, observations, observationsNeeded }: Forecast): string {
  if (model === null) return `waiting: ${observations} of ${observationsNeeded} readings`;
  const season = model.season === null ? "" : `, season ${model.season}`;
  const names = {
    simple: "Simple smoothing",
    holt: "Holt",
    "holt damped": "Holt, damped",
    "holt-winters": "Holt-Winters",
  } as const satisfies Record<typeof model.name, string>;
  return `${names[model.name]}${season}`;
}

export function fixed(value: number | null | undefined, digits: number): string | null {
  return value === null || value === undefined ? null : value.toFixed(digits);
}

const unknown = <span className="soft">unknown</span>;

const columns: Column<ModelRow>[] = [
  { id: "series", header: "Series", value: ({ title }) => title },
  { id: "model", header: "Model", value: ({ forecast }) => modelText(forecast) },
  {
    id: "smape",
    header: "sMAPE",
    numeric: true,
    value: ({ forecast }) => forecast.accuracy?.sMape ?? null,
    cell: ({ forecast }) => fixed(forecast.accuracy?.sMape, 1) ?? unknown,
  },
  {
    id: "mase",
    header: "MASE",
    numeric: true,
    value: ({ forecast }) => forecast.accuracy?.mase ?? null,
    cell: ({ forecast }) => fixed(forecast.accuracy?.mase, 2) ?? unknown,
  },
  {
    id: "coverage",
    header: "Coverage of 95 %",
    numeric: true,
    value: ({ forecast }) => forecast.accuracy?.coverage ?? null,
    cell: ({ forecast: { accuracy } }) =>
      accuracy === null || accuracy.coverage === null
        ? unknown
        : `${(accuracy.coverage * 100).toFixed(0)} %`,
  },
  {
    id: "observations",
    header: "Values used",
    numeric: true,
    value: ({ forecast }) => forecast.observations,
  },
  {
    id: "fit",
    header: "Computed in",
    numeric: true,
    value: ({ fitMs }) => fitMs,
    cell: ({ fitMs }) => text(duration(fitMs)),
  },
];
