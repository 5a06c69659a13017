import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chiSquare,
  chiSquareTail,
  kolmogorovSmirnov,
  kolmogorovTail,
  populationStability,
} from "./two-samples.ts";

describe("tails, against the published tables", () => {
  // Critical values of chi-square (NIST/SEMATECH e-Handbook, 1.3.6.7.4).
  it.each([
    [3.841, 1, 0.05],
    [18.307, 10, 0.05],
    [15.086, 5, 0.01],
    [124.342, 100, 0.05],
  ])("chi-square above %f with %i degrees", (x, degrees, probability) => {
    expect(chiSquareTail(x, degrees)).toBeCloseTo(probability, 4);
  });

  // Smirnov 1948.
  it.each([
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.2238, 0.1],
  ])("Kolmogorov's statistic above %f", (lambda, probability) => {
    expect(kolmogorovTail(lambda)).toBeCloseTo(probability, 4);
  });
});

describe("two samples", () => {
  it("a contingency table as SciPy's chi2_contingency has it", () => {
    const { statistic, pValue } = chiSquare([30, 40, 30], [20, 35, 60]);
    expect(statistic).toBeCloseTo(11.342028985507252, 10);
    expect(pValue).toBeCloseTo(0.0034443692154289955, 10);
  });

  it("the distance of the distributions is the largest at any value", () => {
    const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 });
    const share = (list: readonly number[], x: number) =>
      list.filter((value) => value <= x).length / list.length;
    fc.assert(
      fc.property(values, values, (a, b) => {
        const distances = [...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x)));
        const ascending = (list: number[]) => list.toSorted((x, y) => x - y);
        const { statistic } = kolmogorovSmirnov(ascending(a), ascending(b));
        expect(statistic).toBeCloseTo(Math.max(...distances), 12);
      }),
    );
  });

  it("the stability index is symmetric, never below zero, and zero for equal shares", () => {
    const counts = fc.array(fc.nat(50), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        expect(populationStability(a, b)).toBeCloseTo(populationStability(b, a), 12);
        expect(populationStability(a, b)).toBeGreaterThanOrEqual(0);
        expect(populationStability(a, a)).toBe(0);
      }),
    );
  });
});
