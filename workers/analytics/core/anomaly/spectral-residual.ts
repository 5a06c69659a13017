/**
 * Spectral residual (Ren et al., "Time-Series Anomaly Detection Service at Microsoft", KDD 2019):
 * the log amplitude spectrum less its running mean, turned back, is a saliency map; the newest
 * reading's saliency is compared with the average of the map. As there, a few extrapolated readings
 * follow the newest one, so that it does not lie at the edge.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { scoreOfDeviation } from "./score-of-deviation.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

const averagedEachSide = 1;
/** Values appended to the window. */
export const extrapolated = 5;
const slopesAveraged = 5;
/** Relative saliency at which the score is a half: the paper's threshold. */
const reach = 3;
const tiny = 1e-8;

export class SpectralResidual implements StreamingDetector {
  readonly #window: number[] = [];

  update(_atMs: number, value: number): number {
    assertReading(value);
    const size = limits.spectralWindow - extrapolated;
    this.#window.push(value);
    if (this.#window.length > size) this.#window.shift();
    if (this.#window.length < size) return 0;
    const next = extrapolate(this.#window.slice(0, -1));
    const map = saliency([...this.#window, ...Array<number>(extrapolated).fill(next)]);
    const before = map.slice(0, size - 1);
    const average = before.reduce((sum, each) => sum + each, 0) / before.length;
    return scoreOfDeviation(Math.max(0, map[size - 1]! / Math.max(average, tiny) - 1), reach);
  }
}

/** The reading that the mean slope of the readings before the newest leads to (section 3.3). */
function extrapolate(values: readonly number[]): number {
  const newest = values.length - 1;
  let slopes = 0;
  for (let i = 1; i <= slopesAveraged; i += 1)
    slopes += (values[newest]! - values[newest - i]!) / i;
  return values[newest - slopesAveraged + 1]! + slopes;
}

function saliency(values: readonly number[]): number[] {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const real = Float64Array.from(values, (each) => each - mean);
  if (real.every((each) => Math.abs(each) <= 1e-12 * Math.abs(mean))) return values.map(() => 0);
  const imaginary = new Float64Array(values.length);
  transform(real, imaginary, 1);
  const logs = real.map((each, i) => Math.log(Math.hypot(each, imaginary[i]!) + tiny));
  // Without its mean the series has no amplitude at frequency 0 that could be compared.
  logs[0] = logs[1]!;
  const residual = logs.map((log, i) => {
    let sum = 0;
    for (let j = -averagedEachSide; j <= averagedEachSide; j += 1) {
      sum += logs[(i + j + logs.length) % logs.length]!;
    }
    return Math.exp(log - sum / (2 * averagedEachSide + 1));
  });
  residual.forEach((each, i) => {
    const amplitude = Math.hypot(real[i]!, imaginary[i]!) + tiny;
    real[i] = (real[i]! / amplitude) * each;
    imaginary[i] = (imaginary[i]! / amplitude) * each;
  });
  transform(real, imaginary, -1);
  return Array.from(real, (each, i) => Math.hypot(each, imaginary[i]!) / values.length);
}

/** Cooley and Tukey's transform in place, for a power of two; `sign` -1 is the unscaled inverse. */
function transform(real: Float64Array, imaginary: Float64Array, sign: 1 | -1): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i += 1) {
    let bit = size >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    for (let k = 0; k < length / 2; k += 1) {
      const angle = (-2 * Math.PI * sign * k) / length;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      for (let i = k; i < size; i += length) {
        const j = i + length / 2;
        const re = real[j]! * cosine - imaginary[j]! * sine;
        const im = real[j]! * sine + imaginary[j]! * cosine;
        [real[j], imaginary[j]] = [real[i]! - re, imaginary[i]! - im];
        [real[i], imaginary[i]] = [real[i]! + re, imaginary[i]! + im];
      }
    }
  }
}
