/**
 * What to try next: asynchronous successive halving (Li, Jamieson and others 2020, algorithm 2) over
 * settings that a Parzen estimator proposes for each learner, from the highest rung that has seen
 * enough (as BOHB does, Falkner, Klein and Hutter 2018, section 3.2).
 */
import type { Chance } from "../../../compute/chance.ts";
import type { Learner, Parameters } from "../learners/learner.ts";
import { defaultParameters, suggest } from "./parzen-estimator.ts";
import {
  type FinishedTrial,
  halvingRate,
  isFinished,
  topRung,
  type TrialRecord,
} from "./trials.ts";

export interface NextTrial {
  readonly learner: Learner;
  readonly parameters: Parameters;
  readonly rung: number;
  readonly promotedFrom: number | null;
}

/** Fewer trials on a rung say too little for the estimator. */
const observationsMin = 8;

export function nextTrial(
  learners: readonly Learner[],
  trials: readonly TrialRecord[],
  chance: Chance,
): NextTrial {
  const untried = learners.find(({ id }) => trials.every(({ learner }) => learner !== id));
  if (untried !== undefined) {
    const parameters = defaultParameters(untried.space);
    return { learner: untried, parameters, rung: 0, promotedFrom: null };
  }
  const promoted = promotion(trials);
  if (promoted !== null) {
    const { learner: id, parameters, rung, number } = promoted;
    const learner = learners.find((each) => each.id === id)!;
    return { learner, parameters, rung: rung + 1, promotedFrom: number };
  }
  const learner = chooseLearner(learners, trials, chance);
  const own = trials.filter(isFinished).filter((trial) => trial.learner === learner.id);
  const parameters = suggest(learner.space, observations(own), chance);
  return { learner, parameters, rung: 0, promotedFrom: null };
}

/** The best of a rung's top third that has not gone on, on the highest rung that has one. */
function promotion(trials: readonly TrialRecord[]): FinishedTrial | null {
  const gone = new Set(trials.map(({ promotedFrom }) => promotedFrom));
  const hasFull = trials.some(({ rung, loss }) => rung === topRung && loss !== null);
  for (let rung = topRung - 1; rung >= 0; rung -= 1) {
    const ranked = trials
      .filter(isFinished)
      .filter((trial) => trial.rung === rung)
      .toSorted((a, b) => a.loss - b.loss || a.number - b.number);
    // Until there is a result to show, the best goes on at once.
    const places = hasFull ? Math.floor(ranked.length / halvingRate) : ranked.length;
    const next = ranked.slice(0, places).find(({ number }) => !gone.has(number));
    if (next !== undefined) return next;
  }
  return null;
}

/** The better a learner's best trial on the lowest rung, the likelier it is tried again. */
function chooseLearner(
  learners: readonly Learner[],
  trials: readonly TrialRecord[],
  chance: Chance,
): Learner {
  const best = (id: string): number =>
    trials
      .filter(isFinished)
      .filter(({ learner, rung }) => learner === id && rung === 0)
      .reduce((least, { loss }) => Math.min(least, loss), Infinity);
  const ranked = learners
    .map((learner) => ({ learner, loss: best(learner.id) }))
    .toSorted((a, b) => (a.loss === b.loss ? 0 : a.loss - b.loss));
  const usable = ranked.filter(({ loss }) => loss < Infinity);
  const from = usable.length > 0 ? usable : ranked;
  const total = from.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  let left = chance.float() * total;
  for (const [rank, { learner }] of from.entries()) {
    left -= 1 / (rank + 1);
    if (left < 0) return learner;
  }
  return from.at(-1)!.learner;
}

function observations(trials: readonly FinishedTrial[]): readonly FinishedTrial[] {
  for (let rung = topRung; rung > 0; rung -= 1) {
    const on = trials.filter((trial) => trial.rung === rung);
    if (on.length >= observationsMin) return on;
  }
  return trials.filter(({ rung }) => rung === 0);
}
