/** Fits one form of exponential smoothing by maximum likelihood. */
import { normalBands } from "./bands.ts";
import { descend, type Minimum, walkSimplex } from "./optimise.ts";
import type { Forecaster } from "./series.ts";
import {
  isAdmissible,
  meansAfter,
  nameOf,
  smooth,
  type Smoothing,
  type SmoothingForm,
  type SmoothingState,
  variancesAfter,
} from "./smoothing-model.ts";
import {
  dampingMax,
  dampingMin,
  smoothingMax,
  smoothingMin,
  startSmoothing,
  startState,
} from "./smoothing-start.ts";

export interface FittedSmoothing {
  readonly form: SmoothingForm;
  readonly smoothing: Smoothing;
  readonly start: SmoothingState;
  readonly end: SmoothingState;
  readonly fitted: Float64Array;
  readonly errors: Float64Array;
  readonly logLikelihood: number;
  readonly aicc: number;
  /** Of the one-step errors; relative ones with multiplicative errors. */
  readonly variance: number;
}

const iterationsMax = 150;
const tolerance = 1e-9;
const polishEvaluations = 400;

/** How many numbers are estimated: smoothing parameters and starting states. */
export function parametersOf({ trend, season }: SmoothingForm, length: number): number {
  return 2 + (trend === "N" ? 0 : 2) + (trend === "Ad" ? 1 : 0) + (season === "N" ? 0 : length);
}

/** quick: from the calm start alone, for a first look at many forms. */
export type Effort = "quick" | "full";

/** Null when there are too few values for the form, or it cannot describe them. */
export function* fitSmoothing(
  values: Float64Array,
  form: SmoothingForm,
  season: number,
  effort: Effort = "full",
): Generator<undefined, FittedSmoothing | null> {
  const n = values.length;
  const estimated = parametersOf(form, season);
  if (estimated >= n) return null;
  if ((form.error === "M" || form.season === "M") && values.some((y) => y <= 0)) return null;
  const from = startState(values, form, season);
  const axes = new Axes(values, form, from, season);
  const floor = leastSquares(values, form);
  const objective = (at: Float64Array): number => {
    const smoothing = axes.smoothing(at);
    if (!isAdmissible(form, smoothing, season)) return Number.POSITIVE_INFINITY;
    const state = axes.state(at);
    if (form.season === "M" && state.seasonal.some((index) => index <= 0))
      return Number.POSITIVE_INFINITY;
    return smooth(values, form, smoothing, state, floor) / n;
  };
  let best: Minimum | null = null;
  const isQuick = effort === "quick";
  for (const wish of startsOf(form, season).slice(0, isQuick ? 1 : undefined)) {
    const start = axes.place(wish);
    const found: Minimum = yield* descend(objective, start, { iterationsMax, tolerance });
    if (best === null || found.value < best.value) best = found;
  }
  if (best === null || !Number.isFinite(best.value)) return null;
  // On the edge of the admissible region slopes mislead; a simplex walks along it.
  if (!isQuick) {
    best = yield* walkSimplex(objective, best.at, {
      steps: best.at.map((_, i) => (i < axes.free ? 0.3 : 0.1)),
      evaluationsMax: polishEvaluations,
      tolerance,
    });
  }
  const smoothing = axes.smoothing(best.at);
  const start = axes.state(best.at);
  const end = axes.state(best.at);
  const trace = { fitted: new Float64Array(n), errors: new Float64Array(n) };
  const criterion = smooth(values, form, smoothing, end, floor, trace);
  const k = estimated + 1;
  const squares = trace.errors.reduce((sum, e) => sum + e * e, 0);
  return {
    form,
    smoothing,
    start,
    end,
    ...trace,
    logLikelihood: -criterion / 2,
    aicc:
      n - k - 1 <= 0
        ? Number.POSITIVE_INFINITY
        : criterion + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
    variance: squares / Math.max(1, n - estimated),
  };
}

/** Calm and responsive ones: the surface often has a valley for each. */
function startsOf(form: SmoothingForm, season: number): Smoothing[] {
  const calm = startSmoothing(form, season);
  if (form.trend === "N") return [calm, { ...calm, alpha: 0.5 }];
  const lively = { ...calm, alpha: 0.5, beta: 0.05 };
  const nervous = { ...calm, alpha: 0.9, beta: 0.7, phi: Math.min(calm.phi, 0.9) };
  return [calm, lively, form.season === "N" ? nervous : { ...lively, alpha: 0.4, gamma: 0.3 }];
}

/** What is left of the squares when a fit is perfect is rounding. */
function leastSquares(values: Float64Array, { error }: SmoothingForm): number {
  const size = values.reduce((sum, y) => sum + y * y, 0) / values.length;
  // Series of zeros have no size; the logarithm still needs a number.
  return values.length * Math.max(1e-290, 1e-24 * (error === "M" ? 1 : size));
}

/** Unbounded coordinates of the parameters and starting states. */
class Axes {
  readonly free: number;
  readonly #form: SmoothingForm;
  readonly #from: SmoothingState;
  readonly #unit: number;
  readonly #slopeUnit: number;
  readonly #season: number;

  constructor(values: Float64Array, form: SmoothingForm, from: SmoothingState, season: number) {
    this.#form = form;
    this.#from = from;
    this.#season = form.season === "N" ? 0 : season;
    const center = values.reduce((sum, y) => sum + y, 0) / values.length;
    const squares = values.reduce((sum, y) => sum + (y - center) ** 2, 0);
    this.#unit = Math.sqrt(squares / values.length) || Math.max(1, Math.abs(center));
    this.#slopeUnit = this.#unit / Math.sqrt(values.length);
    const { trend, season: kind } = form;
    this.free = 1 + [trend !== "N", kind !== "N", trend === "Ad"].filter(Boolean).length;
  }

  place(wish: Smoothing): Float64Array {
    const { trend, season } = this.#form;
    const { alpha } = wish;
    const at = [logit(alpha, smoothingMin, smoothingMax)];
    if (trend !== "N") at.push(logit(wish.beta, smoothingMin, Math.max(alpha, 2 * smoothingMin)));
    if (season !== "N")
      at.push(logit(Math.min(wish.gamma, (1 - alpha) / 2), smoothingMin, 1 - alpha));
    if (trend === "Ad") at.push(logit(wish.phi, dampingMin, dampingMax));
    const states = 1 + (trend === "N" ? 0 : 1) + Math.max(0, this.#season - 1);
    return Float64Array.from([...at, ...Array.from({ length: states }, () => 0)]);
  }

  smoothing(at: Float64Array): Smoothing {
    const { trend, season } = this.#form;
    let i = 0;
    const next = (low: number, high: number) => between(at[i++]!, low, high);
    const alpha = next(smoothingMin, smoothingMax);
    const beta = trend === "N" ? 0 : next(smoothingMin, Math.max(alpha, 2e-4));
    const gamma = season === "N" ? 0 : next(smoothingMin, Math.max(1 - alpha, 2e-4));
    const phi = trend === "Ad" ? next(dampingMin, dampingMax) : 1;
    return { alpha, beta, gamma, phi };
  }

  state(at: Float64Array): SmoothingState {
    let i = this.free;
    const { level, slope, seasonal } = this.#from;
    const moved = {
      level: level + at[i++]! * this.#unit,
      slope: this.#form.trend === "N" ? 0 : slope + at[i++]! * this.#slopeUnit,
      seasonal: seasonal.slice(),
    };
    if (this.#season === 0) return moved;
    // The last place balances the others, so that level and season stay apart.
    const unit = this.#form.season === "A" ? this.#unit : 0.2;
    let sum = 0;
    for (let place = 0; place < this.#season - 1; place += 1) {
      const shift = at[i++]! * unit;
      moved.seasonal[place]! += shift;
      sum += shift;
    }
    moved.seasonal[this.#season - 1]! -= sum;
    return moved;
  }
}

function between(free: number, low: number, high: number): number {
  return low + (high - low) / (1 + Math.exp(-free));
}

function logit(value: number, low: number, high: number): number {
  const share = Math.min(0.999, Math.max(0.001, (value - low) / (high - low)));
  return Math.log(share / (1 - share));
}

/** A fitted smoothing model as a forecaster. */
export function smoothingForecaster(
  fit: FittedSmoothing,
  why: readonly string[],
  name = nameOf(fit.form),
): Forecaster {
  const { form, smoothing, end, fitted, variance } = fit;
  const { alpha, beta, gamma, phi } = smoothing;
  const season = Math.max(1, end.seasonal.length);
  return {
    name,
    parameters: {
      alpha,
      ...(form.trend === "N" ? {} : { beta }),
      ...(form.season === "N" ? {} : { gamma }),
      ...(form.trend === "Ad" ? { phi } : {}),
      level: end.level,
      ...(form.trend === "N" ? {} : { slope: end.slope }),
      sigma: Math.sqrt(variance),
    },
    why,
    fitted,
    logLikelihood: fit.logLikelihood,
    aicc: Number.isFinite(fit.aicc) ? fit.aicc : null,
    project(horizon, levels) {
      const start = fitted.length % season;
      const mean = meansAfter(end, form, phi, start, horizon);
      const seasonalFactors =
        form.season === "M" ? mean.map((_, h) => end.seasonal[(start + h) % season]!) : null;
      const variances = variancesAfter(mean, form, smoothing, {
        season,
        seasonalFactors,
        variance,
      });
      return { mean, bands: normalBands(mean, variances, levels) };
    },
  };
}
