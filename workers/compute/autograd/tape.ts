/**
 * Reverse-mode differentiation. Every operator is defined here once by name, so that a table of
 * numerical checks can tell whether it has a case for each.
 */
import assert from "node:assert/strict";
import { copy, full, type Tensor } from "../tensor/tensor.ts";
import { sameShape } from "../tensor/shape.ts";
import { addInto } from "../tensor/arithmetic.ts";

/** What an operator gives: its value, what it depends on, and the way back to each of these. */
export interface Computed {
  readonly output: Tensor;
  readonly inputs: readonly Tensor[];
  /** From the gradient of the output, contiguous, to that of each input; null where there is none. */
  readonly backward: (gradient: Tensor) => readonly (Tensor | null)[];
}

/** The names of all operators that were defined. */
export const operatorNames = new Set<string>();

let recording = true;
let sequence = 0;

export function defineOperator<Arguments extends unknown[]>(
  name: string,
  compute: (...args: Arguments) => Computed,
): (...args: Arguments) => Tensor {
  assert(!operatorNames.has(name), `operator ${name} is defined twice`);
  operatorNames.add(name);
  return (...args) => {
    const { output, inputs, backward: wayBack } = compute(...args);
    if (recording && inputs.some(({ requiresGrad }) => requiresGrad)) {
      output.requiresGrad = true;
      sequence += 1;
      output.node = { operator: name, sequence, inputs, backward: wayBack };
    }
    return output;
  };
}

/** Nothing done in it is recorded. */
export function noGrad<T>(work: () => T): T {
  const before = recording;
  recording = false;
  try {
    return work();
  } finally {
    recording = before;
  }
}

/**
 * Adds to the `grad` of every leaf that requires it. Operators are followed back in the reverse order
 * of their making, so that the same graph gives the same sums, bit for bit.
 * @param seed the gradient of the result; 1 where it has one value
 */
export function backward(result: Tensor, seed?: Tensor): void {
  if (!result.requiresGrad) throw new RangeError("Nothing in this graph requires a gradient.");
  if (seed === undefined && result.size !== 1) {
    throw new RangeError(`A result of ${result.size} values needs a gradient to start from.`);
  }
  assert(seed === undefined || sameShape(seed.shape, result.shape));
  noGrad(() => {
    const gradients = new Map<Tensor, Tensor>();
    gradients.set(result, seed ?? full(result.shape, 1, result.dtype));
    for (const output of inReverse(result)) {
      const gradient = gradients.get(output);
      gradients.delete(output);
      if (gradient === undefined) continue;
      const { node } = output;
      // Ways back hold arrays, which cannot tell by themselves that their memory has gone to others.
      const isThere = node?.inputs.every(({ storage }) => !storage.isReleased) ?? true;
      assert(isThere, "the scope in which this graph was recorded has ended");
      if (node === null) accumulate(output, gradient);
      else
        spread(
          node.inputs,
          node.backward(gradient.isContiguous ? gradient : copy(gradient)),
          gradients,
        );
    }
  });
}

function spread(
  inputs: readonly Tensor[],
  parts: readonly (Tensor | null)[],
  gradients: Map<Tensor, Tensor>,
): void {
  inputs.forEach((input, index) => {
    const part = parts[index] ?? null;
    if (!input.requiresGrad || part === null) return;
    assert(sameShape(part.shape, input.shape) && part.dtype === input.dtype);
    const before = gradients.get(input);
    if (before === undefined) gradients.set(input, part);
    else {
      // Either may be shared with another input, so the sum is a new tensor.
      const sum = copy(before);
      addInto(sum, part);
      gradients.set(input, sum);
    }
  });
}

/** All tensors that the result depends on: those made last first, leaves at the end. */
function inReverse(result: Tensor): Tensor[] {
  const seen = new Set<Tensor>([result]);
  for (const output of seen) {
    for (const input of output.node?.inputs ?? []) if (input.requiresGrad) seen.add(input);
  }
  return [...seen].toSorted((a, b) => (b.node?.sequence ?? 0) - (a.node?.sequence ?? 0));
}

function accumulate(leaf: Tensor, gradient: Tensor): void {
  if (leaf.grad === null) leaf.grad = copy(gradient).keep();
  else addInto(leaf.grad, gradient);
}
