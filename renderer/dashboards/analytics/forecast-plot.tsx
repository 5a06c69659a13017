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
import type { Forecast } from "../../../workers/analytics/contract.ts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import { number } from "../../components/format.ts";
import chart from "../../components/time-chart.module.css";

interface PlotRow {
  readonly step: number;
  readonly value?: number;
  readonly mean?: number;
  readonly band?: readonly [number, number];
}

/** More points than this are not visible. */
const valuesMax = 300;

/** The given values, and the forecast with its interval; the table under it is its twin. */
export default function ForecastPlot(props: {
  readonly values: readonly number[];
  readonly forecast: Forecast;
}) {
  const { values, forecast } = props;
  const first = Math.max(0, values.length - valuesMax);
  const past: PlotRow[] = values
    .slice(first)
    .map((value, index) => ({ step: first + index + 1, value }));
  const ahead: PlotRow[] = forecast.points.map(({ step, mean, lower, upper }) => ({
    step: values.length + step,
    mean,
    band: [lower, upper],
  }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={[...past, ...ahead]}
        margin={{ top: 6, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid {...gridLook} />
        <XAxis dataKey="step" type="number" domain={["dataMin", "dataMax"]} {...axisLook} />
        <YAxis
          domain={["auto", "auto"]}
          width={60}
          tickFormatter={(value: number) => short(value)}
          {...axisLook}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          content={({ active, payload }) => {
            const row: PlotRow | undefined = active ? payload[0]?.payload : undefined;
            return row ? <Tip row={row} /> : null;
          }}
        />
        <Area
          dataKey="band"
          stroke="none"
          fill="var(--series-3)"
          fillOpacity={0.18}
          isAnimationActive={false}
          activeDot={false}
        />
        <Line dataKey="value" stroke="var(--series-1)" dot={false} isAnimationActive={false} />
        <Line
          dataKey="mean"
          stroke="var(--series-3)"
          strokeDasharray="6 3"
          dot={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Tip({ row: { step, value, mean, band } }: { readonly row: PlotRow }) {
  return (
    <div className={chart.tip}>
      <strong>Value {step}</strong> {value === undefined ? null : short(value)}
      {mean !== undefined && band !== undefined && (
        <>
          forecast {short(mean)}, {short(band[0])} to {short(band[1])}
        </>
      )}
    </div>
  );
}

function short(value: number): string {
  return number(Number(value.toPrecision(5)));
}
