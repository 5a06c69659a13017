/** Several models together: the greedy selection of members, and a linear model over them. */
import type { Target } from "../learners/learner.ts";
import { automlLimits } from "./automl-limits.ts";
import { gather, scatter, type Validation } from "./cross-validation.ts";
import { lossOf, type MetricId } from "./metrics.ts";
import { fitStack, type Stack, stackPredictions } from "./stacking.ts";

/** How the members' predictions become one. Plain JSON. */
export type Combination =
  | { readonly kind: "single" }
  | { readonly kind: "weighted"; readonly weights: readonly number[] }
  | { readonly kind: "stacked"; readonly stack: Stack };

/** @param predictions one list for each member, all of the same rows */
export function combine(
  combination: Combination,
  predictions: readonly Float64Array[],
  width: number,
): Float64Array {
  if (combination.kind === "single") return predictions[0]!;
  if (combination.kind === "stacked")
    return stackPredictions(combination.stack, predictions, width);
  const sum = new Float64Array(predictions[0]!.length);
  for (const [member, weight] of combination.weights.entries()) {
    if (weight === 0) continue;
    const own = predictions[member]!;
    for (let at = 0; at < sum.length; at += 1) sum[at]! += weight * own[at]!;
  }
  return sum;
}

/**
 * Ensemble selection from a library of models (Caruana, Niculescu-Mizil, Crew and Ksikes 2004,
 * section 2): the model that helps the average most joins it, again and again and with replacement;
 * what counts is the best average on the way.
 *
 * @returns a weight for each model, which sum to 1
 */
export function selectEnsemble(
  metric: MetricId,
  target: Target,
  predictions: readonly Float64Array[],
): number[] {
  const { ensembleRoundsMax, ensembleMembersMax } = automlLimits;
  const counts = predictions.map(() => 0);
  const sum = new Float64Array(predictions[0]!.length);
  let best = { loss: Infinity, counts: [...counts] };
  for (let round = 1; round <= ensembleRoundsMax; round += 1) {
    const members = counts.filter((count) => count > 0).length;
    let chosen = { model: -1, loss: Infinity };
    for (const [model, own] of predictions.entries()) {
      if (members >= ensembleMembersMax && counts[model] === 0) continue;
      const average = sum.map((value, at) => (value + own[at]!) / round);
      const loss = lossOf(metric, target, average);
      if (loss < chosen.loss) chosen = { model, loss };
    }
    if (chosen.model < 0) break;
    counts[chosen.model]! += 1;
    const own = predictions[chosen.model]!;
    for (let at = 0; at < sum.length; at += 1) sum[at]! += own[at]!;
    if (chosen.loss < best.loss) best = { loss: chosen.loss, counts: [...counts] };
  }
  const total = best.counts.reduce((all, count) => all + count, 0);
  return best.counts.map((count) => count / total);
}

export interface CombinedScores {
  readonly combination: Combination;
  readonly losses: readonly number[];
  /** rows of the problem x width, each from weights that its own fold had no part in. */
  readonly outOfFold: Float64Array;
}

/**
 * Weights from all tested rows, and scores from weights that never saw the fold they are scored on:
 * otherwise the choice among many models would flatter itself.
 */
export function combineAcrossFolds(
  validation: Validation,
  predictions: readonly Float64Array[],
  kind: "weighted" | "stacked",
): CombinedScores {
  const { folds, width, problem, metric } = validation;
  const choose = (places: Int32Array): Combination => {
    const own = predictions.map((each) => gather(each, places, width));
    const target = validation.targetOf(places);
    return kind === "weighted"
      ? { kind, weights: selectEnsemble(metric, target, own) }
      : { kind, stack: fitStack(target, own) };
  };
  const outOfFold = new Float64Array(problem.rows.length * width).fill(Number.NaN);
  const losses = folds.map(({ test }, index) => {
    const others = joined(folds.filter((_, fold) => fold !== index).map((fold) => fold.test));
    const own = predictions.map((each) => gather(each, test, width));
    const combined = combine(choose(others), own, width);
    scatter(combined, test, width, outOfFold);
    return validation.lossOn(test, combined);
  });
  const combination = choose(joined(folds.map(({ test }) => test)));
  return { combination, losses, outOfFold };
}

export function joined(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(lists.flatMap((list) => [...list]));
}
