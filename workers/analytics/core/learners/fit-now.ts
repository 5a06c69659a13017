/** A fit without pauses, for callers who need not breathe. */
import type { Design, FitOptions, FittedModel, Learner, Parameters, Target } from "./learner.ts";

export function fitNow(
  learner: Learner,
  table: { readonly design: Design; readonly target: Target },
  parameters: Parameters = {},
  options: FitOptions = { seed: 0 },
): FittedModel {
  const steps = learner.fit(table.design, table.target, parameters, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
