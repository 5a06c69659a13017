/**
 * Bayesian online change point detection (Adams and MacKay, arXiv:0710.3742): the posterior of the
 * run length under normal data of unknown mean and variance (normal-gamma prior) and a constant
 * hazard. The score is the probability that a change happened within the last few readings. Runs
 * beyond the longest that is kept are pooled with it, which bounds memory.
 */
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { SlowBaseline } from "./slow-baseline.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

const hazard = 1 / 250;
/** A change this many readings ago is news. */
const newsReadings = 3;
/** Before this many runs are told apart, every run is short. */
const runsMin = 12;
const prior = { mean: 0, weight: 0.1, shape: 1, scale: 1 } as const;

interface Run {
  readonly probability: number;
  readonly mean: number;
  readonly weight: number;
  readonly shape: number;
  readonly scale: number;
}

export class BayesianChangePoint implements StreamingDetector {
  #runs: Run[] = [{ ...prior, probability: 1 }];
  readonly #scale = new SlowBaseline(1 / limits.window);

  update(_atMs: number, value: number): number {
    assertReading(value);
    const { count, mean, deviation } = this.#scale;
    this.#scale.learn(value);
    if (count < limits.warmUp) return 0;
    // Standardised, so that one prior suits every unit.
    const z = (value - mean) / deviation;
    const logs = this.#runs.map((run) => logDensity(run, z));
    const highest = Math.max(...logs);
    const joint = this.#runs.map((run, i) => run.probability * Math.exp(logs[i]! - highest));
    const total = joint.reduce((sum, each) => sum + each, 0);
    const grown = this.#runs.map((run, i) => learnt(run, z, ((1 - hazard) * joint[i]!) / total));
    this.#runs = pooled([{ ...prior, probability: hazard }, ...grown]);
    if (this.#runs.length <= runsMin) return 0;
    const news = this.#runs.slice(0, newsReadings + 1);
    return Math.min(
      1,
      news.reduce((sum, run) => sum + run.probability, 0),
    );
  }
}

/** Log density of the predictive of a run, Student's t with 2 * shape degrees of freedom. */
function logDensity({ mean, weight, shape, scale }: Run, value: number): number {
  const spread = (scale * (weight + 1)) / (shape * weight);
  const gap = (value - mean) ** 2 / (2 * shape * spread);
  const width = 0.5 * Math.log(2 * shape * Math.PI * spread);
  return halfStepOfLogGamma(shape) - width - (shape + 0.5) * Math.log1p(gap);
}

/** log gamma(x + 1/2) - log gamma(x), by its asymptotic series after a shift upwards. */
function halfStepOfLogGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 8; at += 1) shift += Math.log(at / (at + 0.5));
  return shift + 0.5 * Math.log(at) - 1 / (8 * at) + 1 / (192 * at ** 3) - 1 / (640 * at ** 5);
}

function learnt({ mean, weight, shape, scale }: Run, value: number, probability: number): Run {
  return {
    probability,
    mean: (weight * mean + value) / (weight + 1),
    weight: weight + 1,
    shape: shape + 0.5,
    scale: scale + (weight * (value - mean) ** 2) / (2 * (weight + 1)),
  };
}

/** The two longest runs become one, with the statistics of the likelier. */
function pooled(runs: readonly Run[]): Run[] {
  if (runs.length <= limits.runLengthMax) return [...runs];
  const [next, longest] = [runs.at(-2)!, runs.at(-1)!];
  const kept = longest.probability > next.probability ? longest : next;
  return [...runs.slice(0, -2), { ...kept, probability: longest.probability + next.probability }];
}
