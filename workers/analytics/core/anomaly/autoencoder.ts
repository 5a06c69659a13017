/**
 * Reconstruction error of a small autoencoder (Sakurada and Yairi, "Anomaly Detection Using
 * Autoencoders with Nonlinear Dimensionality Reduction", MLSDA 2014): shingles pass through a
 * narrow tanh layer, trained by one step of gradient descent a reading; the score is one less the
 * conformal p-value of the error.
 */
import type { Random } from "../../../cluster/random.ts";
import { Conformal } from "./conformal.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { Shingles } from "./shingles.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

const learningRate = 0.02;
/** A wild reading teaches no more than one this many deviations out. */
const learntMax = 4;

export class Autoencoder implements StreamingDetector {
  readonly #shingles = new Shingles();
  readonly #conformal = new Conformal();
  /** One row for each hidden unit; the decoder has its own weights. */
  readonly #encoder: readonly Float64Array[];
  readonly #decoder: readonly Float64Array[];

  constructor(random: Random) {
    const layer = () =>
      Array.from({ length: limits.hiddenUnits }, () =>
        Float64Array.from({ length: limits.shingle }, () => (random.float() - 0.5) / 2),
      );
    this.#encoder = layer();
    this.#decoder = layer();
  }

  update(_atMs: number, value: number): number {
    assertReading(value);
    const point = this.#shingles.push(value);
    if (point === null) return 0;
    const { errors } = this.#pass(point);
    this.#learn(point.map((each) => Math.max(-learntMax, Math.min(learntMax, each))));
    return this.#conformal.score(dot(errors, errors));
  }

  #pass(point: Float64Array): { hidden: readonly number[]; errors: Float64Array } {
    const hidden = this.#encoder.map((row) => Math.tanh(dot(row, point)));
    const errors = point.map(
      (each, at) => each - hidden.reduce((sum, unit, i) => sum + unit * this.#decoder[i]![at]!, 0),
    );
    return { hidden, errors };
  }

  #learn(point: Float64Array): void {
    const { hidden, errors } = this.#pass(point);
    for (const [unit, activation] of hidden.entries()) {
      const [encoder, decoder] = [this.#encoder[unit]!, this.#decoder[unit]!];
      const back = dot(decoder, errors) * (1 - activation ** 2);
      for (let i = 0; i < point.length; i += 1) {
        decoder[i]! += learningRate * errors[i]! * activation;
        encoder[i]! += learningRate * back * point[i]!;
      }
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
