/** What a method forecasts, and what it makes of it. */

/** Equally spaced values, oldest first, all finite. */
export interface Series {
  readonly values: Float64Array;
  /** Values in a season; 1: none. The longest that models take; `seasons` holds them all. */
  readonly season: number;
  /** Ascending, each above 1; empty without a season. */
  readonly seasons: readonly number[];
}

export interface Band {
  /** Share of the outcomes that should lie within, 0 to 1. */
  readonly level: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface Projection {
  readonly mean: Float64Array;
  readonly bands: readonly Band[];
}

/** A model fitted to a series. */
export interface Forecaster {
  /** With its form, such as ETS(M,Ad,M) or ARIMA(0,1,1)(0,1,1)[12]. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Why this form was chosen, in sentences. */
  readonly why: readonly string[];
  /** One-step forecasts of the series itself; NaN where there was nothing to forecast from. */
  readonly fitted: Float64Array;
  readonly logLikelihood: number | null;
  readonly aicc: number | null;
  /** Means and prediction intervals of the next values. */
  project(horizon: number, levels: readonly number[]): Projection;
}

export type Fitting = Generator<undefined, Forecaster>;

/** Why a series cannot be forecast; names the value at fault, counted from 0. */
export class SeriesProblem extends Error {
  readonly index: number | null;

  constructor(message: string, index: number | null = null) {
    super(message);
    this.name = "SeriesProblem";
    this.index = index;
  }
}
