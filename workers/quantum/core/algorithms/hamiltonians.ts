/** Sums of Pauli strings whose lowest energy is looked for, and that energy exactly. */
import { eigenOfHermitian } from "../hermitian.ts";
import { Matrix } from "../matrix.ts";
import { CircuitError } from "../primitive.ts";
import type { PauliTerm } from "../expectation.ts";
import { standardGates } from "../gates/standard-gates.ts";

export interface Hamiltonian {
  readonly qubits: number;
  /** One letter for each qubit, qubit 0 last. */
  readonly terms: readonly PauliTerm[];
}

/** A matrix of 64 by 64 is diagonalised in a moment. */
export const exactQubitsMax = 6;

/**
 * Molecular hydrogen on two qubits, by the distance of its nuclei in angstrom: the factors of I, Z0, Z1,
 * Z0 Z1, X0 X1 and Y0 Y1 in hartree, the nuclei's repulsion included (O'Malley et al. 2016, Phys. Rev.
 * X 6, 031007, table I).
 */
const hydrogenFactors: ReadonlyMap<number, readonly number[]> = new Map([
  [0.3, [1.7252, 0.5215, -1.1458, 0.6631, 0.0806, 0.0806]],
  [0.5, [0.7381, 0.4325, -0.7355, 0.6233, 0.0846, 0.0846]],
  [0.75, [0.2252, 0.3435, -0.4347, 0.5716, 0.091, 0.091]],
  [1, [-0.0172, 0.2779, -0.255, 0.5235, 0.0986, 0.0986]],
  [1.5, [-0.2165, 0.1908, -0.0666, 0.4451, 0.1149, 0.1149]],
  [2, [-0.2812, 0.139, 0.0171, 0.3898, 0.1297, 0.1297]],
  [2.5, [-0.3051, 0.1098, 0.0549, 0.3521, 0.1412, 0.1412]],
]);

export const bondLengths: readonly number[] = [...hydrogenFactors.keys()];

/** @throws CircuitError for a distance that is not in the table */
export function hydrogen(bondLength: number): Hamiltonian {
  const factors = hydrogenFactors.get(bondLength);
  if (factors === undefined) {
    throw new CircuitError(
      `no factors for ${bondLength} angstrom: choose one of ${bondLengths.join(", ")}`,
    );
  }
  const strings = ["II", "IZ", "ZI", "ZZ", "XX", "YY"];
  return {
    qubits: 2,
    terms: strings.map((paulis, at) => ({ paulis, factor: factors[at]! })),
  };
}

export interface IsingChain {
  readonly qubits: number;
  readonly coupling: number;
  readonly field: number;
  /** The last spin is the first one's neighbour. */
  readonly closed: boolean;
}

/** -J sum of Z Z of neighbours - h sum of X: the transverse-field Ising chain (Pfeuty 1970). */
export function isingChain({ qubits, coupling, field, closed }: IsingChain): Hamiltonian {
  const string = (letter: string, places: readonly number[]) =>
    Array.from({ length: qubits }, (_, at) =>
      places.includes(qubits - 1 - at) ? letter : "I",
    ).join("");
  const bonds = Array.from({ length: closed ? qubits : qubits - 1 }, (_, at) => ({
    paulis: string("Z", [at, (at + 1) % qubits]),
    factor: -coupling,
  }));
  const fields = Array.from({ length: qubits }, (_, at) => ({
    paulis: string("X", [at]),
    factor: -field,
  }));
  return { qubits, terms: [...bonds, ...fields] };
}

/** The lowest eigenvalue, by diagonalising the whole matrix. @throws CircuitError above `exactQubitsMax` */
export function groundEnergy({ qubits, terms }: Hamiltonian): number {
  if (qubits > exactQubitsMax) {
    throw new CircuitError(`an exact energy takes at most ${exactQubitsMax} qubits, not ${qubits}`);
  }
  const matrix = terms.reduce(
    (sum, { paulis, factor }) => sum.add(matrixOfString(paulis).scale(factor)),
    new Matrix(2 ** qubits),
  );
  const vectors = eigenOfHermitian(matrix);
  const diagonal = vectors.adjoint().multiply(matrix).multiply(vectors);
  return Math.min(...Array.from({ length: matrix.size }, (_, at) => diagonal.re(at, at)));
}

function matrixOfString(paulis: string): Matrix {
  return paulis
    .split("")
    .map((letter) =>
      letter === "I" ? Matrix.identity(2) : standardGates.get(letter.toLowerCase())!.matrix(),
    )
    .reduce((high, low) => high.kron(low));
}
