/** The forecasting methods on the airline passengers of Box and Jenkins (144 months). */
import {
  fitMethod,
  type MethodId,
  methods,
} from "../workers/analytics/core/forecasting/methods.ts";
import type { Forecaster } from "../workers/analytics/core/forecasting/series.ts";
import {
  ended,
  referenceSeries,
} from "../workers/analytics/core/forecasting/testdata/reference-series.ts";
import { type BenchResult, type BenchRow, median, spread } from "./result.ts";

const runs = 5;
const measured: readonly MethodId[] = [
  "ets",
  "arima",
  "dynamic-theta",
  "ces",
  "theta",
  "comb",
  "mstl",
  "median",
];
const medianMsMax = 5_000;

export async function benchForecasts(): Promise<BenchResult> {
  const reference = referenceSeries.find(({ name }) => name === "AirPassengers")!;
  const values = Float64Array.from(reference.values);
  const series = { values, season: 12, seasons: [12] };
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const id of measured) {
    const times: number[] = [];
    let fit: Forecaster = ended(fitMethod(id, series));
    for (let run = 0; run < runs; run += 1) {
      const began = performance.now();
      fit = ended(fitMethod(id, series));
      times.push(performance.now() - began);
    }
    const aicc = fit.aicc === null ? "" : `, AICc ${fit.aicc.toFixed(2)}`;
    const name = id === "median" ? "" : `: ${fit.name}${aicc}`;
    rows.push({ measure: methods[id].title, value: `${spread(times, 1)} ms${name}` });
    if (id === "median" && median(times) > medianMsMax) {
      failures.push(`the default took ${median(times).toFixed(0)} ms, not ${medianMsMax}`);
    }
  }
  const { ets, arimaExact } = reference;
  return Promise.resolve({
    peer: "the models and AICc of R 4.2.2 with forecast 8.20, from a file; its times are not taken here",
    rows,
    notes: [
      `R's ets() chooses ${ets.name}, AICc ${ets.aicc.toFixed(2)}.`,
      `R's auto.arima(approximation = FALSE) chooses ${arimaExact.name}, AICc ${arimaExact.aicc.toFixed(2)}.`,
    ],
    failures,
  });
}
