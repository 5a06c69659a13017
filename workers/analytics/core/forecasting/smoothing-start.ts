/** Where the fit of a smoothing model starts (Hyndman et al. 2008, section 2.6.1). */
import { line, mean } from "../statistics.ts";
import { seasonalIndices } from "./classical-decomposition.ts";
import type { Smoothing, SmoothingForm, SmoothingState } from "./smoothing-model.ts";

/** Bounds of the usual region. */
export const smoothingMin = 1e-4;
export const smoothingMax = 1 - 1e-4;
export const dampingMin = 0.8;
export const dampingMax = 0.98;

export function startSmoothing(form: SmoothingForm, season: number): Smoothing {
  const span = smoothingMax - smoothingMin;
  const alpha = smoothingMin + (0.2 * span) / (form.season === "N" ? 1 : season);
  return {
    alpha,
    beta: form.trend === "N" ? 0 : smoothingMin + 0.1 * (alpha - smoothingMin),
    gamma: form.season === "N" ? 0 : smoothingMin + 0.05 * (1 - alpha - smoothingMin),
    phi: form.trend === "Ad" ? dampingMin + 0.99 * (dampingMax - dampingMin) : 1,
  };
}

/** A season by classical decomposition, then a regression line over the first values. */
export function startState(
  values: Float64Array,
  form: SmoothingForm,
  season: number,
): SmoothingState {
  const seasonal =
    form.season === "N" ? new Float64Array() : startSeason(values, form.season, season);
  const m = seasonal.length;
  const adjusted =
    m === 0
      ? values
      : values.map((y, t) =>
          form.season === "A" ? y - seasonal[t % m]! : y / Math.max(seasonal[t % m]!, 0.01),
        );
  const first = Array.from(adjusted.subarray(0, Math.max(10, 2 * m)));
  if (form.trend === "N") return { level: mean(first), slope: 0, seasonal };
  const { intercept, slope } = line(first);
  // The line's value one step before the first observation.
  return { level: intercept - slope, slope, seasonal };
}

function startSeason(values: Float64Array, kind: "A" | "M", season: number): Float64Array {
  if (values.length >= 3 * season) {
    const indices = seasonalIndices(values, season, kind === "A" ? "additive" : "multiplicative");
    return kind === "A" ? indices : normalised(indices.map((index) => Math.max(index, 0.01)));
  }
  const { intercept, slope } = line([...values]);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = 0; t < values.length; t += 1) {
    const trend = intercept + slope * t;
    sums[t % season]! += kind === "A" ? values[t]! - trend : values[t]! / trend;
    counts[t % season]! += 1;
  }
  const indices = sums.map((sum, i) => sum / counts[i]!);
  if (kind === "M") return normalised(indices.map((index) => Math.max(index, 0.01)));
  const center = mean([...indices]);
  return indices.map((index) => index - center);
}

function normalised(indices: Float64Array): Float64Array {
  const center = mean([...indices]);
  return indices.map((index) => index / center);
}
