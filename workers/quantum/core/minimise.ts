/**
 * Minima of functions that a simulated device evaluates: without gradients, repeatable by a seed, with
 * the whole search kept.
 */
import type { Random } from "../../cluster/random.ts";

export interface Problem {
  readonly evaluate: (point: readonly number[]) => number;
  readonly start: readonly number[];
  /** Of each coordinate; points are kept within, but by coordinate-sines, which goes round. */
  readonly bounds: readonly (readonly [number, number])[];
  /** Evaluations that may be spent, at least 1. */
  readonly evaluationsMax: number;
  readonly random: Random;
}

export interface Minimum {
  readonly point: readonly number[];
  readonly value: number;
  /** In the order of evaluation. */
  readonly values: readonly number[];
  /** Where the best value so far came down, the last of which is the minimum. */
  readonly improvements: readonly {
    readonly evaluation: number;
    readonly value: number;
    readonly point: readonly number[];
  }[];
  /** The search came to rest before its evaluations were spent. */
  readonly converged: boolean;
}

export const methods = ["nelder-mead", "spsa", "coordinate-sines"] as const;
export type Method = (typeof methods)[number];

/** Values that differ by less are alike. */
const valueTolerance = 1e-12;
/** A simplex smaller than this has come to rest. */
const simplexSizeMin = 1e-8;

export function minimise(problem: Problem, method: Method): Minimum {
  const search = new Evaluations(problem);
  let converged = false;
  try {
    if (method === "nelder-mead") nelderMead(search, problem);
    else if (method === "spsa") spsa(search, problem);
    else coordinateSines(search, problem);
    converged = true;
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
  }
  return { ...search.result(), converged };
}

/** All evaluations are spent: the way out of any method. */
class Spent extends Error {}

class Evaluations {
  readonly #problem: Problem;
  readonly #values: number[] = [];
  readonly #improvements: { evaluation: number; value: number; point: readonly number[] }[] = [];

  constructor(problem: Problem) {
    this.#problem = problem;
  }

  at(point: readonly number[]): number {
    if (this.#values.length >= this.#problem.evaluationsMax) throw new Spent();
    const value = this.#problem.evaluate(point);
    this.#values.push(value);
    const best = this.#improvements.at(-1)?.value ?? Number.POSITIVE_INFINITY;
    if (value < best) {
      this.#improvements.push({ evaluation: this.#values.length, value, point: [...point] });
    }
    return value;
  }

  get best(): { readonly value: number; readonly point: readonly number[] } {
    const best = this.#improvements.at(-1);
    if (best === undefined) throw new Error("nothing has been evaluated, or nothing is a number");
    return best;
  }

  result(): Omit<Minimum, "converged"> {
    const { value, point } = this.best;
    return { point, value, values: this.#values, improvements: this.#improvements };
  }
}

function within(point: readonly number[], { bounds }: Problem): readonly number[] {
  return point.map((value, at) => Math.min(bounds[at]![1], Math.max(bounds[at]![0], value)));
}

/** Restarts that a search which has come to rest is given, for as long as they help. */
const restartsMax = 20;

/**
 * The simplex of Nelder and Mead (1965), its factors by the dimension (Gao and Han 2012), started again
 * around its best point with new directions until that brings nothing more.
 */
function nelderMead(search: Evaluations, problem: Problem): void {
  let start = problem.start;
  let before = Number.POSITIVE_INFINITY;
  for (let restart = 0; restart <= restartsMax; restart++) {
    settle(search, problem, start, restart === 0 ? 0.4 : 0.1);
    if (before - search.best.value < valueTolerance) return;
    before = search.best.value;
    start = search.best.point;
  }
}

interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

function settle(
  search: Evaluations,
  problem: Problem,
  start: readonly number[],
  share: number,
): void {
  const dimension = start.length;
  const expansion = 1 + 2 / dimension;
  const contraction = 0.75 - 1 / (2 * dimension);
  const shrinkage = 1 - 1 / dimension;
  const vertexAt = (point: readonly number[]): Vertex => {
    const bounded = within(point, problem);
    return { point: bounded, value: search.at(bounded) };
  };
  let simplex = [vertexAt(start)];
  for (let axis = 0; axis < dimension; axis++) {
    const [low, high] = problem.bounds[axis]!;
    const side = problem.random.chance(0.5) ? 1 : -1;
    const step = side * share * 0.5 * (high - low) * (0.5 + problem.random.float());
    simplex.push(vertexAt(start.map((value, at) => (at === axis ? value + step : value))));
  }
  // Bounded by the evaluations: every turn spends one at least.
  for (;;) {
    simplex = simplex.toSorted((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex.at(-1)!];
    if (worst.value - best.value < valueTolerance && sizeOf(simplex) < simplexSizeMin) return;
    if (sizeOf(simplex) < simplexSizeMin * 1e-4) return;
    const others = simplex.slice(0, -1);
    const centre = start.map(
      (_, at) => others.reduce((sum, { point }) => sum + point[at]!, 0) / dimension,
    );
    const beyond = (factor: number): Vertex =>
      vertexAt(centre.map((value, at) => value + factor * (value - worst.point[at]!)));
    const reflected = beyond(1);
    let next: Vertex | null = null;
    if (reflected.value < best.value) {
      const expanded = beyond(expansion);
      next = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex.at(-2)!.value) {
      next = reflected;
    } else {
      const contracted = beyond(reflected.value < worst.value ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) next = contracted;
    }
    simplex =
      next === null
        ? [
            best,
            ...simplex
              .slice(1)
              .map(({ point }) =>
                vertexAt(
                  point.map(
                    (value, at) =>
                      best.point[at]! + shrinkFactor(shrinkage) * (value - best.point[at]!),
                  ),
                ),
              ),
          ]
        : [...others, next];
  }
}

/** In one dimension 1 - 1/n would be 0. */
function shrinkFactor(shrinkage: number): number {
  return Math.max(0.5, shrinkage);
}

function sizeOf(simplex: readonly Vertex[]): number {
  const first = simplex[0]!.point;
  return Math.max(
    ...simplex.map(({ point }) =>
      Math.max(...point.map((value, at) => Math.abs(value - first[at]!))),
    ),
  );
}

/** Decay of the gain and of the step (Spall 1998, section III.B). */
const gainDecay = 0.602;
const stepDecay = 0.101;
const firstStep = 0.15;
/** How far the first move should go on average, in each coordinate. */
const firstMove = 0.15;
const calibrations = 5;

/**
 * Simultaneous perturbation (Spall 1998): two evaluations tell the slope along a random direction, which
 * serves noisy devices. Spends all evaluations.
 */
function spsa(search: Evaluations, problem: Problem): void {
  const { random, evaluationsMax } = problem;
  let point = within(problem.start, problem);
  const slopeAt = (step: number): readonly [number, readonly number[]] => {
    const signs = point.map(() => (random.chance(0.5) ? 1 : -1));
    const moved = (factor: number) =>
      within(
        point.map((value, at) => value + factor * step * signs[at]!),
        problem,
      );
    return [(search.at(moved(1)) - search.at(moved(-1))) / (2 * step), signs];
  };
  let slopes = 0;
  for (let turn = 0; turn < calibrations; turn++) slopes += Math.abs(slopeAt(firstStep)[0]);
  const stability = evaluationsMax / 20;
  const gain =
    (firstMove * (1 + stability) ** gainDecay) / Math.max(slopes / calibrations, valueTolerance);
  // Every turn spends two evaluations, until none are left.
  for (let turn = 0; ; turn++) {
    const [slope, signs] = slopeAt(firstStep / (turn + 1) ** stepDecay);
    const rate = gain / (turn + 1 + stability) ** gainDecay;
    point = within(
      point.map((value, at) => value - rate * slope * signs[at]!),
      problem,
    );
  }
}

/**
 * For functions that are a + b cos(x) + c sin(x) in each coordinate alone, as energies are in the angle
 * of a Pauli rotation: each coordinate goes straight to its minimum (Nakanishi, Fujii and Todo 2020),
 * found from its value here and a quarter turn to both sides.
 */
function coordinateSines(search: Evaluations, problem: Problem): void {
  let point = within(problem.start, problem);
  let value = search.at(point);
  // Bounded by the evaluations: every turn spends two for each coordinate.
  for (;;) {
    const before = value;
    for (const axis of problem.random.shuffle([...point.keys()])) {
      const at = (angle: number) => point.map((each, place) => (place === axis ? angle : each));
      const here = point[axis]!;
      const ahead = search.at(at(here + Math.PI / 2));
      const behind = search.at(at(here - Math.PI / 2));
      const middle = (ahead + behind) / 2;
      // value = middle + cosine, ahead = middle + sine: the minimum is opposite to their angle.
      const shift = Math.atan2(-(ahead - middle), -(value - middle));
      const turned = here + shift;
      point = at(turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI)));
      value = middle - Math.hypot(ahead - middle, value - middle);
    }
    value = search.at(point);
    if (before - value < valueTolerance) return;
  }
}
