/**
 * Combinations: the median of ETS, CES, ARIMA and the dynamic Theta model (Petropoulos and Svetunkov
 * 2020, sixth of 60 in M4 without any learning), and the mean of three smoothings that M4 took as its
 * benchmark.
 */
import { medianOfSorted } from "../statistics.ts";
import { type Band, type Fitting, type Forecaster, type Series, SeriesProblem } from "./series.ts";

export type Fit = (series: Series) => Fitting;
export type Centre = "mean" | "median";

/**
 * Fits every member; one that cannot be fitted to the series is left out and said to be.
 * @throws SeriesProblem when no member can be fitted
 */
export function* combination(
  name: string,
  centre: Centre,
  members: readonly Fit[],
  series: Series,
): Fitting {
  const fits: Forecaster[] = [];
  const left: string[] = [];
  for (const member of members) {
    try {
      fits.push(yield* member(series));
    } catch (error) {
      if (!(error instanceof SeriesProblem)) throw error;
      left.push(`Left out: ${error.message}`);
    }
  }
  if (fits.length === 0) {
    throw new SeriesProblem(`None of the members of ${name} suits the series. ${left.join(" ")}`);
  }
  const names = fits.map((fit) => fit.name).join(", ");
  return {
    name: `${name} of ${names}`,
    parameters: {},
    why: [
      `The ${centre} of ${fits.length} forecasts step by step, and of their bounds.`,
      ...left,
      ...fits.flatMap((fit) => fit.why.map((reason) => `${fit.name}: ${reason}`)),
    ],
    fitted: centred(
      fits.map(({ fitted }) => fitted),
      centre,
    ),
    logLikelihood: null,
    aicc: null,
    project(horizon, levels) {
      const projections = fits.map((fit) => fit.project(horizon, levels));
      const bands = levels.map((level, i): Band => {
        const side = (which: "lower" | "upper") =>
          centred(
            projections.map(({ bands: own }) => own[i]![which]),
            centre,
          );
        return { level, lower: side("lower"), upper: side("upper") };
      });
      const mean = centred(
        projections.map((each) => each.mean),
        centre,
      );
      return { mean, bands };
    },
  };
}

/** Step by step; NaN where any member has none. */
function centred(rows: readonly Float64Array[], centre: Centre): Float64Array {
  return rows[0]!.map((_, t) => {
    const column = rows.map((row) => row[t]!);
    if (column.some(Number.isNaN)) return Number.NaN;
    if (centre === "mean") return column.reduce((sum, y) => sum + y, 0) / column.length;
    return medianOfSorted(column.toSorted((a, b) => a - b));
  });
}
