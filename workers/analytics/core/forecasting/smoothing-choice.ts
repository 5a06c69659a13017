/** Exponential smoothing whose form is chosen by the corrected Akaike criterion. */
import { type Forecaster, type Series, SeriesProblem } from "./series.ts";
import { type FittedSmoothing, fitSmoothing, smoothingForecaster } from "./smoothing-fit.ts";
import { nameOf, type SmoothingForm } from "./smoothing-model.ts";

/** Longer seasons have too many starting states to estimate; a decomposition takes them out first. */
export const smoothingSeasonMax = 24;

/** In AICc: more than a second start has been seen to gain. */
const behindMax = 12;

/**
 * The forms that are tried: all but additive errors with a multiplicative season, whose variances
 * are unstable (Hyndman et al. 2008, section 2.5); with values at or below 0 the additive ones alone.
 */
export function formsFor(values: Float64Array, season: number): SmoothingForm[] {
  const isPositive = values.every((y) => y > 0);
  const hasSeason = season > 1 && season <= smoothingSeasonMax && values.length > season;
  return (["A", "M"] as const)
    .filter((error) => error === "A" || isPositive)
    .flatMap((error) =>
      (["N", "A", "Ad"] as const).flatMap((trend) =>
        (["N", "A", "M"] as const)
          .filter((kind) => kind === "N" || (hasSeason && (kind === "A" || error === "M")))
          .map((kind) => ({ error, trend, season: kind })),
      ),
    );
}

/**
 * @param forms left out: all that suit the values
 * @throws SeriesProblem when no form can be fitted
 */
export function* chooseSmoothing(
  { values, season }: Series,
  forms: readonly SmoothingForm[] = formsFor(values, season),
): Generator<undefined, Forecaster> {
  const looks: { form: SmoothingForm; aicc: number }[] = [];
  for (const form of forms) {
    const look: FittedSmoothing | null = yield* fitSmoothing(values, form, season, "quick");
    looks.push({ form, aicc: look?.aicc ?? Number.POSITIVE_INFINITY });
  }
  // Full fits of forms that a first look puts far behind would change nothing.
  const least = Math.min(...looks.map(({ aicc }) => aicc));
  const fits: FittedSmoothing[] = [];
  for (const { form, aicc } of looks) {
    if (aicc - least > behindMax) continue;
    const fit: FittedSmoothing | null = yield* fitSmoothing(values, form, season);
    if (fit !== null) fits.push(fit);
  }
  const [best, second] = fits.toSorted((a, b) => a.aicc - b.aicc || 0);
  if (best === undefined) {
    throw new SeriesProblem(`${values.length} values are too few for exponential smoothing.`);
  }
  // Among criteria that only rounding tells apart, or that are not defined, the simplest form counts.
  const isClose = ({ aicc }: FittedSmoothing) => aicc === best.aicc || aicc - best.aicc < 1e-6;
  const chosen = fits.find(isClose) ?? best;
  const why =
    second === undefined
      ? `${nameOf(chosen.form)} is the only form that ${values.length} values allow.`
      : `${nameOf(chosen.form)} has the least AICc of ${forms.length} forms: ${chosen.aicc.toFixed(2)}; next is ${nameOf(second.form)} with ${second.aicc.toFixed(2)}.`;
  return smoothingForecaster(chosen, [why]);
}
