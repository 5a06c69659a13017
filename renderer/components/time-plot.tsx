import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
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

/** Two values of each row, by their ids, with the space between them tinted. */
export interface TimeBand {
  readonly lower: string;
  readonly upper: string;
}

interface TimePlotProps {
  readonly rows: readonly SeriesRow[];
  readonly series: readonly Series[];
  readonly windowMs: number;
  readonly band?: TimeBand | null;
  readonly scale: "decimal" | "binary";
  readonly formatValue: (value: number) => string;
  readonly formatAt: (at: number) => string;
}

/** The drawn part of a chart, in a chunk of its own because the chart library is large. */
export default function TimePlot(props: TimePlotProps) {
  const { rows, series, windowMs, band, scale, formatValue, formatAt } = props;
  const to = rows.at(-1)?.at ?? 0;
  const from = to - windowMs;
  const most = Math.max(
    0,
    ...rows.flatMap(({ values }) => Object.values(values).filter((value) => value !== null)),
  );
  const ticks = valueTicks(most, scale);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={[...rows]}
        margin={{ top: 6, right: 12, bottom: 0, left: 0 }}
        syncId="time"
        syncMethod="value"
        accessibilityLayer={false}
      >
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey="at"
          type="number"
          scale="time"
          domain={[from, to]}
          ticks={timeTicks(from, to)}
          tickFormatter={formatAt}
          interval="equidistantPreserveStart"
          height={22}
          {...axisLook}
        />
        <YAxis
          domain={[0, ticks.at(-1) ?? 1]}
          ticks={ticks}
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
