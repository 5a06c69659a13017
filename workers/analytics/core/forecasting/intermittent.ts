/**
 * Demand that is zero most of the time: Croston (1972), its unbiased form of Syntetos and Boylan
 * (2005), and the probability form of Teunter, Syntetos and Babai (2011).
 */
import { normalBands } from "./bands.ts";
import { type Forecaster, type Series, SeriesProblem } from "./series.ts";

/** Of sizes and intervals, as Croston advises for few demands. */
const smoothing = 0.1;

/** Smooths the sizes of demands and the intervals between them apart. */
export function croston({ values }: Series, isUnbiased: boolean): Forecaster {
  const n = values.length;
  refuseNegative(values);
  const correction = isUnbiased ? 1 - smoothing / 2 : 1;
  const fitted = new Float64Array(n).fill(Number.NaN);
  let size = 0;
  let interval = 0;
  let last = -1;
  let demands = 0;
  for (let t = 0; t < n; t += 1) {
    if (demands > 0) fitted[t] = (correction * size) / interval;
    const demand = values[t]!;
    if (demand === 0) continue;
    const gap = t - last;
    size = demands === 0 ? demand : size + smoothing * (demand - size);
    interval = demands === 0 ? gap : interval + smoothing * (gap - interval);
    demands += 1;
    last = t;
  }
  const rate = demands === 0 ? 0 : (correction * size) / interval;
  const name = isUnbiased ? "Syntetos-Boylan" : "Croston";
  const parameters = { alpha: smoothing, size, interval, rate };
  return demandForecaster(values, fitted, {
    name,
    parameters,
    rate,
    probability: interval > 0 ? 1 / interval : 0,
  });
}

/** Smooths the probability of a demand at every value, so that it falls while none comes. */
export function teunter({ values }: Series): Forecaster {
  const n = values.length;
  refuseNegative(values);
  const fitted = new Float64Array(n).fill(Number.NaN);
  const first = values.findIndex((y) => y > 0);
  let size = first < 0 ? 0 : values[first]!;
  let probability = first < 0 ? 0 : 1 / (first + 1);
  for (let t = first < 0 ? n : first + 1; t < n; t += 1) {
    fitted[t] = probability * size;
    const isDemand = values[t]! > 0;
    probability += smoothing * ((isDemand ? 1 : 0) - probability);
    if (isDemand) size += smoothing * (values[t]! - size);
  }
  const rate = probability * size;
  const parameters = { alpha: smoothing, size, probability, rate };
  return demandForecaster(values, fitted, {
    name: "Teunter-Syntetos-Babai",
    parameters,
    rate,
    probability,
  });
}

interface Demand {
  readonly name: string;
  readonly parameters: Record<string, number>;
  readonly rate: number;
  readonly probability: number;
}

function demandForecaster(
  values: Float64Array,
  fitted: Float64Array,
  { name, parameters, rate, probability }: Demand,
): Forecaster {
  const sizes = values.filter((y) => y > 0);
  const mean = sizes.length === 0 ? 0 : sizes.reduce((sum, y) => sum + y, 0) / sizes.length;
  const squares = sizes.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  const spread = sizes.length < 2 ? 0 : squares / (sizes.length - 1);
  // A demand comes or not, and has a size: the variance of the product.
  const size = probability === 0 ? 0 : rate / probability;
  const variance = probability * (spread + size * size) - rate * rate;
  return {
    name,
    parameters: { ...parameters, sigma: Math.sqrt(Math.max(0, variance)) },
    why: [
      `${values.length - sizes.length} of ${values.length} values are zero.`,
      "The forecast is the mean demand a step, not when one comes.",
    ],
    fitted,
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const flat = new Float64Array(horizon).fill(rate);
      const variances = flat.map(() => Math.max(0, variance));
      const bands = normalBands(flat, variances, levels);
      return {
        mean: flat,
        bands: bands.map((band) => ({ ...band, lower: band.lower.map((y) => Math.max(0, y)) })),
      };
    },
  };
}

function refuseNegative(values: Float64Array): void {
  const index = values.findIndex((y) => y < 0);
  if (index >= 0) {
    throw new SeriesProblem(
      `Demand cannot be negative, but value ${index} is ${values[index]}.`,
      index,
    );
  }
}
