/**
 * Conformal k nearest neighbours (Burnaev and Ishimtsev, arXiv:1608.04585, the benchmark's
 * "KNN-CAD"): strangeness is the summed distance of the newest shingle to its nearest neighbours
 * among the past ones, and the score is one less its conformal p-value. Plain Euclidean distance of
 * standardised readings stands in for their Mahalanobis distance.
 */
import { Conformal } from "./conformal.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { Shingles } from "./shingles.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

export class KnnConformal implements StreamingDetector {
  readonly #shingles = new Shingles();
  readonly #points: Float64Array[] = [];
  readonly #conformal = new Conformal();

  update(_atMs: number, value: number): number {
    assertReading(value);
    const point = this.#shingles.push(value);
    if (point === null) return 0;
    const distances = Float64Array.from(this.#points, (each) => distance(each, point)).toSorted();
    let strangeness = 0;
    for (const each of distances.subarray(0, limits.neighbours)) strangeness += each;
    this.#points.push(point);
    if (this.#points.length > limits.neighbourPoints) this.#points.shift();
    return distances.length < limits.neighbours ? 0 : this.#conformal.score(strangeness);
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
