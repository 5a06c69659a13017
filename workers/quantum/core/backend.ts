/** Who carries out unitary steps on a state vector; everything else is the same for all. */
import { applyPrimitive } from "./apply-primitive.ts";
import { fuse } from "./fuse.ts";
import type { Primitive } from "./primitive.ts";
import { StateVector } from "./state-vector.ts";

export interface Backend {
  readonly name: string;
  /** Of an amplitude, both parts: 16 in float64, 8 in float32. */
  readonly amplitudeBytes: 8 | 16;
  /** The state |0...0> where this backend wants it; to be released. */
  newState(qubits: number): StateVector;
  release(state: StateVector): void;
  /** Gathers primitives into the steps that suit this backend; done once for many shots. */
  prepare(primitives: readonly Primitive[], qubits: number): readonly Primitive[];
  /** `state` is one of this backend's own. */
  apply(state: StateVector, steps: readonly Primitive[]): void;
}

/** Plain typed arrays, gates on one qubit merged: larger matrices cost more than they save here. */
export const javascript: Backend = {
  name: "javascript",
  amplitudeBytes: 16,
  newState: (qubits) => new StateVector(qubits),
  release: () => undefined,
  prepare: (primitives) => fuse(primitives, { dense: 1, diagonal: 1, permutation: 1 }),
  apply: (state, steps) => {
    for (const step of steps) applyPrimitive(state, step);
  },
};
