/**
 * Complex exponential smoothing (Svetunkov, Kourentzes and Ord 2022): a level and an unobserved
 * potential, smoothed by one complex parameter, which describes stationary and trended series alike.
 * Without a season, with a lagged (simple), a real (partial) or a complex (full) one.
 */
import { normalBands } from "./bands.ts";
import { seasonalIndices } from "./classical-decomposition.ts";
import { descend, type Minimum } from "./optimise.ts";
import { type Fitting, type Series, SeriesProblem } from "./series.ts";

type Kind = "none" | "simple" | "partial" | "full";

interface State {
  /** One pair, or one for each place of a simple season. */
  readonly level: Float64Array;
  readonly potential: Float64Array;
  /** By place in the season. */
  readonly seasonal: Float64Array;
  readonly seasonalPotential: Float64Array;
}

interface Fit {
  readonly kind: Kind;
  readonly season: number;
  readonly at: Float64Array;
  readonly end: State;
  readonly fitted: Float64Array;
  readonly variance: number;
  readonly logLikelihood: number;
  readonly aicc: number;
}

const options = { iterationsMax: 120, tolerance: 1e-8 };
/** Where the search of each complex parameter begins, and the potential is divided by. */
const firstReal = 1.3;
const firstImaginary = 1;
const valuesMin = 6;

/** The kind of season is chosen by AICc. */
export function* complexSmoothing({ values, season }: Series): Fitting {
  const n = values.length;
  if (n < valuesMin) {
    throw new SeriesProblem(`Complex exponential smoothing needs ${valuesMin} values, not ${n}.`);
  }
  const kinds: Kind[] =
    season > 1 && n >= 3 * season ? ["none", "simple", "partial", "full"] : ["none"];
  const fits: Fit[] = [];
  for (const kind of kinds) {
    const fit: Fit | null = yield* fitKind(values, kind, season);
    if (fit !== null) fits.push(fit);
  }
  const [best] = fits.toSorted((a, b) => a.aicc - b.aicc || 0);
  if (best === undefined) {
    throw new SeriesProblem(`${n} values are too few for complex exponential smoothing.`);
  }
  const listed = fits.map(({ kind, aicc }) => `${kind} ${aicc.toFixed(1)}`).join(", ");
  return {
    name: `CES(${best.kind}${best.kind === "none" ? "" : `, ${season}`})`,
    parameters: parametersOf(best),
    why: kinds.length > 1 ? [`AICc by kind of season: ${listed}.`] : [],
    fitted: best.fitted,
    logLikelihood: best.logLikelihood,
    aicc: Number.isFinite(best.aicc) ? best.aicc : null,
    project(horizon, levels) {
      const mean = ahead(best, n, horizon, copyOf(best.end), 0);
      const zero = emptyState(best.end);
      // The response to one shock, from nothing.
      const shock = ahead(best, n, horizon + 1, zero, 1);
      let sum = 0;
      const variances = mean.map((_, h) => {
        sum += h === 0 ? 1 : shock[h]! ** 2;
        return best.variance * sum;
      });
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
}

function* fitKind(
  values: Float64Array,
  kind: Kind,
  season: number,
): Generator<undefined, Fit | null> {
  const n = values.length;
  const isStable = (at: Float64Array) => isPairStable(at[0]!, at[1]!);
  const size = values.reduce((sum, y) => sum + y * y, 0) / n || 1;
  const objective = (at: Float64Array): number => {
    if (!isStable(at)) return Number.POSITIVE_INFINITY;
    if (kind === "partial" && !(at[2]! > 0 && at[2]! < 1)) return Number.POSITIVE_INFINITY;
    if (kind === "full" && !at.subarray(2).every((x) => x > 0 && x < 2))
      return Number.POSITIVE_INFINITY;
    const squares = passes(values, kind, season, at, null).squares;
    const value = Math.log(squares / (n * size) + 1e-24);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const begin = [firstReal, firstImaginary];
  if (kind === "partial") begin.push(0.1);
  if (kind === "full") begin.push(firstReal, firstImaginary);
  const best: Minimum = yield* descend(objective, Float64Array.from(begin), options);
  if (!Number.isFinite(best.value)) return null;
  const fitted = new Float64Array(n);
  const { squares, end } = passes(values, kind, season, best.at, fitted);
  const k = begin.length + (kind === "none" ? 2 : season + 2) + 1;
  const logLikelihood =
    (-n / 2) * (Math.log((2 * Math.PI * Math.max(squares, n * size * 1e-24)) / n) + 1);
  return {
    kind,
    season,
    at: best.at,
    end,
    fitted,
    variance: squares / Math.max(1, n - begin.length),
    logLikelihood,
    aicc:
      n - k - 1 <= 0
        ? Number.POSITIVE_INFINITY
        : -2 * logLikelihood + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
  };
}

/** The stability region of a level and its potential: eigenvalues of F - g w' within the unit circle. */
function isPairStable(real: number, imaginary: number): boolean {
  const trace = 2 - 2 * real + imaginary;
  const determinant =
    (1 - real + imaginary) * (1 - real) + (1 - imaginary) * (1 - real - imaginary);
  return determinant < 1 && Math.abs(trace) < 1 + determinant;
}

/** Forwards, backwards for the states before the first value, and forwards again. */
function passes(
  values: Float64Array,
  kind: Kind,
  season: number,
  at: Float64Array,
  fitted: Float64Array | null,
) {
  const state = startOf(values, kind, season);
  const n = values.length;
  follow(values, kind, at, state, null);
  for (let t = n - 1; t >= 0; t -= 1) step(state, kind, at, t, values[t]!);
  const squares = follow(values, kind, at, state, fitted);
  return { squares, end: state };
}

function follow(
  values: Float64Array,
  kind: Kind,
  at: Float64Array,
  state: State,
  fitted: Float64Array | null,
): number {
  let squares = 0;
  for (let t = 0; t < values.length; t += 1) {
    const error = step(state, kind, at, t, values[t]!);
    if (fitted !== null) fitted[t] = values[t]! - error;
    squares += error * error;
  }
  return squares;
}

/** One value: returns its error and moves the state on. */
function step(state: State, kind: Kind, at: Float64Array, t: number, value: number): number {
  const { level, potential, seasonal, seasonalPotential } = state;
  const pair = kind === "simple" ? t % level.length : 0;
  const place = seasonal.length === 0 ? 0 : t % seasonal.length;
  const hasSeason = kind === "partial" || kind === "full";
  const error = value - level[pair]! - (hasSeason ? seasonal[place]! : 0);
  turn(level, potential, pair, at[0]!, at[1]!, error);
  if (kind === "partial") seasonal[place]! += at[2]! * error;
  if (kind === "full") turn(seasonal, seasonalPotential, place, at[2]!, at[3]!, error);
  return error;
}

/** Equation 6 of the paper: the complex update of a level and its potential. */
function turn(
  level: Float64Array,
  potential: Float64Array,
  i: number,
  real: number,
  imaginary: number,
  error: number,
): void {
  const [l, c] = [level[i]!, potential[i]!];
  level[i] = l - (1 - imaginary) * c + (real - imaginary) * error;
  potential[i] = l + (1 - real) * c + (real + imaginary) * error;
}

function startOf(values: Float64Array, kind: Kind, season: number): State {
  const first = values.subarray(0, kind === "none" ? 10 : season);
  const center = first.reduce((sum, y) => sum + y, 0) / first.length;
  const level = kind === "simple" ? Float64Array.from(first) : Float64Array.of(center);
  const hasSeason = kind === "partial" || kind === "full";
  const seasonal = hasSeason ? seasonalIndices(values, season, "additive") : new Float64Array();
  return {
    level,
    potential: level.map((l) => l / firstReal),
    seasonal,
    seasonalPotential: kind === "full" ? seasonal.map((s) => s / firstReal) : new Float64Array(),
  };
}

/** Means from a state; a shock of that size comes with the first value. */
function ahead(
  { kind, at }: Fit,
  start: number,
  horizon: number,
  state: State,
  shock: number,
): Float64Array {
  return Float64Array.from({ length: horizon }, (_, h) => {
    const t = start + h;
    const mean = -step(copyOf(state), kind, at, t, 0);
    step(state, kind, at, t, mean + (h === 0 ? shock : 0));
    return mean;
  });
}

function copyOf({ level, potential, seasonal, seasonalPotential }: State): State {
  return {
    level: level.slice(),
    potential: potential.slice(),
    seasonal: seasonal.slice(),
    seasonalPotential: seasonalPotential.slice(),
  };
}

function emptyState(state: State): State {
  const copy = copyOf(state);
  for (const part of Object.values(copy) as Float64Array[]) part.fill(0);
  return copy;
}

function parametersOf({ kind, at, variance }: Fit): Record<string, number> {
  return {
    alpha0: at[0]!,
    alpha1: at[1]!,
    ...(kind === "partial" ? { beta: at[2]! } : {}),
    ...(kind === "full" ? { beta0: at[2]!, beta1: at[3]! } : {}),
    sigma: Math.sqrt(variance),
  };
}
