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
import { number } from "../../components/format.ts";

interface CurveRow {
  readonly at: number | string;
  readonly [curve: `curve${number}`]: number;
}

const short = (value: unknown) =>
  typeof value === "number" ? number(Number(value.toPrecision(4))) : String(value);

/** Curves over numbers or words. */
export default function CurvePlot(props: {
  readonly rows: readonly CurveRow[];
  readonly names: readonly string[];
}) {
  const { rows, names } = props;
  const numeric = rows.every(({ at }) => typeof at === "number");
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart
        data={[...rows]}
        margin={{ top: 6, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey="at"
          {...(numeric
            ? { type: "number", domain: ["dataMin", "dataMax"], tickFormatter: short }
            : {})}
          {...axisLook}
        />
        <YAxis domain={["auto", "auto"]} width={60} tickFormatter={short} {...axisLook} />
        <Tooltip
          isAnimationActive={false}
          formatter={(value) => short(value)}
          labelFormatter={(label) => short(label)}
        />
        <Legend />
        {names.map((name, curve) => (
          <Line
            key={name}
            name={name}
            dataKey={`curve${curve}`}
            stroke={`var(--series-${(curve % 6) + 1})`}
            dot={!numeric}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
