/** Every learner of tables, from the simplest to the slowest. */
import { histGradientBoosting } from "./boosting.ts";
import { decisionTree, extraTrees, randomForest } from "./forests.ts";
import { elasticNet, lasso } from "./elastic-net.ts";
import type { Learner } from "./learner.ts";
import { ordinaryLeastSquares } from "./least-squares.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { naiveBayes } from "./naive-bayes.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";
import { neuralNetwork } from "./neural-network.ts";
import { ridge } from "./ridge.ts";

export const learners: readonly Learner[] = [
  ordinaryLeastSquares,
  ridge,
  lasso,
  elasticNet,
  logisticRegression,
  naiveBayes,
  nearestNeighbours,
  decisionTree,
  randomForest,
  extraTrees,
  histGradientBoosting,
  neuralNetwork,
];
