import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  Line,
  LineChart,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import { probability as formatProbability } from "../../components/format.ts";
import chart from "../../components/time-chart.module.css";
import type { CurvePoint, ItemBar } from "./grover.ts";
import classes from "./quantum.module.css";

const margin = { top: 16, right: 12, bottom: 4, left: 0 };

interface ProbabilityBarsProps {
  readonly bars: readonly ItemBar[];
  readonly measured: number | null;
}

/** The table under it is its twin for readers without sight. */
export function ProbabilityBars({ bars, measured }: ProbabilityBarsProps) {
  const best = bars.toSorted((a, b) => b.probability - a.probability)[0];
  const label = best
    ? `Most probable: ${best.item} with ${formatProbability(best.probability)}`
    : "No items";
  return (
    <figure className={classes.figure} aria-label={label}>
      <ul className={chart.legend}>
        <li>
          <span className={classes.swatch} data-kind="marked" /> marked as target
        </li>
        <li>
          <span className={classes.swatch} /> other
        </li>
        <li>
          <span className={classes.swatch} data-kind="measured" /> measured (outlined)
        </li>
      </ul>
      <ResponsiveContainer width="100%" height={220}>
        <BarChart data={[...bars]} margin={margin} accessibilityLayer={false}>
          <CartesianGrid {...gridLook} />
          <XAxis dataKey="item" minTickGap={4} {...axisLook} />
          <YAxis domain={[0, 1]} width={44} tickCount={6} {...axisLook} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--surface-hover)" }}
            content={({ active, payload }) => {
              const bar: ItemBar | undefined = active ? payload[0]?.payload : undefined;
              return bar ? (
                <div className={chart.tip}>
                  <strong>{bar.item}</strong> {formatProbability(bar.probability)}
                  {bar.marked && ", marked"}
                </div>
              ) : null;
            }}
          />
          <Bar dataKey="probability" isAnimationActive={false} maxBarSize={56}>
            {bars.map(({ index, marked }) => (
              <Cell
                key={index}
                fill={marked ? "var(--series-3)" : "var(--series-neutral)"}
                stroke={index === measured ? "var(--ink)" : "none"}
                strokeWidth={bars.length > 16 ? 1 : 2}
              />
            ))}
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}

interface SuccessCurveProps {
  readonly curve: readonly CurvePoint[];
  readonly iterations: number;
  readonly probability: number;
  readonly optimal: number;
}

export function SuccessCurve({ curve, iterations, probability, optimal }: SuccessCurveProps) {
  const label = `Success probability ${formatProbability(probability)} after ${iterations} iterations; optimal are ${optimal}`;
  return (
    <figure className={classes.figure} aria-label={label}>
      <ul className={chart.legend}>
        <li>
          <span className={classes.swatch} data-kind="curve" /> closed form
        </li>
        <li>
          <span className={classes.swatch} data-kind="dot" /> simulated, k = {iterations}
        </li>
        <li>dashed line: optimal k = {optimal}</li>
      </ul>
      <ResponsiveContainer width="100%" height={220}>
        <LineChart data={[...curve]} margin={margin} accessibilityLayer={false}>
          <CartesianGrid {...gridLook} />
          <XAxis
            dataKey="iterations"
            type="number"
            domain={[0, "dataMax"]}
            allowDecimals={false}
            minTickGap={24}
            {...axisLook}
          />
          <YAxis domain={[0, 1]} width={44} tickCount={6} {...axisLook} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--line-strong)" }}
            content={({ active, payload }) => {
              const point: CurvePoint | undefined = active ? payload[0]?.payload : undefined;
              return point ? (
                <div className={chart.tip}>
                  k = {point.iterations}: {formatProbability(point.probability)}
                </div>
              ) : null;
            }}
          />
          <ReferenceLine x={optimal} stroke="var(--ink-soft)" strokeDasharray="4 3" />
          <Line
            dataKey="probability"
            stroke="var(--series-1)"
            strokeWidth={1.5}
            dot={curve.length <= 40 ? { r: 2, fill: "var(--series-1)" } : false}
            isAnimationActive={false}
          />
          <ReferenceDot
            x={iterations}
            y={probability}
            r={6}
            fill="var(--series-3)"
            stroke="var(--surface)"
          />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}
