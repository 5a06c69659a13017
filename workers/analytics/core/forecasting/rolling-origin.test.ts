/** Evaluation on the past, intervals from its errors, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { intervalScore, overallWeightedAverage } from "../accuracy.ts";
import { chiSquareTail, diagnose } from "./diagnostics.ts";
import { fitMethod } from "./methods.ts";
import { prepare } from "./prepare.ts";
import { conformalBands, evaluate, originsOf } from "./rolling-origin.ts";
import { type Series, SeriesProblem } from "./series.ts";
import { ended } from "./testdata/reference-series.ts";
import { seriesOf } from "./testdata/series-of.ts";

const options = { horizon: 2, origins: 3, levels: [0.8], pastMin: 4 };
const naive = (series: Series) => fitMethod("naive", series);

describe("rolling origin", () => {
  it("spaces origins evenly up to the newest, each with room for the horizon", () => {
    expect(originsOf(10, options)).toEqual([5, 7, 8]);
    expect(originsOf(10, { ...options, origins: 1 })).toEqual([8]);
    expect(originsOf(5, options)).toEqual([]);
    expect(originsOf(6, options)).toEqual([4]);
  });

  it("scores by hand-computed numbers", () => {
    const series = seriesOf({ values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], season: 1 });
    const found = ended(evaluate(series, naive, { ...options, origins: 1 }))!;
    // From 8 the naive forecast is 8, 8; then come 9 and 10.
    expect([...found.errors[0]!.misses]).toEqual([1, 2]);
    expect(found.sMape).toBeCloseTo((200 / 17 + 400 / 18) / 2, 10);
    expect(found.mase).toBeCloseTo(1.5, 10);
    expect(found.rootMeanSquareError).toBeCloseTo(Math.sqrt(2.5), 10);
    expect(found.levels[0]!.coverage).toBe(0.5);
  });

  it("never lets a forecast see what came after its origin", () => {
    const values = Float64Array.from({ length: 40 }, (_, t) => Math.sin(t) + t);
    const seen: number[] = [];
    const spy = (series: Series) => {
      seen.push(series.values.length);
      expect(series.values).toEqual(values.slice(0, series.values.length));
      return naive(series);
    };
    ended(evaluate(seriesOf({ values, season: 1 }), spy, { ...options, origins: 5 }));
    expect(seen).toEqual([20, 25, 29, 34, 38]);
  });
});

it("holds new values in conformal intervals as often as promised, whatever the noise", () => {
  const random = new Random(11);
  // Skewed steps, which normal intervals would not know.
  const step = () => -Math.log(1 - random.float()) * (random.float() < 0.1 ? 5 : 1);
  let inside = 0;
  const runs = 300;
  for (let run = 0; run < runs; run += 1) {
    const values = Float64Array.from({ length: 60 }, step);
    const series = seriesOf({ values: values.slice(0, 59), season: 1 });
    const wish = { horizon: 1, origins: 25, levels: [0.8], pastMin: 10 };
    const mean = (each: Series) => fitMethod("mean", each);
    const evaluation = ended(evaluate(series, mean, wish))!;
    const { mean: forecast } = ended(mean(series)).project(1, []);
    const { bands, isReached } = conformalBands(forecast, evaluation, [0.8]);
    expect(isReached).toEqual([true]);
    if (values[59]! >= bands[0]!.lower[0]! && values[59]! <= bands[0]!.upper[0]!) inside += 1;
  }
  // Four standard errors of 0.8 over 300 runs, and one over 26 for the discrete ranks.
  expect(inside / runs).toBeGreaterThan(0.8 - 4 * Math.sqrt((0.8 * 0.2) / runs));
  expect(inside / runs).toBeLessThan(0.84 + 4 * Math.sqrt((0.8 * 0.2) / runs));
});

it("says when there are too few errors for a level", () => {
  const values = Float64Array.from({ length: 30 }, (_, t) => (t * 7) % 5);
  const evaluation = ended(
    evaluate(seriesOf({ values, season: 1 }), naive, { ...options, origins: 9 }),
  )!;
  const mean = new Float64Array(4).fill(2);
  const { bands, isReached } = conformalBands(mean, evaluation, [0.5, 0.95]);
  expect(isReached).toEqual([true, false]);
  const widths = [...bands[1]!.upper].map((y, h) => y - bands[1]!.lower[h]!);
  expect(widths.every((width, h) => h === 0 || width >= widths[h - 1]!)).toBe(true);
});

it("scores intervals and the overall average as M4 defines them", () => {
  const band = { level: 0.95, lower: [0, 0], upper: [2, 2] };
  // Width 2 twice; 5 lies 3 above, which counts 2 / 0.05 times. The past moves by 1.
  expect(intervalScore([1, 2, 3], [1, 5], band, 1)).toBeCloseTo((2 + 2 + 40 * 3) / 2, 10);
  expect(intervalScore([4, 4, 4], [1, 5], band, 1)).toBeNull();
  // The published scores of Theta and Naive2 in M4: OWA 0.897.
  const owa = overallWeightedAverage(
    { sMape: 12.309, mase: 1.696 },
    { sMape: 13.564, mase: 1.912 },
  );
  expect(owa).toBeCloseTo(0.897, 3);
});

describe("what is sent", () => {
  const problem = (given: (number | null)[]) => {
    try {
      prepare(given, [1]);
    } catch (error) {
      if (error instanceof SeriesProblem) return error.index;
      throw error;
    }
    return "fine";
  };

  it("is refused by the place of the first value at fault", () => {
    expect(problem([1, 2, Number.POSITIVE_INFINITY, Number.NaN])).toBe(2);
    expect(problem([1, Number.NaN])).toBe(1);
    expect(problem([1, 2, -1e200])).toBe(2);
    expect(problem([1, 2, null])).toBe(2);
    expect(problem([null, null])).toBe(0);
    expect(problem([])).toBeNull();
    expect(problem([1, null, null, null, null, 2])).toBe(1);
    expect(problem([1, null, 3])).toBe("fine");
  });

  it("has its gaps filled along the season, and keeps every value it has", () => {
    const whole = Array.from({ length: 24 }, (_, t) => 10 + (t % 4) * 5);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 4, max: 22 }), { maxLength: 6 }), (holes) => {
        const given = whole.map((y, t) => (holes.includes(t) ? null : y));
        const { series, filled } = prepare(given, [4]);
        expect(filled).toEqual(holes.toSorted((a, b) => a - b));
        for (const [t, y] of whole.entries()) expect(series.values[t]).toBeCloseTo(y, 9);
      }),
    );
  });

  it("loses seasons that it does not hold twice, and says so", () => {
    const { series, notes } = prepare([1, 2, 3, 4, 5, 6, 7, 8], [4, 7, 1, 4]);
    expect(series.seasons).toEqual([4]);
    expect(notes.join(" ")).toContain("A season of 7 needs 14 values");
  });
});

describe("diagnostics", () => {
  it("has the chi-square distribution's printed quantiles", () => {
    // Tables of the distribution: 5 % points.
    for (const [degrees, quantile] of [
      [1, 3.841],
      [5, 11.07],
      [10, 18.307],
      [30, 43.773],
    ] as const) {
      expect(chiSquareTail(quantile, degrees)).toBeCloseTo(0.05, 4);
    }
    expect(chiSquareTail(0, 3)).toBe(1);
  });

  it("tells noise from a pattern", () => {
    const random = new Random(5);
    const noise = Float64Array.from({ length: 400 }, () => random.float() - 0.5);
    const pattern = noise.map((e, t) => e + Math.sin(t / 3));
    expect(diagnose(noise, 1, 0).ljungBox!.pValue).toBeGreaterThan(0.01);
    expect(diagnose(pattern, 1, 0).ljungBox!.pValue).toBeLessThan(1e-6);
    expect(diagnose(new Float64Array(20), 1, 0).ljungBox).toBeNull();
  });
});
