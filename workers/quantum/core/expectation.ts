/** Expectation values of Pauli strings, and Bloch vectors, of state vectors and density matrices. */
import type { DensityMachine } from "./machines/density-machine.ts";
import { CircuitError } from "./primitive.ts";
import type { StateVector } from "./state-vector.ts";

/** One term of an observable: a Pauli for each qubit, qubit 0 last, with its real factor. */
export interface PauliTerm {
  readonly paulis: string;
  readonly factor: number;
}

/** The sum of factor * <P>, each <P> found by `valueOf`. */
export function weighted(
  terms: readonly PauliTerm[],
  qubits: number,
  valueOf: (paulis: string) => number,
): number {
  return terms.reduce((sum, { paulis, factor }) => {
    if (paulis.length !== qubits || !/^[IXYZ]*$/.test(paulis)) {
      throw new CircuitError(
        `${paulis} is no Pauli string of ${qubits} qubits: one of I, X, Y, Z for each, qubit 0 last`,
      );
    }
    return sum + factor * valueOf(paulis);
  }, 0);
}

/** <psi| sum of factor * P |psi> */
export function expectation(state: StateVector, terms: readonly PauliTerm[]): number {
  const { real, imaginary, size } = state;
  return weighted(terms, state.qubits, (paulis) => {
    const { x, z, ys } = masksOf(paulis);
    let [re, im] = [0, 0];
    // <psi| P |psi> = sum over b of conj(a at b^x) * (-1)^(z.b) * i^ys * a at b
    for (let basis = 0; basis < size; basis++) {
      const other = basis ^ x;
      const sign = parity(basis & z) === 1 ? -1 : 1;
      re += sign * (real[other]! * real[basis]! + imaginary[other]! * imaginary[basis]!);
      im += sign * (real[other]! * imaginary[basis]! - imaginary[other]! * real[basis]!);
    }
    return realPartOf(re, im, ys);
  });
}

/** Tr(rho * sum of factor * P) */
export function densityExpectation(machine: DensityMachine, terms: readonly PauliTerm[]): number {
  return weighted(terms, machine.qubits, (paulis) => {
    const { x, z, ys } = masksOf(paulis);
    let [re, im] = [0, 0];
    for (let basis = 0; basis < machine.size; basis++) {
      const [elementRe, elementIm] = machine.element(basis, basis ^ x);
      const sign = parity(basis & z) === 1 ? -1 : 1;
      re += sign * elementRe;
      im += sign * elementIm;
    }
    return realPartOf(re, im, ys);
  });
}

/** x, y and z of a qubit's Bloch vector: shorter than 1 when it is entangled with others. */
export function blochVector(state: StateVector, qubit: number): readonly [number, number, number] {
  let re = 0;
  let im = 0;
  let z = 0;
  const bit = 1 << qubit;
  for (let zero = 0; zero < state.size; zero++) {
    if ((zero & bit) !== 0) continue;
    const [re0, im0] = [state.real[zero]!, state.imaginary[zero]!];
    const [re1, im1] = [state.real[zero | bit]!, state.imaginary[zero | bit]!];
    // The off-diagonal element of the reduced density matrix: the sum of a0* a1.
    re += re0 * re1 + im0 * im1;
    im += re0 * im1 - im0 * re1;
    z += re0 * re0 + im0 * im0 - re1 * re1 - im1 * im1;
  }
  return [2 * re, 2 * im, z];
}

/** Where the string flips, where it signs, and how often it does both: P = i^ys X^x Z^z. */
function masksOf(paulis: string): { x: number; z: number; ys: number } {
  let [x, z, ys] = [0, 0, 0];
  for (const [place, letter] of paulis.split("").toReversed().entries()) {
    if (letter === "X" || letter === "Y") x |= 1 << place;
    if (letter === "Z" || letter === "Y") z |= 1 << place;
    if (letter === "Y") ys += 1;
  }
  return { x, z, ys };
}

/** Of i^ys (re + i im). */
function realPartOf(re: number, im: number, ys: number): number {
  return [re, -im, -re, im][ys % 4]!;
}

function parity(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 15)) & 1;
}
