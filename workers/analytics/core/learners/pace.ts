/** Counts work, so that a fit yields in time without looking at a clock. */
import { operationsAtOnce } from "./learner-limits.ts";

export class Pace {
  #left = operationsAtOnce;

  /** @returns whether it is time to yield, after so many more elementary operations */
  spend(operations: number): boolean {
    this.#left -= operations;
    if (this.#left > 0) return false;
    this.#left = operationsAtOnce;
    return true;
  }
}

/** Runs steps inside a part of a longer fit: their progress becomes that of the whole. */
export function* within<Result>(
  steps: Generator<number, Result>,
  from: number,
  to: number,
): Generator<number, Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield from + (to - from) * step.value;
  }
}
