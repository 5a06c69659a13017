/** Logical error against physical error for several distances, and where the curves cross. */
import { Random } from "../../../cluster/random.ts";
import {
  decoderFor,
  type DecoderName,
  type ExperimentOrder,
  type NoiseModel,
  openExperiment,
} from "./experiment.ts";
import { countLogicalErrors, errorPerRound, type Tally, wilsonInterval } from "./logical-errors.ts";

export interface ThresholdOrder {
  readonly code: string;
  readonly distances: readonly number[];
  readonly probabilities: readonly number[];
  readonly noise: NoiseModel;
  readonly basis: "X" | "Z";
  readonly decoder: DecoderName;
  /** As many as the distance when null. */
  readonly rounds: number | null;
  readonly shotsMax: number;
  readonly errorsMax: number;
  readonly seed: number;
}

export interface ThresholdPoint extends Tally {
  readonly distance: number;
  readonly probability: number;
  readonly rounds: number;
  /** errors / shots, with its 95 % interval. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly ratePerRound: number;
  readonly isDone: boolean;
}

export interface Crossing {
  readonly distances: readonly [number, number];
  /** Where both have the same rate of one round; null when their curves do not cross. */
  readonly perRound: number | null;
  /**
   * The same for whole shots. With as many rounds as the distance it lies lower, as the larger code has
   * more of them to fail in.
   */
  readonly perShot: number | null;
}

export interface ThresholdResult {
  readonly points: readonly ThresholdPoint[];
  readonly crossings: readonly Crossing[];
}

/**
 * The same order gives the same result: each point draws from a stream of its own. `report` hears each
 * point after every batch.
 * @throws RangeError when the code has no such experiment, or the decoder cannot decode it
 */
export function sampleThreshold(
  order: ThresholdOrder,
  report: (point: ThresholdPoint) => void,
): ThresholdResult {
  const points = order.probabilities.flatMap((probability) =>
    order.distances.map((distance) => samplePoint(order, distance, probability, report)),
  );
  return { points, crossings: crossingsOf(points, order.distances) };
}

function samplePoint(
  order: ThresholdOrder,
  distance: number,
  probability: number,
  report: (point: ThresholdPoint) => void,
): ThresholdPoint {
  const { code, noise, basis, decoder: name } = order;
  const rounds = noise === "code-capacity" ? 1 : (order.rounds ?? distance);
  const experiment: ExperimentOrder = { code, distance, noise, probability, rounds, basis };
  const { plan, model } = openExperiment(experiment);
  const decoder = decoderFor(code, name, model);
  const random = new Random(order.seed).fork(`${code} ${distance} ${probability}`);
  const pointOf = (tally: Tally, isDone: boolean): ThresholdPoint => {
    const rate = tally.errors / Math.max(1, tally.shots);
    const [low, high] = wilsonInterval(tally);
    const ratePerRound = errorPerRound(rate, rounds);
    return { distance, probability, rounds, ...tally, rate, low, high, ratePerRound, isDone };
  };
  const tally = countLogicalErrors({ plan, decoder }, order, random, (now) =>
    report(pointOf(now, false)),
  );
  const point = pointOf(tally, true);
  report(point);
  return point;
}

type Rates = Pick<ThresholdPoint, "distance" | "probability" | "rate" | "ratePerRound">;

/** Of each two neighbouring distances, by lines through the logarithms of rate and probability. */
export function crossingsOf(
  points: readonly Rates[],
  distances: readonly number[],
): readonly Crossing[] {
  const sorted = distances.toSorted((a, b) => a - b);
  return sorted.slice(1).map((larger, at): Crossing => {
    const smaller = sorted[at]!;
    const of = (rate: (point: Rates) => number) =>
      crossing(curveOf(points, smaller, rate), curveOf(points, larger, rate));
    return {
      distances: [smaller, larger],
      perRound: of(({ ratePerRound }) => ratePerRound),
      perShot: of(({ rate }) => rate),
    };
  });
}

type Curve = ReadonlyMap<number, number>;

function curveOf(
  points: readonly Rates[],
  distance: number,
  rateOf: (point: Rates) => number,
): Curve {
  // The logarithm of a rate of 0 is not known.
  const known = points.filter((point) => point.distance === distance && point.rate > 0);
  return new Map(known.map((point) => [point.probability, Math.log(rateOf(point))]));
}

function crossing(smaller: Curve, larger: Curve): number | null {
  const shared = [...smaller.keys()].filter((p) => larger.has(p)).toSorted((a, b) => a - b);
  for (const [at, p] of shared.slice(1).entries()) {
    const before = shared[at]!;
    const [left, right] = [before, p].map((place) => larger.get(place)! - smaller.get(place)!);
    // Below the threshold the larger code is better, above it is worse.
    if (left! > 0 || right! <= 0) continue;
    const share = -left! / (right! - left!);
    return Math.exp(Math.log(before) + share * (Math.log(p) - Math.log(before)));
  }
  return null;
}
