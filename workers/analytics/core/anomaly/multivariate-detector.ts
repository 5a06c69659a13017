/**
 * The combined detector for several features read at once: each is judged on its own, the highest
 * score is the score of the reading, and the explanation names the feature.
 */
import assert from "node:assert/strict";
import { CombinedDetector, type CombinedOptions, type Explanation } from "./combined-detector.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";

interface FeatureExplanation extends Explanation {
  readonly feature: string;
}

export class MultivariateDetector {
  readonly #detectors: ReadonlyMap<string, CombinedDetector>;
  /** Why the last reading scored what it did; null while nothing is known. */
  explanation: FeatureExplanation | null = null;

  /** @param features 1 to `featuresMax` different names. */
  constructor(features: readonly string[], options: CombinedOptions = {}) {
    assert(features.length >= 1 && features.length <= limits.featuresMax);
    assert(new Set(features).size === features.length, "Features have different names");
    this.#detectors = new Map(features.map((name) => [name, new CombinedDetector(options)]));
  }

  /** @param values one finite reading of every feature; throws AssertionError if one is missing. */
  update(atMs: number, values: Readonly<Record<string, number>>): number {
    // All or nothing: a reading that is refused has taught no feature.
    for (const feature of this.#detectors.keys()) {
      assert(Number.isFinite(values[feature]), `The reading lacks the feature ${feature}`);
    }
    let highest = -1;
    this.explanation = null;
    for (const [feature, detector] of this.#detectors) {
      const score = detector.update(atMs, values[feature]!);
      if (score <= highest) continue;
      highest = score;
      const { explanation } = detector;
      this.explanation = explanation === null ? null : { ...explanation, feature };
    }
    return highest;
  }
}
