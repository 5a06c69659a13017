import type { Series } from "../series.ts";

/** Values with one season, or none. */
export function seriesOf({
  values,
  season,
}: {
  readonly values: ArrayLike<number>;
  readonly season: number;
}): Series {
  return { values: Float64Array.from(values), season, seasons: season > 1 ? [season] : [] };
}
