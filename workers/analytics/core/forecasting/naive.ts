/** The simplest forecasts, which any other has to beat (Hyndman and Athanasopoulos, section 5.2). */
import { studentQuantile } from "../statistics.ts";
import { normalBands, scaled } from "./bands.ts";
import { deseasonalise } from "./classical-decomposition.ts";
import type { Forecaster, Series } from "./series.ts";

/** Carries the value of one season ago on; with a season of 1, the last value. */
export function seasonalNaive({ values, season }: Series): Forecaster {
  const n = values.length;
  const fitted = values.map((_, t) => (t < season ? Number.NaN : values[t - season]!));
  const variance = meanSquare(values, fitted);
  return {
    name: season > 1 ? `Seasonal naive [${season}]` : "Naive",
    parameters: { sigma: Math.sqrt(variance) },
    why: [],
    fitted,
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const mean = Float64Array.from(
        { length: horizon },
        (_, h) => values[n - season + (h % season)]!,
      );
      const variances = mean.map((_, h) => variance * (Math.floor(h / season) + 1));
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
}

/** A random walk whose steps have the mean of all steps seen. */
export function drift({ values }: Series): Forecaster {
  const n = values.length;
  const last = values[n - 1]!;
  const slope = (last - values[0]!) / (n - 1);
  const fitted = values.map((_, t) => (t === 0 ? Number.NaN : values[t - 1]! + slope));
  const variance = (meanSquare(values, fitted) * (n - 1)) / Math.max(1, n - 2);
  return {
    name: "Random walk with drift",
    parameters: { drift: slope, sigma: Math.sqrt(variance) },
    why: [],
    fitted,
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const mean = Float64Array.from({ length: horizon }, (_, h) => last + (h + 1) * slope);
      const variances = mean.map((_, h) => variance * (h + 1) * (1 + (h + 1) / (n - 1)));
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
}

/** The mean of all values, with Student's t around it. */
export function historicMean({ values }: Series): Forecaster {
  const n = values.length;
  const level = values.reduce((sum, y) => sum + y, 0) / n;
  const squares = values.reduce((sum, y) => sum + (y - level) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  return {
    name: "Mean",
    parameters: { mean: level, sigma: deviation },
    why: [],
    fitted: new Float64Array(n).fill(level),
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const mean = new Float64Array(horizon).fill(level);
      const bands = levels.map((share) => {
        const reach =
          studentQuantile((1 + share) / 2, Math.max(1, n - 1)) * deviation * Math.sqrt(1 + 1 / n);
        return {
          level: share,
          lower: mean.map((y) => y - reach),
          upper: mean.map((y) => y + reach),
        };
      });
      return { mean, bands };
    },
  };
}

/** Naive2 of the M competitions: the last value, seasonally adjusted where the test finds a season. */
export function naive2({ values, season }: Series): Forecaster {
  const adjusted = deseasonalise(values, season);
  const plain = seasonalNaive({ values: adjusted.values, season: 1, seasons: [] });
  return reseasonalised(plain, adjusted.indices, {
    name: adjusted.isSeasonal ? `Naive2 [${season}]` : "Naive2",
    isSeasonal: adjusted.isSeasonal,
  });
}

interface Reseasoning {
  readonly name: string;
  readonly isSeasonal: boolean;
}

/** A forecaster of the adjusted series, times the seasonal indices. */
export function reseasonalised(
  plain: Forecaster,
  indices: Float64Array,
  { name, isSeasonal }: Reseasoning,
): Forecaster {
  const n = plain.fitted.length;
  const m = indices.length;
  const why = isSeasonal
    ? "The season passes the test of the M competitions: it is divided out and put back in."
    : m > 1
      ? "No season passes the test of the M competitions."
      : "";
  return {
    ...plain,
    name,
    why: [...(why === "" ? [] : [why]), ...plain.why],
    fitted: plain.fitted.map((y, t) => y * indices[t % m]!),
    project(horizon, levels) {
      const { mean, bands } = plain.project(horizon, levels);
      const factors = mean.map((_, h) => indices[(n + h) % m]!);
      return {
        mean: mean.map((y, h) => y * factors[h]!),
        bands: bands.map((band) => scaled(band, factors)),
      };
    },
  };
}

function meanSquare(values: Float64Array, fitted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let t = 0; t < values.length; t += 1) {
    if (Number.isNaN(fitted[t]!)) continue;
    sum += (values[t]! - fitted[t]!) ** 2;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
