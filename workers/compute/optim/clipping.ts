/** Bounds on gradients, between the way back and the optimiser's step. */
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Scales all gradients down together, so that their norm is at most `maxNorm`.
 * @returns the norm before
 */
export function clipGradNorm(parameters: readonly Tensor[], maxNorm: number): number {
  const gradients = parameters.flatMap(({ grad }) => (grad === null ? [] : [grad.values]));
  let squares = 0;
  for (const values of gradients) for (const value of values) squares += value * value;
  const norm = Math.sqrt(squares);
  const factor = maxNorm / (norm + 1e-6);
  if (factor < 1) {
    for (const values of gradients)
      for (let at = 0; at < values.length; at++) values[at]! *= factor;
  }
  return norm;
}

/** Brings every value of every gradient into [-limit, limit]. */
export function clipGradValue(parameters: readonly Tensor[], limit: number): void {
  for (const { grad } of parameters) {
    if (grad === null) continue;
    const { values } = grad;
    for (let at = 0; at < values.length; at++)
      values[at] = Math.min(Math.max(values[at]!, -limit), limit);
  }
}
