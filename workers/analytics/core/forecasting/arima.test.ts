/** ARIMA beside R's `Arima` and `auto.arima` on classic series. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseArima } from "./arima-choice.ts";
import { arimaForecaster, fitArima } from "./arima-fit.ts";
import { autocovariances, likelihoodOf } from "./arma-likelihood.ts";
import { coefficientsOf, isOutside, partialsOf, seasonalProduct } from "./stable-polynomials.ts";
import { distance, ended, referenceSeries } from "./testdata/reference-series.ts";
import { seriesOf } from "./testdata/series-of.ts";
import { kpssStatistic, seasonalStrength } from "./unit-roots.ts";

describe("the likelihood", () => {
  const partials = fc.array(fc.double({ min: -0.95, max: 0.95, noNaN: true }), { maxLength: 3 });
  const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
    minLength: 3,
    maxLength: 12,
  });

  it("is that of the multivariate normal distribution with the process's covariances", () => {
    fc.assert(
      fc.property(partials, partials, values, (ar, ma, series) => {
        const phi = coefficientsOf(ar);
        const theta = coefficientsOf(ma).map((x) => -x);
        const n = series.length;
        const gamma = autocovariances(phi, theta, n)!;
        const { logDeterminant, quadratic } = byCholesky(gamma, series);
        const found = likelihoodOf(Float64Array.from(series), { phi, theta })!;
        expect(found.logs).toBeCloseTo(logDeterminant, 6);
        expect(found.squares / (1 + quadratic)).toBeCloseTo(quadratic / (1 + quadratic), 6);
      }),
    );
  });

  it("goes from partial autocorrelations to coefficients and back", () => {
    fc.assert(
      fc.property(partials, (ar) => {
        const coefficients = coefficientsOf(ar);
        expect(isOutside(coefficients)).toBe(true);
        const back = partialsOf(coefficients)!;
        for (const [i, x] of ar.entries()) expect(back[i]).toBeCloseTo(x, 6);
      }),
    );
  });

  it("multiplies a season's factor in", () => {
    // (1 - 0.5 B)(1 - 0.3 B^4) = 1 - 0.5 B - 0.3 B^4 + 0.15 B^5
    expect([...seasonalProduct([0.5], [0.3], 4)]).toEqual(
      [0.5, 0, 0, 0.3, -0.15].map((x) => x + 0),
    );
    expect(isOutside([1])).toBe(false);
    expect(isOutside([1.5, -0.7])).toBe(true);
    expect(isOutside([0.995], 1.01)).toBe(false);
  });
});

/** For series whose level wanders a model with a mean has a root at the border; R's stops there too. */
const wandering = new Set(["co2", "austres", "airmiles"]);

it.each(referenceSeries)("fits given orders to $name as R does, or better", (reference) => {
  const values = Float64Array.from(reference.values);
  let compared = 0;
  for (const { order, logLikelihood, mean } of reference.arimaFits) {
    const [p = 0, d = 0, q = 0, P = 0, D = 0, Q = 0] = order;
    if (d + D === 0 && wandering.has(reference.name)) continue;
    if (D === 1 && d === 0 && wandering.has(reference.name)) continue;
    const constant = d + D === 0;
    const fit = ended(fitArima(values, { p, d, q, P, D, Q, constant }, reference.season))!;
    expect(fit.logLikelihood, order.join()).toBeGreaterThan(logLikelihood - 0.05);
    if (fit.logLikelihood > logLikelihood + 0.05) continue;
    compared += 1;
    const found = arimaForecaster(values, fit, []).project(reference.horizon, []).mean;
    expect(distance(found, mean), order.join()).toBeLessThan(0.01);
  }
  expect(compared).toBeGreaterThanOrEqual(2);
});

it.each(referenceSeries)("measures $name with R's tests", (reference) => {
  const values = Float64Array.from(reference.values);
  expect(kpssStatistic(values)).toBeCloseTo(reference.differences.kpss, 7);
  const { strength } = reference.differences;
  if (strength !== undefined) {
    expect(seasonalStrength(values, reference.season)).toBeCloseTo(strength, 7);
  }
});

it.each(referenceSeries.filter(({ values }) => values.length < 180))(
  "chooses orders for $name with R's AICc or less",
  (reference) => {
    const chosen = ended(chooseArima(seriesOf(reference)));
    const { aicc, mean, lower, upper } = reference.arimaExact;
    expect(chosen.aicc).toBeLessThan(aicc + 0.1);
    if (chosen.aicc! < aicc - 0.1) return;
    const found = chosen.project(reference.horizon, [0.95]);
    expect(distance(found.mean, mean)).toBeLessThan(0.01);
    expect(distance(found.bands[0]!.upper, upper)).toBeLessThan(0.01);
    expect(distance(found.bands[0]!.lower, lower)).toBeLessThan(0.01);
  },
  30_000,
);

function byCholesky(gamma: Float64Array, values: readonly number[]) {
  const n = values.length;
  const root = Array.from({ length: n }, () => new Float64Array(n));
  let logDeterminant = 0;
  let quadratic = 0;
  const solved = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = gamma[i - j]!;
      for (let k = 0; k < j; k += 1) sum -= root[i]![k]! * root[j]![k]!;
      root[i]![j] = i === j ? Math.sqrt(sum) : sum / root[j]![j]!;
    }
    let left = values[i]!;
    for (let k = 0; k < i; k += 1) left -= root[i]![k]! * solved[k]!;
    solved[i] = left / root[i]![i]!;
    logDeterminant += 2 * Math.log(root[i]![i]!);
    quadratic += solved[i]! ** 2;
  }
  return { logDeterminant, quadratic };
}
