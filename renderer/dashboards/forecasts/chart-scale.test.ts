import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogram, pointsMax, roundTicks, spanOf, thinned } from "./chart-scale.ts";

const numbers = fc.array(
  fc.integer({ min: -1e6, max: 1e6 }).map((each) => each / 64),
  { minLength: 1 },
);

describe("a chart's scale", () => {
  it("draws a bounded number of points and keeps order, least and greatest", () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
      minLength: 501,
      maxLength: 3_000,
    });
    fc.assert(
      fc.property(values, (ys) => {
        const kept = thinned(ys.map((y, x) => ({ x, y })));
        expect(kept.length).toBeLessThanOrEqual(pointsMax + 2);
        expect(kept.every(({ x }, i) => i === 0 || x > kept[i - 1]!.x)).toBe(true);
        expect(Math.max(...kept.map(({ y }) => y!))).toBe(Math.max(...ys));
        expect(Math.min(...kept.map(({ y }) => y!))).toBe(Math.min(...ys));
      }),
      { numRuns: 20 },
    );
  });

  it("has few round marks within its span", () => {
    expect(roundTicks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(roundTicks(-0.3, 0.3)).toEqual([-0.2, 0, 0.2]);
    fc.assert(
      fc.property(numbers, (values) => {
        const [low, high] = spanOf(values, false);
        const ticks = roundTicks(low, high);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        for (const value of values) expect(value >= low && value <= high).toBe(true);
      }),
    );
  });
});

describe("a histogram", () => {
  it("counts every value once", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const total = histogram(values).reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(values.length);
      }),
    );
    expect(histogram([0, 1, 2, 3]).map(({ count }) => count)).toEqual([1, 1, 2]);
  });
});
