/** Metrics beside scikit-learn 1.2.1 (testdata/expected.py), and their edges. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as metrics from "./metrics.ts";

type Scores = Readonly<Record<string, number>>;
interface Expected {
  readonly plain: Scores;
  readonly weighed: Scores;
  readonly truth: number[];
  readonly probabilities: number[];
  readonly weights: number[];
  readonly values: number[];
  readonly guesses: number[];
}
const file = join(import.meta.dirname, "testdata/sklearn-1.2.1.json");
const { metrics: expected } = JSON.parse(readFileSync(file, "utf8")) as { metrics: Expected };
const whole = (...values: number[]): Int32Array => Int32Array.from(values);
const real = (...values: number[]): Float64Array => Float64Array.from(values);

describe("has scikit-learn's numbers", () => {
  it.each(["plain", "weighed"] as const)("%s", (kind) => {
    const weights = kind === "plain" ? undefined : real(...expected.weights);
    const truth = whole(...expected.truth);
    const probabilities = real(...expected.probabilities);
    const guess = metrics.likeliest(probabilities, 3);
    const first = real(...truth.keys()).map((row) => probabilities[row * 3]!);
    const isPositive = (row: number): boolean => truth[row]! > 0;
    const two = truth.map((each) => (each > 0 ? 1 : 0));
    const pairs = Float64Array.from([...first].flatMap((each) => [1 - each, each]));
    const [values, guesses] = [real(...expected.values), real(...expected.guesses)];
    const own = {
      accuracy: metrics.accuracy(truth, guess, weights),
      macroF1: metrics.macroF1(truth, guess, 3, weights),
      logLoss: metrics.logLoss(truth, probabilities, 3, weights),
      binaryRocAuc: metrics.binaryRocAuc(isPositive, first, weights),
      rocAuc: metrics.rocAuc(truth, probabilities, 3, weights),
      brierScore: metrics.brierScore(two, pairs, 2, weights),
      rootMeanSquaredError: metrics.rootMeanSquaredError(values, guesses, weights),
      meanAbsoluteError: metrics.meanAbsoluteError(values, guesses, weights),
      rSquared: metrics.rSquared(values, guesses, weights),
    };
    expect(Object.keys(own)).toEqual(Object.keys(expected[kind]));
    for (const [name, value] of Object.entries(own)) {
      expect({ name, value }).toEqual({
        name,
        value: expect.closeTo(expected[kind][name]!, 12),
      });
    }
    expect(metrics.rocAuc(two, pairs, 2, weights)).toBe(own.binaryRocAuc);
  });
});

describe("at the edges", () => {
  it("equal scores count half in the ROC, and one class has none", () => {
    const isOdd = (row: number): boolean => row % 2 === 1;
    expect(metrics.binaryRocAuc(isOdd, real(1, 1, 1, 1))).toBe(0.5);
    // Pairs (row 1 over 0), (1 tied 2), (3 over 0), (3 over 2).
    expect(metrics.binaryRocAuc(isOdd, real(0, 1, 1, 2))).toBe(3.5 / 4);
    expect(metrics.binaryRocAuc(isOdd, real(2, 1))).toBe(0);
    expect(metrics.binaryRocAuc(() => true, real(2, 1))).toBeNaN();
    expect(metrics.rocAuc(whole(0, 1), real(1, 0, 0, 0, 1, 0), 3)).toBeNaN();
  });

  it("the first of equal probabilities is likeliest", () => {
    expect(metrics.likeliest(real(0.4, 0.4, 0.2, 0.2, 0.4, 0.4), 3)).toEqual(whole(0, 1));
  });

  it("a sure mistake costs 52 bits and no more", () => {
    const loss = metrics.logLoss(whole(0), real(0, 1), 2);
    expect(loss).toBeCloseTo(52 * Math.LN2, 9);
    expect(metrics.logLoss(whole(1), real(0, 1), 2)).toBeCloseTo(0, 15);
  });

  it("a class that is guessed and never true counts in F1, and one never met does not", () => {
    expect(metrics.macroF1(whole(0, 0), whole(0, 1), 3)).toBeCloseTo((2 / 3 + 0) / 2, 15);
    expect(metrics.macroF1(whole(0, 0), whole(0, 0), 3)).toBe(1);
  });

  it("Brier's score of several classes is 0 to 2", () => {
    expect(metrics.brierScore(whole(0), real(0, 1, 0), 3)).toBe(2);
    expect(metrics.brierScore(whole(0), real(0, 1), 2)).toBe(1);
  });

  it("a constant target is explained wholly or not at all", () => {
    expect(metrics.rSquared(real(3, 3), real(3, 3))).toBe(1);
    expect(metrics.rSquared(real(3, 3), real(3, 4))).toBe(0);
    expect(metrics.rSquared(real(1, 3), real(2, 2))).toBe(0);
    expect(metrics.rSquared(real(), real())).toBeNaN();
    expect(metrics.accuracy(whole(), whole())).toBeNaN();
  });
});
