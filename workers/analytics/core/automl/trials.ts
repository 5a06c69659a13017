/** What was tried, and how well it did. */
import type { Parameters } from "../learners/learner.ts";

/**
 * Successive halving's rungs: how much of the full effort a trial spends and on how many of the
 * folds; a third of those on a rung goes on to the next.
 */
export const rungs = [
  { effort: 1 / 9, folds: 1 },
  { effort: 1 / 3, folds: 2 },
  { effort: 1, folds: Infinity },
] as const;
export const topRung = rungs.length - 1;
export const halvingRate = 3;

/** Plain JSON. */
export interface TrialRecord {
  /** Counts from 0. */
  readonly number: number;
  readonly learner: string;
  readonly parameters: Parameters;
  readonly rung: number;
  /** The metric on each fold, turned so that less is better. */
  readonly losses: readonly number[];
  /** Their mean; null when the trial failed. */
  readonly loss: number | null;
  readonly durationMs: number;
  /** The trial on the rung below whose settings these are. */
  readonly promotedFrom: number | null;
  /** Why it has no loss. */
  readonly failure: string | null;
}

/** A trial that reached its end. */
export type FinishedTrial = TrialRecord & { readonly loss: number };

export function isFinished(trial: TrialRecord): trial is FinishedTrial {
  return trial.loss !== null;
}

/** Trials of full effort, the best first. */
export function fullTrials(trials: readonly TrialRecord[]): FinishedTrial[] {
  return trials
    .filter(isFinished)
    .filter(({ rung }) => rung === topRung)
    .toSorted((a, b) => a.loss - b.loss || a.number - b.number);
}
