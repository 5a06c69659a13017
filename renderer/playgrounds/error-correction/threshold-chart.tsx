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

export interface ThresholdPoint {
  readonly distance: number;
  readonly probability: number;
  readonly shots: number;
  readonly errors: number;
  readonly low: number;
  readonly high: number;
  readonly ratePerRound: number;
  readonly isDone: boolean;
}

const margin = { top: 8, right: 16, bottom: 20, left: 12 };
const dashes = ["", "6 3", "2 3", "8 3 2 3"];

/** Both axes are logarithmic: below the threshold the curves of larger distances are steeper. */
export default function ThresholdChart(props: { readonly points: readonly ThresholdPoint[] }) {
  const distances = [...new Set(props.points.map(({ distance }) => distance))].toSorted(
    (a, b) => a - b,
  );
  const rows = [...new Set(props.points.map(({ probability }) => probability))]
    .toSorted((a, b) => a - b)
    .map((probability) => {
      const own = props.points.filter((point) => point.probability === probability);
      // A rate of 0 has no place on a logarithmic axis: a gap.
      const rates = own.map(({ distance, ratePerRound }) => [
        `d${distance}`,
        ratePerRound > 0 ? ratePerRound : null,
      ]);
      return { probability, ...(Object.fromEntries(rates) as Record<string, number | null>) };
    });
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={rows} margin={margin} accessibilityLayer={false}>
        <CartesianGrid {...gridLook} />
        <XAxis
          dataKey="probability"
          type="number"
          scale="log"
          domain={["dataMin", "dataMax"]}
          ticks={rows.map(({ probability }) => probability)}
          tickFormatter={(value: number) => `${Number((100 * value).toPrecision(3))} %`}
          label={{ value: "physical error", position: "insideBottom", offset: -12 }}
          {...axisLook}
        />
        <YAxis
          type="number"
          scale="log"
          domain={["auto", "auto"]}
          width={64}
          tickFormatter={(value: number) => value.toPrecision(1)}
          {...axisLook}
        />
        <Legend verticalAlign="top" height={24} />
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload, label }) =>
            active && payload.length > 0 ? (
              <div className={chart.tip}>
                <strong>{Number((100 * Number(label)).toPrecision(3))} %</strong>
                {payload.map(({ name, value }) => (
                  <div key={String(name)}>
                    {name}: {Number(value).toPrecision(3)} per round
                  </div>
                ))}
              </div>
            ) : null
          }
        />
        {distances.map((distance, at) => (
          <Line
            key={distance}
            dataKey={`d${distance}`}
            name={`distance ${distance}`}
            stroke={`var(--series-${(at % 7) + 1})`}
            strokeDasharray={dashes[at % dashes.length]!}
            strokeWidth={2}
            dot={{ r: 3 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
