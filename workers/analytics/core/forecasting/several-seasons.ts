/**
 * Seasons that a model cannot hold itself, because they are several or long: a decomposition takes
 * them out, the model forecasts what is left, and each season is carried on by its last turn.
 */
import { shifted } from "./bands.ts";
import type { Fit } from "./combination.ts";
import type { Fitting, Forecaster, Series } from "./series.ts";
import { decompose } from "./stl.ts";

export function* seasonsApart(series: Series, fit: Fit): Fitting {
  const { values, seasons } = series;
  const n = values.length;
  const used = seasons.filter((season) => 2 * season < n);
  if (used.length === 0) return yield* fit({ values, season: 1, seasons: [] });
  const { seasonal } = decompose(values, used);
  yield;
  const sum = values.map((_, t) => seasonal.reduce((total, part) => total + part[t]!, 0));
  const adjusted = values.map((y, t) => y - sum[t]!);
  const plain: Forecaster = yield* fit({ values: adjusted, season: 1, seasons: [] });
  return {
    ...plain,
    name: `STL[${used.join(", ")}] + ${plain.name}`,
    why: [
      `A decomposition takes the ${used.length === 1 ? "season" : "seasons"} of ${used.join(" and ")} values out first.`,
      ...plain.why,
    ],
    fitted: plain.fitted.map((y, t) => y + sum[t]!),
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const { mean, bands } = plain.project(horizon, levels);
      const carried = mean.map((_, h) =>
        used.reduce((total, season, i) => total + seasonal[i]![n - season + (h % season)]!, 0),
      );
      return {
        mean: mean.map((y, h) => y + carried[h]!),
        bands: bands.map((band) => shifted(band, carried)),
      };
    },
  };
}

/** Fits the model itself where it can hold the season, and apart where it cannot. */
export function withSeasons(series: Series, seasonMax: number, fit: Fit): Fitting {
  const isSimple = series.seasons.length <= 1 && series.season <= seasonMax;
  return isSimple ? fit(series) : seasonsApart(series, fit);
}
