import { describe, expect, it } from "vitest";
import { capacitySentence, type Crossing, crossings } from "./capacity.ts";

/** Rising by one a step, with bounds two and four away. */
const points = Array.from({ length: 10 }, (_, h) => ({
  step: h + 1,
  at: 1_000 * (h + 1),
  mean: h + 1,
  bands: [
    { level: 0.8, lower: h - 1, upper: h + 3 },
    { level: 0.95, lower: h - 3, upper: h + 5 },
  ],
}));
const when = ({ step }: Crossing) => `at step ${step}`;

describe("when a limit is reached", () => {
  it("is later the more certain it should be", () => {
    const found = crossings(points, 6);
    expect(found.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10]);
    expect(found.map(({ probability }) => Number(probability.toFixed(4)))).toEqual([
      0.025, 0.1, 0.5, 0.9, 0.975,
    ]);
    expect(found[2]!.at).toBe(6_000);
  });

  it("is said in words, also when it may not be or is not reached", () => {
    expect(capacitySentence(crossings(points, 6), 10, when)).toBe(
      "It is expected to be reached at step 6, and with a probability of 2.5 % as early as at step 2.",
    );
    expect(capacitySentence(crossings(points, 13), 10, when)).toBe(
      "It is not expected within 10 steps, but with a probability of 2.5 % it is reached at step 9.",
    );
    expect(capacitySentence(crossings(points, 99), 10, when)).toBe(
      "Within 10 steps the probability of reaching it stays below 2.5 %.",
    );
  });
});
