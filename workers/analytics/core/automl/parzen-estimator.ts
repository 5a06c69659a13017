/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011, section 4): the
 * best tried settings and the others are each described by a density with a prior in it, and of some
 * candidates drawn from the first the one is tried next for which their quotient is greatest. Every
 * parameter is described by itself.
 */
import type { Chance } from "../../../compute/chance.ts";
import type { Parameter, Parameters } from "../learners/learner.ts";

export interface Trial {
  readonly parameters: Parameters;
  /** Less is better. */
  readonly loss: number;
}

type Space = Readonly<Record<string, Parameter>>;

/** So many are drawn from the prior before the estimator says anything. */
const startTrials = 8;
const candidates = 24;
const bestShare = 0.1;
const bestMax = 25;

export function defaultParameters(space: Space): Parameters {
  return Object.fromEntries(Object.entries(space).map(([name, each]) => [name, each.default]));
}

/** The settings to try next, after the trials so far. */
export function suggest(space: Space, trials: readonly Trial[], chance: Chance): Parameters {
  const names = Object.entries(space);
  if (trials.length < startTrials) {
    return Object.fromEntries(names.map(([name, each]) => [name, drawPrior(each, chance)]));
  }
  const ranked = trials.toSorted((a, b) => a.loss - b.loss);
  const best = Math.min(bestMax, Math.ceil(bestShare * trials.length));
  const valuesOf = (name: string, from: readonly Trial[]) =>
    from.map(({ parameters }) => parameters[name]!);
  return Object.fromEntries(
    names.map(([name, each]) => [
      name,
      propose(
        each,
        valuesOf(name, ranked.slice(0, best)),
        valuesOf(name, ranked.slice(best)),
        chance,
      ),
    ]),
  );
}

type Value = Parameters[string];

function drawPrior(parameter: Parameter, chance: Chance): Value {
  if (parameter.kind === "choice") return parameter.of[chance.below(parameter.of.length)]!;
  const { low, high } = scaled(parameter);
  return unscaled(parameter, low + (high - low) * chance.float());
}

function propose(
  parameter: Parameter,
  better: readonly Value[],
  worse: readonly Value[],
  chance: Chance,
): Value {
  if (parameter.kind === "choice") return proposeChoice(parameter.of, better, worse, chance);
  const { low, high } = scaled(parameter);
  if (!(high > low)) return parameter.default;
  const points = (values: readonly Value[]) =>
    values.map((value) => toScale(parameter, value as number));
  const good = new ParzenDensity(points(better), low, high);
  const bad = new ParzenDensity(points(worse), low, high);
  let best = { point: 0, gain: -Infinity };
  for (let drawn = 0; drawn < candidates; drawn += 1) {
    const point = good.draw(chance);
    const gain = Math.log(good.at(point)) - Math.log(bad.at(point));
    if (gain > best.gain) best = { point, gain };
  }
  return unscaled(parameter, best.point);
}

/** Counts with one more for each choice: the prior. */
function proposeChoice(
  of: readonly Value[],
  better: readonly Value[],
  worse: readonly Value[],
  chance: Chance,
): Value {
  const weights = (values: readonly Value[]) =>
    of.map(
      (each) => (values.filter((value) => value === each).length + 1) / (values.length + of.length),
    );
  const good = weights(better);
  const bad = weights(worse);
  let best = { index: 0, gain: -Infinity };
  for (let drawn = 0; drawn < candidates; drawn += 1) {
    const index = pick(good, chance);
    const gain = good[index]! / bad[index]!;
    if (gain > best.gain) best = { index, gain };
  }
  return of[best.index]!;
}

function pick(weights: readonly number[], chance: Chance): number {
  let left = chance.float() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

type Range = Exclude<Parameter, { kind: "choice" }>;

/** Whole numbers reach half a step beyond their ends, so that each is as likely as the next. */
function scaled({ kind, min, max, log = false }: Range): { low: number; high: number } {
  const margin = kind === "integer" ? 0.5 : 0;
  return log
    ? { low: Math.log(min - (min > margin ? margin : 0)), high: Math.log(max + margin) }
    : { low: min - margin, high: max + margin };
}

function toScale({ log = false }: Range, value: number): number {
  return log ? Math.log(value) : value;
}

function unscaled({ kind, min, max, log = false }: Range, point: number): number {
  const value = log ? Math.exp(point) : point;
  return Math.min(max, Math.max(min, kind === "integer" ? Math.round(value) : value));
}

/** Normal kernels within bounds, and one as wide as the bounds as the prior, all of equal weight. */
export class ParzenDensity {
  readonly #low: number;
  readonly #high: number;
  readonly #kernels: { readonly mean: number; readonly width: number; readonly mass: number }[];

  constructor(points: readonly number[], low: number, high: number) {
    this.#low = low;
    this.#high = high;
    const prior = (low + high) / 2;
    const means = [...points, prior].toSorted((a, b) => a - b);
    const priorAt = means.indexOf(prior);
    // The estimator's widths: the farther neighbour, between bounds (section 4.2).
    const widest = high - low;
    const narrowest = widest / Math.min(100, 1 + means.length);
    this.#kernels = means.map((mean, index) => {
      const left = mean - (means[index - 1] ?? low);
      const right = (means[index + 1] ?? high) - mean;
      const near = Math.min(widest, Math.max(narrowest, left, right));
      const width = index === priorAt ? widest : near;
      return {
        mean,
        width,
        mass: normalCdf((high - mean) / width) - normalCdf((low - mean) / width),
      };
    });
  }

  at(point: number): number {
    let sum = 0;
    for (const { mean, width, mass } of this.#kernels) {
      const z = (point - mean) / width;
      sum += Math.exp(-0.5 * z * z) / (width * mass);
    }
    return sum / (this.#kernels.length * Math.sqrt(2 * Math.PI));
  }

  /** Draws anew what falls outside of the bounds; a kernel holds a third of its mass within them. */
  draw(chance: Chance): number {
    const { mean, width } = this.#kernels[chance.below(this.#kernels.length)]!;
    for (let tries = 0; tries < 100; tries += 1) {
      const point = mean + width * normal(chance);
      if (point >= this.#low && point <= this.#high) return point;
    }
    return Math.min(this.#high, Math.max(this.#low, mean));
  }
}

function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.float())) * Math.cos(2 * Math.PI * chance.float());
}

/** Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8. */
function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  const t = 1 / (1 + 0.231_641_9 * z);
  const series =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return 1 - (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * series;
}
