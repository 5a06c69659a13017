/** What `data_processing` computes. */
import type { z } from "zod";
import type { statisticsSchema } from "../contract.ts";

export type Statistics = z.infer<typeof statisticsSchema>;

/** Quantiles interpolate between order statistics (Hyndman and Fan 1996, type 7). */
export function statisticsOf(data: readonly number[]): Statistics {
  const sorted = Float64Array.from(data).toSorted();
  const { sum, mean, variance } = momentsOf(data);
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
  };
  return {
    count: data.length,
    sum,
    mean,
    standardDeviation: Math.sqrt(variance),
    minimum: quantile(0),
    quartile1: quantile(0.25),
    median: quantile(0.5),
    quartile3: quantile(0.75),
    maximum: quantile(1),
  };
}

/** Mean 0 and standard deviation 1; a constant series becomes all zeros. */
export function normalize(data: readonly number[]): number[] {
  const { mean, variance } = momentsOf(data);
  const deviation = Math.sqrt(variance);
  return data.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
}

/** Centred moving average; near the ends over the values that there are. */
export function smooth(data: readonly number[], window: number): number[] {
  const before = Math.floor((window - 1) / 2);
  const after = window - 1 - before;
  return data.map((_, index) => {
    const first = Math.max(0, index - before);
    const last = Math.min(data.length - 1, index + after);
    let sum = 0;
    for (let at = first; at <= last; at++) sum += data[at]!;
    return sum / (last - first + 1);
  });
}

/** Welford's recurrence for mean and variance, Neumaier's compensation for the sum. */
function momentsOf(data: readonly number[]): { sum: number; mean: number; variance: number } {
  let mean = 0;
  let squares = 0;
  let sum = 0;
  let lost = 0;
  data.forEach((value, index) => {
    const offset = value - mean;
    mean += offset / (index + 1);
    squares += offset * (value - mean);
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  });
  return { sum: sum + lost, mean, variance: squares / data.length };
}
