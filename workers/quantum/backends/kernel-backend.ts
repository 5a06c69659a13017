/** The kernels as a backend: states of a few qubits stay in plain arrays, where they are faster. */
import type { KernelMachine, KernelState } from "../../compute/kernel-machine.ts";
import type { Precision } from "../../compute/kernel-step.ts";
import { type Backend, javascript } from "../core/backend.ts";
import { fuse } from "../core/fuse.ts";
import type { Primitive } from "../core/primitive.ts";
import { StateVector } from "../core/state-vector.ts";
import { stateVectorQubitsMax } from "../core/limits.ts";

interface KernelBackendOptions {
  readonly name: string;
  /** From so many qubits on the kernels are used. */
  readonly kernelsFrom: number;
  /** From so many qubits on the machine's helper threads are used. */
  readonly threadsFrom: number;
  /** Of the states in the kernels; those in plain arrays are always in float64. */
  readonly precision?: Precision;
}

/** Below this a program takes longer to write than plain loops take to run. */
export const kernelsFromQubits = 8;

export class KernelBackend implements Backend {
  readonly name: string;
  readonly #machine: KernelMachine;
  readonly #options: KernelBackendOptions;
  readonly #states = new Map<StateVector, KernelState>();

  constructor(machine: KernelMachine, options: KernelBackendOptions) {
    this.name = options.name;
    this.#machine = machine;
    this.#options = options;
  }

  get amplitudeBytes(): 8 | 16 {
    return this.#options.precision === "f32" ? 8 : 16;
  }

  newState(qubits: number): StateVector {
    const isLarge = qubits >= this.#options.kernelsFrom && qubits <= stateVectorQubitsMax;
    if (!isLarge) return javascript.newState(qubits);
    const own = this.#machine.newState(qubits, this.#options.precision ?? "f64");
    // A view of float32 is read and written like one of float64.
    const parts = { real: own.realPart, imaginary: own.imaginaryPart };
    const state = new StateVector(qubits, parts as Record<keyof typeof parts, Float64Array>);
    this.#states.set(state, own);
    return state;
  }

  release(state: StateVector): void {
    const own = this.#states.get(state);
    if (own === undefined) return;
    this.#states.delete(state);
    this.#machine.release(own);
  }

  prepare(primitives: readonly Primitive[], qubits: number): readonly Primitive[] {
    if (qubits < this.#options.kernelsFrom) return javascript.prepare(primitives, qubits);
    return fuse(primitives);
  }

  apply(state: StateVector, steps: readonly Primitive[]): void {
    const own = this.#states.get(state);
    if (own === undefined) return javascript.apply(state, steps);
    const isThreaded = state.qubits >= this.#options.threadsFrom;
    this.#machine.apply(own, steps, isThreaded ? this.#machine.parts : 1);
  }
}
