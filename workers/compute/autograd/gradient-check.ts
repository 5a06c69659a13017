/** Compares the gradients of an operator with central differences, in double precision. */
import { backward, noGrad } from "./tape.ts";
import { mul } from "./elementwise.ts";
import { sum } from "./reductions.ts";
import { scope, type Tensor, tensor } from "../tensor/tensor.ts";
import type { Chance } from "../chance.ts";

const step = 1e-5;

/**
 * The largest error of any input's gradient, relative to that gradient's largest value. The operator's
 * output is weighed with random numbers, so that no error cancels.
 * @param inputs contiguous f64
 * @param every of so many values of an input one is checked
 */
export function gradientError(
  operator: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  chance: Chance,
  every = 1,
): number {
  const weights: number[] = [];
  const loss = (): Tensor => {
    const output = operator(...inputs);
    while (weights.length < output.size) weights.push(chance.float() * 2 - 1);
    return sum(mul(output, tensor(weights, output.shape, "f64")));
  };
  const value = (): number => scope(() => noGrad(() => loss().item()));
  for (const input of inputs) {
    input.requiresGrad = true;
    input.grad = null;
  }
  scope(() => backward(loss()));
  return Math.max(
    ...inputs.map(({ values, grad }) => {
      const places = Array.from(
        { length: Math.ceil(values.length / every) },
        (_, at) => at * every,
      );
      const numeric = places.map((index) => {
        const before = values[index]!;
        values[index] = before + step;
        const above = value();
        values[index] = before - step;
        const below = value();
        values[index] = before;
        return (above - below) / (2 * step);
      });
      const all = grad?.toArray() ?? new Float64Array(values.length);
      const analytic = places.map((index) => all[index]!);
      const size = (list: ArrayLike<number>): number => Math.max(...Array.from(list, Math.abs));
      const differences = numeric.map((each, index) => each - analytic[index]!);
      return size(differences) / Math.max(1e-8, size(numeric) + size(analytic));
    }),
  );
}
