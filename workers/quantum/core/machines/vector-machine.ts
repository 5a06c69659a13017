/** A pure state, in which noise is a trajectory: one Kraus operator is drawn (Nielsen and Chuang 8.2.3). */
import { applyPrimitive } from "../apply-primitive.ts";
import type { Backend } from "../backend.ts";
import { krausOf, pauliChancesOf } from "../channels.ts";
import type { Channel, Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import type { Matrix } from "../matrix.ts";
import { classified, isUnitaryOperation, type Primitive } from "../primitive.ts";
import { primitivesWithin } from "../primitives-within.ts";
import type { StateVector } from "../state-vector.ts";
import { type Choose, type DenseMachine, measured, type Preparer } from "./machine.ts";

type Steps = readonly Primitive[];

const paulis = ["id", "x", "y", "z"].map((name) => standardGates.get(name)!.matrix());

export class VectorMachine implements DenseMachine<Steps> {
  readonly preparer: Preparer<Steps>;
  readonly state: StateVector;
  readonly #backend: Backend;

  /** `state` is one of the backend's own. */
  constructor(state: StateVector, backend: Backend) {
    this.state = state;
    this.#backend = backend;
    this.preparer = preparerOf(backend);
  }

  get qubits(): number {
    return this.state.qubits;
  }

  get size(): number {
    return this.state.size;
  }

  probability(basis: number): number {
    return this.state.probability(basis);
  }

  apply(steps: Steps): void {
    this.#backend.apply(this.state, steps);
  }

  probabilityOfOne(qubit: number): number {
    return this.state.probabilityOfOne(qubit);
  }

  collapse(qubit: number, value: 0 | 1): void {
    this.state.collapse(qubit, value);
  }

  reset(qubit: number, choose: Choose): void {
    if (measured(this, qubit, choose) === 1) this.#pauli(1, qubit);
  }

  disturb(channel: Channel, qubits: readonly number[], choose: Choose): void {
    const chances = pauliChancesOf(channel, qubits.length);
    if (chances !== null) {
      // The chances do not depend on the state, so nothing has to be tried.
      const product = choose(chances);
      for (const [place, qubit] of qubits.entries())
        this.#pauli((product >> (2 * place)) & 3, qubit);
      return;
    }
    const kraus = krausOf(channel, qubits.length);
    const before = this.state.copy();
    const outcome = choose(
      kraus.map((matrix) => {
        this.state.set(before);
        this.#multiply(matrix, qubits);
        return this.state.norm();
      }),
    );
    this.state.set(before);
    this.#multiply(kraus[outcome]!, qubits);
    this.state.normalise();
  }

  initialise(qubits: readonly number[], amplitudes: readonly number[]): void {
    this.state.setFreshQubits(qubits, amplitudes);
  }

  /** By its place in I, X, Y, Z. */
  #pauli(letter: number, qubit: number): void {
    if (letter === 0) this.state.requireQubit(qubit);
    else this.#multiply(paulis[letter]!, [qubit]);
  }

  #multiply(matrix: Matrix, qubits: readonly number[]): void {
    applyPrimitive(this.state, classified(matrix, qubits, []));
  }
}

const preparers = new WeakMap<Backend, Preparer<Steps>>();

function preparerOf(backend: Backend): Preparer<Steps> {
  const known = preparers.get(backend);
  if (known !== undefined) return known;
  const preparer: Preparer<Steps> = {
    takes: isUnitaryOperation,
    prepare: (operations: readonly Operation[], circuit) =>
      backend.prepare(primitivesWithin(operations, circuit), circuit.qubits),
  };
  preparers.set(backend, preparer);
  return preparer;
}
