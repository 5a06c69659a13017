/** Fits a learner fold by fold and keeps what it says of the rows it was not shown. */
import type { Design, FittedModel, Learner, Parameters, Target } from "../learners/learner.ts";
import type { Column } from "../tables/column-types.ts";
import { encode, type FeaturePlan, planFeatures } from "../tables/features.ts";
import { lossOf, type MetricId } from "./metrics.ts";
import type { Fold } from "./splitters.ts";
import { type Problem, targetOf } from "./target.ts";

/** Numbers of encoded folds that are kept for the next trial. */
const cachedValuesMax = 30_000_000;

interface EncodedFold {
  readonly train: Design;
  readonly test: Design;
}

/** A problem with its features and folds. */
export class Validation {
  readonly problem: Problem;
  /** Every column but the target and those left out. */
  readonly columns: readonly Column[];
  readonly folds: readonly Fold[];
  readonly metric: MetricId;
  readonly #encoded = new Map<string, EncodedFold>();
  #cachedValues = 0;

  constructor(about: Pick<Validation, "problem" | "columns" | "folds" | "metric">) {
    this.problem = about.problem;
    this.columns = about.columns;
    this.folds = about.folds;
    this.metric = about.metric;
  }

  /** Numbers that a prediction has for each row. */
  get width(): number {
    const { target } = this.problem;
    return target.kind === "regression" ? 1 : target.classes;
  }

  /** n_test / n_train, as the interval of a score needs it. */
  get testShare(): number {
    const shares = this.folds.map(({ train, test }) => test.length / train.length);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  targetOf(places: Int32Array): Target {
    return targetOf(this.problem.target, places);
  }

  rowsOf(places: Int32Array): Int32Array {
    return Int32Array.from(places, (place) => this.problem.rows[place]!);
  }

  /** What a learner sees of a fold; gaps, levels and scales are those of its training rows. */
  encoded(index: number, scaling: boolean): EncodedFold {
    const key = `${index} ${scaling}`;
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const fold = this.folds[index]!;
    const { plan, design: train } = this.prepare(fold.train, scaling);
    const test = encode(plan, this.columns, this.rowsOf(fold.test));
    const made = { train, test };
    this.#cachedValues += train.values.length + test.values.length;
    if (this.#cachedValues > cachedValuesMax) {
      this.#encoded.clear();
      this.#cachedValues = train.values.length + test.values.length;
    }
    this.#encoded.set(key, made);
    return made;
  }

  prepare(places: Int32Array, scaling: boolean): { plan: FeaturePlan; design: Design } {
    const rows = this.rowsOf(places);
    const plan = planFeatures(this.columns, rows, { scaling });
    return { plan, design: encode(plan, this.columns, rows) };
  }

  lossOn(places: Int32Array, predictions: Float64Array): number {
    return lossOf(this.metric, this.targetOf(places), predictions);
  }
}

export interface CrossValidated {
  readonly losses: readonly number[];
  /** rows of the problem x width; NaN for rows that no fold tested. */
  readonly outOfFold: Float64Array;
}

/**
 * Yields between pieces of work, so that its caller can stop it.
 *
 * @param folds how many of the folds to try, from the first on
 * @throws what the learner throws, and RangeError for predictions that are no finite numbers
 */
export function* crossValidate(
  validation: Validation,
  learner: Learner,
  parameters: Parameters,
  { seed, effort, folds }: { seed: number; effort: number; folds: number },
): Generator<void, CrossValidated> {
  const { width, problem } = validation;
  const outOfFold = new Float64Array(problem.rows.length * width).fill(Number.NaN);
  const losses: number[] = [];
  for (const [index, fold] of validation.folds.slice(0, folds).entries()) {
    const { train, test } = validation.encoded(index, learner.wantsScaling);
    const target = validation.targetOf(fold.train);
    const model = yield* fitted(learner.fit(train, target, parameters, { seed, effort }));
    const predictions = model.predict(test);
    checkPredictions(predictions, fold.test.length * width, learner);
    losses.push(validation.lossOn(fold.test, predictions));
    scatter(predictions, fold.test, width, outOfFold);
    yield;
  }
  return { losses, outOfFold };
}

export function* fitted(fit: Generator<number, FittedModel>): Generator<void, FittedModel> {
  for (;;) {
    const step = fit.next();
    if (step.done === true) return step.value;
    yield;
  }
}

function checkPredictions(predictions: Float64Array, length: number, { title }: Learner): void {
  if (predictions.length === length && predictions.every((value) => Number.isFinite(value))) return;
  throw new RangeError(`${title} predicted what is no finite number.`);
}

/** Writes each row's numbers to its place. */
export function scatter(
  from: Float64Array,
  places: Int32Array,
  width: number,
  to: Float64Array,
): void {
  for (const [index, place] of places.entries()) {
    to.set(from.subarray(index * width, (index + 1) * width), place * width);
  }
}

/** The numbers of some rows, one row after the other. */
export function gather(from: Float64Array, places: Int32Array, width: number): Float64Array {
  const to = new Float64Array(places.length * width);
  for (const [index, place] of places.entries()) {
    to.set(from.subarray(place * width, (place + 1) * width), index * width);
  }
  return to;
}
