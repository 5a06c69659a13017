import { useMemo } from "react";
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import classes from "./forecasts.module.css";
import { SeriesChart } from "./series-chart.tsx";
import { valueTextOf } from "./value-text.ts";

const partHeight = 120;
const placeText = (x: number) => String(x + 1);

/** Trend, seasons and what they leave, each on its own scale. */
export function DecompositionPanel({ data }: { readonly data: ForecastOutput }) {
  const valueText = useMemo(() => valueTextOf(data), [data]);
  const parts = useMemo(() => partsOf(data), [data]);
  return (
    <Panel title="Decomposition" id="decomposition">
      <div className={classes.padded}>
        {parts.length === 0 && (
          <p className="soft">Too short to take apart: 8 values are needed.</p>
        )}
        {parts.map(({ name, lines, isAround }) => (
          <SeriesChart
            key={name}
            label={name}
            lines={lines}
            height={partHeight}
            withZero={isAround}
            xText={placeText}
            yText={valueText}
          />
        ))}
        {parts.length > 0 && <p>{strengths(data)}</p>}
      </div>
    </Panel>
  );
}

function partsOf({ decomposition }: ForecastOutput) {
  if (decomposition === null) return [];
  const { trend, seasonal, remainder } = decomposition;
  const part = (name: string, color: string, values: readonly number[], isAround: boolean) => ({
    name,
    isAround,
    lines: [{ name, color, start: 0, values }],
  });
  return [
    part("Trend", "var(--series-1)", trend, false),
    ...seasonal.map(({ season, values }) =>
      part(`Season of ${season}`, "var(--series-3)", values, true),
    ),
    part("Remainder", "var(--series-neutral)", remainder, true),
  ];
}

/** Wang, Smith and Hyndman (2006): 1 less the share of variance that the remainder has. */
function strengths({ decomposition, seasons }: ForecastOutput): string {
  if (decomposition === null) return "";
  const { trend, seasonal, remainder } = decomposition;
  const strength = (part: readonly number[]) => {
    const whole = variance(part.map((y, t) => y + remainder[t]!));
    return whole === 0 ? 0 : Math.max(0, 1 - variance(remainder) / whole);
  };
  const of = [
    `trend ${strength(trend).toFixed(2)}`,
    ...seasonal.map(({ season, values }) => `season of ${season} ${strength(values).toFixed(2)}`),
  ];
  const none = seasons.length === 0 ? " No season was found or given." : "";
  return `Strength, from 0 to 1: ${of.join(", ")}. All parts add up to the history.${none}`;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, y) => sum + y / values.length, 0);
  return values.reduce((sum, y) => sum + (y - mean) ** 2 / values.length, 0);
}
