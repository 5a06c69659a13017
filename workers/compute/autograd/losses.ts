/** The distance of each prediction from its target; `mean` or `sum` makes a loss of them. */
import { mapPair, product, scaled } from "../tensor/arithmetic.ts";
import { sigmoid, softplus } from "../tensor/elementary.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./tape.ts";

/** A function of the difference between prediction and target. */
function distance<Parameters extends number[]>(
  name: string,
  value: (difference: number, ...parameters: Parameters) => number,
  slope: (difference: number, ...parameters: Parameters) => number,
): (x: Tensor, target: Tensor, ...parameters: Parameters) => Tensor {
  return defineOperator(name, (x: Tensor, target: Tensor, ...parameters: Parameters) => {
    checkShapes(x, target);
    return {
      output: mapPair(x, target, (a, b) => value(a - b, ...parameters)),
      inputs: [x, target],
      backward: (g) => {
        const toX = product(
          g,
          mapPair(x, target, (a, b) => slope(a - b, ...parameters)),
        );
        return [toX, target.requiresGrad ? scaled(toX, -1) : null];
      },
    };
  });
}

function checkShapes(x: Tensor, target: Tensor): void {
  if (!sameShape(x.shape, target.shape)) {
    throw new RangeError(
      `Predictions [${x.shape.join(", ")}] and targets [${target.shape.join(", ")}] differ.`,
    );
  }
}

export const squaredError = distance(
  "squaredError",
  (d) => d * d,
  (d) => 2 * d,
);
export const absoluteError = distance("absoluteError", Math.abs, Math.sign);
/** Huber 1964: a parabola up to delta, straight beyond. */
export const huberError = distance(
  "huberError",
  (d, delta: number) => (Math.abs(d) <= delta ? 0.5 * d * d : delta * (Math.abs(d) - 0.5 * delta)),
  (d, delta: number) => (Math.abs(d) <= delta ? d : delta * Math.sign(d)),
);

/** Cross-entropy of a coin whose logit is x: log(1 + e^x) - x target. */
export const binaryCrossEntropyWithLogits = defineOperator(
  "binaryCrossEntropyWithLogits",
  (x: Tensor, target: Tensor) => {
    checkShapes(x, target);
    return {
      output: mapPair(x, target, (logit, truth) => softplus(logit) - logit * truth),
      inputs: [x, target],
      backward: (g) => [
        product(
          g,
          mapPair(x, target, (logit, truth) => sigmoid(logit) - truth),
        ),
        target.requiresGrad ? scaled(product(g, x), -1) : null,
      ],
    };
  },
);
