import { ActionIcon, Tooltip } from "@mantine/core";
import { Suspense, useMemo, useRef, useState } from "react";
import { lazily } from "./lazily.ts";
import { usePreferences } from "../data/preferences.ts";
import type { SeriesRow } from "../data/samples.ts";
import { exportPng } from "./chart-export.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { toCsv } from "./csv.ts";
import { downloadText, fileName } from "./download.ts";
import { formatTime, type Quantity, text } from "./format.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Panel } from "./page-frame.tsx";
import type { Series } from "./series.ts";
import classes from "./time-chart.module.css";
import type { TimeBand } from "./time-plot.tsx";
import { newerHalf, type TimeRange, useTimeZoom } from "./time-zoom.ts";

const TimePlot = lazily(() => import("./time-plot.tsx"));

interface TimeChartProps {
  readonly title: string;
  readonly id?: string;
  readonly series: readonly Series[];
  readonly rows: readonly SeriesRow[];
  readonly format: (value: number) => Quantity;
  /** Sizes in bytes have round values in powers of 1,024. */
  readonly scale?: "decimal" | "binary";
  readonly windowMs: number;
  readonly height?: number;
  /** A range, such as where a forecast expects the values. */
  readonly band?: TimeBand | null;
}

/**
 * A chart over time: one click from its table, and exportable as CSV and PNG. Dragging over it zooms
 * all charts of the page.
 */
export function TimeChart(props: TimeChartProps) {
  const { title, id, series, rows, format, scale, windowMs, band = null, height = 132 } = props;
  const [asTable, setAsTable] = useState(false);
  const figure = useRef<HTMLElement>(null);
  const { timeFormat } = usePreferences();
  const { zoom, setZoom } = useTimeZoom();
  const newest = rows.at(-1)?.at ?? 0;
  const shown: TimeRange = zoom ?? { from: newest - windowMs, to: newest };
  const closer = newerHalf(shown);
  const isEmpty = zoom !== null && !rows.some(({ at }) => at >= zoom.from && at <= zoom.to);

  const exportCsv = () => {
    const header = ["time", ...series.map(({ label }) => label)];
    const lines = rows
      .filter(({ values }) => Object.keys(values).length > 0)
      .map(({ at, values }) => [
        new Date(at).toISOString(),
        ...series.map((one) => values[one.id] ?? null),
      ]);
    downloadText(fileName(title, "csv"), toCsv(header, lines), "text/csv");
  };

  return (
    <Panel
      title={title}
      {...(id === undefined ? {} : { id })}
      tools={
        <div className={classes.tools}>
          <Tool
            name={asTable ? "Show as chart" : "Show as table"}
            of={title}
            icon={asTable ? "chart" : "table"}
            onClick={() => setAsTable(!asTable)}
          />
          {!asTable && closer !== null && (
            <Tool name="Zoom in" of={title} icon="zoomIn" onClick={() => setZoom(closer)} />
          )}
          {zoom !== null && (
            <Tool name="Show all" of={title} icon="zoomOut" onClick={() => setZoom(null)} />
          )}
          <Tool name="Export as CSV" of={title} icon="download" onClick={exportCsv} />
          {!asTable && (
            <Tool
              name="Export as PNG"
              of={title}
              icon="image"
              onClick={() =>
                void exportPng(figure.current, { name: fileName(title, "png"), title, series })
              }
            />
          )}
        </div>
      }
    >
      {asTable ? (
        <SeriesTable {...props} />
      ) : (
        <figure className={classes.figure} ref={figure} aria-label={describe(props)}>
          <ul className={classes.legend}>
            {series.map((one) => (
              <li key={one.id}>
                <svg width="18" height="8" aria-hidden="true">
                  {one.marks ? (
                    <circle cx="9" cy="4" r="3" fill={one.color} />
                  ) : (
                    <path
                      d="M0 4H18"
                      stroke={one.color}
                      strokeWidth="2"
                      strokeDasharray={one.dash}
                    />
                  )}
                </svg>
                {one.label} <span className="soft">{latest(rows, one.id, format)}</span>
              </li>
            ))}
          </ul>
          <div style={{ height }}>
            <Suspense fallback={null}>
              {isEmpty && (
                <p className="soft">
                  No readings from {formatTime(shown.from, timeFormat)} to{" "}
                  {formatTime(shown.to, timeFormat)}: they are older than what is kept, or still to
                  come.
                </p>
              )}
              {rows.length > 0 && !isEmpty && (
                <TimePlot
                  rows={rows}
                  series={series}
                  shown={shown}
                  onSelect={setZoom}
                  band={band}
                  scale={scale ?? "decimal"}
                  formatValue={(value) => text(format(value))}
                  formatAt={(at) => formatTime(at, timeFormat)}
                />
              )}
            </Suspense>
          </div>
        </figure>
      )}
    </Panel>
  );
}

interface ToolProps {
  readonly name: string;
  readonly of: string;
  readonly icon: IconName;
  readonly onClick: () => void;
}

function Tool({ name, of, icon, onClick }: ToolProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon aria-label={`${name}: ${of}`} onClick={onClick} size="sm">
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function SeriesTable({ title, series, rows, format, height = 132 }: TimeChartProps) {
  const { timeFormat } = usePreferences();
  const known = useMemo(() => rows.filter(({ values }) => Object.keys(values).length > 0), [rows]);
  const columns = useMemo<Column<SeriesRow>[]>(
    () => [
      {
        id: "time",
        header: "Time",
        value: ({ at }) => at,
        cell: ({ at }) => formatTime(at, timeFormat),
      },
      ...series.map((one) => ({
        id: one.id,
        header: one.label,
        numeric: true,
        value: ({ values }: SeriesRow) => values[one.id] ?? null,
        cell: ({ values }: SeriesRow) => {
          const value = values[one.id] ?? null;
          return value === null ? <span className="soft">none</span> : text(format(value));
        },
      })),
    ],
    [series, format, timeFormat],
  );
  return (
    <DataTable
      label={title}
      columns={columns}
      rows={known}
      rowKey={({ at }) => String(at)}
      initialSort={{ id: "time", desc: true }}
      heightMax={height}
    />
  );
}

function latest(
  rows: readonly SeriesRow[],
  id: string,
  format: (value: number) => Quantity,
): string {
  // Rows of a forecast have no reading, and rows of readings no forecast.
  const value = rows.findLast(({ values }) => id in values)?.values[id] ?? null;
  return value === null ? "none" : text(format(value));
}

function describe({ title, series, rows, format }: TimeChartProps): string {
  const readings = series.map((one) => `${one.label} ${latest(rows, one.id, format)}`);
  return `${title}, newest readings: ${readings.join(", ")}`;
}
