/**
 * How well a method would have forecast: it is fitted anew at several places in the past (Tashman
 * 2000). Its errors also give prediction intervals that assume no distribution.
 */
import { intervalScore, mase, sMape } from "../accuracy.ts";
import type { Fit } from "./combination.ts";
import type { Band, Forecaster, Series } from "./series.ts";

export interface RollingOptions {
  readonly horizon: number;
  /** Places to forecast from; fewer when there is no room. */
  readonly origins: number;
  readonly levels: readonly number[];
  /** The shortest past that is forecast from. */
  readonly pastMin: number;
  /** Told after each origin. */
  readonly onOrigin?: (done: number, of: number) => void;
}

export interface LevelScore {
  readonly level: number;
  /** Share of the later values within the interval. */
  readonly coverage: number;
  /** Mean scaled interval score of the M4 competition; null when the past never changed. */
  readonly msis: number | null;
}

export interface Evaluation {
  readonly origins: number;
  readonly horizon: number;
  readonly sMape: number;
  readonly mase: number | null;
  readonly meanAbsoluteError: number;
  readonly rootMeanSquareError: number;
  readonly levels: readonly LevelScore[];
  /** Mean absolute error of each step ahead. */
  readonly stepErrors: readonly number[];
  /** Of each origin, oldest first: how many values it saw, and actual minus forecast. */
  readonly errors: readonly { readonly past: number; readonly misses: Float64Array }[];
}

/** Sizes of the pasts that are forecast from, evenly spaced up to the newest; none without room. */
export function originsOf(length: number, { horizon, origins, pastMin }: RollingOptions): number[] {
  const first = Math.max(pastMin, Math.ceil(length / 2));
  const last = length - horizon;
  if (horizon < 1 || last < first) return last >= pastMin ? [last] : [];
  const count = Math.min(origins, last - first + 1);
  const spacing = count > 1 ? (last - first) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) =>
    count > 1 ? Math.round(first + i * spacing) : last,
  );
}

/** Null when the series is too short. Yields often, as the fits do. */
export function* evaluate(
  series: Series,
  fit: Fit,
  options: RollingOptions,
): Generator<undefined, Evaluation | null> {
  const { horizon, levels } = options;
  const { values, season } = series;
  const places = originsOf(values.length, options);
  if (places.length === 0) return null;
  const errors: { past: number; misses: Float64Array }[] = [];
  const sums = { sMape: 0, mase: 0, scaled: 0, absolute: 0, squares: 0 };
  const within = levels.map(() => ({ inside: 0, score: 0 }));
  for (const past of places) {
    const seen = values.slice(0, past);
    const later = Array.from(values.subarray(past, past + horizon));
    const seasons = series.seasons.filter((each) => past >= 2 * each);
    const held = { values: seen, season: seasons[0] ?? 1, seasons };
    const forecaster: Forecaster = yield* fit(held);
    const { mean, bands } = forecaster.project(horizon, levels);
    sums.sMape += sMape(later, [...mean]);
    const scale = past > season ? season : 1;
    const scaled = mase([...seen], later, [...mean], scale);
    if (scaled !== null) {
      sums.mase += scaled;
      sums.scaled += 1;
    }
    const misses = Float64Array.from(later, (y, h) => y - mean[h]!);
    for (const miss of misses) {
      sums.absolute += Math.abs(miss);
      sums.squares += miss * miss;
    }
    for (const [i, band] of bands.entries()) {
      within[i]!.inside += later.filter((y, h) => isWithin(y, band, h)).length;
      within[i]!.score += intervalScore([...seen], later, band, scale) ?? 0;
    }
    errors.push({ past, misses });
    options.onOrigin?.(errors.length, places.length);
  }
  const count = places.length * horizon;
  return {
    origins: places.length,
    horizon,
    sMape: sums.sMape / places.length,
    mase: sums.scaled === 0 ? null : sums.mase / sums.scaled,
    meanAbsoluteError: sums.absolute / count,
    rootMeanSquareError: Math.sqrt(sums.squares / count),
    levels: levels.map((level, i) => ({
      level,
      coverage: within[i]!.inside / count,
      msis: sums.scaled === 0 ? null : within[i]!.score / sums.scaled,
    })),
    stepErrors: Array.from({ length: horizon }, (_, h) =>
      errors.reduce((sum, { misses }) => sum + Math.abs(misses[h]!) / errors.length, 0),
    ),
    errors,
  };
}

export function isWithin(y: number, { lower, upper }: Band, h: number): boolean {
  // An interval of no width around an exact forecast holds it in spite of rounding.
  const slack = 1e-9 * Math.abs(y);
  return y >= lower[h]! - slack && y <= upper[h]! + slack;
}

/**
 * Split conformal intervals from the errors of an evaluation (Stankeviciute, Alaa and van der Schaar
 * 2021): at each step the quantile of the absolute errors that covers a new one with the wished
 * probability, or the largest where there are too few; never narrower than at the step before. Steps
 * beyond the evaluated ones grow with the root of the step.
 */
export function conformalBands(
  mean: Float64Array,
  { errors, horizon }: Evaluation,
  levels: readonly number[],
): { bands: Band[]; isReached: readonly boolean[] } {
  const count = errors.length;
  const isReached = levels.map((level) => Math.ceil((count + 1) * level) <= count);
  const bands = levels.map((level): Band => {
    const rank = Math.min(count, Math.ceil((count + 1) * level));
    let widest = 0;
    const reach = mean.map((_, h) => {
      if (h >= horizon) return widest * Math.sqrt((h + 1) / horizon);
      const sizes = errors.map(({ misses }) => Math.abs(misses[h]!)).toSorted((a, b) => a - b);
      widest = Math.max(widest, sizes[rank - 1]!);
      return widest;
    });
    return {
      level,
      lower: mean.map((y, h) => y - reach[h]!),
      upper: mean.map((y, h) => y + reach[h]!),
    };
  });
  return { bands, isReached };
}
