/** GPU.js as a backend, in float32: states of few qubits stay with the kernels, where they are faster. */
import type { GpuClient } from "../../compute/gpu/gpu-client.ts";
import { gpuQubitsMax } from "../../compute/gpu/gpu-kernels.ts";
import { type Backend, javascript } from "../core/backend.ts";
import { fuse } from "../core/fuse.ts";
import type { Primitive } from "../core/primitive.ts";
import { StateVector } from "../core/state-vector.ts";

interface GpuBackendOptions {
  readonly name: string;
  /** From so many qubits on GPU.js is used. */
  readonly gpuFrom: number;
  /** Of one stretch of steps. */
  readonly timeoutMs: number;
  /** What computes when GPU.js fails and for smaller states; null: a failure is an error. */
  readonly otherwise: Backend | null;
}

export class GpuBackend implements Backend {
  readonly amplitudeBytes = 8;
  readonly #client: GpuClient;
  readonly #options: GpuBackendOptions;
  readonly #memory = new Map<StateVector, SharedArrayBuffer>();
  #failed = false;

  constructor(client: GpuClient, options: GpuBackendOptions) {
    this.#client = client;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  newState(qubits: number): StateVector {
    if (!this.#takes(qubits)) return this.#other.newState(qubits);
    const size = 2 ** qubits;
    const memory = new SharedArrayBuffer(2 * size * Float32Array.BYTES_PER_ELEMENT);
    const all = new Float32Array(memory);
    const parts = { real: all.subarray(0, size), imaginary: all.subarray(size) };
    // A view of float32 is read and written like one of float64.
    const state = new StateVector(
      qubits,
      parts as unknown as Record<keyof typeof parts, Float64Array>,
    );
    this.#memory.set(state, memory);
    return state;
  }

  release(state: StateVector): void {
    if (!this.#memory.delete(state)) this.#other.release(state);
  }

  prepare(primitives: readonly Primitive[], qubits: number): readonly Primitive[] {
    return this.#takes(qubits) ? fuse(primitives) : this.#other.prepare(primitives, qubits);
  }

  apply(state: StateVector, steps: readonly Primitive[]): void {
    const memory = this.#memory.get(state);
    if (memory === undefined) return this.#other.apply(state, steps);
    if (this.#failed) return javascript.apply(state, steps);
    try {
      this.#client.apply(memory, state.qubits, steps, this.#options.timeoutMs);
    } catch (error) {
      if (this.#options.otherwise === null) throw error;
      // The state is as it was; plain loops take over, on whatever arrays.
      this.#failed = true;
      javascript.apply(state, steps);
    }
  }

  get #other(): Backend {
    return this.#options.otherwise ?? javascript;
  }

  #takes(qubits: number): boolean {
    return !this.#failed && qubits >= this.#options.gpuFrom && qubits <= gpuQubitsMax;
  }
}
