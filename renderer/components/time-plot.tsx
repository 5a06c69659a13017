import { useState } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { SeriesRow } from "../data/samples.ts";
import { axisLook, gridLook } from "./chart-look.ts";
import type { Series } from "./series.ts";
import { tickText, timeTicks, valueTicks } from "./ticks.ts";
import classes from "./time-chart.module.css";
import { orderedRange, type TimeRange } from "./time-zoom.ts";

/** Two values of each row, by their ids, with the space between them tinted. */
export interface TimeBand {
  readonly lower: string;
  readonly upper: string;
}

interface TimePlotProps {
  readonly rows: readonly SeriesRow[];
  readonly series: readonly Series[];
  readonly shown: TimeRange;
  /** A stretch was drawn over the chart. */
  readonly onSelect: (range: TimeRange) => void;
  readonly band?: TimeBand | null;
  readonly scale: "decimal" | "binary";
  readonly formatValue: (value: number) => string;
  readonly formatAt: (at: number) => string;
}

/** The drawn part of a chart, in a chunk of its own because the chart library is large. */
export default function TimePlot(props: TimePlotProps) {
  const { rows, series, shown, onSelect, band, scale, formatValue, formatAt } = props;
  const { from, to } = shown;
  const [drawn, setDrawn] = useState<{ readonly start: number; readonly end: number } | null>(null);
  // One row more on either side, so that lines reach the edges.
  const first = Math.max(0, rows.findIndex(({ at }) => at >= from) - 1);
  const last = rows.findLastIndex(({ at }) => at <= to) + 1;
  const inside = rows.slice(first, last + 1);
  const finish = () => {
    const range = drawn === null ? null : orderedRange(drawn.start, drawn.end);
    setDrawn(null);
    if (range !== null) onSelect(range);
  };
  const most = Math.max(
    0,
    ...inside.flatMap(({ values }) => Object.values(values).filter((value) => value !== null)),
  );
  const ticks = valueTicks(most, scale);
  const isNegative = inside.some(({ values }) =>
    Object.values(values).some((value) => value !== null && value < 0),
  );
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={inside}
        margin={{ top: 6, right: 12, bottom: 0, left: 0 }}
        syncId="time"
        syncMethod="value"
        accessibilityLayer={false}
        onMouseDown={({ activeLabel }) => {
          const at = Number(activeLabel);
          if (activeLabel !== undefined) setDrawn({ start: at, end: at });
        }}
        onMouseMove={({ activeLabel }) => {
          if (drawn !== null && activeLabel !== undefined) {
            setDrawn({ ...drawn, end: Number(activeLabel) });
          }
        }}
        onMouseUp={finish}
        onMouseLeave={finish}
      >
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey="at"
          type="number"
          scale="time"
          domain={[from, to]}
          allowDataOverflow
          ticks={timeTicks(from, to)}
          tickFormatter={formatAt}
          interval="equidistantPreserveStart"
          height={22}
          {...axisLook}
        />
        <YAxis
          domain={isNegative ? ["auto", "auto"] : [0, ticks.at(-1) ?? 1]}
          {...(isNegative ? {} : { ticks })}
          tickFormatter={(value: number) => tickText(formatValue(value))}
          width={60}
          interval={0}
          {...axisLook}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          content={({ active, payload, label }) =>
            active && payload.length > 0 ? (
              <div className={classes.tip}>
                <strong>{formatAt(Number(label))}</strong>
                <table>
                  <tbody>
                    {series.map((one) => {
                      const entry = payload.find(({ name }) => name === one.label);
                      return (
                        <tr key={one.id}>
                          <td style={{ color: one.color }}>{one.label}</td>
                          <td>
                            {typeof entry?.value === "number" ? formatValue(entry.value) : "none"}
                          </td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </div>
            ) : null
          }
        />
        {drawn !== null && drawn.start !== drawn.end && (
          <ReferenceArea
            x1={Math.min(drawn.start, drawn.end)}
            x2={Math.max(drawn.start, drawn.end)}
            fill="var(--accent)"
            fillOpacity={0.15}
            ifOverflow="hidden"
          />
        )}
        {band && (
          <Area
            dataKey={({ values }: SeriesRow) => {
              const [lower, upper] = [values[band.lower], values[band.upper]];
              return typeof lower === "number" && typeof upper === "number" ? [lower, upper] : null;
            }}
            stroke="none"
            fill={series.find(({ id }) => id === band.upper)?.color ?? "var(--accent)"}
            fillOpacity={0.14}
            activeDot={false}
            isAnimationActive={false}
            type="linear"
          />
        )}
        {series.map((one) => (
          <Line
            key={one.id}
            name={one.label}
            dataKey={(row: SeriesRow) => row.values[one.id] ?? null}
            stroke={one.color}
            strokeWidth={one.marks ? 0 : 1.5}
            dot={one.marks ? { r: 3, fill: one.color, strokeWidth: 0 } : false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
            type="linear"
            {...(one.dash === undefined ? {} : { strokeDasharray: one.dash })}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
