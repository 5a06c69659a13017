/**
 * The variational quantum eigensolver (Peruzzo et al. 2014): a circuit of free angles whose energy is
 * measured and brought down.
 */
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { type Method, type Minimum, minimise } from "../minimise.ts";
import { runShot } from "../run-circuit.ts";
import { expectation } from "../expectation.ts";
import { groundEnergy, type Hamiltonian } from "./hamiltonians.ts";

/** Angles of the ansatz: one for each qubit before, between and behind the layers. */
export const anglesOf = (qubits: number, layers: number): number => qubits * (layers + 1);

/**
 * The hardware-efficient ansatz of real states (Kandala et al. 2017): RY on every qubit, and between
 * them layers of CX along the chain.
 */
export function hardwareEfficient(
  qubits: number,
  layers: number,
  angles: readonly number[],
): Circuit {
  const operations: Operation[] = [];
  for (let layer = 0; layer <= layers; layer++) {
    for (let qubit = 0; qubit < qubits; qubit++) {
      operations.push(gate("ry", [qubit], [angles[layer * qubits + qubit]!]));
    }
    if (layer === layers) break;
    for (let qubit = 0; qubit + 1 < qubits; qubit++)
      operations.push(gate("cx", [qubit, qubit + 1]));
  }
  return circuitOf(qubits, operations);
}

export interface VqeOptions {
  readonly hamiltonian: Hamiltonian;
  readonly layers: number;
  readonly method: Method;
  readonly evaluationsMax: number;
  /** Searches from different random angles, of which the best counts. */
  readonly starts: number;
  readonly seed: number;
}

export interface VqeResult {
  readonly energy: number;
  readonly exact: number;
  /** Never below 0, but for rounding: no state has less than the ground energy. */
  readonly error: number;
  readonly angles: readonly number[];
  /** The search that found the energy. */
  readonly search: Minimum;
  readonly circuit: Circuit;
}

/** Evaluations are shared out evenly between the starts. */
export function solveVqe(options: VqeOptions): VqeResult {
  const { hamiltonian, layers, method, evaluationsMax, starts, seed } = options;
  const { qubits, terms } = hamiltonian;
  const random = new Random(seed);
  const count = anglesOf(qubits, layers);
  const searches = Array.from({ length: starts }, () =>
    minimise(
      {
        evaluate: (angles) =>
          expectation(runShot(hardwareEfficient(qubits, layers, angles), () => 0).state, terms),
        start: Array.from({ length: count }, () => (random.float() - 0.5) * Math.PI),
        bounds: Array.from({ length: count }, () => [-Math.PI, Math.PI] as const),
        evaluationsMax: Math.max(1, Math.floor(evaluationsMax / starts)),
        random,
      },
      method,
    ),
  );
  const search = searches.reduce((best, each) => (each.value < best.value ? each : best));
  const exact = groundEnergy(hamiltonian);
  return {
    energy: search.value,
    exact,
    error: search.value - exact,
    angles: search.point,
    search,
    circuit: hardwareEfficient(qubits, layers, search.point),
  };
}
