/** Every method of forecasting here, by its id. */
import { forecastMethodIds } from "../../contract.ts";
import { arimaSeasonMax, chooseArima } from "./arima-choice.ts";
import { combination } from "./combination.ts";
import { complexSmoothing } from "./complex-smoothing.ts";
import { deseasonalise, isSeasonal } from "./classical-decomposition.ts";
import { dynamicTheta } from "./dynamic-theta.ts";
import { croston, teunter } from "./intermittent.ts";
import { drift, historicMean, naive2, reseasonalised, seasonalNaive } from "./naive.ts";
import { type Fitting, type Forecaster, type Series, SeriesProblem } from "./series.ts";
import { seasonsApart, withSeasons } from "./several-seasons.ts";
import { chooseSmoothing, smoothingSeasonMax } from "./smoothing-choice.ts";
import { type FittedSmoothing, fitSmoothing, smoothingForecaster } from "./smoothing-fit.ts";
import type { SmoothingForm } from "./smoothing-model.ts";
import { theta } from "./theta.ts";
import { isConstant } from "./unit-roots.ts";

/** As the contract names them: a method is asked for by its id. */
export const methodIds = forecastMethodIds;
export type MethodId = (typeof methodIds)[number];

export interface Method {
  readonly title: string;
  readonly description: string;
  /** Fewer values are refused. */
  readonly valuesMin: number;
  readonly fit: (series: Series) => Fitting;
}

const additive = (trend: SmoothingForm["trend"]): SmoothingForm => ({
  error: "A",
  trend,
  season: "N",
});

const ets = (series: Series): Fitting => withSeasons(series, smoothingSeasonMax, chooseSmoothing);
const arima = (series: Series): Fitting => withSeasons(series, arimaSeasonMax, chooseArima);
const oneSeason = Number.POSITIVE_INFINITY;
const dynamic = (series: Series): Fitting => withSeasons(series, oneSeason, dynamicTheta);
const ces = (series: Series): Fitting => withSeasons(series, smoothingSeasonMax, complexSmoothing);

export const methods: Readonly<Record<MethodId, Method>> = {
  median: {
    title: "Median combination",
    description:
      "The median of ETS, ARIMA, the dynamic Theta model and CES, step by step: the simple combination of Petropoulos and Svetunkov, sixth of 60 in the M4 competition.",
    valuesMin: 4,
    fit: (series) => combination("Median", "median", [ets, arima, dynamic, ces], series),
  },
  ets: {
    title: "Exponential smoothing (ETS)",
    description:
      "Error, trend and season each none, additive, damped or multiplicative; all forms that suit the values are fitted by maximum likelihood, the least AICc is taken.",
    valuesMin: 4,
    fit: ets,
  },
  arima: {
    title: "ARIMA",
    description:
      "Differences by the KPSS test and the strength of the season, orders by the stepwise search of Hyndman and Khandakar, exact maximum likelihood.",
    valuesMin: 5,
    fit: arima,
  },
  "dynamic-theta": {
    title: "Dynamic optimised Theta",
    description:
      "Theta with a line fitted anew at each value and an estimated theta (Fiorucci and others 2016).",
    valuesMin: 4,
    fit: dynamic,
  },
  ces: {
    title: "Complex exponential smoothing",
    description:
      "A level and an unobserved potential with one complex smoothing parameter; the season none, simple, partial or full by AICc.",
    valuesMin: 6,
    fit: ces,
  },
  theta: {
    title: "Theta",
    description:
      "Winner of the M3 competition: simple exponential smoothing with half the slope of the series, after a multiplicative season is taken out.",
    valuesMin: 4,
    fit: theta,
  },
  comb: {
    title: "Comb (mean of SES, Holt, damped)",
    description:
      "The benchmark combination of the M4 competition: three smoothings of the seasonally adjusted series, averaged.",
    valuesMin: 8,
    fit: (series) => {
      const members = ["ses", "holt", "damped"] as const;
      return combination(
        "Comb",
        "mean",
        members.map((id) => methods[id].fit),
        series,
      );
    },
  },
  mstl: {
    title: "Seasons apart (MSTL + ETS)",
    description:
      "One or several seasons of any length are taken out by loess, ETS forecasts the rest, the seasons are carried on.",
    valuesMin: 8,
    fit: (series) => seasonsApart(series, chooseSmoothing),
  },
  ses: {
    title: "Simple exponential smoothing",
    description: "A level alone, after a multiplicative season is taken out.",
    valuesMin: 4,
    fit: (series) => adjusted(series, "Simple smoothing", additive("N")),
  },
  holt: {
    title: "Holt",
    description: "A level and a trend, after a multiplicative season is taken out.",
    valuesMin: 6,
    fit: (series) => adjusted(series, "Holt", additive("A")),
  },
  damped: {
    title: "Damped trend",
    description:
      "A level and a trend that flattens, after a multiplicative season is taken out: hard to beat on most series.",
    valuesMin: 7,
    fit: (series) => adjusted(series, "Damped trend", additive("Ad")),
  },
  naive: {
    title: "Naive",
    description: "The last value, carried on: what every other method has to beat.",
    valuesMin: 2,
    fit: (series) => ready(seasonalNaive({ ...series, season: 1, seasons: [] })),
  },
  "seasonal-naive": {
    title: "Seasonal naive",
    description: "The value of one season ago.",
    valuesMin: 2,
    fit: (series) => ready(seasonalNaive(series)),
  },
  naive2: {
    title: "Naive2",
    description:
      "The last value, seasonally adjusted where a test at 90 % finds a season: the yardstick of the M4 competition's OWA.",
    valuesMin: 2,
    fit: (series) => ready(naive2(series)),
  },
  drift: {
    title: "Drift",
    description: "The line through the first and the last value, carried on.",
    valuesMin: 3,
    fit: (series) => ready(drift(series)),
  },
  mean: {
    title: "Mean",
    description: "The mean of all values.",
    valuesMin: 2,
    fit: (series) => ready(historicMean(series)),
  },
  croston: {
    title: "Croston",
    description: "For demand that is mostly zero: sizes and intervals smoothed apart.",
    valuesMin: 4,
    fit: (series) => ready(croston(series, false)),
  },
  sba: {
    title: "Syntetos-Boylan",
    description: "Croston's method without its upward bias.",
    valuesMin: 4,
    fit: (series) => ready(croston(series, true)),
  },
  tsb: {
    title: "Teunter-Syntetos-Babai",
    description: "For demand that may die out: the probability of a demand falls while none comes.",
    valuesMin: 4,
    fit: (series) => ready(teunter(series)),
  },
};

/** @throws SeriesProblem when the series is too short, or not one for the method */
export function fitMethod(id: MethodId, series: Series): Fitting {
  const { title, valuesMin, fit } = methods[id];
  const count = series.values.length;
  if (count < valuesMin) {
    throw new SeriesProblem(`${title} needs ${valuesMin} values, not ${count}.`);
  }
  return fit(series);
}

function* adjusted({ values, season }: Series, name: string, form: SmoothingForm): Fitting {
  const found = deseasonalise(values, season);
  const fit: FittedSmoothing | null = yield* fitSmoothing(found.values, form, 1);
  if (fit === null) throw new SeriesProblem(`${values.length} values are too few for ${name}.`);
  return reseasonalised(smoothingForecaster(fit, [], name), found.indices, {
    name: found.isSeasonal ? `${name} [${season}]` : name,
    isSeasonal: found.isSeasonal,
  });
}

// A generator like the others, though it has nothing to wait for.
// oxlint-disable-next-line require-yield
function* ready(forecaster: Forecaster): Fitting {
  return forecaster;
}

/** At least this share of zeros makes a series one of intermittent demand. */
const zerosMin = 0.4;

/** The method for a series that nobody named one for, and why. */
export function methodFor({ values, season }: Series): { id: MethodId; why: string } {
  const zeros = values.reduce((count, y) => count + (y === 0 ? 1 : 0), 0);
  if (isConstant(values)) {
    return { id: "naive", why: "All values are the same, so the last one is carried on." };
  }
  if (values.length < methods.arima.valuesMin) {
    return { id: "naive", why: `${values.length} values are too few to fit a model.` };
  }
  if (zeros >= zerosMin * values.length && values.every((y) => y >= 0)) {
    const share = Math.round((100 * zeros) / values.length);
    return { id: "sba", why: `${share} % of the values are zero: demand that comes now and then.` };
  }
  const seasonNote = season > 1 && isSeasonal(values, season) ? ` and a season of ${season}` : "";
  return {
    id: "median",
    why: `For ${values.length} values${seasonNote} a median of four models is more reliable than any one of them.`,
  };
}
