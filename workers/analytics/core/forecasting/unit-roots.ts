/** How often a series is to be differenced before it may be called stationary. */
import { difference } from "./arima-fit.ts";
import { stl } from "./stl.ts";

/** Critical value of the KPSS test of level stationarity at 5 % (Kwiatkowski et al. 1992, table 1). */
const kpssCritical = 0.463;
/** Above this share the season changes the series enough to be differenced (Wang, Smith and Hyndman 2006). */
const seasonalStrengthMin = 0.64;
const differencesMax = 2;
const firstSeasonalWindow = 11;

export function isConstant(values: Float64Array): boolean {
  return values.every((y) => y === values[0]);
}

/** The KPSS statistic with Bartlett weights over trunc(3 sqrt(n) / 13) lags. */
export function kpssStatistic(values: Float64Array): number {
  const n = values.length;
  const lags = Math.trunc((3 * Math.sqrt(n)) / 13);
  const center = values.reduce((sum, y) => sum + y, 0) / n;
  const residuals = values.map((y) => y - center);
  let partial = 0;
  let sumOfSquares = 0;
  for (const e of residuals) {
    partial += e;
    sumOfSquares += partial * partial;
  }
  let variance = residuals.reduce((sum, e) => sum + e * e, 0) / n;
  for (let lag = 1; lag <= lags; lag += 1) {
    let product = 0;
    for (let t = lag; t < n; t += 1) product += residuals[t]! * residuals[t - lag]!;
    variance += (2 * (1 - lag / (lags + 1)) * product) / n;
  }
  return sumOfSquares / (n * n * variance);
}

/** Share of the variance around the trend that the season explains, 0 to 1. */
export function seasonalStrength(values: Float64Array, season: number): number {
  const { seasonal, remainder } = stl(values, season, firstSeasonalWindow);
  const whole = remainder.map((e, t) => e + seasonal[0]![t]!);
  const spread = varianceOf(whole);
  return spread === 0 ? 0 : Math.max(0, Math.min(1, 1 - varianceOf(remainder) / spread));
}

function varianceOf(values: Float64Array): number {
  const center = values.reduce((sum, y) => sum + y, 0) / values.length;
  return values.reduce((sum, y) => sum + (y - center) ** 2, 0) / (values.length - 1);
}

export interface Differences {
  readonly d: number;
  readonly D: number;
  /** What the tests said. */
  readonly why: readonly string[];
}

/** D by the strength of the season, then d by repeated KPSS tests (Hyndman and Khandakar 2008). */
export function differencesFor(values: Float64Array, season: number): Differences {
  const why: string[] = [];
  let left = values;
  let D = 0;
  if (season > 1 && values.length > 2 * season && !isConstant(values)) {
    const strength = seasonalStrength(values, season);
    D = strength > seasonalStrengthMin ? 1 : 0;
    why.push(
      `The season's strength is ${strength.toFixed(2)}: ${D === 1 ? "above" : "not above"} ${seasonalStrengthMin}, so ${D === 1 ? "one seasonal difference is" : "no seasonal difference is"} taken.`,
    );
    if (D === 1) left = difference(values, season, 1);
  }
  let d = 0;
  while (d < differencesMax && left.length > 2 && !isConstant(left)) {
    const statistic = kpssStatistic(left);
    const isStationary = !(statistic > kpssCritical);
    why.push(
      `KPSS ${isStationary ? "accepts" : "rejects"} a stationary level after ${d} differences (${statistic.toFixed(3)}; the 5 % limit is ${kpssCritical}).`,
    );
    if (isStationary) break;
    left = difference(left, 1, 1);
    d += 1;
  }
  return { d, D, why };
}
