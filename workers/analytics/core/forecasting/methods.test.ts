/** The other methods beside R, and what holds for all of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seasonalIndices } from "./classical-decomposition.ts";
import { diagnose, ljungBox } from "./diagnostics.ts";
import { fitMethod, methodFor, type MethodId, methodIds } from "./methods.ts";
import { prepare } from "./prepare.ts";
import { SeriesProblem } from "./series.ts";
import { decompose } from "./stl.ts";
import {
  distance,
  ended,
  intermittent,
  referenceSeries,
  twoSeasons,
} from "./testdata/reference-series.ts";
import { seriesOf } from "./testdata/series-of.ts";

const project = (id: MethodId, series: Parameters<typeof seriesOf>[0], horizon: number) =>
  ended(fitMethod(id, seriesOf(series))).project(horizon, [0.95]);

describe.each(referenceSeries)("$name", (reference) => {
  it.each([
    ["naive", "naive"],
    ["seasonal-naive", "seasonalNaive"],
    ["drift", "drift"],
    ["mean", "mean"],
  ] as const)("%s has R's means and bounds", (id, key) => {
    const { mean, bands } = project(id, reference, reference.horizon);
    const expected = reference[key];
    expect(distance(mean, expected.mean)).toBeLessThan(1e-7);
    expect(distance(bands[0]!.lower, expected.lower)).toBeLessThan(2e-4);
    expect(distance(bands[0]!.upper, expected.upper)).toBeLessThan(2e-4);
  });

  it("Theta has the means of R's thetaf", () => {
    const { mean } = project("theta", reference, reference.horizon);
    expect(distance(mean, reference.theta.mean)).toBeLessThan(0.01);
  });

  it("smooths as R's ses where there is no season", () => {
    const plain = { values: reference.values, season: 1 };
    const { mean, bands } = project("ses", plain, reference.horizon);
    expect(distance(mean, reference.ses.mean)).toBeLessThan(0.01);
    expect(distance(bands[0]!.upper, reference.ses.upper)).toBeLessThan(0.02);
  });

  it("has R's autocorrelations and Ljung-Box test", () => {
    const n = reference.values.length;
    const { autocorrelations } = diagnose(Float64Array.from(reference.values), 1, 0);
    expect(distance(autocorrelations, reference.acf)).toBeLessThan(1e-7);
    const found = ljungBox(reference.acf, n, 10, 10);
    expect(found.statistic / reference.ljungBox.statistic).toBeCloseTo(1, 6);
    expect(found.pValue).toBeCloseTo(reference.ljungBox.pValue, 7);
  });
});

it.each(referenceSeries.filter(({ decomposition }) => decomposition !== undefined))(
  "decomposes $name as R does",
  ({ values, season, decomposition, stl }) => {
    const series = Float64Array.from(values);
    for (const kind of ["additive", "multiplicative"] as const) {
      expect(distance(seasonalIndices(series, season, kind), decomposition![kind])).toBeLessThan(
        1e-7,
      );
    }
    const { trend, seasonal } = decompose(series, [season]);
    if (stl === undefined) return;
    expect(distance(trend, stl.trend)).toBeLessThan(1e-7);
    expect(distance(seasonal[0]!, stl.seasonal)).toBeLessThan(1e-6);
  },
);

it("takes the day and the week out of half-hourly demand as R's mstl does", () => {
  const { trend, seasonal } = decompose(Float64Array.from(twoSeasons.values), [48, 336]);
  expect(distance(trend, twoSeasons.trend)).toBeLessThan(1e-6);
  expect(distance(seasonal[0]!, twoSeasons.daily)).toBeLessThan(1e-6);
  expect(distance(seasonal[1]!, twoSeasons.weekly)).toBeLessThan(1e-6);
  expect(decompose(Float64Array.from(twoSeasons.values), [48]).seasonal).toHaveLength(1);
});

describe("demand that comes now and then", () => {
  it("has Croston's mean of R, and its correction", () => {
    const series = { values: intermittent.values, season: 1 };
    expect(project("croston", series, 3).mean[2]).toBeCloseTo(intermittent.croston, 8);
    // Syntetos and Boylan (2005), equation 6, with alpha 0.1.
    expect(project("sba", series, 3).mean[0]).toBeCloseTo(0.95 * intermittent.croston, 8);
  });

  it("dies out in Teunter's form alone", () => {
    const series = {
      values: [...intermittent.values, ...Array.from({ length: 40 }, () => 0)],
      season: 1,
    };
    const before = project("tsb", { values: intermittent.values, season: 1 }, 1).mean[0]!;
    expect(project("tsb", series, 1).mean[0]).toBeLessThan(before * 0.05);
    expect(project("croston", series, 1).mean[0]).toBeCloseTo(intermittent.croston, 8);
  });

  it("refuses a negative demand by its place", () => {
    const series = seriesOf({ values: [0, 1, 0, -2, 0, 3], season: 1 });
    expect(() => ended(fitMethod("croston", series))).toThrow(
      expect.objectContaining({ name: "SeriesProblem", index: 3 }) as Error,
    );
  });
});

describe("every method", () => {
  const plain = methodIds.filter((id) => id !== "median" && id !== "arima");

  it.each(methodIds)("%s forecasts a constant by the constant, or says that it cannot", (id) => {
    const series = seriesOf({ values: Array.from({ length: 30 }, () => 7), season: 4 });
    try {
      const { mean, bands } = ended(fitMethod(id, series)).project(6, [0.8]);
      if (id === "sba") return;
      for (const y of mean) expect(y).toBeCloseTo(7, 3);
      expect(bands[0]!.upper.every((y, h) => y >= bands[0]!.lower[h]!)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(SeriesProblem);
    }
  });

  it.each(plain)("%s moves with the unit of the values", (id) => {
    const { values, season } = referenceSeries.find(({ name }) => name === "UKgas")!;
    const one = project(id, { values, season }, 6).mean;
    const other = project(id, { values: values.map((y) => y * 1024), season }, 6).mean;
    expect(
      distance(
        other,
        [...one].map((y) => y * 1024),
      ),
    ).toBeLessThan(1e-3);
  });

  it.each(methodIds)(
    "%s copes with any short series, or names the trouble",
    (id) => {
      const anything = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 14 });
      fc.assert(
        fc.property(anything, fc.constantFrom(1, 4), (values, season) => {
          try {
            const { series } = prepare(values, [season]);
            const { mean, bands } = ended(fitMethod(id, series)).project(5, [0.5, 0.95]);
            expect([...mean].every(Number.isFinite)).toBe(true);
            expect(bands.every(({ lower, upper }) => lower.every((y, h) => y <= upper[h]!))).toBe(
              true,
            );
          } catch (error) {
            expect(error).toBeInstanceOf(SeriesProblem);
          }
        }),
        { numRuns: id === "median" || id === "arima" ? 15 : 40 },
      );
    },
    30_000,
  );
});

it("chooses the median for ordinary series and Croston's kin for rare demand", () => {
  const air = referenceSeries.find(({ name }) => name === "AirPassengers")!;
  expect(methodFor(seriesOf(air)).id).toBe("median");
  expect(methodFor(seriesOf({ values: intermittent.values, season: 1 })).id).toBe("sba");
  expect(methodFor(seriesOf({ values: [3, 3, 3, 3, 3, 3], season: 1 })).id).toBe("naive");
  expect(methodFor(seriesOf({ values: [1, 5, 2], season: 1 })).id).toBe("naive");
});
