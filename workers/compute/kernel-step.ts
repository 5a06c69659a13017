/** What the kernels can do to a state vector, independent of who asks. */

/** Two lanes of f64 or four of f32 in a vector of 128 bits. */
export type Precision = "f64" | "f32";

interface StepControl {
  readonly qubit: number;
  readonly value: 0 | 1;
}

interface Placed {
  /** The first is the lowest bit of a basis state of the step. */
  readonly qubits: readonly number[];
  readonly controls: readonly StepControl[];
}

export type KernelStep =
  /** Row-major, real and imaginary in turn; of at most `denseQubitsMax` qubits. */
  | (Placed & { readonly kind: "dense"; readonly matrix: { readonly data: Float64Array } })
  | (Placed & { readonly kind: "diagonal"; readonly factors: Float64Array })
  /** Basis state j becomes `images[j]`. */
  | (Placed & { readonly kind: "permutation"; readonly images: readonly number[] });

/** Where a state lies in the kernels' memory: addresses of its two parts. */
export interface StateLayout {
  readonly qubits: number;
  readonly precision: Precision;
  readonly real: number;
  readonly imaginary: number;
}

/** Bits of an index in bytes that lie within one number. */
export function elementBits(precision: Precision): number {
  return precision === "f64" ? 3 : 2;
}

/** Bits of an index in bytes that lie within one vector. */
export const vectorBits = 4;

/** Qubits whose two values lie in the same vector. */
export function laneQubits(precision: Precision): number {
  return vectorBits - elementBits(precision);
}

/** The bit of an index in bytes that belongs to a qubit. */
export function byteBit(qubit: number, precision: Precision): number {
  return 2 ** (qubit + elementBits(precision));
}
