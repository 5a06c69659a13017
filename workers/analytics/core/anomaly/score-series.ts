/** A whole series judged by one detector or all, with alarms and, given labels, the score of NAB. */
import type { DetectorId, DetectorResult, Evaluation, Reason } from "../../contract.ts";
import { AlarmLog } from "./alarm-log.ts";
import { detectorCatalogue } from "./detector-catalogue.ts";
import { FeatureDetectors } from "./feature-detectors.ts";
import {
  bestThreshold,
  normalised,
  probationOf,
  type Profile,
  profiles,
  scoreAt,
  type ScoredSeries,
} from "./nab-score.ts";

/** Readings that scores closer together than this are one alarm in. */
const mergeReadings = 12;

export interface ScoreOrder {
  readonly detectors: readonly DetectorId[];
  readonly features: Readonly<Record<string, readonly (number | null)[]>>;
  /** Of each reading, never descending. */
  readonly timesMs: readonly number[];
  readonly intervalMs: number;
  readonly season: number | null;
  readonly threshold: number;
  readonly likelihood: boolean;
  readonly seed: number;
  /** Ascending, apart, within the series; null without labels. */
  readonly windows: readonly (readonly [number, number])[] | null;
}

export function scoreSeries(order: ScoreOrder): DetectorResult[] {
  return order.detectors.map((detector) => scoreBy(detector, order));
}

function scoreBy(id: DetectorId, order: ScoreOrder): DetectorResult {
  const { features, timesMs, intervalMs, season, likelihood, seed, threshold } = order;
  const names = Object.keys(features);
  const settings = { detector: id, season, intervalMs, likelihood, seed };
  const detector = new FeatureDetectors(names, settings);
  const log = new AlarmLog<Reason>(mergeReadings, threshold);
  const scores: (number | null)[] = [];
  for (const [index, atMs] of timesMs.entries()) {
    const values = Object.fromEntries(names.map((name) => [name, features[name]![index] ?? null]));
    const found = detector.update(atMs, values);
    scores.push(found === null ? null : Number(found.score.toFixed(4)));
    if (found === null) continue;
    log.add(index, found.score, found.reason);
  }
  return {
    detector: id,
    title: detectorCatalogue[id].title,
    scores,
    // Its clock is the count of readings here.
    alarms: log.alarms.map(({ firstMs: first, lastMs: last, ...alarm }) => ({
      first,
      last,
      firstMs: timesMs[first]!,
      lastMs: timesMs[last]!,
      ...alarm,
    })),
    evaluation: order.windows === null ? null : evaluate(scores, order.windows, threshold),
    warmUp: Math.min(detectorCatalogue[id].warmUp, scores.length),
  };
}

const profileNames = [
  ["standard", profiles.standard],
  ["low false positives", profiles.lowFalsePositives],
  ["low false negatives", profiles.lowFalseNegatives],
] as const satisfies readonly (readonly [string, Profile])[];

/** null when no window lies behind the readings that are not scored. */
export function evaluate(
  scores: readonly (number | null)[],
  windows: readonly (readonly [number, number])[],
  threshold: number,
): Evaluation | null {
  const probation = probationOf(scores.length);
  const scored = windows.filter(([, last]) => last >= probation);
  if (scored.length === 0) return null;
  const series: ScoredSeries = { scores: scores.map((score) => score ?? 0), windows };
  const found = scored.filter(([first, last]) =>
    scores
      .slice(Math.max(first, Math.ceil(probation)), last + 1)
      .some((score) => (score ?? 0) >= threshold),
  ).length;
  return {
    windows: scored.length,
    probation: Math.ceil(probation),
    found,
    falsePositives: scoreAt(series, threshold, profiles.standard).falsePositives,
    profiles: profileNames.map(([profile, weights]) => {
      const best = bestThreshold([series], weights);
      const { score } = scoreAt(series, threshold, weights);
      return {
        profile,
        score: normalised(score, scored.length, weights),
        bestThreshold: best.threshold,
        bestScore: normalised(best.score, scored.length, weights),
      };
    }),
  };
}
