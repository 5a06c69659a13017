/** A feed-forward network of dense layers with ReLU between them; its last layer gives logits. */
import assert from "node:assert/strict";
import type { Chance } from "../chance.ts";
import { ReLU } from "./activations.ts";
import { Linear } from "./layers.ts";
import { type Layer, Sequential } from "./module.ts";

/** @param shape width of the input, of each hidden layer, and of the output */
export function denseNetwork(shape: readonly number[], chance: Chance): Sequential {
  assert(shape.length >= 2 && shape.every((width) => Number.isInteger(width) && width > 0));
  const layers = shape.slice(1).flatMap((outputs, index): Layer[] => {
    const linear = new Linear(shape[index]!, outputs, { chance: undrawn });
    return index === 0 ? [linear] : [new ReLU(), linear];
  });
  const network = new Sequential(...layers);
  forEachParameter(network, (values, at, _place, inputs) => {
    // He et al. 2015, uniform variant: variance 2 / inputs keeps ReLU activations in scale.
    values[at] = inputs === null ? 0 : (chance.float() * 2 - 1) * Math.sqrt(6 / inputs);
  });
  return network;
}

/** The layers' own initial values are drawn over. */
const undrawn: Chance = { float: () => 0, below: () => 0 };

/** All parameters in one array, layer by layer: weights as inputs x outputs, then the bias. */
export function flatParameters(network: Sequential): Float32Array {
  const flat = new Float32Array(network.parameterCount);
  forEachParameter(network, (values, source, place) => (flat[place] = values[source]!));
  return flat;
}

/** @throws RangeError when the number of values differs or one of them is not finite */
export function loadFlatParameters(network: Sequential, flat: Float32Array): void {
  if (flat.length !== network.parameterCount) {
    throw new RangeError(
      `The network has ${network.parameterCount} parameters, the file ${flat.length}.`,
    );
  }
  if (!flat.every(Number.isFinite)) throw new RangeError("A parameter is not a finite number.");
  forEachParameter(network, (values, target, place) => (values[target] = flat[place]!));
}

/** `inputs` is null for a bias. */
type Visit = (
  values: Linear["weight"]["values"],
  at: number,
  place: number,
  inputs: number | null,
) => void;

function forEachParameter(network: Sequential, visit: Visit): void {
  let place = 0;
  for (const layer of network.layers) {
    if (!(layer instanceof Linear)) continue;
    const [outputs, inputs] = layer.weight.shape as readonly [number, number];
    const weights = layer.weight.values;
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        visit(weights, output * inputs + input, place++, inputs);
      }
    }
    layer.bias?.values.forEach((_, at, bias) => visit(bias, at, place++, null));
  }
}
