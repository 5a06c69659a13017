import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { predictExamples } from "../contract.ts";
import { mase, sMape } from "./accuracy.ts";
import { fitSmoothing, smoothingForecaster } from "./forecasting/smoothing-fit.ts";
import type { SmoothingForm } from "./forecasting/smoothing-model.ts";
import { forecast, type ForecastOptions } from "./forecast.ts";
import { findSeason } from "./season.ts";

function toEnd<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const run = (values: readonly number[], options: Partial<ForecastOptions> = {}) =>
  toEnd(forecast(values, { horizon: 5, level: 0.95, ...options }));

const simple: SmoothingForm = { error: "A", trend: "N", season: "N" };
const holt: SmoothingForm = { error: "A", trend: "A", season: "N" };

function fit(values: readonly number[], form: SmoothingForm) {
  return smoothingForecaster(toEnd(fitSmoothing(Float64Array.from(values), form, 1))!, []);
}

/** Normal noise by Box and Muller. */
function noise(seed: number): () => number {
  const random = new Random(seed);
  return () =>
    Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

describe("published examples (Hyndman and Athanasopoulos, Forecasting: Principles and Practice)", () => {
  it("section 7.1: simple smoothing of Saudi oil production, with its intervals", () => {
    const { series } = predictExamples["annual oil production, Saudi Arabia 1996-2013"];
    const model = fit(series, simple);
    expect(model.parameters.alpha).toBeCloseTo(0.8339, 3);
    expect(model.parameters.sigma).toBeCloseTo(29.8282, 2);
    const { mean, bands } = model.project(2, [0.8, 0.95]);
    expect([...mean]).toEqual([expect.closeTo(542.6806, 2), expect.closeTo(542.6806, 2)]);
    // The printed 80 % and 95 % intervals of the first and the second year.
    expect(bands[0]!.lower[0]).toBeCloseTo(504.4541, 1);
    expect(bands[0]!.upper[0]).toBeCloseTo(580.9071, 1);
    expect(bands[1]!.lower[1]).toBeCloseTo(466.5589, 1);
    expect(bands[1]!.upper[1]).toBeCloseTo(618.8023, 1);
  });

  it("section 7.2: Holt's method on Australian air passengers", () => {
    const passengers = [
      17.5534, 21.8601, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797,
      32.577569, 33.477398, 39.021581, 41.386432, 41.596552, 44.657324, 46.951775, 48.728837,
      51.48843, 50.026967, 60.640913, 63.36031, 66.355274, 68.197955, 68.12244, 69.779347, 72.5977,
    ];
    const means = fit(passengers, holt).project(5, []).mean;
    for (const [step, printed] of [74.6, 76.7, 78.8, 80.91, 83.01].entries()) {
      expect(Math.abs((means[step] ?? NaN) / printed - 1)).toBeLessThan(0.001);
    }
  });
});

describe("a forecast", () => {
  it("of a constant series is the constant", () => {
    const { model, points } = run(Array.from({ length: 40 }, () => 5));
    expect(model.name).toBe("simple");
    expect(points).toEqual(Array.from({ length: 5 }, () => ({ mean: 5, lower: 5, upper: 5 })));
  });

  it("of a straight line goes on", () => {
    const { points } = run(Array.from({ length: 40 }, (_, i) => 3 + 2 * i));
    points.forEach(({ mean }, i) => expect(mean).toBeCloseTo(83 + 2 * i, 6));
  });

  it("of a repeating series repeats it", () => {
    const cycle = [10, 14, 30, 22, 8, 3];
    const values = Array.from({ length: 60 }, (_, i) => cycle[i % 6] as number);
    const { model, points } = run(values, { horizon: 12 });
    expect(model).toMatchObject({ name: "holt-winters", season: 6 });
    points.forEach(({ mean }, i) => expect(mean).toBeCloseTo(cycle[i % 6] as number, 4));
  });

  it("follows shift and scale of its series", () => {
    const normal = noise(7);
    const values = Array.from({ length: 48 }, (_, i) => 20 + 0.2 * i + normal());
    const plain = run(values, { season: 1 });
    const moved = run(
      values.map((value) => 100 + 3 * value),
      { season: 1 },
    );
    expect(moved.model.name).toBe(plain.model.name);
    moved.points.forEach(({ mean, upper }, i) => {
      expect(mean).toBeCloseTo(100 + 3 * (plain.points[i]?.mean ?? NaN), 2);
      expect(upper).toBeCloseTo(100 + 3 * (plain.points[i]?.upper ?? NaN), 2);
    });
  });

  it("is finite, ordered and repeatable for any values", () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
      minLength: 3,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (data, level) => {
        const result = run(data, { level });
        expect(result).toEqual(run(data, { level }));
        for (const { mean, lower, upper } of result.points) {
          expect(Number.isFinite(mean)).toBe(true);
          expect(lower).toBeLessThanOrEqual(mean);
          expect(upper).toBeGreaterThanOrEqual(mean);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("widens with the level and says what it does not know", () => {
    const values = [3, 4, 3.5, 5, 4];
    const [narrow, wide] = [run(values, { level: 0.8 }), run(values, { level: 0.99 })];
    expect(wide.points[0]?.upper).toBeGreaterThan(narrow.points[0]?.upper ?? NaN);
    expect(narrow.accuracy).toBeNull();
    expect(narrow.notes.join(" ")).toMatch(/too few for a trend.*accuracy is not known/);
    expect(run(values, { season: 4 }).notes[0]).toContain("A season of 4 needs 8 values");
  });

  it("covers as many later values as its level says, on series of its own kind", () => {
    // Simple smoothing with alpha = 0.4, so that the form is right and only fitting can err.
    let [within, all] = [0, 0];
    for (let seed = 0; seed < 120; seed += 1) {
      const normal = noise(seed);
      let level = 50;
      const values = Array.from({ length: 103 }, () => {
        const error = normal();
        const value = level + error;
        level += 0.4 * error;
        return value;
      });
      const [band] = fit(values.slice(0, 100), simple).project(3, [0.95]).bands;
      for (const [i, value] of values.slice(100).entries()) {
        all += 1;
        if (value >= band!.lower[i]! && value <= band!.upper[i]!) within += 1;
      }
    }
    // 360 correlated draws at 95 %: four standard errors of as many independent ones.
    expect(within / all).toBeGreaterThan(0.9);
    expect(within / all).toBeLessThan(0.99);
  });

  it("holds the thread for some milliseconds between yields at most, whatever its length", () => {
    const normal = noise(1);
    const steps = forecast(
      Array.from({ length: 2_000 }, () => normal()),
      { horizon: 500, level: 0.95 },
    );
    let yields = 0;
    while (steps.next().done !== true) yields += 1;
    expect(yields).toBeGreaterThan(100);
  });
});

describe("the season", () => {
  it.each([4, 7, 12, 24])("of %i is found under trend and noise", (season) => {
    const normal = noise(season);
    const values = Array.from(
      { length: season * 8 },
      (_, i) => 0.05 * i + 5 * Math.sin((2 * Math.PI * i) / season) + 0.5 * normal(),
    );
    expect(findSeason(values, 366)).toBe(season);
  });

  it("is not found where there is none", () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const normal = noise(seed);
      expect(findSeason(Array.from({ length: 120 }, normal), 366)).toBeNull();
    }
    expect(
      findSeason(
        Array.from({ length: 100 }, (_, i) => 3 * i),
        366,
      ),
    ).toBeNull();
    expect(
      findSeason(
        Array.from({ length: 100 }, () => 0.1),
        366,
      ),
    ).toBeNull();
    expect(findSeason([1, 2, 1], 366)).toBeNull();
  });
});

describe("accuracy as M4 defines it", () => {
  it("sMAPE", () => {
    expect(sMape([100, 200], [110, 180])).toBeCloseTo((200 * 10) / 210 / 2 + (200 * 20) / 380 / 2);
    expect(sMape([0, 5], [0, 5])).toBe(0);
    expect(sMape([1], [-1])).toBe(200);
  });

  it("MASE scales by the seasonal naive forecast of the past", () => {
    expect(mase([1, 3, 2, 4], [5, 5], [4, 4], 1)).toBeCloseTo(1 / (5 / 3));
    expect(mase([1, 3, 2, 4], [5, 5], [4, 4], 2)).toBeCloseTo(1);
    expect(mase([2, 2, 2], [2], [3], 1)).toBeNull();
  });

  it("is measured on the past of the series", () => {
    const normal = noise(3);
    const { accuracy } = run(Array.from({ length: 200 }, () => 10 + normal()));
    expect(accuracy).toMatchObject({ origins: 8, horizon: 5, level: 0.95 });
    // Averaging beats the naive forecast of white noise: 1/sqrt(2) in the limit.
    expect(accuracy?.mase).toBeLessThan(0.9);
    expect(accuracy?.coverage).toBeGreaterThan(0.8);
  });
});
