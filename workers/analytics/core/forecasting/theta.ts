/**
 * The Theta method (Assimakopoulos and Nikolopoulos 2000), winner of M3, in the form of Hyndman and
 * Billah (2003): simple exponential smoothing with half the slope of the whole series as drift.
 */
import { line } from "../statistics.ts";
import { normalBands } from "./bands.ts";
import { deseasonalise } from "./classical-decomposition.ts";
import { reseasonalised } from "./naive.ts";
import { type Fitting, type Forecaster, type Series, SeriesProblem } from "./series.ts";
import { type FittedSmoothing, fitSmoothing } from "./smoothing-fit.ts";

export function* theta({ values, season }: Series): Fitting {
  const adjusted = deseasonalise(values, season);
  const fit: FittedSmoothing | null = yield* fitSmoothing(
    adjusted.values,
    { error: "A", trend: "N", season: "N" },
    1,
  );
  if (fit === null) throw new SeriesProblem(`${values.length} values are too few for Theta.`);
  const n = values.length;
  const { alpha } = fit.smoothing;
  const half = line([...adjusted.values]).slope / 2;
  const plain: Forecaster = {
    name: "Theta",
    parameters: { alpha, drift: half, level: fit.end.level, sigma: Math.sqrt(fit.variance) },
    why: [],
    fitted: fit.fitted.map((y, t) => y + half * ((1 - (1 - alpha) ** t) / alpha)),
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const lag = (1 - (1 - alpha) ** n) / alpha;
      const mean = Float64Array.from(
        { length: horizon },
        (_, h) => fit.end.level + half * (h + lag),
      );
      const variances = mean.map((_, h) => fit.variance * (1 + h * alpha * alpha));
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
  return reseasonalised(plain, adjusted.indices, {
    name: adjusted.isSeasonal ? `Theta [${season}]` : "Theta",
    isSeasonal: adjusted.isSeasonal,
  });
}
