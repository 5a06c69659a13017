/** The functions that are running at a step, the innermost first. */
import type { SourceSpan } from "../artefact.ts";
import type { Activation, Execution } from "./execution.ts";

export interface CallSite {
  readonly activation: Activation;
  /** Where it stands in the source: of an outer one the call. */
  readonly span: SourceSpan | null;
  readonly step: number;
}

export function callSites(execution: Execution, step: number): CallSite[] {
  const sites: CallSite[] = [];
  let at: number | null = step;
  let activation: Activation | undefined = execution.activation(step);
  while (activation !== undefined && at !== null) {
    const { function: called, parent, callStep }: Activation = activation;
    // Helpers that the compiler made are no calls of the program.
    if (called === null || called.node !== null || called.getterOf !== null) {
      const span = execution.nearestStatement(at) ?? execution.span(at);
      sites.push({ activation, span, step: at });
    }
    at = callStep;
    activation = parent === null ? undefined : execution.activations[parent];
  }
  return sites.filter((site, place) => !isDispatch(site, sites[place - 1], execution));
}

/** The dispatch of a call stands for itself only where no function was entered from it. */
function isDispatch({ activation }: CallSite, inner: CallSite | undefined, execution: Execution) {
  if (inner === undefined || activation.function !== null) return false;
  const program = execution.program(activation.frame);
  if (program === null || program.isCreation) return false;
  return inner.activation.frame === activation.frame;
}

/** The innermost activation at a step that is not a helper of the compiler. */
export function userActivation(execution: Execution, step: number): Activation {
  let activation = execution.activation(step);
  for (;;) {
    const { function: called, parent, frame } = activation;
    if (called === null || called.node !== null || called.getterOf !== null) return activation;
    const outer = parent === null ? undefined : execution.activations[parent];
    if (outer === undefined || outer.frame !== frame) return activation;
    activation = outer;
  }
}
