import { useMemo } from "react";
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { histogram } from "./chart-scale.ts";
import classes from "./forecasts.module.css";
import { SeriesChart } from "./series-chart.tsx";
import { short, valueTextOf } from "./value-text.ts";

const plotHeight = 160;
const placeText = (x: number) => String(x + 1);
const lagText = (x: number) => `lag ${x}`;
const countText = (y: number) => (Number.isInteger(y) ? String(y) : "");

/** Whether what the model leaves is noise. */
export function ResidualsPanel({ data }: { readonly data: ForecastOutput }) {
  const { residuals, diagnostics } = data;
  const valueText = useMemo(() => valueTextOf(data), [data]);
  const drawn = useMemo(() => {
    const known = residuals.filter((value) => value !== null);
    const bins = histogram(known);
    const { autocorrelations, autocorrelationLimit: limit } = diagnostics;
    const bars = (name: string, start: number, values: readonly number[]) => [
      { name, color: "var(--series-1)", start, values, isBars: true },
    ];
    return {
      bins,
      overTime: [{ name: "Residuals", color: "var(--series-1)", start: 0, values: residuals }],
      correlations: bars("Autocorrelation", 1, autocorrelations.slice(1)),
      bounds: [
        { name: "upper bound", y: limit },
        { name: "lower bound", y: -limit },
      ],
      counts: bars(
        "Number of residuals by size",
        0,
        bins.map(({ count }) => count),
      ),
    };
  }, [residuals, diagnostics]);
  const binText = (x: number) => {
    const bin = drawn.bins[x];
    return bin === undefined ? "" : valueText((bin.from + bin.to) / 2);
  };
  return (
    <Panel title="Residuals" id="residuals">
      <div className={classes.padded}>
        <p role="status" aria-label="Verdict on the residuals">
          {verdict(diagnostics)}
        </p>
        <SeriesChart
          label="Residuals over time"
          lines={drawn.overTime}
          height={plotHeight}
          withZero
          xText={placeText}
          yText={valueText}
        />
        <div className={classes.two}>
          <SeriesChart
            label="Autocorrelation of the residuals, with bounds of noise at 95 %"
            lines={drawn.correlations}
            levels={drawn.bounds}
            height={plotHeight}
            withZero
            xText={lagText}
            yText={short}
          />
          <SeriesChart
            label="Histogram of the residuals"
            lines={drawn.counts}
            height={plotHeight}
            withZero
            xText={binText}
            yText={countText}
          />
        </div>
      </div>
    </Panel>
  );
}

const significance = 0.05;

function verdict({ count, mean, deviation, ljungBox }: ForecastOutput["diagnostics"]): string {
  const size = `${count} one-step errors, mean ${short(mean)}, deviation ${short(deviation)}.`;
  if (ljungBox === null) return `${size} Too few, or all zero, to test them for a pattern.`;
  const { statistic, lags, degrees, pValue } = ljungBox;
  const test = `Ljung-Box ${short(statistic)} over ${lags} lags, ${degrees} degrees of freedom, p ${pValue < 0.001 ? "< 0.001" : pValue.toFixed(3)}`;
  return pValue < significance
    ? `${size} They still hold a pattern that the model misses, so its intervals may be off: intervals from past errors are safer (${test}).`
    : `${size} They cannot be told from noise: the model has taken what there is (${test}).`;
}
