/**
 * One streaming detector for each of several features read at once: the highest score is the score
 * of the reading, and the reason names the feature and says why.
 */
import assert from "node:assert/strict";
import type { DetectorId, Reason } from "../../contract.ts";
import { WithLikelihood } from "./anomaly-likelihood.ts";
import { CombinedDetector } from "./combined-detector.ts";
import { detectorCatalogue } from "./detector-catalogue.ts";
import { streamingDetectors } from "./detectors.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import type { Expectation, StreamingDetector } from "./streaming-detector.ts";

export interface DetectorSettings {
  readonly detector: DetectorId;
  /** Readings in a season; null without one. */
  readonly season: number | null;
  readonly intervalMs: number;
  readonly likelihood: boolean;
  readonly seed: number;
}

interface Part {
  /** What scores: the detector itself or its likelihood. */
  readonly scorer: StreamingDetector;
  readonly detector: StreamingDetector;
}

export interface FeatureScore {
  readonly score: number;
  readonly reason: Reason;
}

export class FeatureDetectors {
  readonly #id: DetectorId;
  readonly #parts: ReadonlyMap<string, Part>;

  /** @param features 1 to `featuresMax` different names. */
  constructor(features: readonly string[], settings: DetectorSettings) {
    assert(features.length >= 1 && features.length <= limits.featuresMax);
    assert(new Set(features).size === features.length, "Features have different names");
    this.#id = settings.detector;
    const make = streamingDetectors[detectorCatalogue[settings.detector].name];
    this.#parts = new Map(
      features.map((feature) => {
        const detector = make(settings);
        const scorer = settings.likelihood ? new WithLikelihood(detector) : detector;
        return [feature, { scorer, detector }];
      }),
    );
  }

  /** Features that are missing are left out; null when all are. */
  update(atMs: number, values: Readonly<Record<string, number | null>>): FeatureScore | null {
    let highest: { feature: string; score: number; observed: number; part: Part } | null = null;
    for (const [feature, part] of this.#parts) {
      const observed = values[feature] ?? null;
      if (observed === null) continue;
      const score = part.scorer.update(atMs, observed);
      if (highest === null || score > highest.score) highest = { feature, score, observed, part };
    }
    if (highest === null) return null;
    const { feature, score, observed, part } = highest;
    return { score, reason: this.#reasonOf(feature, observed, part.detector) };
  }

  #reasonOf(feature: string, observed: number, detector: StreamingDetector): Reason {
    const name = feature === "value" ? "The value" : feature;
    const { why } = detectorCatalogue[this.#id];
    if (detector instanceof CombinedDetector && detector.explanation !== null) {
      const { view, low, high, expected, likelihood, observed: seen } = detector.explanation;
      const text = `${name}: ${views[view]} is ${digits(seen)}, where it had kept between ${digits(low)} and ${digits(high)}.`;
      return { feature, observed: seen, expected, low, high, likelihood, text };
    }
    const { expected, low, high } = expectationOf(detector) ?? nothingExpected;
    const range =
      expected === null || low === null || high === null
        ? ""
        : ` About ${digits(expected)} was expected, ${digits(low)} to ${digits(high)}.`;
    const text = `${name} is ${digits(observed)}: ${why}.${range}`;
    return { feature, observed, expected, low, high, likelihood: null, text };
  }
}

const views = {
  reading: "the reading",
  mean: `the mean of ${limits.noveltySmoothing} readings`,
  season: `the mean of ${limits.seasonalSmoothing} readings less the one a season ago`,
} as const;
const nothingExpected = { expected: null, low: null, high: null };

function expectationOf(detector: StreamingDetector): Expectation | null {
  return "expectation" in detector ? (detector.expectation as Expectation | null) : null;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
