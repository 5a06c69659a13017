/**
 * The dynamic optimised Theta model (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016,
 * equations 13 to 18): the line is fitted anew at every value, and theta is estimated.
 */
import { normalBands } from "./bands.ts";
import { deseasonalise } from "./classical-decomposition.ts";
import { reseasonalised } from "./naive.ts";
import { descend, type Minimum, walkSimplex } from "./optimise.ts";
import { type Fitting, type Forecaster, type Series, SeriesProblem } from "./series.ts";

const alphaMin = 0.1;
const alphaMax = 0.99;
const options = { iterationsMax: 150, tolerance: 1e-9 };
const valuesMin = 4;
/** The line through fewer than two values before a forecast is no line. */
const firstScored = 2;

interface Parameters {
  readonly level: number;
  readonly alpha: number;
  readonly theta: number;
}

/** What the recursion knows after `count` values. */
interface State {
  count: number;
  level: number;
  intercept: number;
  slope: number;
  mean: number;
  /** (1 - alpha)^count. */
  memory: number;
}

export function* dynamicTheta({ values, season }: Series): Fitting {
  const n = values.length;
  if (n < valuesMin) {
    throw new SeriesProblem(`The dynamic Theta model needs ${valuesMin} values, not ${n}.`);
  }
  const adjusted = deseasonalise(values, season);
  const fit: Fit = yield* fitTo(adjusted.values);
  const plain: Forecaster = {
    name: "Dynamic optimised Theta",
    parameters: {
      level0: fit.parameters.level,
      alpha: fit.parameters.alpha,
      theta: fit.parameters.theta,
      sigma: Math.sqrt(fit.variance),
    },
    why: [],
    fitted: fit.fitted,
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const mean = means(fit, horizon, -1);
      const variances = spread(fit, mean);
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
  return reseasonalised(plain, adjusted.indices, {
    name: `Dynamic optimised Theta${adjusted.isSeasonal ? ` [${season}]` : ""}`,
    isSeasonal: adjusted.isSeasonal,
  });
}

interface Fit {
  readonly parameters: Parameters;
  readonly end: State;
  readonly fitted: Float64Array;
  readonly variance: number;
}

function* fitTo(values: Float64Array): Generator<undefined, Fit> {
  const n = values.length;
  const size = Math.sqrt(values.reduce((sum, y) => sum + y * y, 0) / n) || 1;
  const read = (at: Float64Array): Parameters => ({
    level: at[0]! * size,
    alpha: alphaMin + (alphaMax - alphaMin) / (1 + Math.exp(-at[1]!)),
    theta: 1 + Math.exp(at[2]!),
  });
  const objective = (at: Float64Array): number => {
    // Beyond this nothing of the first line is left and theta means nothing.
    if (Math.abs(at[2]!) > 12) return Number.POSITIVE_INFINITY;
    const squares = follow(values, read(at), null).squares;
    return Math.log(squares / (n * size * size) + 1e-24);
  };
  let best: Minimum | null = null;
  for (const [alpha, line] of [
    [0, 0],
    [-2, 1],
  ] as const) {
    const start = Float64Array.of(values[0]! / (2 * size), alpha, line);
    const found: Minimum = yield* descend(objective, start, options);
    if (best === null || found.value < best.value) best = found;
  }
  best = yield* walkSimplex(objective, best!.at, {
    steps: Float64Array.of(0.1, 0.3, 0.3),
    evaluationsMax: 300,
    tolerance: 1e-9,
  });
  const parameters = read(best.at);
  const fitted = new Float64Array(n);
  const { squares, end } = follow(values, parameters, fitted);
  fitted[0] = Number.NaN;
  return { parameters, end, fitted, variance: squares / Math.max(1, n - firstScored - 3) };
}

function follow(values: Float64Array, parameters: Parameters, fitted: Float64Array | null) {
  const state = begin(values[0]!, parameters);
  if (fitted !== null) fitted[0] = values[0]!;
  let squares = 0;
  for (let t = 1; t < values.length; t += 1) {
    const forecast = next(state, parameters);
    if (fitted !== null) fitted[t] = forecast;
    const error = values[t]! - forecast;
    if (t >= firstScored) squares += error * error;
    learn(state, values[t]!, parameters.alpha);
  }
  return { squares, end: state };
}

function begin(first: number, { level, alpha }: Parameters): State {
  return {
    count: 1,
    level: alpha * first + (1 - alpha) * level,
    intercept: first,
    slope: 0,
    mean: first,
    memory: 1 - alpha,
  };
}

/** Equation 13: the smoothed level and what is left of the line's part in it. */
function next({ level, intercept, slope, memory }: State, { alpha, theta }: Parameters): number {
  const reach = (1 - memory * (1 - alpha)) / alpha;
  return level + (1 - 1 / theta) * (intercept * memory + slope * reach);
}

function learn(state: State, value: number, alpha: number): void {
  const t = state.count + 1;
  state.level += alpha * (value - state.level);
  const before = state.mean;
  state.mean = ((t - 1) * before + value) / t;
  state.slope = ((t - 2) * state.slope + (6 * (value - before)) / t) / (t + 1);
  state.intercept = state.mean - (state.slope * (t + 1)) / 2;
  state.memory *= 1 - alpha;
  state.count = t;
}

/** Each forecast counts as the value that came; `shockAt` adds 1 to the one of that step. */
function means({ end, parameters }: Fit, horizon: number, shockAt: number): Float64Array {
  const state = { ...end };
  return Float64Array.from({ length: horizon }, (_, h) => {
    const mean = next(state, parameters);
    learn(state, mean + (h === shockAt ? 1 : 0), parameters.alpha);
    return mean;
  });
}

/** The recursion is linear in the values, so the effect of each shock on later means is exact. */
function spread(fit: Fit, mean: Float64Array): Float64Array {
  const horizon = mean.length;
  const variances = new Float64Array(horizon).fill(fit.variance);
  for (let shock = 0; shock + 1 < horizon; shock += 1) {
    const moved = means(fit, horizon, shock);
    for (let h = shock + 1; h < horizon; h += 1) {
      variances[h]! += fit.variance * (moved[h]! - mean[h]!) ** 2;
    }
  }
  return variances;
}
