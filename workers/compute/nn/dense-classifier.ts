/** A trained network of dense layers in use: one sample in, the probability of each class out. */
import { softmax } from "../autograd/softmax.ts";
import { noGrad } from "../autograd/tape.ts";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor } from "../tensor/tensor.ts";
import { denseNetwork, loadFlatParameters } from "./dense-network.ts";

export interface DenseClassifier {
  /** How many there are. */
  readonly parameters: number;
  readonly probabilities: (sample: Float32Array) => number[];
}

/**
 * @param shape width of the input, of each hidden layer, and of the output
 * @param flat as `flatParameters` gives them
 * @throws RangeError when they do not fit the shape
 */
export function loadDenseClassifier(shape: readonly number[], flat: Float32Array): DenseClassifier {
  const network = denseNetwork(shape, seededChance(1));
  loadFlatParameters(network, flat);
  network.eval();
  return {
    parameters: network.parameterCount,
    probabilities: (sample) => {
      let answer: number[] = [];
      scope(() => {
        const logits = noGrad(() => network.forward(tensor(sample, [1, shape[0]!])));
        answer = [...noGrad(() => softmax(logits, 1)).values];
      });
      return answer;
    },
  };
}
