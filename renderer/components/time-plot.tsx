import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { SeriesRow } from "../data/samples.ts";
import { axisLook, gridLook } from "./chart-look.ts";
import type { Series } from "./series.ts";
import classes from "./time-chart.module.css";

interface TimePlotProps {
  readonly rows: readonly SeriesRow[];
  readonly series: readonly Series[];
  readonly top: number | undefined;
  readonly formatValue: (value: number) => string;
  readonly formatAt: (at: number) => string;
}

/** The drawn part of a chart, in a chunk of its own because the chart library is large. */
export default function TimePlot({ rows, series, top, formatValue, formatAt }: TimePlotProps) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart
        data={[...rows]}
        margin={{ top: 4, right: 8, bottom: 0, left: 0 }}
        syncId="time"
        syncMethod="value"
        accessibilityLayer={false}
      >
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey="at"
          type="number"
          scale="time"
          domain={["dataMin", "dataMax"]}
          tickFormatter={formatAt}
          minTickGap={48}
          {...axisLook}
        />
        <YAxis
          domain={[0, top ?? "auto"]}
          tickFormatter={formatValue}
          width={64}
          tickCount={4}
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
        {series.map((one) => (
          <Line
            key={one.id}
            name={one.label}
            dataKey={(row: SeriesRow) => row.values[one.id] ?? null}
            stroke={one.color}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
            type="linear"
            {...(one.dash === undefined ? {} : { strokeDasharray: one.dash })}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
