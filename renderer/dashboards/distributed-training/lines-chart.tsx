import {
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import chart from "../../components/time-chart.module.css";

export interface LineLook {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly dash?: string;
  readonly dots?: boolean;
}

const margin = { top: 8, right: 16, bottom: 20, left: 4 };

/** Lines over a number, such as steps or workers. */
export default function LinesChart(props: {
  readonly rows: readonly Readonly<Record<string, number | null>>[];
  readonly lines: readonly LineLook[];
  readonly x: string;
  readonly xLabel: string;
}) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={[...props.rows]} margin={margin} accessibilityLayer={false}>
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey={props.x}
          type="number"
          domain={["dataMin", "dataMax"]}
          label={{ value: props.xLabel, position: "insideBottom", offset: -12 }}
          {...axisLook}
        />
        <YAxis width={48} domain={[0, "auto"]} {...axisLook} />
        <Legend verticalAlign="top" height={24} />
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload, label }) =>
            active && payload.length > 0 ? (
              <div className={chart.tip}>
                <strong>
                  {props.xLabel} {label}
                </strong>
                {payload.map(({ name, value }) => (
                  <div key={String(name)}>
                    {name}: {Number(value).toPrecision(4)}
                  </div>
                ))}
              </div>
            ) : null
          }
        />
        {props.lines.map(({ id, label, color, dash = "", dots = false }) => (
          <Line
            key={id}
            dataKey={id}
            name={label}
            stroke={color}
            strokeDasharray={dash}
            strokeWidth={2}
            dot={dots ? { r: 3 } : false}
            connectNulls
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
