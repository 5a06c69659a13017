/** The verdict over a run in words. */
import type { Experiment, TrainingPlan } from "../../../workers/analytics/contract.ts";

export function healthOf(experiment: Experiment | null) {
  if (experiment === null) return "unknown";
  if (experiment.state === "failed") return "failed";
  return experiment.state === "interrupted" ? "degraded" : "healthy";
}

export function verdictOf(experiment: Experiment | null, plan: TrainingPlan | null): string {
  if (experiment === null) {
    return plan === null || plan.problem !== null
      ? "This network does not fit yet"
      : `Nothing trained yet: ${plan.parameters.toLocaleString("en-US")} parameters are ready`;
  }
  const { name, state, result, message, samplesPerSecond } = experiment;
  if (state === "failed") return `Failed: ${message ?? "unknown"}`;
  if (result === null) return `${name} is ${state}`;
  const accuracy =
    result.validationAccuracy === null
      ? `validation loss ${result.validationLoss?.toPrecision(3) ?? "unknown"}`
      : `validation accuracy ${(100 * result.validationAccuracy).toFixed(1)} %`;
  return `${name} is ${state}: epoch ${Math.floor(result.epoch)}, ${accuracy}, ${samplesPerSecond.toLocaleString("en-US")} samples/s`;
}
