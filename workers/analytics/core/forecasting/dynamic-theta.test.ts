/** The dynamic optimised Theta model beside an optimum found by R's `optim`. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { complexSmoothing } from "./complex-smoothing.ts";
import { dynamicTheta } from "./dynamic-theta.ts";
import expected from "./testdata/dynamic-theta.json" with { type: "json" };
import { distance, ended, referenceSeries } from "./testdata/reference-series.ts";
import { seriesOf } from "./testdata/series-of.ts";

it.each(Object.entries(expected))("fits %s as closely, and forecasts the same", (name, optimum) => {
  const { values } = referenceSeries.find((each) => each.name === name)!;
  const fit = ended(dynamicTheta(seriesOf({ values, season: 1 })));
  let squares = 0;
  for (let t = 2; t < values.length; t += 1) squares += (values[t]! - fit.fitted[t]!) ** 2;
  expect(squares / optimum.squares).toBeLessThan(1.001);
  if (squares < 0.999 * optimum.squares) return;
  expect(distance(fit.project(8, []).mean, optimum.mean)).toBeLessThan(0.01);
});

it("has intervals that hold as many values as they say, on paths of the model itself", () => {
  // A random walk is the model with alpha 1 and no line, so that only fitting can err.
  let inside = 0;
  const runs = 150;
  for (let seed = 0; seed < runs; seed += 1) {
    const random = new Random(seed);
    const normal = () =>
      Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    let level = 100;
    const values = Array.from({ length: 84 }, () => (level += normal()));
    const fit = ended(dynamicTheta(seriesOf({ values: values.slice(0, 80), season: 1 })));
    const [band] = fit.project(4, [0.8]).bands;
    if (values[83]! >= band!.lower[3]! && values[83]! <= band!.upper[3]!) inside += 1;
  }
  // Four standard errors; the line that is fitted costs a little.
  expect(inside / runs).toBeGreaterThan(0.8 - 4 * Math.sqrt((0.8 * 0.2) / runs));
  expect(inside / runs).toBeLessThan(0.8 + 4 * Math.sqrt((0.8 * 0.2) / runs));
});

describe("complex exponential smoothing", () => {
  it("is the matrix recursion of its paper: means obey the transition's characteristic equation", () => {
    // x' = F x, y = (1, 0) x with F = [[1, a1 - 1], [1, 1 - a0]]: y'' = tr F y' - det F y.
    for (const name of ["Nile", "lynx", "WWWusage", "BJsales"]) {
      const { values } = referenceSeries.find((each) => each.name === name)!;
      const fit = ended(complexSmoothing(seriesOf({ values, season: 1 })));
      const { alpha0, alpha1 } = fit.parameters;
      const trace = 2 - alpha0!;
      const determinant = 1 - alpha0! - (alpha1! - 1);
      const { mean } = fit.project(8, []);
      const size = Math.max(...mean.map(Math.abs));
      for (let h = 2; h < 8; h += 1) {
        const next = trace * mean[h - 1]! - determinant * mean[h - 2]!;
        expect((mean[h]! - next) / size).toBeCloseTo(0, 9);
      }
    }
  });

  it("repeats a season that it was shown, whichever kind it chooses", () => {
    const cycle = [10, 30, 20, 5];
    const values = Array.from({ length: 48 }, (_, t) => 100 + cycle[t % 4]!);
    const fit = ended(complexSmoothing(seriesOf({ values, season: 4 })));
    expect(fit.name).not.toBe("CES(none)");
    const expectedMeans = cycle.map((y) => 100 + y);
    expect(distance(fit.project(4, []).mean, expectedMeans)).toBeLessThan(0.05);
  });
});
