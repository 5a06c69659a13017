/** Curves of runs over their epochs. */
import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import chart from "../../components/time-chart.module.css";

export interface Curve {
  readonly name: string;
  /** Of the series' colour, from 1 to 7. */
  readonly series: number;
  readonly dashed?: boolean;
  readonly points: readonly { readonly epoch: number; readonly value: number | null }[];
}

interface CurvesChartProps {
  readonly label: string;
  readonly curves: readonly Curve[];
  /** Shares go from 0 to 1. */
  readonly isShare?: boolean;
  readonly isLog?: boolean;
  readonly height?: number;
}

/** More are not told apart on a screen. */
const pointsMax = 120;

export default function CurvesChart(props: CurvesChartProps) {
  const { label, curves, isShare = false, isLog = false, height = 180 } = props;
  const format = (value: number): string =>
    isShare ? `${(100 * value).toFixed(0)} %` : String(Number(value.toPrecision(3)));
  return (
    <figure className={chart.figure} role="img" aria-label={label}>
      <ul className={chart.legend}>
        {curves.map(({ name, series, dashed }) => (
          <li key={name}>
            <svg width="18" height="8" aria-hidden="true">
              <line
                x1="0"
                x2="18"
                y1="4"
                y2="4"
                stroke={`var(--series-${series})`}
                strokeWidth="2"
                strokeDasharray={dashed ? "4 3" : undefined}
              />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart margin={{ top: 4, right: 8, bottom: 4, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid {...gridLook} />
          <XAxis
            dataKey="epoch"
            type="number"
            domain={[0, "dataMax"]}
            tickFormatter={(value: number) => String(Math.round(value))}
            unit=" ep"
            minTickGap={32}
            {...axisLook}
          />
          <YAxis
            width={52}
            domain={isShare ? [0, 1] : isLog ? ["auto", "auto"] : [0, "auto"]}
            scale={isLog ? "log" : "auto"}
            allowDataOverflow={isLog}
            tickFormatter={format}
            {...axisLook}
          />
          <Tooltip
            isAnimationActive={false}
            content={({ active, payload, label: epoch }) =>
              active && payload.length > 0 ? (
                <div className={chart.tip}>
                  <strong>Epoch {Number(epoch).toFixed(1)}</strong>
                  {payload.map(({ name, value }) => (
                    <div key={String(name)}>
                      {name}: {format(Number(value))}
                    </div>
                  ))}
                </div>
              ) : null
            }
          />
          {curves.map(({ name, series, dashed, points }) => (
            <Line
              key={name}
              name={name}
              data={thinned(points)}
              dataKey="value"
              stroke={`var(--series-${series})`}
              strokeWidth={1.5}
              {...(dashed ? { strokeDasharray: "4 3" } : {})}
              dot={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / pointsMax);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}
