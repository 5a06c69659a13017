/** States of independent qubits. */
import type { Random } from "../../cluster/random.ts";
import { StateVector } from "./state-vector.ts";

/** Of each qubit: cos(theta / 2)|0> + e^(i phi) sin(theta / 2)|1>, in radians. */
export type ProductState = readonly (readonly [theta: number, phi: number])[];

/** Each qubit evenly from the Bloch sphere. */
export function randomProduct(random: Random, qubits: number): ProductState {
  return Array.from(
    { length: qubits },
    () => [Math.acos(1 - 2 * random.float()), 2 * Math.PI * random.float()] as const,
  );
}

export function productState(angles: ProductState): StateVector {
  const state = new StateVector(angles.length);
  const { real, imaginary } = state;
  for (const [qubit, [theta, phi]] of angles.entries()) {
    const [cosine, sine] = [Math.cos(theta / 2), Math.sin(theta / 2)];
    const [re, im] = [sine * Math.cos(phi), sine * Math.sin(phi)];
    const size = 2 ** qubit;
    // The upper half first: the lower one is what both come from.
    for (let at = 0; at < size; at++) {
      const [a, b] = [real[at]!, imaginary[at]!];
      real[size + at] = a * re - b * im;
      imaginary[size + at] = a * im + b * re;
      real[at] = a * cosine;
      imaginary[at] = b * cosine;
    }
  }
  return state;
}
