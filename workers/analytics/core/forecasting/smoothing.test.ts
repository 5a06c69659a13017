/** Exponential smoothing beside R's `ets` on classic series. */
import { expect, it } from "vitest";
import { seriesOf } from "./testdata/series-of.ts";
import { distance, ended, referenceSeries } from "./testdata/reference-series.ts";
import { chooseSmoothing, formsFor } from "./smoothing-choice.ts";
import { fitSmoothing } from "./smoothing-fit.ts";
import { isAdmissible, type SmoothingForm } from "./smoothing-model.ts";

it.each(referenceSeries)("fits no form of $name worse than R does", (reference) => {
  const values = Float64Array.from(reference.values);
  const worse = Object.entries(reference.etsForms).flatMap(([name, { logLikelihood }]) => {
    const form = {
      error: name[0],
      trend: name.slice(1, -1),
      season: name.at(-1),
    } as SmoothingForm;
    const fit = ended(fitSmoothing(values, form, reference.season));
    const isWorse = !(fit !== null && fit.logLikelihood > logLikelihood - 0.05);
    return isWorse ? [{ name, found: fit?.logLikelihood, logLikelihood }] : [];
  });
  expect(worse).toEqual([]);
});

it.each(referenceSeries.filter(({ values }) => values.length < 150))(
  "chooses a form of $name with R's AICc or less",
  (reference) => {
    const chosen = ended(chooseSmoothing(seriesOf(reference)));
    expect(chosen.aicc).toBeLessThan(reference.ets.aicc + 0.1);
    const isSame = chosen.name === reference.ets.name;
    if (!isSame || chosen.aicc! < reference.ets.aicc - 0.1) return;
    // Where both found the same optimum, they must say the same.
    const { mean, bands } = chosen.project(reference.horizon, [0.95]);
    expect(distance(mean, reference.ets.mean)).toBeLessThan(0.01);
    const widths = (upper: ArrayLike<number>, lower: ArrayLike<number>) =>
      Array.from(upper, (y, h) => y - lower[h]!);
    const { lower, upper } = bands[0]!;
    const expected = widths(reference.ets.upper, reference.ets.lower);
    expect(distance(widths(upper, lower), expected)).toBeLessThan(0.03);
  },
);

it("tries multiplicative forms on positive values alone, and no season that is not there", () => {
  const names = (values: number[], season: number) =>
    formsFor(Float64Array.from(values), season).map((f) => f.error + f.trend + f.season);
  expect(names([1, 2, 0, 4, 5], 1)).toEqual(["ANN", "AAN", "AAdN"]);
  expect(names([1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toHaveLength(15);
  expect(names([1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).not.toContain("ANM");
  expect(names([1, 2, 3, 4, 5, 6, 7, 8, 9], 48)).toHaveLength(6);
});

it("knows the admissible region of a season from its characteristic equation", () => {
  const form: SmoothingForm = { error: "A", trend: "A", season: "A" };
  const smoothing = { alpha: 0.3, beta: 0.1, gamma: 0.2, phi: 1 };
  expect(isAdmissible(form, smoothing, 12)).toBe(true);
  // Beyond the upper bound of beta the level oscillates without end.
  expect(isAdmissible(form, { ...smoothing, beta: 3.9 }, 12)).toBe(false);
  expect(isAdmissible({ ...form, season: "N" }, { ...smoothing, beta: 3.9 }, 1)).toBe(false);
  expect(isAdmissible({ ...form, trend: "N" }, { ...smoothing, beta: 0 }, 12)).toBe(true);
  expect(isAdmissible({ ...form, trend: "N" }, { ...smoothing, alpha: 0.9, gamma: 1.2 }, 4)).toBe(
    false,
  );
});
