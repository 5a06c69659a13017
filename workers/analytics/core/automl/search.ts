/** Tries learners and settings until the time is up. */
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { Learner } from "../learners/learner.ts";
import { automlLimits } from "./automl-limits.ts";
import { type CrossValidated, crossValidate, type Validation } from "./cross-validation.ts";
import { nextTrial, type NextTrial } from "./schedule.ts";
import { fullTrials, rungs, topRung, type TrialRecord } from "./trials.ts";

/** Plain JSON: from which a search goes on as if it had not been stopped. */
export interface SavedSearch {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly trials: readonly TrialRecord[];
}

export interface SearchTime {
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  readonly budgetMs: number;
}

export class Search {
  readonly #validation: Validation;
  readonly #learners: readonly Learner[];
  readonly #time: SearchTime;
  readonly #seed: number;
  readonly #startedMs: number;
  readonly #trials: TrialRecord[];
  /** Predictions of the best trials of full effort, by their numbers. */
  readonly #outOfFold = new Map<number, Float64Array>();

  constructor(
    validation: Validation,
    learners: readonly Learner[],
    time: SearchTime,
    saved: SavedSearch,
  ) {
    this.#validation = validation;
    this.#learners = learners;
    this.#time = time;
    this.#seed = saved.seed;
    this.#startedMs = time.nowMs() - saved.elapsedMs;
    this.#trials = [...saved.trials];
  }

  get trials(): readonly TrialRecord[] {
    return this.#trials;
  }

  get elapsedMs(): number {
    return this.#time.nowMs() - this.#startedMs;
  }

  save(): SavedSearch {
    return { seed: this.#seed, elapsedMs: this.elapsedMs, trials: this.#trials };
  }

  /**
   * Yields after each piece of work. A trial that is not done when the time is up is dropped, unless
   * there is no trial of full effort yet: one is always brought to its end.
   */
  *run(): Generator<void, void> {
    while (this.#trials.length < automlLimits.trialsMax) {
      const hasResult = fullTrials(this.#trials).length > 0;
      if (hasResult && this.#isOver()) return;
      const next = this.#next(hasResult);
      if (next === null) return;
      const done = yield* this.#try(next, hasResult);
      if (!done) return;
    }
  }

  /** What a full trial says of each row; computed again where a saved search did not keep it. */
  *outOfFold(trial: TrialRecord): Generator<void, Float64Array> {
    const kept = this.#outOfFold.get(trial.number);
    if (kept !== undefined) return kept;
    const learner = this.learner(trial.learner);
    const { outOfFold } = yield* this.#validate({ ...trial, learner });
    this.#outOfFold.set(trial.number, outOfFold);
    return outOfFold;
  }

  learner(id: string): Learner {
    const learner = this.#learners.find((each) => each.id === id);
    if (learner === undefined) throw new RangeError(`There is no learner ${id}.`);
    return learner;
  }

  /** The same for every member of an ensemble and for every fold: only settings tell trials apart. */
  get seed(): number {
    return this.#seed;
  }

  #isOver(): boolean {
    return this.elapsedMs >= this.#time.budgetMs;
  }

  /** null: every learner has failed. */
  #next(hasResult: boolean): NextTrial | null {
    const failed = new Set(
      this.#trials.filter(({ loss }) => loss === null).map(({ learner }) => learner),
    );
    const worked = new Set(
      this.#trials.filter(({ loss }) => loss !== null).map(({ learner }) => learner),
    );
    // One that has failed with its defaults and never worked is not asked again.
    const asked = this.#learners.filter(({ id }) => worked.has(id) || !failed.has(id));
    if (asked.length === 0) return null;
    const inHurry = !hasResult && this.#isOver() && worked.size > 0;
    const learners = inHurry ? asked.filter(({ id }) => worked.has(id)) : asked;
    return nextTrial(
      learners,
      this.#trials,
      seededChance(this.#seed + 7_919 * this.#trials.length),
    );
  }

  /** @returns false when the time was up before its end */
  *#try(next: NextTrial, mayStop: boolean): Generator<void, boolean> {
    const startedMs = this.#time.nowMs();
    const about = {
      number: this.#trials.length,
      learner: next.learner.id,
      parameters: next.parameters,
      rung: next.rung,
      promotedFrom: next.promotedFrom,
    };
    let outcome: CrossValidated | null = null;
    let failure: string | null = null;
    try {
      const work = this.#validate(next);
      for (;;) {
        const step = work.next();
        if (step.done === true) {
          outcome = step.value;
          break;
        }
        if (mayStop && this.#isOver()) return false;
        yield;
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = error.message;
    }
    const losses = outcome?.losses ?? [];
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const loss = Number.isFinite(mean) ? mean : null;
    if (loss === null) failure ??= "The metric has no finite value.";
    const durationMs = this.#time.nowMs() - startedMs;
    this.#trials.push({ ...about, losses, loss, durationMs, failure });
    if (loss !== null && next.rung === topRung) this.#keep(about.number, outcome!.outOfFold);
    yield;
    return true;
  }

  #validate({ learner, parameters, rung }: Omit<NextTrial, "promotedFrom">) {
    const { effort, folds } = rungs[rung]!;
    return crossValidate(this.#validation, learner, parameters, {
      seed: this.#seed,
      effort,
      folds,
    });
  }

  /** The worst are let go when there are too many, or too many numbers. */
  #keep(number: number, outOfFold: Float64Array): void {
    this.#outOfFold.set(number, outOfFold);
    const { keptTrialsMax, keptValuesMax } = automlLimits;
    const most = Math.max(2, Math.min(keptTrialsMax, Math.floor(keptValuesMax / outOfFold.length)));
    const kept = fullTrials(this.#trials).filter((trial) => this.#outOfFold.has(trial.number));
    for (const { number: worst } of kept.slice(most)) this.#outOfFold.delete(worst);
  }
}
