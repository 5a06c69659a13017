/** What R's forecast package says of classic public series; reference.R tells how it was made. */
import reference from "./reference.json" with { type: "json" };

interface Bands {
  readonly mean: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

interface Model extends Bands {
  readonly name: string;
  readonly logLikelihood: number;
  readonly aicc: number;
}

export interface ReferenceSeries {
  readonly season: number;
  readonly values: readonly number[];
  readonly horizon: number;
  readonly etsForms: Readonly<Record<string, { logLikelihood: number; aicc: number }>>;
  readonly ets: Model;
  readonly arima: Model;
  readonly arimaExact: Model;
  readonly arimaFits: readonly {
    readonly order: readonly number[];
    readonly logLikelihood: number;
    readonly mean: readonly number[];
  }[];
  readonly differences: {
    readonly ndiffs: number;
    readonly kpss: number;
    readonly strength?: number;
  };
  readonly decomposition?: {
    readonly additive: readonly number[];
    readonly multiplicative: readonly number[];
  };
  readonly stl?: { readonly trend: readonly number[]; readonly seasonal: readonly number[] };
  readonly theta: Bands;
  readonly ses: Bands;
  readonly holt: Bands;
  readonly damped: Bands;
  readonly naive: Bands;
  readonly seasonalNaive: Bands;
  readonly drift: Bands;
  readonly mean: Bands;
  readonly ljungBox: { readonly statistic: number; readonly pValue: number };
  readonly acf: readonly number[];
}

export const referenceSeries = Object.entries(
  reference.series as unknown as Record<string, ReferenceSeries>,
).map(([name, series]) => ({ name, ...series }));

export const intermittent = reference.intermittent;
export const twoSeasons = reference.twoSeasons;

export function ended<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The largest difference as a share of the largest expected value. */
export function distance(found: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(1e-300, ...expected.map(Math.abs));
  return Math.max(...expected.map((y, i) => Math.abs(found[i]! - y))) / scale;
}
