/** The streaming detectors on the Numenta Anomaly Benchmark, beside what it publishes of others. */
import { WithLikelihood } from "../workers/analytics/core/anomaly/anomaly-likelihood.ts";
import { streamingDetectors } from "../workers/analytics/core/anomaly/detectors.ts";
import {
  bestThreshold,
  normalised,
  profiles,
  type ScoredSeries,
  scoreAt,
} from "../workers/analytics/core/anomaly/nab-score.ts";
import { nabIsPresent, type NabSeries, nabSeries } from "../workers/analytics/nab-corpus.ts";
import type { BenchResult, BenchRow } from "./result.ts";

const target = 60;
/** The series at hand are five-minute means of things that people do by day. */
const choice = { season: 288, intervalMs: 300_000, seed: 1 };

/**
 * Summed from the scores of each file that the benchmark publishes (numenta/NAB, results, standard
 * profile), over the same 28 series. Their thresholds were optimised over all 58.
 */
const published = {
  ARTime: 69.5,
  "Numenta HTM": 67.9,
  "KNN-CAD": 57,
  "Random Cut Forest": 50.6,
  "Etsy Skyline": 37.2,
  "Bayesian Changepoint": 31.4,
  "Windowed Gaussian": 26.5,
  Null: 0,
};

type Corpus = readonly (ScoredSeries & Pick<NabSeries, "category">)[];

const windowsIn = (corpus: readonly Pick<ScoredSeries, "windows">[]): number =>
  corpus.reduce((sum, { windows }) => sum + windows.length, 0);
const totalOf = (corpus: Corpus, threshold: number): number =>
  corpus.reduce((sum, each) => sum + scoreAt(each, threshold, profiles.standard).score, 0);

export async function benchAnomalies(): Promise<BenchResult> {
  const peer = "the detectors that the benchmark publishes, on the same series";
  if (!nabIsPresent) {
    const failures = ["the benchmark's series are not at ../shared/data/nab"];
    return Promise.resolve({ peer, rows: [], notes: [], failures });
  }
  const series = nabSeries();
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const name of Object.keys(streamingDetectors) as (keyof typeof streamingDetectors)[]) {
    const corpus = scored(series, name, false);
    const { text, score } = describe(corpus);
    if (name === "combined") {
      rows.push({ measure: "combined (the default)", value: text, target: `>= ${target}` });
      rows.push(...categoryRows(corpus));
      if (score < target) failures.push(`the default scored ${score.toFixed(1)}, not ${target}`);
      continue;
    }
    rows.push({ measure: name, value: text });
    const { text: likelihood } = describe(scored(series, name, true));
    rows.push({ measure: `${name}, with likelihood`, value: likelihood });
  }
  for (const [name, score] of Object.entries(published)) {
    rows.push({ measure: `published: ${name}`, value: score.toFixed(1) });
  }
  return Promise.resolve({
    peer,
    rows,
    notes: [
      `Standard profile, one threshold for all ${series.length} series (${windowsIn(series)} windows) at hand; the whole benchmark has 58 (116). Crossed: the threshold of each half of the series used on the other.`,
      "The default's views were chosen with all series in sight; with design (of 45) and threshold both chosen on one half and scored on the other, it was 64.7.",
      "Published thresholds were optimised over all 58 series, ours over these 28, which favours ours.",
    ],
    failures,
  });
}

function scored(
  series: readonly NabSeries[],
  name: keyof typeof streamingDetectors,
  likelihood: boolean,
): Corpus {
  return series.map(({ category, timesMs, values, windows }) => {
    const plain = streamingDetectors[name](choice);
    const detector = likelihood ? new WithLikelihood(plain) : plain;
    const scores = values.map((value, i) => detector.update(timesMs[i]!, value));
    return { category, windows, scores };
  });
}

function describe(corpus: Corpus): { text: string; score: number } {
  const best = bestThreshold(corpus, profiles.standard);
  const score = normalised(best.score, windowsIn(corpus), profiles.standard);
  const halves = [0, 1].map((half) => corpus.filter((_, i) => i % 2 === half));
  const crossed = halves.reduce((sum, half, i) => {
    const { threshold } = bestThreshold(halves[1 - i]!, profiles.standard);
    return sum + totalOf(half, threshold);
  }, 0);
  const held = normalised(crossed, windowsIn(corpus), profiles.standard);
  return { text: `${score.toFixed(1)}; crossed ${held.toFixed(1)}`, score };
}

function categoryRows(corpus: Corpus): BenchRow[] {
  const { threshold } = bestThreshold(corpus, profiles.standard);
  return [...new Set(corpus.map(({ category }) => category))].map((category) => {
    const part = corpus.filter((each) => each.category === category);
    const [total, windows] = [totalOf(part, threshold), windowsIn(part)];
    const score =
      windows === 0
        ? `${total.toFixed(2)} points, no windows`
        : normalised(total, windows, profiles.standard).toFixed(1);
    return { measure: `the same, ${category} alone`, value: score };
  });
}
