/** Where amplitudes live and who multiplies them: SIMD kernels where there are some, plain arrays else. */
import { type KernelState, StateKernels } from "../../compute/state-kernels.ts";
import type { Precision } from "../../compute/kernel-step.ts";
import { type Amplitudes, applyPrimitive } from "../core/apply-primitive.ts";
import { javascript } from "../core/backend.ts";
import { fuse } from "../core/fuse.ts";
import type { Primitive } from "../core/primitive.ts";
import { singlePrecisionFrom } from "./limits.ts";

export interface EngineState {
  readonly qubits: number;
  readonly precision: Precision;
  readonly real: Float64Array | Float32Array;
  readonly imaginary: Float64Array | Float32Array;
}

export type BlochVector = readonly [number, number, number];

export interface Engine {
  readonly name: string;
  /** |0...0> */
  newState(qubits: number): EngineState;
  release(state: EngineState): void;
  prepare(primitives: readonly Primitive[], qubits: number): readonly Primitive[];
  apply(state: EngineState, steps: readonly Primitive[]): void;
  bloch(state: EngineState, qubit: number): BlochVector;
}

export function copyState(from: EngineState, to: EngineState): void {
  to.real.set(from.real);
  to.imaginary.set(from.imaginary);
}

export function bytesOf({ real }: EngineState): number {
  return 2 * real.byteLength;
}

export const plainEngine: Engine = {
  name: "plain JavaScript",
  newState: (qubits) => {
    const real = new Float64Array(2 ** qubits);
    real[0] = 1;
    return { qubits, precision: "f64", real, imaginary: new Float64Array(2 ** qubits) };
  },
  release: () => undefined,
  prepare: (primitives, qubits) => javascript.prepare(primitives, qubits),
  apply: (state, steps) => {
    for (const step of steps) applyPrimitive(state as EngineState & Amplitudes, step);
  },
  bloch: plainBloch,
};

function plainBloch({ real, imaginary }: EngineState, qubit: number): BlochVector {
  let [re, im, z] = [0, 0, 0];
  const bit = 1 << qubit;
  for (let block = 0; block < real.length; block += 2 * bit) {
    for (let zero = block; zero < block + bit; zero++) {
      const [re0, im0] = [real[zero]!, imaginary[zero]!];
      const [re1, im1] = [real[zero + bit]!, imaginary[zero + bit]!];
      re += re0 * re1 + im0 * im1;
      im += re0 * im1 - im0 * re1;
      z += re0 * re0 + im0 * im0 - re1 * re1 - im1 * im1;
    }
  }
  return [2 * re, 2 * im, z];
}

/** Below this a kernel's program takes longer to write than plain loops take to run. */
const kernelsFromQubits = 8;

class KernelEngine implements Engine {
  readonly name = "SIMD WebAssembly";
  readonly #kernels: StateKernels;
  readonly #states = new WeakMap<EngineState, KernelState>();

  constructor(kernels: StateKernels) {
    this.#kernels = kernels;
  }

  newState(qubits: number): EngineState {
    if (qubits < kernelsFromQubits) return plainEngine.newState(qubits);
    const precision = qubits >= singlePrecisionFrom ? "f32" : "f64";
    const own = this.#kernels.newState(qubits, precision);
    const state = { qubits, precision, real: own.realPart, imaginary: own.imaginaryPart } as const;
    this.#states.set(state, own);
    return state;
  }

  release(state: EngineState): void {
    const own = this.#states.get(state);
    if (own !== undefined) this.#kernels.release(own);
    this.#states.delete(state);
  }

  prepare(primitives: readonly Primitive[], qubits: number): readonly Primitive[] {
    return qubits < kernelsFromQubits ? plainEngine.prepare(primitives, qubits) : fuse(primitives);
  }

  apply(state: EngineState, steps: readonly Primitive[]): void {
    const own = this.#states.get(state);
    if (own === undefined) plainEngine.apply(state, steps);
    else this.#kernels.apply(own, steps);
  }

  bloch(state: EngineState, qubit: number): BlochVector {
    const own = this.#states.get(state);
    return own === undefined ? plainBloch(state, qubit) : this.#kernels.blochVector(own, qubit);
  }
}

/** Kernels, or plain arrays with the reason why there are none. */
export function openEngine(): { readonly engine: Engine; readonly refusal: string | null } {
  try {
    return { engine: new KernelEngine(StateKernels.open()), refusal: null };
  } catch (error) {
    return { engine: plainEngine, refusal: error instanceof Error ? error.message : String(error) };
  }
}
