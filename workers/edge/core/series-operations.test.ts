import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalize, smooth, statisticsOf } from "./series-operations.ts";

describe("statistics", () => {
  it("are those that R gives", () => {
    // summary(c(3,1,4,1,5,9,2,6)) and the population's standard deviation.
    expect(statisticsOf([3, 1, 4, 1, 5, 9, 2, 6])).toEqual({
      count: 8,
      sum: 31,
      mean: 3.875,
      standardDeviation: expect.closeTo(Math.sqrt(52.875 / 8), 12) as number,
      minimum: 1,
      quartile1: 1.75,
      median: 3.5,
      quartile3: 5.25,
      maximum: 9,
    });
  });

  it("keep small values beside large ones", () => {
    expect(statisticsOf([1, 1e100, 1, -1e100]).sum).toBe(2);
  });

  it("do not depend on the order", () => {
    const series = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });
    fc.assert(
      fc.property(series, (data) => {
        const [forwards, backwards] = [statisticsOf(data), statisticsOf(data.toReversed())];
        expect(backwards.mean).toBeCloseTo(forwards.mean, 9);
        expect(backwards.median).toBe(forwards.median);
        expect(backwards.standardDeviation).toBeCloseTo(forwards.standardDeviation, 9);
      }),
    );
  });
});

describe("series", () => {
  it("are normalised to mean 0 and deviation 1", () => {
    const { mean, standardDeviation } = statisticsOf(normalize([2, 4, 4, 4, 5, 5, 7, 9]));
    expect(mean).toBeCloseTo(0, 12);
    expect(standardDeviation).toBeCloseTo(1, 12);
    expect(normalize([7, 7, 7])).toEqual([0, 0, 0]);
  });

  it("are smoothed over a centred window, and over what there is at the ends", () => {
    expect(smooth([3, 6, 9, 0], 3)).toEqual([4.5, 6, 5, 4.5]);
    expect(smooth([3, 6, 9], 1)).toEqual([3, 6, 9]);
    expect(smooth([2, 4], 101)).toEqual([3, 3]);
  });
});
