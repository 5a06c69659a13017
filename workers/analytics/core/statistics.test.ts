import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { line, median, normalQuantile, scaledMad, studentQuantile } from "./statistics.ts";

describe("quantiles", () => {
  // Tables of the normal and of Student's distribution.
  it.each([
    [0.5, 0],
    [0.75, 0.6744897502],
    [0.9, 1.2815515655],
    [0.975, 1.9599639845],
    [0.999, 3.0902323062],
    [0.99999, 4.2648907939],
    [0.025, -1.9599639845],
  ])("normal at %f is %f", (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 7));

  it.each([
    [0.975, 30, 2.0423],
    [0.995, 30, 2.75],
    [0.9995, 30, 3.646],
    [0.9995, 20, 3.8495],
    [0.9995, 120, 3.3735],
    [0.975, 120, 1.9799],
  ])("Student's t at %f with %i degrees is %f", (p, degrees, t) => {
    expect(Math.abs(studentQuantile(p, degrees) / t - 1)).toBeLessThan(0.002);
  });

  it("refuse what is no probability", () => {
    for (const p of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});

describe("robust statistics", () => {
  it("are the textbook's", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(scaledMad([1, 1, 2, 2, 4, 6, 9], 2)).toBeCloseTo(1.4826, 4);
  });

  it("follow shift and scale", () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), fc.integer(), (data, scale, shift) => {
        const moved = data.map((value) => value * scale + shift);
        expect(median(moved)).toBeCloseTo(median(data) * scale + shift, 6);
        const spread = scaledMad(data, median(data));
        expect(scaledMad(moved, median(moved))).toBeCloseTo(spread * scale, 6);
      }),
    );
  });

  it("find a straight line", () => {
    expect(line([5, 7, 9, 11])).toEqual({ intercept: 5, slope: 2 });
    expect(line([5])).toEqual({ intercept: 5, slope: 0 });
  });
});
