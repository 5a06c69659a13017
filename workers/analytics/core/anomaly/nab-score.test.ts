/**
 * The scorer against the figures that the benchmark publishes for its own baseline, file by file
 * (numenta/NAB, results/windowedGaussian, standard profile, threshold 1), and against its paper.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nabIsPresent, nabSeries } from "../../nab-corpus.ts";
import { bestThreshold, normalised, profiles, scoreAt } from "./nab-score.ts";
import { WindowedGaussian } from "./windowed-gaussian.ts";

const table = readFileSync(join(import.meta.dirname, "testdata/windowed-gaussian-nab.csv"), "utf8");
const published = table
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [file = "", ...cells] = line.split(",");
    const [score = NaN, truePositives, trueNegatives, falsePositives, falseNegatives] =
      cells.map(Number);
    return { file, score, truePositives, trueNegatives, falsePositives, falseNegatives };
  });

/** The whole corpus, value by value: seconds alone, and many of them on a busy machine. */
const corpusTimeoutMs = 120_000;

it.skipIf(!nabIsPresent)(
  "gives the published scores of the windowed Gaussian",
  { timeout: corpusTimeoutMs },
  () => {
    const series = new Map(nabSeries().map((each) => [each.file, each]));
    expect(published).toHaveLength(28);
    for (const { file, score, ...counts } of published) {
      const { timesMs, values, windows } = series.get(file)!;
      const detector = new WindowedGaussian();
      // The benchmark keeps its raw scores with twelve digits.
      const scores = values.map((value, i) =>
        Number(detector.update(timesMs[i]!, value).toPrecision(12)),
      );
      const result = scoreAt({ scores, windows }, 1, profiles.standard);
      expect({ file, ...result, score: 0 }).toEqual({ file, ...counts, score: 0 });
      expect(Math.abs(result.score - score)).toBeLessThan(1e-6);
    }
  },
);

const series = (length: number, windows: [number, number][], detections: number[]) => ({
  scores: Float64Array.from({ length }, (_, i) => (detections.includes(i) ? 1 : 0)),
  windows,
});

describe("the standard profile", () => {
  it("gives 1 for a detection at the left edge of a window, and nothing more for later ones", () => {
    const once = scoreAt(series(100, [[50, 59]], [50]), 1, profiles.standard);
    const often = scoreAt(series(100, [[50, 59]], [50, 51, 58]), 1, profiles.standard);
    expect([once.score, often.score]).toEqual([1, 1]);
  });

  it("takes 0.11 for a detection far from every window, and 1 for a missed window", () => {
    expect(scoreAt(series(100, [[50, 59]], []), 1, profiles.standard).score).toBe(-1);
    expect(scoreAt(series(100, [], [40]), 1, profiles.standard).score).toBeCloseTo(-0.11, 12);
  });

  it("does not look at the first 15 %", () => {
    expect(scoreAt(series(100, [], [14]), 1, profiles.standard).score).toBe(0);
    expect(scoreAt(series(100, [], [15]), 1, profiles.standard).score).toBeLessThan(0);
    expect(scoreAt(series(20_000, [], [749]), 1, profiles.standard).score).toBe(0);
    expect(scoreAt(series(20_000, [], [750]), 1, profiles.standard).score).toBeLessThan(0);
  });

  it("places detecting nothing at 0 and perfection at 100", () => {
    for (const profile of Object.values(profiles)) {
      expect(normalised(-3 * profile.falseNegative, 3, profile)).toBe(0);
      expect(normalised(3, 3, profile)).toBe(100);
    }
  });
});

it("finds the threshold that no other one beats", () => {
  const scores = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 40, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(scores, { minLength: 1, maxLength: 3 }), (all) => {
      const corpus = all.map((each) => ({
        scores: each.map((score) => score / 8),
        windows: [
          [10, 15],
          [25, 32],
        ] as const,
      }));
      const at = (threshold: number) =>
        corpus.reduce((sum, each) => sum + scoreAt(each, threshold, profiles.standard).score, 0);
      const { threshold, score } = bestThreshold(corpus, profiles.standard);
      expect(at(threshold)).toBeCloseTo(score, 9);
      for (let step = 0; step <= 9; step += 1) expect(at(step / 8)).toBeLessThan(score + 1e-9);
    }),
  );
});
