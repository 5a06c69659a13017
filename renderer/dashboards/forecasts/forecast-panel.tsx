import { useCallback, useMemo } from "react";
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./forecasts.module.css";
import { type ChartBand, type ChartLine, SeriesChart } from "./series-chart.tsx";
import type { Source } from "./sources.ts";
import { short, valueTextOf } from "./value-text.ts";

type Point = ForecastOutput["points"][number];

const plotHeight = 320;

/** History, one-step forecasts of it, and the forecast as a fan; the table is its twin. */
export function ForecastPanel(props: { readonly data: ForecastOutput; readonly source: Source }) {
  const { data, source } = props;
  const valueText = useMemo(() => valueTextOf(data), [data]);
  const xText = usePlaceText(data, source);
  const { lines, bands } = useMemo(() => drawn(data), [data]);
  const levels = useMemo(() => {
    const { limit, expected, earliest } = data.reaches ?? {};
    // A limit far away would press the series flat.
    return limit === undefined || (expected === null && earliest === null)
      ? []
      : [{ name: "limit", y: limit }];
  }, [data]);
  const columns = useMemo(() => columnsOf(data, xText, valueText), [data, xText, valueText]);
  return (
    <Panel title="Forecast" id="forecast">
      <div className={classes.padded}>
        <SeriesChart
          label={`${source.title}: history and forecast`}
          lines={lines}
          bands={bands}
          levels={levels}
          divide={data.history.length - 0.5}
          height={plotHeight}
          xText={xText}
          yText={valueText}
        />
        <ActualScore data={data} />
        <p>
          <strong>{data.model.name}</strong>, by {data.methodTitle}.
        </p>
        <ul className={classes.notes} aria-label="Why, and what to know">
          {[...new Set([...data.model.why, ...data.notes])].map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </div>
      <DataTable
        label="Forecast values"
        columns={columns}
        rows={data.points}
        rowKey={({ step }) => String(step)}
        heightMax={260}
      />
    </Panel>
  );
}

function ActualScore({ data: { actualScore, actual } }: { readonly data: ForecastOutput }) {
  if (actualScore === null) return null;
  const mase = actualScore.mase === null ? "" : `, MASE ${short(actualScore.mase)}`;
  const within = actualScore.levels
    .map(
      ({ level, coverage }) => `${Math.round(100 * coverage)} % in the ${100 * level} % interval`,
    )
    .join(", ");
  return (
    <p role="status" aria-label="Against the values held back">
      Against the {actual.length} values held back: sMAPE {short(actualScore.sMape)} %{mase};{" "}
      {within}.
    </p>
  );
}

function drawn(data: ForecastOutput): { lines: ChartLine[]; bands: ChartBand[] } {
  const { history, fitted, points, actual } = data;
  const start = history.length;
  const lines: ChartLine[] = [
    { name: "Fitted", color: "var(--series-2)", dash: "2 2", start: 0, values: fitted },
    { name: "History", color: "var(--series-1)", start: 0, values: history },
    {
      name: "Forecast",
      color: "var(--series-3)",
      dash: "6 3",
      start,
      values: points.map(({ mean }) => mean),
    },
  ];
  if (actual.length > 0) {
    lines.push({ name: "Actual, held back", color: "var(--series-4)", start, values: actual });
  }
  const shares = points[0]?.bands.map(({ level }, place) => ({ level, place })) ?? [];
  const bands = shares
    .toSorted((a, b) => b.level - a.level)
    .map(({ level, place }) => ({
      name: `${100 * level} %`,
      start,
      lower: points.map(({ bands: each }) => each[place]!.lower),
      upper: points.map(({ bands: each }) => each[place]!.upper),
    }));
  return { lines, bands };
}

/** Times for series of the platform, dates where they were given, else places. */
function usePlaceText(data: ForecastOutput, { dates }: Source): (x: number) => string {
  const { timeFormat } = usePreferences();
  const count = data.history.length;
  const firstAt = data.points[0]?.at ?? null;
  const { resolutionMs } = data;
  // Gaps at the beginning are left out by the API.
  const skipped = dates === null ? 0 : Math.max(0, dates.length - count - data.actual.length);
  return useCallback(
    (x: number) => {
      if (firstAt !== null && resolutionMs !== null) {
        return formatTime(firstAt + (x - count) * resolutionMs, timeFormat);
      }
      return dates?.[x + skipped] ?? (x < count ? String(x + 1) : `+${x - count + 1}`);
    },
    [firstAt, resolutionMs, count, dates, skipped, timeFormat],
  );
}

function columnsOf(
  { history, actual, points }: ForecastOutput,
  xText: (x: number) => string,
  valueText: (value: number) => string,
): Column<Point>[] {
  const ends = (points[0]?.bands ?? []).flatMap(({ level }, place) =>
    (["lower", "upper"] as const).map((end): Column<Point> => {
      const value = ({ bands }: Point) => bands[place]![end];
      return {
        id: `${end}${100 * level}`,
        header: `${100 * level} % ${end}`,
        numeric: true,
        value,
        cell: (point) => valueText(value(point)),
      };
    }),
  );
  const held: Column<Point> = {
    id: "actual",
    header: "Actual",
    numeric: true,
    value: ({ step }) => actual[step - 1] ?? null,
    cell: ({ step }) => {
      const value = actual[step - 1];
      return value === undefined || value === null ? "" : valueText(value);
    },
  };
  return [
    { id: "step", header: "Step", numeric: true, value: ({ step }) => step },
    { id: "place", header: "At", value: ({ step }) => xText(history.length + step - 1) },
    {
      id: "mean",
      header: "Forecast",
      numeric: true,
      value: ({ mean }) => mean,
      cell: ({ mean }) => valueText(mean),
    },
    ...(actual.length > 0 ? [held] : []),
    ...ends,
  ];
}
