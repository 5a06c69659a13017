import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { GatewayRoute } from "../../../workers/microservices/contract.ts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import { duration, number, text } from "../../components/format.ts";
import chart from "../../components/time-chart.module.css";
import classes from "./microservices.module.css";

interface BucketBar {
  readonly label: string;
  readonly count: number;
}

/** How long answers took, in buckets of a quarter decade; the sentence above is its twin. */
export function LatencyChart({ route }: { readonly route: GatewayRoute }) {
  const { latency, service } = route;
  const ms = (value: number | null) => (value === null ? "none" : text(duration(value)));
  const summary = `p50 ${ms(latency.p50Ms)}, p90 ${ms(latency.p90Ms)}, p99 ${ms(latency.p99Ms)}, most ${ms(latency.maxMs)}`;
  const bars = barsOf(latency.buckets);
  return (
    <figure
      className={classes.figure}
      aria-label={`Latency of ${service}: ${number(latency.count)} requests, ${summary}`}
    >
      <figcaption>
        Latency of {service} <span className="soft">{summary}</span>
      </figcaption>
      {latency.count === 0 ? (
        <p className="soft">No request has been measured on this route yet. Send one.</p>
      ) : (
        <ResponsiveContainer width="100%" height={180}>
          <BarChart
            data={bars}
            margin={{ top: 12, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid {...gridLook} />
            <XAxis dataKey="label" minTickGap={8} {...axisLook} />
            <YAxis allowDecimals={false} width={44} {...axisLook} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--surface-hover)" }}
              content={({ active, payload }) => {
                const bar: BucketBar | undefined = active ? payload[0]?.payload : undefined;
                return bar ? (
                  <div className={chart.tip}>
                    {bar.label}: {number(bar.count)} requests
                  </div>
                ) : null;
              }}
            />
            <Bar dataKey="count" fill="var(--series-6)" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      )}
    </figure>
  );
}

/** From the first to the last bucket that holds something, with one empty one at each side. */
function barsOf(buckets: GatewayRoute["latency"]["buckets"]): BucketBar[] {
  const filled = buckets.flatMap(({ count }, index) => (count > 0 ? [index] : []));
  const first = Math.max(0, (filled[0] ?? 0) - 1);
  return buckets.slice(first, (filled.at(-1) ?? 0) + 2).map(({ upToMs, count }) => ({
    label: upToMs === null ? "longer" : `≤ ${text(duration(upToMs))}`,
    count,
  }));
}
