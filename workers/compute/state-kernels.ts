/**
 * State vectors in a WebAssembly memory of their own and the kernels on them. The memory grows to what
 * its states need at once and goes with its owner. Runs wherever WebAssembly does, pages included.
 */
import { compileKernelModule, instantiateKernels, type Kernels } from "./kernel-instance.ts";
import { kernelProgram, swizzleBytes } from "./kernel-program.ts";
import {
  byteBit,
  elementBits,
  type KernelStep,
  laneQubits,
  type Precision,
  type StateLayout,
} from "./kernel-step.ts";
import { MemoryPieces } from "./memory-pieces.ts";
import { sweepsOf } from "./sweeps.ts";

/** All that 32-bit addresses reach. */
const pagesMax = 65_536;
const pageBytes = 65_536;
/** The barrier and the helpers' orders. */
const controlBytes = 1_024;
/** Inputs of a dense operation of five qubits, by thread. */
const scratchBytes = 1_024;
/** Keeps the two parts of a state out of each other's cache sets, which repeat every 128 KiB. */
const partsApartBytes = 65_536 + 4_096;

export interface KernelState extends StateLayout {
  readonly realPart: Float64Array | Float32Array;
  readonly imaginaryPart: Float64Array | Float32Array;
}

export class StateKernels {
  readonly parts: number;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #pieces: MemoryPieces;
  readonly #space: number;

  /** `parts` threads share each program: the caller's, and helpers that wait in the same memory. */
  protected constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, parts: number) {
    this.parts = parts;
    this.#memory = memory;
    this.#kernels = instantiateKernels(module, memory);
    this.#pieces = new MemoryPieces(controlBytes + scratchBytes * this.parts);
    this.#space = this.#allocate(64);
  }

  /** One thread, its caller's. @throws where the engine has no SIMD WebAssembly */
  static open(): StateKernels {
    return new StateKernels(requireModule(compileKernelModule()), newMemory(), 1);
  }

  /** Bytes that the memory has grown to. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * The basis state |0...0>.
   * @throws RangeError when there is no memory for it
   */
  newState(qubits: number, precision: Precision): KernelState {
    const numbers = Math.max(2 ** qubits, 2 ** laneQubits(precision));
    const bytes = numbers * 2 ** elementBits(precision);
    const real = this.#allocate(2 * bytes + partsApartBytes);
    const imaginary = real + bytes + partsApartBytes;
    const views = precision === "f64" ? Float64Array : Float32Array;
    const { buffer } = this.#memory;
    // A vector's unused lanes too: what lay there before may be no number.
    const [realPart, imaginaryPart] = [real, imaginary].map((at) =>
      new views(buffer, at, numbers).fill(0).subarray(0, 2 ** qubits),
    ) as [Float64Array | Float32Array, Float64Array | Float32Array];
    realPart[0] = 1;
    return { qubits, precision, real, imaginary, realPart, imaginaryPart };
  }

  release(state: KernelState): void {
    this.#pieces.free(state.real);
  }

  apply(state: KernelState, steps: readonly KernelStep[], parts = this.parts): void {
    if (steps.length === 0) return;
    const sweeps = sweepsOf(steps, state.qubits, state.precision, parts);
    const program = kernelProgram(sweeps, state, controlBytes);
    const address = this.#allocate(program.length);
    new Uint8Array(this.#memory.buffer).set(program.movedTo(address), address);
    try {
      if (parts > 1) this.#wakeHelpers(address);
      this.#kernels.run(address, 0, parts, 0);
    } finally {
      this.#pieces.free(address);
    }
  }

  /** The sum of all probabilities. */
  norm(state: KernelState): number {
    return this.#sumSquares(state, 0, 0);
  }

  /** The probability that this qubit is 1. */
  probabilityOfOne(state: KernelState, qubit: number): number {
    const bit = byteBit(qubit, state.precision);
    return this.#sumSquares(state, bit, bit);
  }

  #sumSquares(state: KernelState, taken: number, fixed: number): number {
    const { real, imaginary, precision } = state;
    const isLane = taken !== 0 && taken < 16;
    this.#setWeights(state, (byte) => !isLane || (byte & taken) !== 0);
    const mask = vectorMask(state) | (isLane ? 0 : taken);
    const sum = precision === "f64" ? "sumSquares64" : "sumSquares32";
    const vectors = vectorsOf(state) / (taken === 0 || isLane ? 1 : 2);
    return this.#kernels[sum](real, imaginary, this.#space, mask, isLane ? 0 : fixed, vectors);
  }

  /** x, y and z of a qubit's Bloch vector. */
  blochVector(state: KernelState, qubit: number): readonly [number, number, number] {
    const { real, imaginary, precision } = state;
    const bit = byteBit(qubit, precision);
    const isLane = bit < 16;
    this.#setWeights(state, (byte) => !isLane || (byte & bit) === 0, isLane ? 1 << qubit : 0);
    const vectors = vectorsOf(state) / (isLane ? 1 : 2);
    const mask = vectorMask(state) | (isLane ? 0 : bit);
    const stride = isLane ? 0 : bit;
    const to = this.#space + 32;
    const sums = precision === "f64" ? "pairSums64" : "pairSums32";
    this.#kernels[sums](real, imaginary, this.#space, stride, mask, vectors, to);
    const [x, y, z] = new Float64Array(this.#memory.buffer, to, 3);
    return [2 * x!, 2 * y!, z!];
  }

  /** |amplitude|^2 of each basis state, in the state's precision. */
  probabilities(state: KernelState): Float64Array | Float32Array {
    const { real, imaginary, precision, realPart } = state;
    const bytes = 16 * vectorsOf(state);
    const to = this.#allocate(bytes);
    this.#kernels[precision === "f64" ? "squares64" : "squares32"](real, imaginary, to, bytes);
    const views = precision === "f64" ? Float64Array : Float32Array;
    const copy = new views(this.#memory.buffer, to, realPart.length).slice();
    this.#pieces.free(to);
    return copy;
  }

  /** Which lanes count, and how a vector is reordered to find the partners of a qubit within it. */
  #setWeights(state: KernelState, counts: (byte: number) => boolean, flipped = 0): void {
    const { precision, qubits } = state;
    const views = precision === "f64" ? Float64Array : Float32Array;
    const bytes = 2 ** elementBits(precision);
    const weights = new views(this.#memory.buffer, this.#space, 16 / bytes);
    // A state smaller than a vector leaves the other lanes at zero.
    for (let lane = 0; lane < weights.length; lane++) {
      weights[lane] = lane < 2 ** qubits && counts(lane * bytes) ? 1 : 0;
    }
    new Uint8Array(this.#memory.buffer, this.#space + 16, 16).set(
      swizzleBytes(flipped, { precision }),
    );
  }

  #allocate(bytes: number): number {
    const address = this.#pieces.take(bytes);
    const missing = Math.ceil((this.#pieces.end - this.#memory.buffer.byteLength) / pageBytes);
    if (missing <= 0) return address;
    try {
      this.#memory.grow(missing);
    } catch {
      this.#pieces.free(address);
      throw new RangeError(`there is no memory for ${bytes} further bytes of a state vector`);
    }
    return address;
  }

  #wakeHelpers(program: number): void {
    const control = new Int32Array(this.#memory.buffer, 0, 4);
    Atomics.store(control, 3, program);
    Atomics.add(control, 2, 1);
    Atomics.notify(control, 2);
  }
}

export function requireModule(module: WebAssembly.Module | null): WebAssembly.Module {
  if (module === null) throw new Error("this engine has no SIMD WebAssembly");
  return module;
}

export function newMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: pagesMax, shared: true });
}

function vectorsOf({ qubits, precision }: StateLayout): number {
  return 2 ** Math.max(0, qubits - laneQubits(precision));
}

/** All bits of an index in bytes but those that tell a state's vectors apart. */
function vectorMask(state: StateLayout): number {
  return ~(16 * (vectorsOf(state) - 1));
}
