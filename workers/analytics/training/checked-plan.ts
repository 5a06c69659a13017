/** Plans as the API tells them: of any specification, or only of one that can be trained. */
import type { Specification } from "../contract-training-network.ts";
import type { TrainingPlan } from "../contract-training.ts";
import { analyticsProblem } from "../errors.ts";
import { DataProblem } from "./data-problem.ts";
import { describeData } from "./data-sets.ts";
import { planOf } from "./plan.ts";

/** What is wrong with it, or with its data, is part of the plan. */
export function planWithProblem(specification: Specification): TrainingPlan {
  try {
    return planOf(specification, describeData(specification));
  } catch (error) {
    if (!(error instanceof DataProblem)) throw error;
    return {
      layers: [],
      problem: { layer: null, message: error.message, expected: null, found: null },
      task: "classification",
      classes: [],
      inputs: [],
      samples: { training: 0, validation: 0 },
      parameters: 0,
      flops: 0,
      memoryBytes: 0,
    };
  }
}

/** @throws NETWORK_INVALID */
export function checkedPlan(specification: Specification): TrainingPlan {
  const plan = planWithProblem(specification);
  if (plan.problem === null) return plan;
  const { layer, message } = plan.problem;
  const path = layer === null ? "specification" : `specification.layers.${layer}`;
  throw analyticsProblem("NETWORK_INVALID", message, { issues: [{ path, message }] });
}
