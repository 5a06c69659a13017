/** Prediction intervals from variances. */
import { normalQuantile } from "../statistics.ts";
import type { Band } from "./series.ts";

/** Of normal forecast errors. */
export function normalBands(
  mean: Float64Array,
  variances: Float64Array,
  levels: readonly number[],
): Band[] {
  return levels.map((level) => {
    const reach = normalQuantile((1 + level) / 2);
    return {
      level,
      lower: mean.map((y, h) => y - reach * Math.sqrt(variances[h]!)),
      upper: mean.map((y, h) => y + reach * Math.sqrt(variances[h]!)),
    };
  });
}

/** Bounds given by one number a step that is added to the means. */
export function shifted(band: Band, by: Float64Array): Band {
  return {
    level: band.level,
    lower: band.lower.map((y, h) => y + by[h]!),
    upper: band.upper.map((y, h) => y + by[h]!),
  };
}

/** Bounds and means times one factor a step; a negative factor turns them around. */
export function scaled(band: Band, by: Float64Array): Band {
  const low = band.lower.map((y, h) => y * by[h]!);
  const high = band.upper.map((y, h) => y * by[h]!);
  return {
    level: band.level,
    lower: low.map((y, h) => Math.min(y, high[h]!)),
    upper: low.map((y, h) => Math.max(y, high[h]!)),
  };
}
