/**
 * Five-fold cross-validation on the folds that scikit-learn draws with random_state 0, beside what
 * scikit-learn 1.2.1 reaches there with its defaults (columns standardised for linear models,
 * neighbours and networks).
 */
import { describe, expect, it } from "vitest";
import { rowsOf, sampleTable, type SampleTableName, standardised } from "../../sample-tables.ts";
import { learners } from "./all-learners.ts";
import { fitNow } from "./fit-now.ts";
import type { Parameters } from "./learner.ts";
import { accuracy, likeliest, rSquared } from "./metrics.ts";

/** Mean over the folds: accuracy of classes, R squared of numbers. */
function crossValidated(id: string, name: SampleTableName, parameters: Parameters): number {
  const learner = learners.find((each) => each.id === id)!;
  const table = sampleTable(name);
  let sum = 0;
  for (let fold = 0; fold < 5; fold++) {
    const training = rowsOf(table, (row) => table.folds[row] !== fold);
    const heldBack = rowsOf(table, (row) => table.folds[row] === fold);
    const scale = (design: typeof training.design): typeof training.design =>
      learner.wantsScaling ? standardised(design, training.design) : design;
    const target = training.target;
    const model = fitNow(learner, { design: scale(training.design), target }, parameters);
    const answers = model.predict(scale(heldBack.design));
    const truth = heldBack.target;
    sum +=
      truth.kind === "regression"
        ? rSquared(truth.values, answers)
        : accuracy(truth.labels, likeliest(answers, truth.classes));
  }
  return sum / 5;
}

/** Theirs, and how far below it chance or another tie may take us. */
const reached: readonly [string, SampleTableName, number, number, Parameters?][] = [
  ["logistic-regression", "iris", 0.96, 0.001],
  ["nearest-neighbours", "iris", 0.953, 0.008],
  ["naive-bayes", "iris", 0.96, 0.001],
  ["random-forest", "iris", 0.94, 0.01],
  ["logistic-regression", "wine", 0.983, 0.001],
  ["random-forest", "wine", 0.972, 0.012],
  ["logistic-regression", "breast-cancer", 0.979, 0.001],
  ["random-forest", "breast-cancer", 0.965, 0.01],
  ["nearest-neighbours", "digits", 0.977, 0.003],
  ["logistic-regression", "digits", 0.969, 0.002],
  ["random-forest", "digits", 0.973, 0.006],
  ["decision-tree", "iris", 0.9333, 0.01],
  ["decision-tree", "wine", 0.9273, 0.02],
  ["decision-tree", "breast-cancer", 0.9262, 0.02],
  ["decision-tree", "digits", 0.8592, 0.02],
  ["extra-trees", "iris", 0.9533, 0.01],
  ["extra-trees", "wine", 0.9887, 0.012],
  ["extra-trees", "breast-cancer", 0.9684, 0.01],
  ["extra-trees", "digits", 0.9794, 0.006],
  ["hist-gradient-boosting", "iris", 0.9467, 0.001],
  ["hist-gradient-boosting", "wine", 0.9717, 0.001],
  ["hist-gradient-boosting", "breast-cancer", 0.9701, 0.002],
  ["neural-network", "digits", 0.977, 0.006],
  ["least-squares", "diabetes", 0.489, 0.001],
  ["random-forest", "diabetes", 0.419, 0.02],
];

describe("reaches scikit-learn's accuracy", () => {
  it.each(reached)(
    "%s on %s: %f",
    (id, name, theirs, slack, parameters = {}) => {
      const own = crossValidated(id, name, parameters);
      expect(own).toBeGreaterThan(theirs - slack - 0.0005);
      expect(own).toBeLessThan(1);
    },
    60_000,
  );
});
