/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-Time Anomaly
 * Detection Algorithms", ICMLA 2015, section III), as its release 1.1 computes it. A labelled
 * window earns what its earliest detection earns by the scaled sigmoid, a missed one costs the
 * weight of a false negative, and each detection outside costs more the further it lies behind the
 * last window. The first 15 % of a series, at most 750 readings, are not scored.
 */
import assert from "node:assert/strict";

export interface Profile {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

/** The application profiles of the benchmark. */
export const profiles = {
  standard: { truePositive: 1, falsePositive: 0.11, falseNegative: 1 },
  lowFalsePositives: { truePositive: 1, falsePositive: 0.22, falseNegative: 1 },
  lowFalseNegatives: { truePositive: 1, falsePositive: 0.11, falseNegative: 2 },
} as const satisfies Record<string, Profile>;

export interface ScoredSeries {
  /** An anomaly score from 0 to 1 for each reading. */
  readonly scores: ArrayLike<number>;
  /** First and last index of each labelled window, ascending, both inside it. */
  readonly windows: readonly (readonly [number, number])[];
}

export interface SeriesScore {
  readonly score: number;
  readonly truePositives: number;
  readonly trueNegatives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

const probationShare = 0.15;
const probationReadingsMax = 5_000;
/** This many window widths behind a window, a detection counts as wholly wrong. */
const farBehind = 3;
const steepness = 5;

/** Readings at the start of a series of this length that are not scored. */
export function probationOf(length: number): number {
  return Math.min(Math.floor(probationShare * length), probationShare * probationReadingsMax);
}

/** 2 sigmoid(-5 y) - 1: near 1 at the left edge of a window (y = -1), 0 at its right edge. */
function scaledSigmoid(y: number): number {
  return y >= farBehind ? -1 : 2 / (1 + Math.exp(steepness * y)) - 1;
}

interface Point {
  readonly score: number;
  /** What a detection here earns, before it is compared with others of its window. */
  readonly earns: number;
  /** Index of its window, or -1. */
  readonly window: number;
}

function pointsOf({ scores, windows }: ScoredSeries, profile: Profile): Point[] {
  const points: Point[] = [];
  const probation = probationOf(scores.length);
  const earliest = scaledSigmoid(-1);
  let next = 0;
  for (let i = 0; i < scores.length; i += 1) {
    while (next < windows.length && i > windows[next]![1]) next += 1;
    const score = scores[i]!;
    assert(score >= 0 && score <= 1, `An anomaly score lies between 0 and 1, not ${score}`);
    if (i < probation) continue;
    const current = windows[next];
    if (current !== undefined && i >= current[0]) {
      const [first, last] = current;
      const position = -(last - i + 1) / (last - first + 1);
      const earns = (scaledSigmoid(position) * profile.truePositive) / earliest;
      points.push({ score, earns, window: next });
    } else {
      const before = windows[next - 1];
      const position = before === undefined ? farBehind : (i - before[1]) / (before[1] - before[0]);
      points.push({ score, earns: scaledSigmoid(position) * profile.falsePositive, window: -1 });
    }
  }
  return points;
}

/** One series' score with every reading detected that scores at least `threshold`. */
export function scoreAt(series: ScoredSeries, threshold: number, profile: Profile): SeriesScore {
  const counts = { truePositives: 0, trueNegatives: 0, falsePositives: 0, falseNegatives: 0 };
  const best = new Map<number, number>();
  let outside = 0;
  for (const { score, earns, window } of pointsOf(series, profile)) {
    const detected = score >= threshold;
    if (window < 0) {
      counts[detected ? "falsePositives" : "trueNegatives"] += 1;
      if (detected) outside += earns;
      continue;
    }
    counts[detected ? "truePositives" : "falseNegatives"] += 1;
    const so = best.get(window) ?? -profile.falseNegative;
    best.set(window, detected ? Math.max(so, earns) : so);
  }
  const inside = [...best.values()].reduce((sum, each) => sum + each, 0);
  return { score: outside + inside, ...counts };
}

/**
 * The one threshold of a whole corpus with the highest sum of scores, as the benchmark's optimizer
 * chooses it; the highest such threshold when several are equal. Above 1 nothing is detected.
 */
export function bestThreshold(
  corpus: readonly ScoredSeries[],
  profile: Profile,
): { threshold: number; score: number } {
  const points = corpus.flatMap((series, at) =>
    pointsOf(series, profile).map((point) => ({ ...point, at })),
  );
  const best = corpus.map(() => new Map<number, number>());
  let total = 0;
  for (const { at, window } of points) {
    if (window < 0 || best[at]!.has(window)) continue;
    best[at]!.set(window, -profile.falseNegative);
    total -= profile.falseNegative;
  }
  points.sort((a, b) => b.score - a.score);
  let optimum = { threshold: 1.1, score: total };
  for (const [rank, { at, window, score, earns }] of points.entries()) {
    if (window < 0) total += earns;
    else {
      const before = best[at]!.get(window)!;
      if (earns > before) {
        total += earns - before;
        best[at]!.set(window, earns);
      }
    }
    const lastOfTie = points[rank + 1]?.score !== score;
    if (lastOfTie && total > optimum.score) optimum = { threshold: score, score: total };
  }
  return optimum;
}

/**
 * Places a sum of scores between the detector that detects nothing (0) and the perfect one (100).
 *
 * @param windows how many labelled windows the scored readings hold.
 */
export function normalised(score: number, windows: number, profile: Profile): number {
  assert(windows > 0, "A corpus without labelled windows has no normalised score");
  const worst = -profile.falseNegative * windows;
  return (100 * (score - worst)) / (profile.truePositive * windows - worst);
}
