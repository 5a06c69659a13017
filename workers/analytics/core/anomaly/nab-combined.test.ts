/** The default detector over every series of the benchmark at hand. */
import { expect, it } from "vitest";
import { nabIsPresent, nabSeries } from "../../nab-corpus.ts";
import { CombinedDetector } from "./combined-detector.ts";
import { bestThreshold, normalised, profiles, scoreAt } from "./nab-score.ts";

it.skipIf(!nabIsPresent)(
  "scores at least 60 by the standard profile, its own threshold too",
  () => {
    const corpus = nabSeries().map(({ timesMs, values, windows }) => {
      const detector = new CombinedDetector();
      return { windows, scores: values.map((value, i) => detector.update(timesMs[i]!, value)) };
    });
    const windows = corpus.reduce((sum, each) => sum + each.windows.length, 0);
    expect(windows).toBe(36);
    const best = bestThreshold(corpus, profiles.standard);
    expect(normalised(best.score, windows, profiles.standard)).toBeGreaterThanOrEqual(60);
    const own = corpus.reduce((sum, each) => sum + scoreAt(each, 0.5, profiles.standard).score, 0);
    expect(normalised(own, windows, profiles.standard)).toBeGreaterThanOrEqual(60);
    // A threshold chosen on one half of the series holds on the other.
    const halves = [0, 1].map((half) => corpus.filter((_, i) => i % 2 === half));
    const crossed = halves.flatMap((half, i) => {
      const { threshold } = bestThreshold(halves[1 - i]!, profiles.standard);
      return half.map((each) => scoreAt(each, threshold, profiles.standard).score);
    });
    const sum = crossed.reduce((total, each) => total + each, 0);
    expect(normalised(sum, windows, profiles.standard)).toBeGreaterThanOrEqual(60);
  },
);
