import { describe, expect, it } from "vitest";
import { mapSingle } from "./arithmetic.ts";
import { erf, exp, log, softplus, tanh } from "./elementary.ts";
import { scope, tensor } from "./tensor.ts";

const range = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));
const worst = (xs: readonly number[], f: (x: number) => number, oracle: (x: number) => number) =>
  Math.max(...xs.map((x) => relative(f(x), oracle(x))));

describe("elementary functions agree with the engine's", () => {
  it("in double precision", () => {
    expect(worst(range(-700, 709, 10_001), exp, Math.exp)).toBeLessThan(4e-16);
    expect(worst(range(1e-3, 3, 10_001), log, Math.log)).toBeLessThan(1e-15);
    expect(
      worst(
        range(-300, 300, 601).map((e) => 10 ** e),
        log,
        Math.log,
      ),
    ).toBeLessThan(4e-16);
    expect(worst(range(-25, 25, 10_001), tanh, Math.tanh)).toBeLessThan(4e-15);
    const softplusOracle = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    expect(worst(range(-40, 40, 1_001), softplus, softplusOracle)).toBeLessThan(1e-14);
  });

  it("at the ends", () => {
    expect([exp(-Infinity), exp(-800), exp(0), exp(800), exp(Infinity)]).toEqual([
      0,
      0,
      1,
      Infinity,
      Infinity,
    ]);
    expect([log(0), log(1), log(Infinity)]).toEqual([-Infinity, 0, Infinity]);
    expect([exp(Number.NaN), log(-1), tanh(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect([tanh(-Infinity), tanh(Infinity)]).toEqual([-1, 1]);
  });

  // Published tables of the error function, e.g. Abramowitz and Stegun 7.1.
  it.each([
    [0.5, 0.520_499_877_8],
    [1, 0.842_700_792_9],
    [1.5, 0.966_105_146_5],
    [2, 0.995_322_265],
    [3.5, 0.999_999_256_9],
  ])("erf(%d)", (x, value) => {
    expect(erf(x)).toBeCloseTo(value, 9);
    expect(erf(-x)).toBe(-erf(x));
  });

  it("in single precision, by the SIMD kernels", () => {
    scope(() => {
      const simdOf = (kernel: "exp" | "tanh" | "sigmoid") => (xs: number[]) =>
        mapSingle(tensor(xs, [xs.length]), () => Number.NaN, kernel).values;
      const compare = (
        kernel: "exp" | "tanh" | "sigmoid",
        xs: number[],
        oracle: (x: number) => number,
      ) => {
        const results = simdOf(kernel)(xs);
        return Math.max(...xs.map((x, index) => relative(results[index]!, oracle(Math.fround(x)))));
      };
      expect(compare("exp", range(-87, 88.7, 10_001), Math.exp)).toBeLessThan(3e-7);
      expect(compare("tanh", range(-12, 12, 10_001), Math.tanh)).toBeLessThan(3e-7);
      expect(
        compare("sigmoid", range(-80, 30, 10_001), (x) => 1 / (1 + Math.exp(-x))),
      ).toBeLessThan(4e-7);
      const ends = [-Infinity, -200, 0, 90, Infinity, Number.NaN];
      expect(Array.from(simdOf("exp")(ends))).toEqual([0, 0, 1, Infinity, Infinity, Number.NaN]);
      expect(Array.from(simdOf("tanh")(ends))).toEqual([-1, -1, 0, 1, 1, Number.NaN]);
      expect(Array.from(simdOf("sigmoid")(ends))).toEqual([0, 0, 0.5, 1, 1, Number.NaN]);
    });
  });
});
